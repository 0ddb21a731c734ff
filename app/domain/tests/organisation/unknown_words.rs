//! What a newer version wrote is kept and shown as such, never an error. Both readers are asked: the
//! server's and the phone's.

use crate::world::{
    FIRST_GRID, SECRETARY_LI, STAIRWELL_3, WATCHER_ZHANG, World, by, key, person_key, place, place_key, root_key,
};
use domain::kernel::{PlaceKind, Refusal, Role, json};
use domain::organisation::{Community, Directory, Person, Place};
use domain::residents::{CareGroup, Resident};
use domain::seen::Seen;
use serde::de::DeserializeOwned;
use std::{fmt::Debug, sync::Arc};

const COMMUNITY: &str = r#"{"id":"00000000-0000-0000-0000-000000000001","name":"和平新村社区","abbreviation":"HPXC",
 "code":"210102025900","numbers":[{"name":"物业","number":"02400000001","hours":"8-17"}],"late_work":3888000000,
 "motto":"邻里守望","made":{"written":1763341200000},"changed":{"written":1763341200000,"by_radio":true}}"#;

const PLACE: &str = r#"{"id":"00000000-0000-0000-0000-000000000063","community":"00000000-0000-0000-0000-000000000001",
 "kind":"floor","parent":"00000000-0000-0000-0000-00000000000d","name":"三层","lift":{"maker":"x","stops":[1,2]},
 "floors":[[{"label":"3-1","vacant":true,"sensor":{"smoke":true}},{"label":"3-2"},{"label":"3层/右边那一家人家","was":["3/3"]}]],
 "made":{"written":1763341200000},"changed":{"written":1763341200000}}"#;

const PERSON: &str = r#"{"id":"00000000-0000-0000-0000-0000000000c9","community":"00000000-0000-0000-0000-000000000001",
 "name":"马某丽","badge":{"number":7},"memberships":[
 {"role":"cook","place":"00000000-0000-0000-0000-000000000001","from":1700000000000,"shift":"early"},
 {"role":"watcher","place":"00000000-0000-0000-0000-00000000000d","from":1700000000000}],
 "made":{"written":1763341200000},"changed":{"written":1763341200000}}"#;

const RESIDENT: &str = r#"{"id":"00000000-0000-0000-0000-0000000001f4","community":"00000000-0000-0000-0000-000000000001",
 "place":"00000000-0000-0000-0000-00000000000d","door":"3-2","name":"张某兰","care":["aged","sleepless"],
 "phones":[{"number":"13800005678","whose":"女儿","verified":true}],"pets":["猫"],
 "made_by":{"person":"00000000-0000-0000-0000-000000000067"},"made":{"written":1763341200000},
 "added":"00000000-0000-0000-0000-0000000f423f","steps":[{"id":"00000000-0000-0000-0000-0000000f4240","by":{"system":"weather"},"times":{"written":1763341200000},
 "mood":"good","changes":[{"field":"pets","from":"狗","to":"猫","why":"x"}]}]}"#;

const SEEN: &str = r#"{"person":"00000000-0000-0000-0000-000000000067","community":"00000000-0000-0000-0000-000000000001",
 "up_to":7,"starred":[1,2],"made":{"written":1763341200000},"changed":{"written":1763341200000}}"#;

fn both<T: DeserializeOwned + PartialEq + Debug>(text: &str) -> T {
    let read: T = json::read(text.as_bytes()).unwrap();
    assert_eq!(json::read_small::<T>(text.as_bytes()).unwrap(), read, "the phone's reader");
    read
}

#[test]
fn records_with_words_of_a_newer_version_are_read_by_server_and_phone() {
    assert_eq!(both::<Community>(COMMUNITY).numbers[0].name, "物业");
    let place = both::<Place>(PLACE);
    assert_eq!(place.kind, PlaceKind::Unknown);
    assert_eq!(place.doors().last().unwrap().label.as_str(), "3层/右边那一家人家");
    assert_eq!(both::<Person>(PERSON).memberships.len(), 2);
    assert_eq!(both::<Resident>(RESIDENT).care, [CareGroup::Aged, CareGroup::Unknown]);
    assert_eq!(both::<Seen>(SEEN).up_to, 7);
}

#[test]
fn an_unknown_role_is_kept_and_gives_no_right() {
    let person: Person = both(PERSON);
    assert_eq!(person.memberships[0].role, Role::Unknown);
    let mut world = World::new();
    world.put(Arc::new(person));
    let rights = world.rights(by(0xC9));
    assert!(rights.holds(&[Role::Watcher], place(STAIRWELL_3)));
    assert!(!rights.holds(&[Role::PartyCommittee], place(1)) && rights.posts().len() == 2);
}

