//! Visits: when somebody was last seen behind a door, and who is due.

use crate::neighbourhood::*;
use domain::kernel::{Day, Timestamp};
use domain::log::{Act, Category, Entry, EntryForm, Template, last_seen, visits_due};
use domain::organisation::Place;
use domain::residents::{CareGroup, Resident, VisitFrequency};
use uuid::Uuid;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn entry(n: u8, at: Timestamp, form: EntryForm) -> Entry {
    let mut command = command(usize::from(n), Who::Watcher, n, &Act::WriteEntry { form });
    command.head.written = at;
    World::new().see(&command).unwrap()
}

fn visit(n: u8, door: &str, template: &str, at: Timestamp) -> Entry {
    entry(n, at, EntryForm { spot: door.into(), template: template.into(), ..form("看望") })
}

fn resident(n: u8, door: &str, born: u16, care: &[CareGroup]) -> Resident {
    Resident {
        id: Uuid::from_u128(n.into()).into(),
        community: community(),
        place: Where::Stairwell.id(),
        door: Some(label(door)),
        name: "张某兰".into(),
        birth_year: Some(born),
        care: care.to_vec(),
        phones: Vec::new(),
        note: None,
        moved_away: None,
        set_aside: None,
        erased: None,
        added: command_id(0),
        made_by: domain::kernel::Actor::OPERATOR,
        made: domain::kernel::Times { written: NOON, clock_offset: None, received: None },
        steps: Vec::new(),
    }
}

#[test]
fn nobody_home_is_a_visit_at_which_nobody_was_seen() {
    let entries = [
        visit(1, "5-2", "all_well", NOON),
        visit(2, "5-2", Template::NOBODY_HOME, minutes(60)),
        visit(3, "7-1", Template::NOBODY_HOME, NOON),
        entry(4, NOON, EntryForm { category: Category::Sanitation.code().into(), ..form("垃圾") }),
    ];
    let world = World::new();
    let seen = last_seen(world.stairwell(), &entries);
    let doors: Vec<_> = seen.iter().map(|(door, at)| (door.as_str(), *at)).collect();
    assert_eq!(doors, [("5-2", NOON)]);
}

#[test]
fn a_visit_that_was_taken_back_does_not_count() {
    let (world, _) = story([(Who::Watcher, write("看望")), (Who::Watcher, Act::WithdrawEntry {})]);
    assert!(last_seen(world.stairwell(), [world.entry(1)]).is_empty());
}

#[test]
fn a_door_that_has_another_name_now_was_still_seen() {
    let mut place: Place = World::new().stairwell().clone();
    let door = place.floors.iter_mut().flatten().find(|door| door.label == label("5-2")).unwrap();
    door.was = vec![std::mem::replace(&mut door.label, label("502"))];
    let seen = last_seen(&place, &[visit(1, "5-2", "all_well", NOON)]);
    assert_eq!(seen, [(label("502"), NOON)]);
    let people = [resident(1, "502", 1960, &[CareGroup::LivingAlone])];
    assert!(visits_due(&place, &people, &seen, NOON.day()).is_empty());
}

#[test]
fn visits_fall_due_on_the_day_and_the_most_overdue_come_first() {
    let people = [
        resident(1, "1-1", 1943, &[CareGroup::LivingAlone]),
        resident(2, "2-1", 1960, &[CareGroup::LivingAlone]),
        resident(3, "3-1", 1960, &[CareGroup::Aged]),
        resident(4, "4-1", 1990, &[]),
        resident(5, "5-1", 1960, &[CareGroup::Dementia]),
    ];
    let today = NOON.day();
    let world = World::new();
    let all = [1, 2, 3, 4].map(|n| visit(n, &format!("{n}-1"), "all_well", NOON));
    let seen = last_seen(world.stairwell(), &all);
    let due = |days: i64| -> Vec<&str> {
        let due = visits_due(world.stairwell(), &people, &seen, today.plus_days(days));
        due.iter().map(|resident| resident.door.as_ref().unwrap().as_str()).collect()
    };
    assert_eq!(due(0), ["5-1"], "never seen");
    assert_eq!(due(6), ["5-1"]);
    assert_eq!(due(7), ["5-1", "1-1"]);
    assert_eq!(due(29), ["5-1", "1-1"]);
    assert_eq!(due(30), ["5-1", "1-1", "2-1"]);
    assert_eq!(due(90), ["5-1", "1-1", "2-1", "3-1"], "over the turn of the year");
    assert_eq!(due(-3), ["5-1"], "seen later than today is not due");
}

#[test]
fn people_grow_older_with_the_year() {
    let born = resident(1, "1-1", 1946, &[CareGroup::EmptyNest]);
    let frequency = |text| born.visit_frequency(day(text));
    assert_eq!(frequency("2025-12-31"), Some(VisitFrequency::Quarterly));
    assert_eq!(frequency("2026-01-01"), Some(VisitFrequency::Weekly));
}
