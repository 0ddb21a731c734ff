//! THE list of what can be done, for tests of all modules: every act as it is written, and the records that it names.

use crate::world::{FIRST_GRID, STAIRWELL_3, WATCHER_ZHANG, YARD, key, person_key, place_key, root_key};
use domain::kernel::RecordKey;
use domain::kinds::Kinds;
use domain::organisation::Community;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An entry of Zhang's.
pub const ENTRY: u128 = 500;
/// Somebody who lives in the third stairwell.
pub const RESIDENT: u128 = 700;
/// The id of a record that nobody has made.
pub const NEW: u128 = 900;

/// Every act of every module, with all that it can hold.
pub fn acts() -> Vec<Value> {
    let id = "00000000-0000-0000-0000-0000000001f4";
    let hash = "ab".repeat(32);
    let changes = json!([{"field": "name", "from": "甲", "to": "乙"}]);
    let door = json!({"label": "3-1", "vacant": true, "closed": true, "was": ["3-3"]});
    let sight = json!([{"record": id, "version": id, "position": 7}]);
    vec![
        json!({"write_entry": {"form": {"category": "01", "template": "all_well", "spot": "5-2", "problem": "灯不亮",
            "measures": "a", "feedback": "b", "urgency": "4", "happened": 1_763_341_200_000_u64, "subjects": [id],
            "attachments": []}}}),
        json!({"amend_entry": {"seen": id, "changes": [{"field": "problem", "from": "甲", "to": "乙"}]}}),
        json!({"withdraw_entry": {}}),
        json!({"mark_read": {"version": id}}),
        json!({"comment": {"version": id, "text": "好"}}),
        json!({"send_back": {"version": id, "part": "problem", "question": "哪一盏？"}}),
        json!({"answer": {"question": id, "text": "三楼的"}}),
        json!({"take_blob": {"sha256": hash}}),
        json!({"set_aside_entry": {"why": "重复"}}),
        json!({"erase_entry": {"why": "本人要求"}}),
        json!({"make_community": {"name": "和平新村社区", "abbreviation": "HPXC", "code": "210102025900",
            "numbers": [{"name": "物业", "number": "02400000001"}]}}),
        json!({"change_community": {"changes": changes}}),
        json!({"make_place": {"kind": "stairwell", "name": "3单元", "code": "1", "floors": [[door]],
            "water_valve": "a", "power_switch": "b"}}),
        json!({"change_place": {"changes": changes, "doors": [{"add": {"label": "3-1", "beside": {"above": "2-1"}}}]}}),
        json!({"change_place": {"doors": [{"rename": {"from": "3-1", "to": "3-2"}},
            {"set_vacant": {"label": "3-1", "vacant": true}}, {"set_closed": {"label": "3-1", "closed": true}}]}}),
        json!({"move_place": {}}),
        json!({"close_place": {}}),
        json!({"add_person": {"name": "马某丽", "agency": "律动公益"}}),
        json!({"change_person": {"changes": changes}}),
        json!({"give_post": {"role": "watcher", "from": 1_763_341_200_000_u64, "until": 1_763_341_300_000_u64}}),
        json!({"end_post": {"role": "watcher", "until": 1_763_341_300_000_u64}}),
        json!({"end_posts": {"until": 1_763_341_300_000_u64}}),
        json!({"add_resident": {"form": {"door": "3-2", "name": "张某兰", "birth_year": 1940, "care": ["aged"],
            "phones": [{"number": "13800005678", "whose": "女儿"}], "note": "耳背"}}}),
        json!({"change_resident": {"changes": changes}}),
        json!({"move_resident_away": {}}),
        json!({"bring_resident_back": {}}),
        json!({"set_aside_resident": {"why": "重复"}}),
        json!({"erase_resident": {"why": "本人要求"}}),
        json!({"see": {"up_to": 7, "seen": sight, "unseen": sight}}),
    ]
}

/// The name of an act.
pub fn name_of(act: &Value) -> &str {
    act.as_object().and_then(|act| act.keys().next()).unwrap()
}

/// The records that such an act names.
pub fn about(name: &str) -> Vec<RecordKey> {
    let stairwell = place_key(STAIRWELL_3);
    let resident = key("resident", RESIDENT);
    match name {
        "write_entry" => vec![key("entry", NEW), stairwell],
        "amend_entry" => vec![key("entry", ENTRY), stairwell],
        "withdraw_entry" | "mark_read" | "comment" | "send_back" | "answer" | "take_blob" | "set_aside_entry"
        | "erase_entry" => vec![key("entry", ENTRY)],
        "make_community" => vec![Community::key_of(Uuid::from_u128(2).into())],
        "change_community" => vec![root_key()],
        "make_place" => vec![place_key(NEW), place_key(YARD)],
        "change_place" | "close_place" => vec![stairwell],
        "move_place" => vec![stairwell, place_key(FIRST_GRID)],
        "add_person" => vec![person_key(NEW)],
        "change_person" | "end_posts" => vec![person_key(WATCHER_ZHANG)],
        "give_post" | "end_post" => vec![person_key(WATCHER_ZHANG), stairwell],
        "add_resident" => vec![key("resident", NEW), stairwell],
        "change_resident" | "move_resident_away" | "bring_resident_back" => vec![resident, stairwell],
        "set_aside_resident" | "erase_resident" => vec![resident],
        "see" => vec![key("seen", WATCHER_ZHANG)],
        _ => panic!("which records does {name} name?"),
    }
}

#[test]
fn no_act_of_any_module_is_forgotten() {
    let listed: BTreeSet<String> = acts().iter().map(|act| name_of(act).to_owned()).collect();
    let known: BTreeSet<String> = Kinds::all().act_names().map(str::to_owned).collect();
    assert_eq!(listed, known);
    assert!(known.iter().all(|name| !about(name).is_empty()));
}
