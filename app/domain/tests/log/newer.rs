//! A record that a newer version wrote is shown as far as it can be read, and changed without losing the rest.

use crate::neighbourhood::*;
use domain::kernel::{Actor, Problem, Refusal, Role, Sha256, json};
use domain::log::{Act, Category, Did, Entry, EntryField, EntryForm, ReviewState, Spot, Urgency};
use serde_json::{Value, json};

/// What a newer server may add: fields of any kind, in every object.
fn with_news(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(with_news),
        Value::Object(fields) => {
            fields.values_mut().for_each(with_news);
            // A choice is an object of one key, and stays one.
            if fields.len() > 1 {
                let news = json!({"a": [1, -2.5e3, true, null, "x\"y\\", {}, []], "b": "漏"});
                fields.insert("a_newer_field".into(), news);
                fields.insert("z_newer_field".into(), json!(-12));
            }
        }
        _ => {}
    }
}

fn reviewed() -> Entry {
    let (world, _) = story([
        (Who::Watcher, write("老人不舒服")),
        (Who::SocialWorker, send_back(0, "体温多少？")),
        (Who::Watcher, answer(1, "三十七度")),
        (Who::Watcher, change(2, "feedback", "", "退烧了")),
        (Who::SocialWorker, comment(3, "好")),
        (Who::GridWorker, read(3)),
    ]);
    world.entry(1).clone()
}

fn both_read(text: &str) -> Entry {
    let small: Entry = json::read_small(text.as_bytes()).unwrap();
    assert_eq!(json::read::<Entry>(text.as_bytes()).as_ref(), Ok(&small));
    small
}

#[test]
fn fields_of_a_newer_version_are_passed_over() {
    let entry = reviewed();
    let mut newer = serde_json::to_value(&entry).unwrap();
    with_news(&mut newer);
    assert_eq!(both_read(&newer.to_string()), entry);
}

#[test]
fn words_of_a_newer_version_are_shown_as_such() {
    let mut newer = serde_json::to_value(reviewed()).unwrap();
    newer["content"]["category"] = json!("13");
    newer["content"]["urgency"] = json!("0");
    newer["content"]["spot"] = json!("roof/2");
    newer["steps"][1]["did"]["sent_back"]["part"] = json!("weather");
    newer["steps"][4]["did"]["commented"]["role"] = json!("kitchen");
    newer["steps"][5]["did"] = json!({"praised": {"stars": [1, {"a": "b"}], "text": "x\"y"}});
    let entry = both_read(&newer.to_string());
    assert_eq!((entry.content.category(), entry.content.urgency()), (Category::Unknown, Urgency::Unknown));
    assert_eq!(entry.content.spot(), &Spot::Unknown("roof/2".to_owned()));
    assert_eq!(entry.steps[4].reviewed().map(|(_, role)| role), Some(Role::Unknown));
    assert_eq!(entry.steps[5].did, Did::Unknown {});
    assert_eq!(entry.review_state(), ReviewState::Commented);
    assert!(entry.has_step(command_id(5)));
    assert!(json::write(&entry).map(|text| both_read(&text)) == Ok(entry), "what it shows can be kept");
}

#[test]
fn an_older_phone_changes_what_it_knows_and_leaves_the_rest() {
    let (mut world, _) = story([(Who::Watcher, write("老人不舒服"))]);
    let mut newer = serde_json::to_value(world.entry(1)).unwrap();
    newer["content"]["category"] = json!("13");
    newer["content"]["spot"] = json!("roof/2");
    world.absorb(std::sync::Arc::new(both_read(&newer.to_string())));
    let entry = world.see(&command(1, Who::Watcher, 1, &change(0, "feedback", "", "好了"))).unwrap();
    assert_eq!(entry.content.category(), Category::Unknown);
    assert_eq!(entry.content.spot().form_value(), "roof/2");
    // What its form does not touch, it does not name.
    let form = domain::log::EntryForm { measures: "喝水".into(), ..entry.content.to_form() };
    let changes = entry.content.changes_to(&form, None);
    assert_eq!(changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["measures"]);
}

