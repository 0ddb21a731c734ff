//! Nothing is dated before what it works on, and the right to it is asked for when it was done.

use crate::residents::{GRANDMA, about, resident_key, with_grandma};
use crate::world::{
    GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, STAIRWELL_1, WATCHER_ZHANG, World, by, change, community, person_key,
    place_key, root_key,
};
use domain::kernel::{Actor, Span, Timestamp};
use domain::organisation::{Act, Community};
use domain::residents::{self, Resident};

/// An hour after everything, and what a clock says that is two hours behind.
fn an_hour_later(world: &World) -> Timestamp {
    world.now.set(world.now.get().plus(Span::hours(3)));
    world.now.get().plus(Span::hours(-2))
}

#[test]
fn a_place_is_changed_moved_and_closed_not_before_its_last_change() {
    let rename = |from: &str, to: &str| Act::ChangePlace {
        changes: vec![change("name", Some(from), Some(to))],
        doors: Vec::new(),
    };
    let (alone, moved) = (vec![place_key(STAIRWELL_1)], vec![place_key(STAIRWELL_1), place_key(SECOND_GRID)]);
    for (about, act) in [(&alone, rename("一单元", "1单元")), (&moved, Act::MovePlace {}), (&alone, Act::ClosePlace {})]
    {
        let mut world = World::new();
        let early = an_hour_later(&world);
        assert_eq!(world.act(by(GRID_WORKER_WANG), &alone, &rename("1单元", "一单元")), Ok(1));
        let before = world.place(STAIRWELL_1).changed.corrected();
        assert_eq!(world.act_late(Actor::OPERATOR, early, about, &act), Ok(1), "{act:?}");
        let after = world.place(STAIRWELL_1);
        assert_eq!(after.changed.corrected(), before, "{act:?}");
        assert!(after.closed.is_none_or(|closed| closed.corrected() == before));
    }
}

#[test]
fn a_person_and_a_community_are_changed_not_before_their_last_change() {
    let mut world = World::new();
    let early = an_hour_later(&world);
    let (zhang, root) = ([person_key(WATCHER_ZHANG)], [root_key()]);
    let rename = |from: &str, to: &str| Act::ChangePerson { changes: vec![change("name", Some(from), Some(to))] };
    let call = |from: &str, to: &str| Act::ChangeCommunity { changes: vec![change("name", Some(from), Some(to))] };
    assert_eq!(world.act(by(SECRETARY_LI), &zhang, &rename("张某华", "张某花")), Ok(1));
    assert_eq!(world.act(Actor::OPERATOR, &root, &call("和平新村社区", "和平社区")), Ok(1));
    let last = |world: &World| {
        let community: Community = world.get(&root_key());
        [world.person(WATCHER_ZHANG).changed.corrected(), community.changed.corrected()]
    };
    let before = last(&world);
    assert_eq!(world.act_late(by(SECRETARY_LI), early, &zhang, &rename("张某花", "张某华")), Ok(1));
    assert_eq!(world.act_late(Actor::OPERATOR, early, &root, &call("和平社区", "和平新村社区")), Ok(1));
    assert_eq!(last(&world), before);
    // A post ends when it is said, whatever else became known of its holder meanwhile.
    let end = Act::EndPosts { until: early };
    assert_eq!(world.act_late(by(SECRETARY_LI), early, &zhang, &end), Ok(1));
    let after = world.person(WATCHER_ZHANG);
    assert_eq!(after.memberships[0].until, Some(early));
    assert_eq!(after.changed.corrected(), before[0]);
    assert_eq!(world.directories[&community()].memberships(after.id)[0].until, Some(early));
}

#[test]
fn what_is_changed_of_a_resident_is_dated_not_before_the_words_that_were_seen() {
    let mut world = with_grandma();
    let early = an_hour_later(&world);
    let note =
        |from: &str, to: &str| residents::Act::ChangeResident { changes: vec![change("note", Some(from), Some(to))] };
    assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &note("耳背，多敲几下", "住院了")), Ok(1));
    let last = |world: &World| world.get::<Resident>(&resident_key(GRANDMA)).steps.last().unwrap().times.corrected();
    let said = last(&world);
    assert_eq!(world.act_late(by(GRID_WORKER_WANG), early, &about(GRANDMA), &note("住院了", "出院了")), Ok(1));
    assert_eq!(last(&world), said, "written in sight of it");
    assert_eq!(world.act_late(by(WATCHER_ZHANG), early, &about(GRANDMA), &note("耳背，多敲几下", "搬走了")), Ok(1));
    assert_eq!(last(&world), early, "without signal, before it");
}

#[test]
fn a_resident_is_set_aside_and_erased_not_before_what_was_said_last() {
    let why = || "不是居民".to_owned();
    for act in [residents::Act::SetAsideResident { why: why() }, residents::Act::EraseResident { why: why() }] {
        let mut world = with_grandma();
        let early = an_hour_later(&world);
        assert_eq!(world.act(by(WATCHER_ZHANG), &about(GRANDMA), &residents::Act::MoveResidentAway {}), Ok(1));
        let moved = world.get::<Resident>(&resident_key(GRANDMA)).steps[0].times.corrected();
        assert_eq!(world.act_late(Actor::OPERATOR, early, &[resident_key(GRANDMA)], &act), Ok(1));
        let step = world.get::<Resident>(&resident_key(GRANDMA)).steps.pop().unwrap();
        assert_eq!(step.times.corrected(), moved, "{act:?}");
    }
}
