//! A command that names a field of a newer version, however deep in its act, is taken by a newer server only: this one
//! would say that it is in force and forget what it does not know.

use crate::acts::{acts, name_of};
use crate::world::{World, community};
use domain::kernel::{Actor, Command, DeviceId, Head, RecordKey, Refusal, Timestamp};
use domain::kinds::Kinds;
use serde_json::{Value, json};
use uuid::Uuid;

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
    for act in acts() {
        let name = name_of(&act);
        assert_ne!(answer(&act), Some(Refusal::UnknownAct), "{act} is known");
        let inner = with_one_field_more(&act[name]);
        assert!(!inner.is_empty());
        for changed in inner {
            let changed = json!({ name: changed });
            assert_eq!(answer(&changed), Some(Refusal::UnknownAct), "{changed}");
        }
    }
}
