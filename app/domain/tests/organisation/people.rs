//! People and their posts.

use crate::world::{
    FIRST_GRID, GRID_WORKER_WANG, SECOND_GRID, SECRETARY_LI, STAIRWELL_1, STAIRWELL_3, WATCHER_ZHANG, World, YARD, by,
    change, code, community, make_stairwell, person, person_key, place, place_key, root_key,
};
use domain::kernel::{Actor, CommunityId, Record, RecordKey, Refusal, Role, Span, Timestamp};
use domain::organisation::{Act, Agency, Community, Directory, Person, Place};
use std::sync::Arc;
use uuid::Uuid;

const NEW: u128 = 301;

fn add(name: &str) -> Act {
    Act::AddPerson { name: name.to_owned(), agency: None }
}

fn give(role: Role, from: Timestamp, until: Option<Timestamp>) -> Act {
    Act::GivePost { role, from, until }
}

#[test]
fn the_committee_adds_people_and_gives_them_posts() {
    let mut world = World::new();
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &[person_key(NEW)], &add("刘某芝"))), "no_right");
    assert_eq!(world.act(by(SECRETARY_LI), &[person_key(NEW)], &add("刘某芝")), Ok(1));
    let about = [person_key(NEW), place_key(STAIRWELL_1)];
    let from = world.now.get();
    assert_eq!(world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, from, None)), Ok(1));
    assert!(world.rights(by(NEW)).holds(&[Role::Watcher], place(STAIRWELL_1)));
    assert_eq!(world.person(NEW).main_role(), Some(Role::Watcher));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, from, None)), Ok(0), "once more");
}

#[test]
fn nobody_gives_posts_to_themselves() {
    let mut world = World::new();
    let about = [person_key(SECRETARY_LI), place_key(FIRST_GRID)];
    let act = give(Role::GridWorker, world.now.get(), None);
    assert_eq!(code(world.act(by(SECRETARY_LI), &about, &act)), "no_right");
    assert_eq!(
        code(world.act(by(GRID_WORKER_WANG), &[person_key(GRID_WORKER_WANG), place_key(YARD)], &act)),
        "no_right"
    );
    world.operator(&about, &act);
}

#[test]
fn a_role_has_its_posts_at_its_own_level() {
    let mut world = World::new();
    world.operator(&[person_key(NEW)], &add("刘某芝"));
    let from = world.now.get();
    let mut give = |role, place| world.act(by(SECRETARY_LI), &[person_key(NEW), place], &give(role, from, None));
    assert_eq!(code(give(Role::Watcher, root_key())), "role_level");
    assert_eq!(code(give(Role::Watcher, place_key(FIRST_GRID))), "role_level");
    assert_eq!(code(give(Role::PartyCommittee, place_key(FIRST_GRID))), "role_level");
    assert_eq!(code(give(Role::GridWorker, place_key(STAIRWELL_1))), "role_level");
    assert_eq!(give(Role::SocialWorker, place_key(FIRST_GRID)), Ok(1));
    assert_eq!(give(Role::SocialWorker, place_key(SECOND_GRID)), Ok(1));
    assert_eq!(world.person(NEW).memberships.len(), 2);
}

#[test]
fn a_stand_in_watches_for_a_time() {
    let mut world = World::new();
    let from = world.now.get();
    let until = from.plus(Span::days(20));
    let about = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_1)];
    world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, from, Some(until))).unwrap();
    let watches = |world: &World| world.rights(by(WATCHER_ZHANG)).holds(&[Role::Watcher], place(STAIRWELL_1));
    assert!(watches(&world));
    world.now.set(until);
    assert!(!watches(&world));
    assert!(world.rights(by(WATCHER_ZHANG)).holds(&[Role::Watcher], place(STAIRWELL_3)));
    // Again, and the times become one where they meet.
    let longer = give(Role::Watcher, until, None);
    world.act(by(SECRETARY_LI), &about, &longer).unwrap();
    let memberships = world.person(WATCHER_ZHANG).memberships;
    assert_eq!(memberships.len(), 2);
    assert_eq!((memberships[1].from, memberships[1].until), (from, None));
}

#[test]
fn a_post_is_not_given_for_a_time_long_past() {
    let mut world = World::new();
    world.operator(&[person_key(NEW)], &add("刘某芝"));
    let about = [person_key(NEW), place_key(STAIRWELL_1)];
    let ago = |days: i64| world.now.get().plus(Span::days(-days));
    let (long, lately, ended, began) = (ago(31), ago(29), ago(150), ago(200));
    assert_eq!(code(world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, long, None))), "from/too_early");
    assert_eq!(world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, lately, None)), Ok(1));
    assert_eq!(
        code(world.act(by(SECRETARY_LI), &about, &give(Role::Watcher, lately, Some(lately)))),
        "until/too_early"
    );
    // Whoever runs the server brings along what was.
    world.operator(&about, &give(Role::Watcher, began, Some(ended)));
    assert_eq!(world.person(NEW).memberships.len(), 2);
}