#[test]
fn a_change_of_a_field_of_a_newer_version_stands_in_the_steps() {
    let mut newer = serde_json::to_value(reviewed()).unwrap();
    newer["steps"][3]["did"]["changed"]["changes"] =
        json!([{"field": "weather", "to": "雨"}, {"field": "feedback", "to": "退烧了"}]);
    let entry = both_read(&newer.to_string());
    assert_eq!(entry.steps[3].changes().len(), 2);
    let versions = entry.versions();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].content.to_form().feedback, "");
}

/// A field with a word that a newer version may know, and one that no version writes.
fn words() -> [(EntryField, String, &'static str); 4] {
    let film = format!("film:250000:{}", Sha256::of(b"a film"));
    [
        (EntryField::Category, "13".to_owned(), "入户!"),
        (EntryField::Template, "snow_cleared".to_owned(), "没人在家"),
        (EntryField::Urgency, "0".to_owned(), "unknown"),
        (EntryField::Attachments, film, "film:many"),
    ]
}

#[test]
fn words_of_a_newer_vocabulary_wait_for_a_newer_server_and_others_are_refused() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    for (field, newer, wrong_word) in words() {
        let with = |word: &str| {
            let mut form = form("灯不亮");
            match field {
                EntryField::Category => form.category = word.into(),
                EntryField::Template => form.template = word.into(),
                EntryField::Urgency => form.urgency = word.into(),
                _ => form.attachments = vec![photo(1), word.into()],
            }
            form
        };
        let write = |form: EntryForm| command(1, Who::Watcher, 2, &Act::WriteEntry { form });
        assert_eq!(world.take(&write(with(&newer))), Err(Refusal::UnknownAct), "{field:?}");
        assert_eq!(world.take(&write(with(wrong_word))), wrong(field.field(), Problem::Unknown));
        let amend = |word: &str| command(1, Who::Watcher, 1, &change(0, field.key(), "", word));
        assert_eq!(world.take(&amend(&newer)), Err(Refusal::UnknownAct), "{field:?}");
        assert_eq!(world.take(&amend(wrong_word)), wrong(field.field(), Problem::Unknown));
    }
}

#[test]
fn attachments_and_actors_of_a_newer_version_are_kept_and_hide_nothing() {
    let (mut world, _) =
        story([(Who::Watcher, Act::WriteEntry { form: EntryForm { attachments: vec![photo(1)], ..form("灯不亮") } })]);
    let film = format!("film:250000:{}", Sha256::of(b"a film"));
    let mut newer = serde_json::to_value(world.entry(1)).unwrap();
    newer["content"]["attachments"] = json!([photo(1), film]);
    newer["steps"][0]["by"] = json!({"agent": {"of": [1, "x"]}});
    let entry = both_read(&newer.to_string());
    assert_eq!(entry.content.to_form().attachments, [photo(1), film.clone()]);
    assert_eq!(entry.steps[0].by, Actor::Unknown {});
    assert_eq!(json::write(&entry).map(|text| both_read(&text)), Ok(entry.clone()), "what it shows can be kept");
    world.absorb(std::sync::Arc::new(entry));
    let entry = world.take(&command(1, Who::Watcher, 1, &change(0, "feedback", "", "好了"))).unwrap();
    assert_eq!(entry.content.to_form().attachments, [photo(1), film]);
}

#[test]
fn a_command_of_an_actor_of_a_newer_version_waits_for_a_newer_server() {
    let bytes = command(1, Who::Watcher, 1, &write("灯不亮")).to_bytes().unwrap();
    let newer = bytes.replacen(r#"{"person":"#, r#"{"agent":"#, 1);
    assert_ne!(newer, bytes);
    assert!(domain::kernel::Command::read(&newer).is_err_and(|error| error.is_newer));
}
