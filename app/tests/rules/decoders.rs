//! What comes in from outside never panics, and what is not exactly a command is none.

use crate::neighbourhood::*;
use app::domain::{
    Act, Command, Day, DoorLabel, EntryContent, EntryFilter, EntryForm, Field, FieldError, MicroGridCode, PART_LIMIT,
    PlaceCode, Problem, Spot, YardCode,
};
use app::sync::{CommandReply, PullReply, PullRequest, PushReply, PushRequest, QueuedState};
use proptest::prelude::*;
use serde_json::Value;

/// Everything that reads text from outside.
fn read_all(text: &str) {
    let _ = Command::from_bytes(text);
    let _ = serde_json::from_str::<EntryFilter>(text);
    let _ = serde_json::from_str::<PushRequest>(text);
    let _ = serde_json::from_str::<PushReply>(text);
    let _ = serde_json::from_str::<PullRequest>(text);
    let _ = serde_json::from_str::<PullReply>(text);
    let _ = serde_json::from_str::<CommandReply>(text);
    let _ = serde_json::from_str::<QueuedState>(text);
    let _ = (PlaceCode::parse(text), MicroGridCode::parse(text), YardCode::parse(text));
    let _ = (DoorLabel::parse(text), Day::parse(text), Spot::parse(text, &stairwell(STAIRWELL)));
}

/// A full command, to be damaged.
fn full_command() -> Value {
    let mut act = write(1, "张大娘感冒两天");
    if let Act::WriteEntry { form, .. } = &mut act {
        form.template = "elder_unwell".into();
        form.measures = "测体温".into();
        form.feedback = "女儿已告知".into();
        form.happened = Some(NOON);
        form.subjects = vec![uuid::Uuid::from_u128(7).into()];
    }
    let command = Command { clock_offset: Some(-1_200), ..command(0, Who::Watcher, act) };
    serde_json::to_value(command).unwrap()
}

