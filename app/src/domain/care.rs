//! Care groups, how often somebody should be seen, and who is due (DOMAIN.md 2.12).

use super::{Day, DoorLabel, Entry, Resident, Timestamp};
use serde::{Deserialize, Serialize};

macro_rules! care_groups {
    ($($variant:ident $title:literal $frequency:ident),+ $(,)?) => {
        /// A group whose members are looked after. Lists that belong to police, justice or health staff are left
        /// out on purpose (DOMAIN.md 2.12).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CareGroup {
            $(#[doc = $title] $variant,)+
        }

        impl CareGroup {
            /// All of them, in the order of DOMAIN.md 2.12.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The field's word.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            const fn frequency(self) -> VisitFrequency {
                match self { $(Self::$variant => VisitFrequency::$frequency,)+ }
            }
        }
    };
}

care_groups!(
    LivingAlone "独居" Monthly,
    EmptyNest "空巢" Quarterly,
    LeftBehind "留守" Quarterly,
    Aged "高龄" Quarterly,
    Disabled "失能" Monthly,
    Dementia "失智" Weekly,
    BereavedFamily "失独" Quarterly,
    Handicapped "残疾" Quarterly,
    MinimumAllowance "低保" Quarterly,
    Destitute "特困" Monthly,
    GravelyIll "重病" Monthly,
    ChildInNeed "困境儿童" Monthly,
    ChildLeftBehind "留守儿童" Monthly,
    Orphan "孤儿" Monthly,
    Veteran "优抚" Quarterly,
);

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
    /// How often this person should be seen; `None` outside of every care group. Living alone, with an empty nest
    /// or left behind at 80 and above is high risk.
    #[must_use]
    pub fn visit_frequency(&self, today: Day) -> Option<VisitFrequency> {
        let alone = [CareGroup::LivingAlone, CareGroup::EmptyNest, CareGroup::LeftBehind];
        let aged = self.age(today).is_some_and(|age| age >= 80);
        if aged && self.care.iter().any(|group| alone.contains(group)) {
            return Some(VisitFrequency::Weekly);
        }
        self.care.iter().map(|group| group.frequency()).max()
    }
}

/// Doors, and when somebody was last seen behind each. A stairwell has few: a list does.
pub type LastSeen = Vec<(DoorLabel, Timestamp)>;

/// When somebody was last seen behind each door, from the entries of one stairwell.
#[must_use]
pub fn last_seen<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> LastSeen {
    let mut seen = LastSeen::new();
    for entry in entries.into_iter().filter(|entry| entry.withdrawn.is_none()) {
        let content = entry.content();
        let Some(door) = content.spot().door().filter(|_| content.saw_somebody()) else { continue };
        let at = entry.happened();
        match seen.iter_mut().find(|(known, _)| known == door) {
            Some((_, newest)) => *newest = at.max(*newest),
            None => seen.push((door.clone(), at)),
        }
    }
    seen
}

/// When somebody was last seen behind a door.
#[must_use]
pub fn seen_at(seen: &LastSeen, door: &DoorLabel) -> Option<Timestamp> {
    seen.iter().find(|(known, _)| known == door).map(|(_, at)| *at)
}

/// The residents whose visit is due today, the most overdue first (never seen before all others).
#[must_use]
pub fn visits_due<'a>(
    residents: impl IntoIterator<Item = &'a Resident>,
    seen: &LastSeen,
    today: Day,
) -> Vec<&'a Resident> {
    let mut due: Vec<(i64, &Resident)> = residents
        .into_iter()
        .filter_map(|resident| {
            let frequency = resident.visit_frequency(today)?;
            let unseen = seen_at(seen, &resident.door).map_or(i64::MAX, |at| today.days_since(at.day()));
            (unseen >= frequency.days()).then(|| (unseen.saturating_sub(frequency.days()), resident))
        })
        .collect();
    due.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1.door, a.1.id).cmp(&(&b.1.door, b.1.id))));
    due.into_iter().map(|(_, resident)| resident).collect()
}
