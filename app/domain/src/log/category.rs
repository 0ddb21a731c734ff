//! The twelve categories of the log and the four degrees of urgency.

use super::field::{CATEGORY, URGENCY};
use crate::kernel::{FieldError, Problem, Topics};
use crate::kinds::topic;
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $field:expr, [$($variant:ident $code:literal $title:literal),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $title] #[serde(rename = $code)] $variant,)+
            /// One of a newer version.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl $name {
            /// All that this version knows, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as stored and exported.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ Self::Unknown => "unknown" }
            }

            /// The field's word.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ Self::Unknown => "这部分要新版本才看得懂" }
            }

            /// Reads a code.
            ///
            /// # Errors
            /// [`Problem::Missing`] for nothing, [`Problem::Unknown`] for a code that is none of these.
            pub fn parse(raw: &str) -> Result<Self, FieldError> {
                match raw {
                    $($code => Ok(Self::$variant),)+
                    "" => Err(FieldError::new($field, Problem::Missing)),
                    _ => Err(FieldError::new($field, Problem::Unknown)),
                }
            }
        }
    };
}

vocabulary!(
    /// What an entry is about. Crime leads are not a category on purpose: those go to 110.
    Category, CATEGORY, [
        HomeVisit "01" "入户走访",
        InformationUpdate "02" "信息更新",
        SafetyHazard "03" "安全隐患",
        FacilityRepair "04" "设施报修",
        Emergency "05" "应急处置",
        Dispute "06" "矛盾纠纷",
        Sanitation "07" "环境卫生",
        Errand "08" "民生代办",
        CareVisit "09" "关爱探访",
        MealDelivery "10" "助餐送餐",
        PolicyTalk "11" "政策宣传",
        Consultation "12" "议事协商",
    ]
);

vocabulary!(
    /// How urgent it is; the limits of time hang on it.
    Urgency, URGENCY, [
        Extreme "1" "特急",
        Urgent "2" "紧急",
        Pressing "3" "较急",
        Ordinary "4" "一般",
    ]
);

impl Category {
    /// The urgency that the form proposes; the watcher can change it.
    #[must_use]
    pub const fn usual_urgency(self) -> Urgency {
        match self {
            Self::Emergency => Urgency::Extreme,
            Self::SafetyHazard => Urgency::Urgent,
            Self::FacilityRepair | Self::Dispute => Urgency::Pressing,
            _ => Urgency::Ordinary,
        }
    }

    /// Whether the form first says 先保护自己 and shows 119, 110 and 120: volunteers are never sent into
    /// gas, fire, electricity or fights.
    #[must_use]
    pub const fn needs_safety_card(self) -> bool {
        matches!(self, Self::Emergency)
    }

    /// The topic that decides who reads it; none for a category of a newer version.
    #[must_use]
    pub const fn topic(self) -> Topics {
        match self {
            Self::Unknown => Topics::NONE,
            known => Topics::number(topic::FIRST_CLASS + known as u8),
        }
    }

    /// Whether an entry of this category at a door means that somebody there was seen or spoken to.
    #[must_use]
    pub const fn counts_as_seen(self) -> bool {
        matches!(self, Self::HomeVisit | Self::InformationUpdate | Self::Errand | Self::CareVisit | Self::MealDelivery)
    }
}