#[test]
fn unknown_fields_are_refused_at_every_depth() {
    assert!(Command::from_bytes(&full_command().to_string()).is_ok());
    for path in ["", "/act/write_entry", "/act/write_entry/form"] {
        let mut json = full_command();
        json.pointer_mut(path).unwrap()["extra"] = Value::Bool(true);
        assert!(Command::from_bytes(&json.to_string()).is_err(), "extra field in {path:?}");
    }
    for (path, gone) in [
        ("", "id"),
        ("", "author"),
        ("/act", "write_entry"),
        ("/act/write_entry", "entry"),
        ("/act/write_entry/form", "spot"),
    ] {
        let mut json = full_command();
        json.pointer_mut(path).and_then(Value::as_object_mut).unwrap().remove(gone);
        assert!(Command::from_bytes(&json.to_string()).is_err(), "{gone} is missing");
    }
    assert!(serde_json::from_str::<EntryFilter>(r#"{"sort":"up"}"#).is_err());
}

#[test]
fn every_act_survives_its_bytes() {
    let acts = [
        write(1, "一"),
        amend(1, 0, "二"),
        Act::WithdrawEntry { entry: entry_id(1) },
        Act::MarkRead { entry: entry_id(1) },
        comment(1, "三"),
        send_back(1, "四"),
        answer(1, 0, "五"),
    ];
    for act in acts {
        let command = command(0, Who::Watcher, act);
        assert_eq!(Command::from_bytes(&command.to_bytes().unwrap()), Ok(command));
    }
}

#[test]
fn the_longest_entry_fits_into_a_command_and_a_longer_one_is_stopped_at_its_field() {
    let micro_grid = stairwell(STAIRWELL);
    let long = "\u{2000B}".repeat(PART_LIMIT);
    let blanks = " ".repeat(900);
    let mut full = EntryForm {
        measures: format!("{blanks}{long}"),
        feedback: format!("{long}{blanks}"),
        happened: Some(NOON),
        subjects: (0..100).map(|n| uuid::Uuid::from_u128(n).into()).collect(),
        ..form(&long)
    };
    assert!(EntryContent::parse(&full, &micro_grid, NOON).is_ok());
    let act = |form| Act::WriteEntry { entry: entry_id(1), micro_grid: STAIRWELL.into(), form };
    assert!(command(0, Who::Watcher, act(full.clone())).to_bytes().is_ok());

    full.feedback = format!("好{}", " ".repeat(60_000));
    let problem = Problem::TooLong { limit: PART_LIMIT, actual: 60_001 };
    let error = FieldError::new(Field::Feedback, problem);
    assert_eq!(EntryContent::parse(&full, &micro_grid, NOON), Err(error));
    assert!(command(0, Who::Watcher, act(full)).to_bytes().is_err(), "no bytes that nobody would read");
}

#[test]
fn oversized_input_is_refused() {
    let mut json = full_command();
    json["act"]["write_entry"]["form"]["problem"] = "水".repeat(Command::MOST_BYTES / 3).into();
    assert!(Command::from_bytes(&json.to_string()).is_err());
    let words = |count| serde_json::json!({ "words": "水".repeat(count) }).to_string();
    assert!(serde_json::from_str::<EntryFilter>(&words(100)).is_ok());
    assert!(serde_json::from_str::<EntryFilter>(&words(101)).is_err());
    let mut crowd = form("一切平安");
    crowd.subjects = (0..101).map(|n| uuid::Uuid::from_u128(n).into()).collect();
    let error = EntryContent::parse(&crowd, &stairwell(STAIRWELL), NOON).unwrap_err();
    assert_eq!(error, FieldError::new(Field::Subjects, Problem::TooMany { limit: 100 }));
}

#[test]
fn codes_and_labels_are_looked_at_on_the_wire_too() {
    assert!(serde_json::from_str::<EntryFilter>(r#"{"yard":"Y01' OR 1=1"}"#).is_err());
    assert!(serde_json::from_str::<EntryFilter>(r#"{"micro_grid":"21"}"#).is_err());
    assert!(serde_json::from_str::<DoorLabel>(r#""<b>5-2</b>""#).is_err());
    assert!(serde_json::from_str::<DoorLabel>(r#""5-2""#).is_ok());
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
        prop_assert!(Command::from_bytes(&text).is_err());
    }

    #[test]
    fn damaged_commands_are_read_as_themselves_or_not_at_all(at in any::<prop::sample::Index>(), with in "\\PC{0,3}", cut in 0_usize..4) {
        let json = full_command().to_string();
        let mut characters: Vec<char> = json.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..(at + cut).min(json.chars().count()), with.chars());
        let damaged: String = characters.into_iter().collect();
        read_all(&damaged);
        if let Ok(command) = Command::from_bytes(&damaged) {
            let again = Command::from_bytes(&command.to_bytes().unwrap());
            prop_assert_eq!(again, Ok(command));
        }
    }

    #[test]
    fn whatever_a_form_holds_it_is_trusted_or_named_at_its_field(
        raw in prop::collection::vec("\\PC{0,12}|[ \\n\\t\u{202E}a漏]{0,6}", 7),
        written in any::<i64>(),
        happened in any::<Option<i64>>(),
    ) {
        let at = app::domain::Timestamp::from_millis;
        let form = EntryForm {
            category: raw[0].clone(),
            template: raw[1].clone(),
            spot: raw[2].clone(),
            problem: raw[3].clone(),
            measures: raw[4].clone(),
            feedback: raw[5].clone(),
            urgency: raw[6].clone(),
            happened: happened.map(at),
            subjects: Vec::new(),
            attachments: vec![raw[3].clone()],
        };
        let micro_grid = stairwell(STAIRWELL);
        let _ = EntryContent::parse(&form, &micro_grid, at(written));
        let right = EntryForm { category: "04".into(), spot: "yard".into(), urgency: "3".into(), template: String::new(), attachments: vec![photo(1)], ..form };
        match EntryContent::parse(&right, &micro_grid, at(written)) {
            Ok(content) => {
                let again = EntryContent::parse(&content.to_form(), &micro_grid, at(written));
                prop_assert_eq!(again.as_ref(), Ok(&content));
                let json = serde_json::to_string(&content).unwrap();
                prop_assert_eq!(&serde_json::from_str::<EntryContent>(&json).unwrap(), &content);
            }
            Err(error) => prop_assert!(!error.spoken().is_empty()),
        }
    }
}
