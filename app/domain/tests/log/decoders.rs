//! What comes in from outside never panics, and what is not exactly an act is none.

use crate::neighbourhood::*;
use domain::kernel::{Command, FieldError, MOST_COMMAND_BYTES, Problem, Sha256, Text, Times, Timestamp, json};
use domain::log::{Act, Entry, EntryContent, EntryFilter, EntryForm, PART_LIMIT, Part, Spot, field};
use proptest::prelude::*;
use serde_json::Value;

/// Everything that reads text from outside.
fn read_all(text: &str) {
    let _ = json::read::<Act>(text.as_bytes());
    let _ = json::read::<EntryFilter>(text.as_bytes());
    let _ = json::read::<Entry>(text.as_bytes());
    let _ = json::read_small::<Entry>(text.as_bytes());
    let _ = Spot::parse(text);
}

fn at(written: Timestamp) -> Times {
    Times { written, clock_offset: None, received: None }
}

/// A full act, to be damaged.
fn full_act() -> Value {
    let form = EntryForm {
        template: "elder_unwell".into(),
        measures: "测体温".into(),
        feedback: "女儿已告知".into(),
        happened: Some(NOON),
        subjects: vec![uuid::Uuid::from_u128(7).into()],
        attachments: vec![photo(1)],
        ..form("张大娘感冒两天")
    };
    serde_json::to_value(Act::WriteEntry { form }).unwrap()
}

fn is_act(value: &Value) -> bool {
    json::read::<Act>(value.to_string().as_bytes()).is_ok()
}