#[test]
fn a_level_of_a_newer_version_has_its_place_in_the_tree() {
    let mut world = World::new();
    world.put(Arc::new(both::<Place>(PLACE)));
    assert!(world.directory().tree().covers(place(FIRST_GRID), place(99)));
    assert_eq!(world.directory().place_name(place(99)), "八经街46号院·3单元·三层");
}

#[test]
fn whoever_is_in_a_care_group_of_a_newer_version_is_in_care() {
    let mut resident: Resident = both(RESIDENT);
    resident.care = vec![CareGroup::Unknown];
    assert!(resident.is_in_care());
    assert_eq!(CareGroup::from_code("unknown"), None, "nobody puts anybody into it");
}

#[test]
fn acts_with_words_of_a_newer_version_are_remembered_by_nobody() {
    let world = World::new();
    let newer = |who: u128, about: &[domain::kernel::RecordKey], act: &str| {
        let act: serde_json::Value = serde_json::from_str(act).unwrap();
        let outcome = world.try_act(by(who), world.now.get(), about, &act, true).map(|_| ());
        assert_eq!(outcome, Err(Refusal::UnknownAct), "{act}");
    };
    let post = [person_key(WATCHER_ZHANG), place_key(STAIRWELL_3)];
    newer(SECRETARY_LI, &post, r#"{"give_post":{"role":"cook","from":1763341200000}}"#);
    newer(SECRETARY_LI, &post, r#"{"give_post":{"role":"watcher","from":1763341200000,"shift":"early"}}"#);
    let new = [place_key(99), root_key()];
    newer(SECRETARY_LI, &new, r#"{"make_place":{"kind":"floor","name":"三层"}}"#);
    newer(SECRETARY_LI, &[place_key(STAIRWELL_3)], r#"{"change_place":{"changes":[{"field":"lift","to":"x"}]}}"#);
    newer(SECRETARY_LI, &[place_key(STAIRWELL_3)], r#"{"change_place":{"doors":[{"paint":{"label":"3-2"}}]}}"#);
    let resident = [key("resident", 700), place_key(STAIRWELL_3)];
    newer(WATCHER_ZHANG, &resident, r#"{"add_resident":{"form":{"name":"张某兰","care":["sleepless"]}}}"#);
    newer(WATCHER_ZHANG, &resident, r#"{"add_resident":{"form":{"name":"张某兰","pets":["猫"]}}}"#);
    newer(WATCHER_ZHANG, &resident, r#"{"change_resident":{"changes":[{"field":"care","to":"sleepless"}]}}"#);
    newer(WATCHER_ZHANG, &[key("seen", WATCHER_ZHANG)], r#"{"see":{"starred":[1]}}"#);
}

#[test]
fn a_directory_takes_in_what_concerns_it_and_nothing_else() {
    let mut directory = Directory::new(uuid::Uuid::from_u128(1).into());
    directory.take_in(&both::<Resident>(RESIDENT));
    directory.take_in(&both::<Seen>(SEEN));
    assert!(directory.community().is_none() && directory.tree().nodes().next().is_none());
    directory.take_in(&both::<Community>(COMMUNITY));
    assert_eq!(directory.tree().code(place(1)), Some("210102025900"));
    let mut elsewhere = Directory::new(uuid::Uuid::from_u128(2).into());
    elsewhere.take_in(&both::<Place>(PLACE));
    assert!(elsewhere.tree().nodes().next().is_none());
}

#[test]
fn labels_that_no_door_bears_are_refused_in_acts() {
    let world = World::new();
    let refused = |about: &[domain::kernel::RecordKey], act: &str| {
        let act: serde_json::Value = serde_json::from_str(act).unwrap();
        let outcome = world.try_act(by(SECRETARY_LI), world.now.get(), about, &act, true).map(|_| ());
        assert_eq!(crate::world::code(outcome), "door/unknown", "{act}");
    };
    let stairwell = [place_key(STAIRWELL_3)];
    let beside = r#""beside":"alone""#;
    refused(&stairwell, &format!(r#"{{"change_place":{{"doors":[{{"add":{{"label":"3/9",{beside}}}}}]}}}}"#));
    refused(&stairwell, r#"{"change_place":{"doors":[{"rename":{"from":"3-2","to":"3/9"}}]}}"#);
    let new = [place_key(99), place_key(FIRST_GRID)];
    for door in [r#"{"label":"3/9"}"#, r#"{"label":"3-9","was":["3/9"]}"#] {
        refused(&new, &format!(r#"{{"make_place":{{"kind":"stairwell","name":"9单元","floors":[[{door}]]}}}}"#));
    }
}
