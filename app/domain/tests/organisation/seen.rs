//! What one person has seen.

use crate::world::{SECRETARY_LI, WATCHER_ZHANG, World, by, code, community, key, person};
use domain::kernel::{Actor, CommandId, RecordKey, Span};
use domain::seen::{Act, Seen, Sight};
use uuid::Uuid;

fn about(number: u128) -> [RecordKey; 1] {
    [key("seen", number)]
}

fn version(number: u128) -> CommandId {
    Uuid::from_u128(number).into()
}

/// Record `number` in its version `number`, at position `number`.
fn sight(number: u128) -> Sight {
    Sight { record: Uuid::from_u128(number), version: version(number), position: i64::try_from(number).unwrap() }
}

fn see(up_to: Option<i64>, seen: Vec<Sight>, unseen: Vec<Sight>) -> Act {
    Act::See { up_to, seen, unseen }
}

fn zhang(world: &World) -> Seen {
    world.get(&key("seen", WATCHER_ZHANG))
}

fn has_seen(seen: &Seen, number: u128) -> bool {
    let Sight { record, version, position } = sight(number);
    seen.has_seen(record, version, position)
}

#[test]
fn the_first_look_makes_the_record_and_the_same_look_changes_nothing() {
    let mut world = World::new();
    let act = see(Some(10), vec![sight(12)], vec![sight(5)]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &act), Ok(1));
    let seen = zhang(&world);
    let looked = [4, 5, 10, 11, 12].map(|number| has_seen(&seen, number));
    assert_eq!(looked, [true, false, true, false, true]);
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &see(None, vec![sight(12)], vec![])), Ok(0));
}

#[test]
fn a_newer_version_is_new_again() {
    let mut world = World::new();
    world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &see(None, vec![sight(12)], vec![])).unwrap();
    let seen = zhang(&world);
    assert!(seen.has_seen(Uuid::from_u128(12), version(12), 30), "told once more, in the same version");
    assert!(!seen.has_seen(Uuid::from_u128(12), version(13), 30));
}

#[test]
fn nobody_sees_for_somebody_else_or_is_told_what_they_saw() {
    let mut world = World::new();
    let act = see(Some(10), vec![], vec![]);
    assert_eq!(code(world.act(by(SECRETARY_LI), &about(WATCHER_ZHANG), &act)), "no_right");
    assert_eq!(code(world.act(Actor::OPERATOR, &about(WATCHER_ZHANG), &act)), "no_right");
    assert_eq!(code(world.act(by(999), &about(999), &act)), "no_right", "whoever is nothing here");
    world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &act).unwrap();
    assert!(world.told::<Seen>(by(WATCHER_ZHANG), &about(WATCHER_ZHANG)[0]).is_some());
    assert!(world.told::<Seen>(by(SECRETARY_LI), &about(WATCHER_ZHANG)[0]).is_none());
    assert_eq!(zhang(&world).community, community());
    assert_eq!(zhang(&world).person, person(WATCHER_ZHANG));
}

#[test]
fn the_position_never_goes_back() {
    let mut world = World::new();
    for up_to in [50, 20, -3] {
        world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &see(Some(up_to), vec![], vec![])).unwrap();
    }
    assert_eq!(zhang(&world).up_to, 50);
}

#[test]
fn a_look_by_a_clock_that_is_slow_is_not_dated_before_the_first_one() {
    let mut world = World::new();
    world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &see(Some(1), vec![], vec![])).unwrap();
    let earlier = world.now.get().plus(Span::days(-1));
    world.act_late(by(WATCHER_ZHANG), earlier, &about(WATCHER_ZHANG), &see(Some(2), vec![], vec![])).unwrap();
    let seen = zhang(&world);
    assert_eq!((seen.up_to, seen.changed.corrected()), (2, seen.made.corrected()));
}

#[test]
fn seeing_everything_up_to_a_position_needs_no_exceptions_before_it() {
    let mut world = World::new();
    let mut act = |act| world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &act).unwrap();
    act(see(Some(10), vec![sight(12), sight(40)], vec![sight(5)]));
    act(see(Some(20), vec![], vec![]));
    let seen = zhang(&world);
    assert_eq!((seen.up_to, seen.seen.as_slice(), seen.unseen.len()), (20, &[sight(40)][..], 0));
    assert!(has_seen(&seen, 5), "all of it was seen");
}

#[test]
fn what_is_marked_as_new_again_can_be_seen_again() {
    let mut world = World::new();
    let mut act = |act| world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &act).unwrap();
    act(see(Some(10), vec![sight(12)], vec![]));
    act(see(None, vec![], vec![sight(12), sight(7)]));
    act(see(None, vec![sight(7)], vec![]));
    let seen = zhang(&world);
    assert!(!has_seen(&seen, 12) && has_seen(&seen, 7));
    assert!(seen.seen.is_empty() && seen.unseen.is_empty());
}

#[test]
fn two_thousand_exceptions_are_enough_and_fit_the_record() {
    let mut world = World::new();
    let mut act = |act| world.act(by(WATCHER_ZHANG), &about(WATCHER_ZHANG), &act).unwrap();
    act(see(Some(1_000), vec![], (1..=300).map(sight).collect()));
    for batch in 0..11_u128 {
        act(see(None, (0..200).map(|number| sight(1_000_000 + 2 * (batch * 200 + number))).collect(), vec![]));
    }
    let seen = zhang(&world);
    assert_eq!((seen.unseen.len(), seen.seen.len()), (Seen::MOST_UNSEEN, Seen::MOST_EXCEPTIONS - Seen::MOST_UNSEEN));
    assert!(has_seen(&seen, 100) && !has_seen(&seen, 101), "the oldest marks went first");
    assert_eq!(seen.up_to, 1_000_000 + 2 * 399, "the oldest that was seen moved the position");
    assert!(has_seen(&seen, 1_000_001) && !has_seen(&seen, 1_000_801));
}
