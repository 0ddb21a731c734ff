//! A head names the records that its act concerns, and no others: nobody makes the server wait for or queue behind
//! what has nothing to do with what they do.

use crate::acts::{about, acts, name_of};
use crate::world::{SECRETARY_LI, WATCHER_ZHANG, World, by, code, key, person_key, place_key, root_key};
use domain::kernel::{Actor, MOST_KEYS, RecordKey, Refusal};
use serde_json::json;
use uuid::Uuid;

/// Records beside those of an act: some that are here, and one of each kind that nobody has made.
fn others() -> Vec<RecordKey> {
    let kinds = ["community", "entry", "person", "place", "resident", "seen", "newer_kind"];
    let nobody_made = kinds.map(|kind| key(kind, 12_345));
    [root_key(), person_key(SECRETARY_LI), place_key(crate::world::FIRST_GRID)].into_iter().chain(nobody_made).collect()
}

#[test]
fn a_head_that_names_more_records_than_its_act_concerns_is_malformed_whoever_sends_it() {
    let world = World::new();
    for act in acts() {
        let right = about(name_of(&act));
        for other in others() {
            let other = RecordKey { community: right[0].community, ..other };
            if right.contains(&other) || right.len() == MOST_KEYS {
                continue;
            }
            for place in 1..=right.len() {
                let mut keys = right.clone();
                keys.insert(place, other.clone());
                for actor in [by(SECRETARY_LI), by(WATCHER_ZHANG), Actor::OPERATOR] {
                    let answer = world.try_act(actor, world.now.get(), &keys, &act, true).map(|_| ());
                    assert_eq!(code(answer), "malformed", "{actor:?}: {act} about {keys:?}");
                }
            }
        }
    }
}

#[test]
fn a_head_that_names_fewer_is_malformed_also_where_the_first_of_its_records_is_not_here() {
    let world = World::new();
    for act in acts() {
        let right = about(name_of(&act));
        if right.len() > 1 {
            let missing = RecordKey { id: Uuid::from_u128(12_345), ..right[0].clone() };
            for first in [right[0].clone(), missing] {
                let answer = world.try_act(by(SECRETARY_LI), world.now.get(), &[first], &act, true).map(|_| ());
                assert_eq!(code(answer), "malformed", "{act}");
            }
        }
    }
}

#[test]
fn an_act_of_a_newer_version_may_name_others_and_is_for_a_newer_server() {
    let world = World::new();
    let newer = json!({"close_place": {"and_move_its_residents": true}});
    let about = [place_key(crate::world::STAIRWELL_3), place_key(crate::world::STAIRWELL_1)];
    let answer = world.try_act(by(SECRETARY_LI), world.now.get(), &about, &newer, true).map(|_| ());
    assert_eq!(answer, Err(Refusal::UnknownAct));
}