#[test]
fn a_post_ends_not_before_it_is_said() {
    let mut world = World::new();
    let about = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_3)];
    let before = world.now.get();
    world.now.set(before.plus(Span::days(3)));
    let said = world.now.get();
    let end = Act::EndPost { role: Role::Watcher, until: before };
    assert_eq!(world.act(by(SECRETARY_LI), &about, &end), Ok(1));
    assert_eq!(world.person(WATCHER_ZHANG).memberships[0].until, Some(said), "what was done until then counts");
    assert_eq!(world.act(by(SECRETARY_LI), &about, &end), Ok(0));
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &about, &end)), "no_right");
}

#[test]
fn ending_a_post_never_makes_it_longer_and_takes_away_one_that_has_not_begun() {
    let mut world = World::new();
    let about = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_1)];
    let now = world.now.get();
    let in_days = |days| now.plus(Span::days(days));
    world.operator(&about, &give(Role::Watcher, in_days(5), Some(in_days(10))));
    let end = |until| Act::EndPost { role: Role::Watcher, until };
    assert_eq!(world.act(by(SECRETARY_LI), &about, &end(in_days(20))), Ok(0));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &end(in_days(2))), Ok(1));
    assert_eq!(world.person(WATCHER_ZHANG).memberships.len(), 1);
}

#[test]
fn an_end_that_is_dated_before_the_post_began_leaves_its_trace() {
    let mut world = World::new();
    let about = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_1)];
    world.now.set(world.now.get().plus(Span::days(2)));
    let from = world.now.get();
    world.operator(&about, &give(Role::Watcher, from, None));
    let before = from.plus(Span::days(-1));
    let end = Act::EndPost { role: Role::Watcher, until: before };
    assert_eq!(world.act_late(by(SECRETARY_LI), before, &about, &end), Ok(1), "by a clock that was set back");
    let post = world.person(WATCHER_ZHANG).memberships.pop().unwrap();
    assert_eq!((post.place, post.from, post.until), (place(STAIRWELL_1), from, Some(from)));
    assert_eq!(world.act(by(SECRETARY_LI), &about, &end), Ok(0));
}

#[test]
fn a_community_has_as_many_people_as_it_can_have_and_then_says_so() {
    let mut world = World::new();
    let known = world.directory().people().count();
    let somebody = world.person(WATCHER_ZHANG);
    for number in 0..Directory::MOST_PEOPLE - known - 1 {
        let id = person(10_000 + number as u128);
        world.put(Arc::new(Person { id, memberships: Vec::new(), ..somebody.clone() }));
    }
    assert_eq!(world.act(by(SECRETARY_LI), &[person_key(NEW)], &add("刘某芝")), Ok(1), "the last one");
    assert_eq!(code(world.act(by(SECRETARY_LI), &[person_key(NEW + 1)], &add("王某山"))), "too_many_people");
    assert_eq!(code(world.act(by(GRID_WORKER_WANG), &[person_key(NEW + 1)], &add("王某山"))), "no_right");
    world.operator(&[person_key(NEW + 1)], &add("王某山"));
}

#[test]
fn a_closed_account_holds_no_post_and_its_late_work_counts_for_a_while() {
    let mut world = World::new();
    let written = world.now.get();
    world.now.set(written.plus(Span::days(1)));
    let until = world.now.get();
    world.operator(&[person_key(SECRETARY_LI)], &Act::EndPosts { until });
    assert_eq!(world.person(SECRETARY_LI).posts_at(world.now.get()).count(), 0);
    assert_eq!(code(world.act(by(SECRETARY_LI), &[person_key(NEW)], &add("刘某芝"))), "no_right");
    assert_eq!(world.act_late(by(SECRETARY_LI), written, &[person_key(NEW)], &add("刘某芝")), Ok(1));
    world.now.set(until.plus(Span::days(31)));
    let late = world.act_late(by(SECRETARY_LI), written, &[person_key(NEW + 1)], &add("王某山"));
    assert_eq!(late, Err(Refusal::Held), "neither counts nor is lost");
}

#[test]
fn whoever_holds_no_post_any_more_still_reads_the_own_card() {
    let mut world = World::new();
    let until = world.now.get();
    world.operator(&[person_key(WATCHER_ZHANG)], &Act::EndPosts { until });
    assert!(world.told::<Person>(by(WATCHER_ZHANG), &person_key(WATCHER_ZHANG)).is_some());
    assert!(world.told::<Person>(by(WATCHER_ZHANG), &person_key(SECRETARY_LI)).is_none());
    assert!(world.told::<Person>(by(SECRETARY_LI), &person_key(WATCHER_ZHANG)).is_some());
}

