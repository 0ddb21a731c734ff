//! When somebody was last seen behind each door, and who is due for a visit.

use super::Entry;
use crate::kernel::{Day, Timestamp};
use crate::organisation::{DoorLabel, Place};
use crate::residents::Resident;

/// Doors, and when somebody was last seen behind each. A stairwell has few: a list does.
pub type LastSeen = Vec<(DoorLabel, Timestamp)>;

/// When somebody was last seen behind each door of a stairwell, from its entries. A door that was called otherwise is the
/// same door.
#[must_use]
pub fn last_seen<'a>(place: &Place, entries: impl IntoIterator<Item = &'a Entry>) -> LastSeen {
    let mut seen = LastSeen::new();
    for entry in entries.into_iter().filter(|entry| entry.is_listed()) {
        let content = &entry.content;
        let Some(door) = content.spot().door().filter(|_| content.saw_somebody()) else { continue };
        let (door, at) = (called_now(place, door), entry.happened());
        match seen.iter_mut().find(|(known, _)| known == door) {
            Some((_, newest)) => *newest = at.max(*newest),
            None => seen.push((door.clone(), at)),
        }
    }
    seen
}

fn called_now<'a>(place: &'a Place, door: &'a DoorLabel) -> &'a DoorLabel {
    place.door(door).map_or(door, |door| &door.label)
}

/// When somebody was last seen behind a door.
#[must_use]
pub fn seen_at(seen: &LastSeen, door: &DoorLabel) -> Option<Timestamp> {
    seen.iter().find(|(known, _)| known == door).map(|(_, at)| *at)
}

/// The residents of a stairwell whose visit is due today, the most overdue first (never seen before all others).
#[must_use]
pub fn visits_due<'a>(
    place: &Place,
    residents: impl IntoIterator<Item = &'a Resident>,
    seen: &LastSeen,
    today: Day,
) -> Vec<&'a Resident> {
    let mut due: Vec<(i64, &Resident)> = residents
        .into_iter()
        .filter_map(|resident| {
            let frequency = resident.visit_frequency(today)?;
            let at = resident.door.as_ref().and_then(|door| seen_at(seen, called_now(place, door)));
            let unseen = at.map_or(i64::MAX, |at| today.days_since(at.day()));
            (unseen >= frequency.days()).then(|| (unseen.saturating_sub(frequency.days()), resident))
        })
        .collect();
    due.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1.door, a.1.id).cmp(&(&b.1.door, b.1.id))));
    due.into_iter().map(|(_, resident)| resident).collect()
}
