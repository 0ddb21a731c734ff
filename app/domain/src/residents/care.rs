//! Care groups, and how often somebody should be seen.

use super::Resident;
use crate::kernel::Day;
use serde::{Deserialize, Serialize};

macro_rules! care_groups {
    ($($variant:ident $code:literal $title:literal $frequency:ident),+ $(,)?) => {
        /// A group whose members are looked after. Lists that belong to police, justice or health staff are left
        /// out on purpose.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CareGroup {
            $(#[doc = $title] $variant,)+
            /// A group of a newer version: whoever is in it is in a care group.
            #[serde(other)]
            Unknown,
        }

        impl CareGroup {
            /// Those that this version knows, in the order in which screens offer them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The field's word.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ Self::Unknown => "（新版本的类别）" }
            }

            /// The word on the wire and in tables.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ Self::Unknown => "unknown" }
            }

            const fn frequency(self) -> VisitFrequency {
                match self { $(Self::$variant => VisitFrequency::$frequency,)+ Self::Unknown => VisitFrequency::Quarterly }
            }
        }
    };
}

care_groups!(
    LivingAlone "living_alone" "独居" Monthly,
    EmptyNest "empty_nest" "空巢" Quarterly,
    LeftBehind "left_behind" "留守" Quarterly,
    Aged "aged" "高龄" Quarterly,
    Disabled "disabled" "失能" Monthly,
    Dementia "dementia" "失智" Weekly,
    BereavedFamily "bereaved_family" "失独" Quarterly,
    Handicapped "handicapped" "残疾" Quarterly,
    MinimumAllowance "minimum_allowance" "低保" Quarterly,
    Destitute "destitute" "特困" Monthly,
    GravelyIll "gravely_ill" "重病" Monthly,
    ChildInNeed "child_in_need" "困境儿童" Monthly,
    ChildLeftBehind "child_left_behind" "留守儿童" Monthly,
    Orphan "orphan" "孤儿" Monthly,
    Veteran "veteran" "优抚" Quarterly,
);

impl CareGroup {
    /// Reads [`CareGroup::code`] of a group that this version knows.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|group| group.code() == code)
    }
}

/// How often somebody should be seen at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VisitFrequency {
    /// Once a quarter (general).
    Quarterly,
    /// Once a month (key).
    Monthly,
    /// Once a week (high risk).
    Weekly,
}

impl VisitFrequency {
    /// Days after which a visit is due.
    #[must_use]
    pub const fn days(self) -> i64 {
        match self {
            Self::Weekly => 7,
            Self::Monthly => 30,
            Self::Quarterly => 90,
        }
    }
}

impl Resident {
    /// How often this person should be seen; `None` outside of every care group, and for whoever does not live here. Living
    /// alone, with an empty nest or left behind at 80 and above is high risk.
    #[must_use]
    pub fn visit_frequency(&self, today: Day) -> Option<VisitFrequency> {
        if !self.lives_here() {
            return None;
        }
        let alone = [CareGroup::LivingAlone, CareGroup::EmptyNest, CareGroup::LeftBehind];
        let aged = self.age(today).is_some_and(|age| age >= 80);
        if aged && self.care.iter().any(|group| alone.contains(group)) {
            return Some(VisitFrequency::Weekly);
        }
        self.care.iter().map(|group| group.frequency()).max()
    }
}
