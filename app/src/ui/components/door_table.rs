//! The building as it stands: what the watcher sees of it, and the way to each door.

use super::days_unseen;
use crate::ui::ShownEntry;
use crate::ui::reactive::{Memo, Signal, Views, optional};
use domain::kernel::Day;
use domain::log::{LastSeen, last_seen, seen_at};
use domain::organisation::{Door, DoorLabel, Place};
use domain::residents::{CareGroup, Resident, VisitFrequency};
use domain::sync::Records;
use leptos::prelude::*;
use std::sync::Arc;

/// What is to be said of one door.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoorNote {
    /// Care marks, by word.
    pub care: Vec<&'static str>,
    /// When somebody was last seen there, by word.
    pub seen: Option<String>,
    /// `due`, `overdue`, or nothing: the tint that lets the eye find what the word says.
    pub tint: Option<&'static str>,
}

/// A note for each door of a stairwell. A door without anybody to look after says nothing while nothing is known of it.
#[must_use]
pub fn door_notes<'a>(
    records: &Records,
    entries: impl Iterator<Item = &'a ShownEntry>,
    place: &Place,
    today: Day,
) -> Vec<(DoorLabel, DoorNote)> {
    let here = entries.map(|shown| shown.entry.as_ref()).filter(|entry| entry.place == place.id);
    let seen = last_seen(place, here);
    let residents = records.all::<Resident>().filter(|one| one.place == place.id && one.lives_here());
    let residents: Vec<&Resident> = residents.collect();
    let note = |door: &Door| (door.label.clone(), door_note(door, &residents, &seen, today));
    place.doors().map(note).collect()
}

fn door_note(door: &Door, residents: &[&Resident], seen: &LastSeen, today: Day) -> DoorNote {
    let seen = seen_at(seen, &door.label);
    let mut note = DoorNote { seen: seen.map(|at| days_unseen(Some(at), today)), ..DoorNote::default() };
    for resident in residents.iter().filter(|resident| resident.door.as_ref().is_some_and(|at| is_called(door, at))) {
        let Some(frequency) = resident.visit_frequency(today) else { continue };
        note.seen = Some(days_unseen(seen, today));
        note.tint = note.tint.max(tint(seen.map(|at| today.days_since(at.day())), frequency));
        for care in care_words(resident) {
            if !note.care.contains(&care) {
                note.care.push(care);
            }
        }
    }
    note
}

/// A door that was called otherwise is the same door.
fn is_called(door: &Door, label: &DoorLabel) -> bool {
    door.label == *label || door.was.contains(label)
}

/// Somebody who was never written about is due, but not more than that: the log may simply be new.
fn tint(unseen: Option<i64>, frequency: VisitFrequency) -> Option<&'static str> {
    match unseen {
        None => Some("due"),
        Some(days) if days >= 2 * frequency.days() => Some("overdue"),
        Some(days) if days >= frequency.days() => Some("due"),
        Some(_) => None,
    }
}

/// The marks of one resident, by word.
pub fn care_words(resident: &Resident) -> impl Iterator<Item = &'static str> {
    resident.care.iter().copied().map(CareGroup::title)
}

/// The table of doors, top floor first. Each door is a link to what `href` says.
#[component]
#[must_use]
pub fn DoorTable(
    /// The stairwell.
    place: Arc<Place>,
    /// What is said of the doors.
    #[prop(into)]
    notes: Signal<Vec<(DoorLabel, DoorNote)>>,
    /// Where a door leads.
    href: Callback<DoorLabel, String>,
    /// The door that is chosen already.
    #[prop(optional, into)]
    chosen: Option<String>,
) -> impl IntoView {
    let door = move |door: &Door| {
        let (label, vacant) = (door.label.clone(), door.vacant);
        let current = (chosen.as_deref() == Some(label.as_str())).then_some("true");
        let address = href.run(label.clone());
        let name = label.as_str().to_owned();
        let note = Memo::new(move |_| {
            let note = notes.with(|notes| notes.iter().find(|(at, _)| *at == label).map(|(_, note)| note.clone()));
            note.unwrap_or_default()
        });
        let marks = move || {
            note.with(|note| note.care.iter().map(|care| view! { <span class="care-mark">{*care}</span> }).views())
        };
        let seen = move || note.with(|note| note.seen.clone().or_else(|| vacant.then(|| "空置".to_owned())));
        let tint = move || note.with(|note| note.tint).or(vacant.then_some("empty"));
        view! {
            <li>
                <a class="door" href=address data-seen=tint aria-current=current>
                    <span class="door-name"><b>{name}</b>{marks}</span>
                    {optional(move || seen().map(|seen| view! { <span class="door-seen">{seen}</span> }))}
                </a>
            </li>
        }
        .into_any()
    };
    let floor = |floor: &Vec<Door>| {
        let doors = floor.iter().filter(|door| !door.closed).map(&door).views();
        view! { <li><ul class="floor">{doors}</ul></li> }.into_any()
    };
    let floors = place.floors.iter().map(floor);
    view! { <ul class="door-table">{floors.views()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_due_after_its_days_and_overdue_after_twice_as_many() {
        let weekly = VisitFrequency::Weekly;
        assert_eq!(tint(Some(6), weekly), None);
        assert_eq!(tint(Some(7), weekly), Some("due"));
        assert_eq!(tint(Some(14), weekly), Some("overdue"));
        assert_eq!(tint(None, weekly), Some("due"));
        assert_eq!([Some("due"), Some("overdue"), None].into_iter().max().flatten(), Some("overdue"));
    }
}
