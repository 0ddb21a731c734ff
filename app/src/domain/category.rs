//! The twelve categories of the log (DOMAIN.md 2.4e) and the four degrees of urgency (DOMAIN.md 2.5).

use super::{Field, FieldError, Problem};
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $field:expr, [$($variant:ident $code:literal $title:literal),+ $(,)?]) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $title] #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code, as stored and exported.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The field's word.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
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
    /// What an entry is about. Crime leads are not a category on purpose: those go to 110 (DOMAIN.md 2.4e).
    Category, Field::Category, [
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
    /// How urgent it is; the limits of time hang on it (DOMAIN.md 2.5).
    Urgency, Field::Urgency, [
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
    /// gas, fire, electricity or fights (DOMAIN.md 8.3).
    #[must_use]
    pub const fn needs_safety_card(self) -> bool {
        matches!(self, Self::Emergency)
    }

    /// The category's place in a bit mask: `1 << index in ALL`. Stores keep the [`CategorySet`] of an entry so.
    #[must_use]
    pub const fn bit(self) -> u16 {
        1 << self as u16
    }

    /// Whether an entry of this category at a door means that somebody there was seen or spoken to.
    #[must_use]
    pub const fn counts_as_seen(self) -> bool {
        matches!(self, Self::HomeVisit | Self::InformationUpdate | Self::Errand | Self::CareVisit | Self::MealDelivery)
    }
}

/// Some of the categories, as a bit mask that a store can keep and ask with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CategorySet(u16);

impl CategorySet {
    /// The mask, see [`Category::bit`].
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether it holds a category.
    #[must_use]
    pub const fn contains(self, category: Category) -> bool {
        self.0 & category.bit() != 0
    }

    /// Whether the two have a category in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The categories, in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(move |category| self.contains(*category))
    }
}

impl FromIterator<Category> for CategorySet {
    fn from_iter<I: IntoIterator<Item = Category>>(categories: I) -> Self {
        Self(categories.into_iter().fold(0, |bits, category| bits | category.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_are_named() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.code()), Ok(*category));
        }
        assert_eq!(Category::ALL.len(), 12);
        assert_eq!(Category::parse("13"), Err(FieldError::new(Field::Category, Problem::Unknown)));
        assert_eq!(Urgency::parse(""), Err(FieldError::new(Field::Urgency, Problem::Missing)));
    }

    #[test]
    fn a_set_of_categories_is_a_mask_over_their_order() {
        for (index, category) in Category::ALL.iter().enumerate() {
            assert_eq!(category.bit(), 1 << index);
        }
        let set: CategorySet = [Category::Dispute, Category::HomeVisit].into_iter().collect();
        assert_eq!(set.bits(), 0b10_0001);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Category::HomeVisit, Category::Dispute]);
        assert!(set.contains(Category::Dispute) && !set.contains(Category::Errand));
        assert!(!set.meets(CategorySet::default()));
    }
}
