//! The phone's reader of JSON and the server's read our types alike.

use crate::neighbourhood::*;
use crate::server_model::Server;
use app::api::DemoPerson;
use app::domain::{Change, Command, EntryPage, Records};
use app::error::AppError;
use app::json::{self, read_small};
use app::sync::{Cursor, Epoch, Outcome, PROTOCOL, PullReply, PushReply, QueuedState, ServerMark, SyncMarks, Trouble};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::fmt::Debug;

/// What is written can be read by both, and means the same to both.
fn reads_alike<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = json::write(value).unwrap();
    assert_eq!(read_small::<T>(text.as_bytes()).as_ref(), Ok(value), "{text}");
    assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *value);
}

fn mark() -> ServerMark {
    ServerMark { epoch: Epoch("一".into()), protocol: PROTOCOL, now: NOON, person: Who::Watcher.id() }
}

fn everything(records: &Records) -> PullReply {
    let changes = (records.micro_grids.values().map(|one| Change::MicroGrid((**one).clone())))
        .chain(records.people.values().map(|one| Change::Person((**one).clone())))
        .chain(records.residents.values().map(|one| Change::Resident((**one).clone())))
        .chain(records.entries.values().map(|one| Change::Entry((**one).clone())));
    let next = Cursor { position: 7, scope: "a\"b\\c\n漏".into() };
    PullReply { server: mark(), changes: changes.collect(), next, more: true, start_over: false }
}

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

#[test]
fn what_a_newer_server_adds_is_passed_over() {
    let reply = everything(&neighbourhood());
    let mut newer = serde_json::to_value(&reply).unwrap();
    with_news(&mut newer);
    assert_eq!(read_small::<PullReply>(newer.to_string().as_bytes()), Ok(reply));
}

#[test]
fn what_is_no_json_of_ours_is_refused_by_the_phone_too() {
    for text in ["", "{", "null", "[]", "<html>", r#"{"server":1}"#, r#"{"replies":[],"server":null}"#] {
        assert!(read_small::<PushReply>(text.as_bytes()).is_err(), "{text}");
    }
    let command = command(0, Who::Watcher, write(1, "漏水")).to_bytes().unwrap();
    assert!(read_small::<Command>([&command, "x"].concat().as_bytes()).is_err(), "more than a command");
    assert!(read_small::<Command>(&command.as_bytes()[..command.len() - 1]).is_err(), "less than a command");
    assert!(read_small::<Command>(b"{\"id\":\"\xff\"}").is_err(), "no UTF-8");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_written_reads_alike(story in any_story(12), words in "\\PC{0,40}|[\\x00-\\x1f\"\\\\/\u{2028}漏😀]{0,12}") {
        let mut server = Server::knowing(neighbourhood());
        for mut command in story {
            if let app::domain::Act::WriteEntry { form, .. } = &mut command.act {
                form.feedback.clone_from(&words);
            }
            reads_alike(&command);
            let replies = server.push(&[command.to_bytes().unwrap()]);
            for reply in &replies {
                if let Outcome::Rejected { reason } = &reply.outcome {
                    reads_alike(&QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: reason.clone() } });
                }
            }
            reads_alike(&PushReply { server: mark(), replies });
        }
        reads_alike(&everything(&server.records));
        let entries = server.records.entries.values().map(|entry| (**entry).clone()).collect();
        reads_alike(&EntryPage { entries, next: None });
    }
}

#[test]
fn answers_of_the_other_server_functions_read_alike() {
    let card = Who::Watcher.card();
    reads_alike(&card);
    reads_alike(&vec![DemoPerson { card, place: "八经街46号院·3单元".into() }]);
    for error in [
        AppError::SignInNeeded,
        AppError::TooManyAttempts { retry_after_seconds: 900 },
        AppError::BadRequest { detail: "a \"quoted\" word".into() },
        AppError::Unavailable { retry_after_seconds: 5 },
        AppError::Internal,
    ] {
        reads_alike(&error);
    }
}

#[test]
fn what_a_device_keeps_reads_alike() {
    reads_alike(&SyncMarks::default());
    reads_alike(&QueuedState::Waiting);
    reads_alike(&QueuedState::Acknowledged { position: i64::MAX, number: None });
    reads_alike(&QueuedState::NeedsPerson { trouble: Trouble::Conflict });
}