#[test]
fn name_and_agency_are_changed_field_by_field() {
    let mut world = World::new();
    let rename = Act::ChangePerson { changes: vec![change("name", Some("张某华"), Some("张某花"))] };
    let agency = Act::ChangePerson { changes: vec![change("agency", None, Some("律动公益"))] };
    assert_eq!(world.act(by(SECRETARY_LI), &[person_key(WATCHER_ZHANG)], &rename), Ok(1));
    assert_eq!(world.act(by(SECRETARY_LI), &[person_key(WATCHER_ZHANG)], &agency), Ok(1));
    let zhang = world.person(WATCHER_ZHANG);
    assert_eq!((zhang.name.as_str(), zhang.agency), ("张某花", Some(Agency("律动公益".to_owned()))));
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &[person_key(WATCHER_ZHANG)], &rename)), "no_right");
}

#[test]
fn one_person_in_two_communities_is_something_else_in_each() {
    let mut world = World::new();
    let xinfu: CommunityId = Uuid::from_u128(2).into();
    let key = |kind: &'static str, id: u128| RecordKey::new(xinfu, kind, Uuid::from_u128(id));
    let root = Community::key_of(xinfu);
    let make = Act::MakeCommunity {
        name: "新抚区示例社区".to_owned(),
        abbreviation: "XFSL".to_owned(),
        code: None,
        numbers: Vec::new(),
    };
    world.operator(std::slice::from_ref(&root), &make);
    let card = Person::key_of(xinfu, person(WATCHER_ZHANG));
    world.operator(std::slice::from_ref(&card), &add("张某华"));
    world.operator(&[card.clone(), root], &give(Role::SocialWorker, world.now.get(), None));
    let posts = |community: CommunityId| {
        let held = world.directories[&community].memberships(person(WATCHER_ZHANG));
        held.iter().map(|membership| membership.role).collect::<Vec<_>>()
    };
    assert_eq!((posts(community()), posts(xinfu)), (vec![Role::Watcher], vec![Role::SocialWorker]));
    // The committee of one has nothing to say in the other.
    let end = Act::EndPosts { until: world.now.get() };
    assert_eq!(code(world.act(by(SECRETARY_LI), &[card], &end)), "no_right");
    let place = key(Place::KIND, 900);
    let elsewhere = crate::world::make_stairwell("1单元");
    assert_eq!(code(world.act(by(SECRETARY_LI), &[place, Community::key_of(xinfu)], &elsewhere)), "no_right");
}

#[test]
fn a_directory_is_cheap_to_copy_and_copies_do_not_meet() {
    let mut world = World::new();
    let before = world.directory().clone();
    world.operator(&[person_key(NEW)], &add("刘某芝"));
    world.operator(&[place_key(STAIRWELL_3), place_key(SECOND_GRID)], &Act::MovePlace {});
    assert!(before.person(person(NEW)).is_none() && world.directory().person(person(NEW)).is_some());
    assert!(before.tree().covers(place(FIRST_GRID), place(STAIRWELL_3)));
    assert_eq!(before.people().count() + 1, world.directory().people().count());
    assert_eq!(before.abbreviation(), "HPXC");
}

#[test]
fn posts_do_not_pile_up_without_end() {
    let mut world = World::new();
    let about = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_1)];
    let start = world.now.get().plus(Span::days(1));
    let day = |number: i64| start.plus(Span::days(2 * number));
    let mut given = 1;
    let full = loop {
        let act = give(Role::Watcher, day(given), Some(day(given).plus(Span::days(1))));
        match world.act(by(SECRETARY_LI), &about, &act) {
            Ok(1) => given += 1,
            other => break code(other),
        }
    };
    assert_eq!((given, full.as_str()), (240, "full"));
    let end = Act::EndPosts { until: world.now.get() };
    assert_eq!(world.act(Actor::OPERATOR, &[person_key(WATCHER_ZHANG)], &end), Ok(1), "what ends something still fits");
}

#[test]
fn the_end_of_a_post_is_not_dated_before_its_place_was_made() {
    let mut world = World::new();
    let early = world.now.get();
    world.operator(&[place_key(30), place_key(FIRST_GRID)], &make_stairwell("9单元"));
    let post = [person_key(WATCHER_ZHANG), place_key(30)];
    world.operator(&post, &Act::GivePost { role: Role::Watcher, from: early, until: None });
    world.act_late(by(SECRETARY_LI), early, &post, &Act::EndPost { role: Role::Watcher, until: early }).unwrap();
    assert!(world.person(WATCHER_ZHANG).changed.corrected() >= world.place(30).made.corrected());
}
