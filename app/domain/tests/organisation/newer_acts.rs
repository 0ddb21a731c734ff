//! A command that names a field of a newer version, however deep in its act, is taken by a newer server only: this one
//! would say that it is in force and forget what it does not know.

use domain::kernel::{Actor, Command, DeviceId, Head, RecordKey, Refusal, Timestamp};
use domain::kinds::Kinds;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use crate::world::{World, community};

/// Every act of every module, with all that it can hold.
fn acts() -> Vec<Value> {
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

/// What a door's change and its place are chosen from.
const CHOICES: &[&str] = &["add", "rename", "set_vacant", "set_closed", "above"];

/// The value with a field more in one of its objects, for each of them: in whatever stands behind a choice too.
fn with_one_field_more(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                all.extend(with_one_field_more(item).into_iter().map(|changed| {
                    let mut items = items.clone();
                    items[index] = changed;
                    Value::Array(items)
                }));
            }
        }
        Value::Object(fields) => {
            // A choice is an object of one key, and stays one.
            if !fields.keys().any(|name| CHOICES.contains(&name.as_str())) {
                let mut more = fields.clone();
                more.insert("a_newer_field".to_owned(), json!({"b": [1]}));
                all.push(Value::Object(more));
            }
            for (name, field) in fields {
                all.extend(with_one_field_more(field).into_iter().map(|changed| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), changed);
                    Value::Object(fields)
                }));
            }
        }
        _ => {}
    }
    all
}

/// What a server answers that knows nothing of the records.
fn answer(act: &Value) -> Option<Refusal> {
    let about = vec![RecordKey::new(community(), "nothing", Uuid::from_u128(9))];
    let actor = Actor::OPERATOR;
    let written = Timestamp::from_millis(1_763_341_200_000);
    let head = Head { id: Uuid::from_u128(5).into(), actor, device: DeviceId::SERVER, written, offset: None, about };
    let command = Command { head, act: act.to_string() };
    Kinds::all().apply(&World::empty(), &command, None).err()
}

#[test]
fn a_field_of_a_newer_version_is_noticed_in_every_act_at_every_depth() {
    let mut names = BTreeSet::new();
    for act in acts() {
        let name = act.as_object().and_then(|act| act.keys().next()).unwrap();
        assert_ne!(answer(&act), Some(Refusal::UnknownAct), "{act} is known");
        let inner = with_one_field_more(&act[name]);
        assert!(!inner.is_empty());
        for changed in inner {
            let changed = json!({ name: changed });
            assert_eq!(answer(&changed), Some(Refusal::UnknownAct), "{changed}");
        }
        names.insert(name.clone());
    }
    for name in Kinds::all().act_names() {
        assert!(names.contains(name), "{name} is not looked at");
    }
}
