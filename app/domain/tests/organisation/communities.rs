//! Communities.

use crate::world::{SECRETARY_LI, WATCHER_ZHANG, World, by, change, code, community, place_key, root_key};
use domain::kernel::{Actor, CommunityId, Record, RecordKey, Span};
use domain::organisation::{Act, Community, LocalNumber};
use uuid::Uuid;

fn make(name: &str, abbreviation: &str, code: Option<&str>) -> Act {
    Act::MakeCommunity {
        name: name.to_owned(),
        abbreviation: abbreviation.to_owned(),
        code: code.map(str::to_owned),
        numbers: vec![LocalNumber { name: "物业".to_owned(), number: "024-0000 0001".to_owned() }],
    }
}

#[test]
fn only_whoever_runs_the_server_makes_a_community() {
    let mut world = World::new();
    let xinfu: CommunityId = Uuid::from_u128(2).into();
    let act = make("新抚区示例社区", "XFSL", Some("210402900900"));
    let key = Community::key_of(xinfu);
    assert_eq!(code(world.act(by(SECRETARY_LI), std::slice::from_ref(&key), &act)), "no_right");
    world.operator(std::slice::from_ref(&key), &act);
    let made: Community = world.get(&key);
    assert_eq!((made.id, made.numbers[0].number.as_str()), (xinfu, "02400000001"));
    assert_eq!(world.directories[&xinfu].abbreviation(), "XFSL");
    assert_eq!(code(world.act(Actor::OPERATOR, &[key], &act)), "exists");
}

#[test]
fn a_community_is_its_own_root() {
    let mut world = World::empty();
    let elsewhere = RecordKey::new(community(), Community::KIND, Uuid::from_u128(7));
    assert_eq!(code(world.act(Actor::OPERATOR, &[elsewhere], &make("和平新村社区", "HPXC", None))), "malformed");
}

#[test]
fn abbreviation_code_and_numbers_are_looked_at() {
    let mut world = World::empty();
    let mut refused = |act: &Act| code(world.act(Actor::OPERATOR, &[root_key()], act));
    assert_eq!(refused(&make(" ", "HPXC", None)), "name/missing");
    assert_eq!(refused(&make("和平新村社区", "hpxc", None)), "abbreviation/unknown");
    assert_eq!(refused(&make("和平新村社区", "HPXC", Some("2101"))), "code/unknown");
    let Act::MakeCommunity { name, abbreviation, code, .. } = make("和平新村社区", "HPXC", None) else {
        panic!()
    };
    let numbers = vec![LocalNumber { name: "物业".to_owned(), number: "一二三".to_owned() }];
    assert_eq!(refused(&Act::MakeCommunity { name, abbreviation, code, numbers }), "number/unknown");
}

#[test]
fn the_committee_changes_the_figures_of_its_community() {
    let mut world = World::new();
    let act = Act::ChangeCommunity {
        changes: vec![
            change("late_work", None, Some("45")),
            change("silence_of_others", None, Some("3")),
            change("number", None, Some("02400000009 派出所")),
        ],
    };
    assert_eq!(world.directory().grace(), Span::days(30));
    assert_eq!(world.act(by(SECRETARY_LI), &[root_key()], &act), Ok(1));
    let changed: Community = world.get(&root_key());
    assert_eq!((changed.grace(), world.directory().grace()), (Span::days(45), Span::days(45)));
    assert_eq!((changed.silence(true), changed.silence(false)), (Span::days(30), Span::days(3)));
    assert_eq!(changed.numbers[0].name, "派出所");
    assert_eq!(world.act(by(SECRETARY_LI), &[root_key()], &act), Ok(0), "once more changes nothing");
    assert_eq!(code(world.act(by(WATCHER_ZHANG), &[root_key()], &act)), "no_right");
    let wrong = Act::ChangeCommunity { changes: vec![change("late_work", Some("45"), Some("0"))] };
    assert_eq!(code(world.act(by(SECRETARY_LI), &[root_key()], &wrong)), "late_work/unknown");
}

#[test]
fn abbreviation_and_code_come_from_whoever_runs_the_server() {
    let mut world = World::new();
    for (field, from, to) in [("abbreviation", "HPXC", "HP"), ("code", "210102025900", "210102025901")] {
        let act = Act::ChangeCommunity { changes: vec![change(field, Some(from), Some(to))] };
        assert_eq!(code(world.act(by(SECRETARY_LI), &[root_key()], &act)), "no_right");
        world.operator(&[root_key()], &act);
    }
    let changed: Community = world.get(&root_key());
    assert_eq!(changed.abbreviation, "HP");
    assert_eq!(changed.code.as_deref(), Some("210102025900"), "a code is given once");
}

#[test]
fn the_card_of_numbers_does_not_grow_without_end() {
    let mut world = World::new();
    let changes = (0..40).map(|n| change("number", None, Some(&format!("{} 物业{n}", 10_000 + n)))).collect();
    assert_eq!(world.act(by(SECRETARY_LI), &[root_key()], &Act::ChangeCommunity { changes }), Ok(1));
    let more = Act::ChangeCommunity { changes: vec![change("number", None, Some("99999 再一个"))] };
    assert_eq!(code(world.act(by(SECRETARY_LI), &[root_key()], &more)), "number/too_many");
}

#[test]
fn everybody_in_the_community_is_told_of_its_places_and_figures() {
    let world = World::new();
    assert!(world.told::<Community>(by(WATCHER_ZHANG), &root_key()).is_some());
    for number in [crate::world::FIRST_GRID, crate::world::YARD, crate::world::STAIRWELL_3] {
        assert!(world.told::<domain::organisation::Place>(by(WATCHER_ZHANG), &place_key(number)).is_some());
    }
}