#[test]
fn unknown_fields_are_refused_at_every_depth() {
    assert!(is_act(&full_act()));
    for path in ["", "/write_entry", "/write_entry/form"] {
        let mut json = full_act();
        json.pointer_mut(path).unwrap()["extra"] = Value::Bool(true);
        assert!(!is_act(&json), "extra field in {path:?}");
    }
    for (path, gone) in [("", "write_entry"), ("/write_entry", "form"), ("/write_entry/form", "spot")] {
        let mut json = full_act();
        json.pointer_mut(path).and_then(Value::as_object_mut).unwrap().remove(gone);
        assert!(!is_act(&json), "{gone} is missing");
    }
    assert!(serde_json::from_str::<EntryFilter>(r#"{"sort":"up"}"#).is_err());
}

fn every_act() -> Vec<Act> {
    vec![
        write("一"),
        change(0, "problem", "一", "二"),
        Act::WithdrawEntry {},
        read(0),
        comment(0, "三"),
        send_back(0, "四"),
        answer(0, "五"),
        Act::TakeBlob { sha256: Sha256::of(b"") },
        Act::SetAsideEntry { why: "六".into() },
        Act::EraseEntry { why: "七".into() },
    ]
}

#[test]
fn every_act_survives_its_bytes_and_is_in_the_list_of_acts() {
    let mut names = Vec::new();
    for act in every_act() {
        let command = command(0, Who::Watcher, 1, &act);
        let read = Command::read(&command.to_bytes().unwrap()).unwrap();
        assert_eq!(read.read_act::<Act>(), Ok(act.clone()));
        assert_eq!(json::read_small::<Act>(read.act.as_bytes()), Ok(act));
        names.push(read.act_name().to_owned());
    }
    assert_eq!(names, domain::log::MODULE.acts.iter().map(|act| act.name).collect::<Vec<_>>());
}

#[test]
fn the_longest_entry_fits_into_a_command_and_a_longer_one_is_stopped_at_its_field() {
    let long = "\u{2000B}".repeat(PART_LIMIT);
    let blanks = " ".repeat(900);
    let mut full = EntryForm {
        measures: format!("{blanks}{long}"),
        feedback: format!("{long}{blanks}"),
        happened: Some(NOON),
        subjects: (0..100).map(|n| uuid::Uuid::from_u128(n).into()).collect(),
        attachments: (0..9).map(photo).collect(),
        ..form(&long)
    };
    let mut world = World::new();
    assert!(world.take(&command(0, Who::Watcher, 1, &Act::WriteEntry { form: full.clone() })).is_ok());
    // And so does the longest change of it.
    let other = "\u{2000C}".repeat(PART_LIMIT);
    let mut all_new =
        EntryForm { measures: other.clone(), feedback: other.clone(), happened: Some(NOON), ..form(&other) };
    all_new.attachments = (20..29).map(photo).collect();
    let act = amend(command_id(0), &world.entry(1).content.to_form(), &all_new);
    assert!(world.take(&command(1, Who::Watcher, 1, &act)).is_ok());

    full.feedback = format!("好{}", " ".repeat(60_000));
    let problem = Problem::TooLong { limit: PART_LIMIT, actual: 60_001 };
    let error = FieldError::new(field::FEEDBACK, problem);
    assert_eq!(EntryContent::parse(&full, world.stairwell(), &at(NOON)), Err(error));
    let head = command(0, Who::Watcher, 1, &write("一")).head;
    assert!(Command::new(head, &Act::WriteEntry { form: full }).is_err(), "no bytes that nobody would read");
}

#[test]
fn oversized_input_is_refused() {
    let bytes = usize::try_from(MOST_COMMAND_BYTES.get()).unwrap();
    let head = command(0, Who::Watcher, 1, &write("一")).head;
    assert!(Command::new(head, &write(&"水".repeat(bytes / 3))).is_err());
    let words = |count| serde_json::json!({ "words": "水".repeat(count) }).to_string();
    assert!(serde_json::from_str::<EntryFilter>(&words(100)).is_ok());
    assert!(serde_json::from_str::<EntryFilter>(&words(101)).is_err());
    let mut crowd = form("一切平安");
    crowd.subjects = (0..101).map(|n| uuid::Uuid::from_u128(n).into()).collect();
    let error = EntryContent::parse(&crowd, World::new().stairwell(), &at(NOON)).unwrap_err();
    assert_eq!(error, FieldError::new(field::SUBJECTS, Problem::TooMany { limit: 100 }));
}

#[test]
fn deeply_nested_input_is_an_error_and_no_crash() {
    read_all(&"[".repeat(40_000));
    read_all(&"{\"act\":".repeat(5_000));
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        read_all(&text);
        prop_assert!(json::read::<Act>(text.as_bytes()).is_err());
    }

    #[test]
    fn damaged_acts_are_read_as_themselves_or_not_at_all(at in any::<prop::sample::Index>(), with in "\\PC{0,3}", cut in 0_usize..4) {
        let json = full_act().to_string();
        let mut characters: Vec<char> = json.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..(at + cut).min(json.chars().count()), with.chars());
        let damaged: String = characters.into_iter().collect();
        read_all(&damaged);
        if let Ok(act) = json::read::<Act>(damaged.as_bytes()) {
            let again = json::write(&act).unwrap();
            prop_assert_eq!(json::read::<Act>(again.as_bytes()), Ok(act));
        }
    }

    #[test]
    fn whatever_a_form_holds_it_is_trusted_or_named_at_its_field(
        raw in prop::collection::vec("\\PC{0,12}|[ \\n\\t\u{202E}a漏]{0,6}", 7),
        written in any::<i64>(),
        happened in any::<Option<i64>>(),
    ) {
        let written = at(Timestamp::from_millis(written));
        let form = EntryForm {
            category: raw[0].clone(),
            template: raw[1].clone(),
            spot: raw[2].clone(),
            problem: raw[3].clone(),
            measures: raw[4].clone(),
            feedback: raw[5].clone(),
            urgency: raw[6].clone(),
            happened: happened.map(Timestamp::from_millis),
            subjects: Vec::new(),
            attachments: vec![raw[3].clone()],
        };
        let world = World::new();
        let place = world.stairwell();
        let _ = EntryContent::parse(&form, place, &written);
        let right = EntryForm {
            category: "04".into(),
            spot: "yard".into(),
            urgency: "3".into(),
            template: String::new(),
            attachments: vec![photo(1)],
            ..form
        };
        match EntryContent::parse(&right, place, &written) {
            Ok(content) => {
                let again = EntryContent::parse(&content.to_form(), place, &written);
                prop_assert_eq!(again.as_ref(), Ok(&content));
                let json = serde_json::to_string(&content).unwrap();
                prop_assert_eq!(&serde_json::from_str::<EntryContent>(&json).unwrap(), &content);
                let texts = Part::ALL.map(|part| content.part(part).map(str::to_owned));
                for text in texts.into_iter().flatten() {
                    let unjudged = Text::unjudged(&text);
                    prop_assert_eq!(unjudged.as_str(), text, "steps keep every word");
                }
            }
            Err(error) => prop_assert!(!error.spoken().is_empty()),
        }
    }
}
