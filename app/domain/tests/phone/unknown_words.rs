//! A server that is newer or older than the phone: what is known is shown, what is not is kept, and nothing stops. Each
//! text is what a phone receives, read by the reader that phones use.

use crate::neighbourhood::*;
use crate::notebook::NOTEBOOK;
use domain::kernel::{Envelope, Known, Look, RecordKey, Rejection, Role, Sha256, json};
use domain::kinds::Kinds;
use domain::organisation::{self, Person};
use domain::sync::{
    CommandReply, Delivery, Link, Outbox, Outcome, Overlay, PullReply, PullReplyHead, PushReply, PushReplyHead,
    QueuedState, Records, Trouble, View, check, sync_status,
};

const SERVER: &str = r#"{"epoch":"one","protocol":3,"version":"0.9.0","now":1763352000000,"region":{"name":"东北","hosts":["a","b"]},"person":"00000000-0000-0000-0000-00000000a000"}"#;

/// Lines as a phone reads them.
fn small<T: serde::de::DeserializeOwned>(line: &str) -> Option<T> {
    json::read_small(line.as_bytes()).ok()
}

fn reply_line(bytes: &str, outcome: &str) -> String {
    let sha256 = Sha256::of(bytes.as_bytes());
    format!(r#"{{"id":"{}","sha256":"{sha256}","trace":{{"by":[1,2]}},"outcome":{outcome}}}"#, command_id(0))
}

/// What becomes of the first command of an outbox.
fn settled(outcome: &str) -> (Outbox, usize) {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    let body = format!("{{\"server\":{SERVER},\"motto\":null}}\n{}\n", reply_line(&batch[0], outcome));
    let reply = PushReply::read(&body).unwrap();
    let mut lines = body.lines();
    assert_eq!(small::<PushReplyHead>(lines.next().unwrap()).map(|head| head.server), Some(reply.server.clone()));
    assert_eq!(small::<CommandReply>(lines.next().unwrap()), reply.replies[0], "a phone reads the same");
    let settled = outbox.settle(&batch, &reply);
    (outbox, settled.later)
}

#[test]
fn an_unknown_outcome_counts_as_later() {
    for outcome in [r#""sealed""#, r#"{"sealed":{"until":7}}"#, "null", r#"{"accepted":{"where":"elsewhere"}}"#] {
        let (outbox, later) = settled(outcome);
        assert_eq!((&outbox.items()[0].state, later), (&QueuedState::Waiting, 1), "{outcome}");
    }
}

#[test]
fn a_reply_that_cannot_be_read_concerns_its_own_command_only() {
    let mut outbox = three();
    let batch = outbox.next_batch(3);
    let accepted = format!(r#"{{"accepted":{{"community":"{}","position":7,"shard":"b"}}}}"#, community());
    let lines = [reply_line(&batch[0], &accepted), "¿?".to_owned(), reply_line(&batch[2], &accepted)];
    let reply = PushReply::read(&format!("{{\"server\":{SERVER}}}\n{}\n", lines.join("\n"))).unwrap();
    assert_eq!(outbox.settle(&batch, &reply).later, 1);
    let unsent: Vec<bool> = outbox.items().iter().map(|item| item.is_unsent()).collect();
    assert_eq!(unsent, [false, true, false]);
}

#[test]
fn an_unknown_reason_is_shown_in_the_servers_own_words() {
    let says = "这一条要两个人一起签。";
    let (outbox, _) =
        settled(&format!(r#"{{"rejected":{{"reason":{{"code":"needs_two","field":"signature","says":"{says}"}}}}}}"#));
    let QueuedState::NeedsPerson { trouble } = &outbox.items()[0].state else { panic!("it needs a person") };
    assert_eq!(trouble.spoken(), says);
    assert!(trouble.may_pass());
    let kept = QueuedState::read(&outbox.items()[0].state.write().unwrap());
    assert_eq!(kept, outbox.items()[0].state);
}

#[test]
fn an_older_server_that_does_not_know_an_act_is_offered_it_again_when_it_is_another_version() {
    let (mut outbox, later) = settled(r#""unknown_act""#);
    assert_eq!(outbox.items()[0].state, QueuedState::AwaitsServer { version: "0.9.0".into() });
    assert_eq!(later, 0, "nothing is tried again by the clock");
    assert_eq!(outbox.next_batch(100).len(), 2);
    let status = sync_status(&outbox, 0, 0, Link::Reached);
    assert_eq!((status.waiting, status.awaits_server), (2, 1));
    assert!(!status.all_uploaded());
    let records = neighbourhood();
    let overlay = Overlay::of(&records, &outbox);
    let shown = View::new(&records, &overlay).shown(&note_key(1)).unwrap();
    assert_eq!(shown.delivery, Delivery::AwaitsServer);
    assert_eq!(outbox.meet_version("0.9.0"), []);
    assert_eq!(outbox.meet_version("0.9.1").len(), 1);
    assert_eq!(outbox.next_batch(100).len(), 3);
}

#[test]
fn a_command_that_waits_for_a_record_of_an_unknown_kind_says_so() {
    let key = note_key(3).to_string().replace("note", "whistle");
    let (mut outbox, _) = settled(&format!(r#"{{"parked":{{"waits_for":"{key}"}}}}"#));
    assert!(outbox.items()[0].is_kept_by_server());
    let mut records = neighbourhood();
    assert!(outbox.wake(&records).is_empty());
    records.take_in(page(&format!("{{\"key\":\"{key}\",\"position\":9}}\n{{}}\n")).envelopes);
    assert_eq!(outbox.wake(&records).len(), 1, "it has come, whatever it is");
}

fn page(envelopes: &str) -> PullReply {
    let cursor = format!(r#"{{"community":"{}","position":9,"scope":"s","shard":"b"}}"#, community());
    let head = format!(r#"{{"server":{SERVER},"cursors":[{cursor}],"start_over":[],"more":false,"tide":["high"]}}"#);
    assert!(small::<PullReplyHead>(&head).is_some(), "a phone reads the head");
    PullReply::read(&format!("{head}\n{envelopes}")).unwrap()
}

#[test]
fn a_page_with_an_unknown_kind_is_taken_in_whole() {
    let whistle = note_key(7).to_string().replace("note", "whistle");
    let person = json::write(&Who::Watcher.person(community())).unwrap();
    let newer_person = person.replace(r#""role":"watcher""#, r#""role":"fire_warden","badge":{"no":7}"#);
    assert_ne!(person, newer_person);
    let key = Person::key_of(community(), Who::Watcher.id());
    let told = page(&format!(
        "{{\"key\":\"{whistle}\",\"position\":8,\"weight\":1}}\n{{\"loud\":true}}\n{{\"key\":\"{key}\",\"position\":9}}\n{newer_person}\n"
    ));
    assert_eq!(told.envelopes.len(), 2);
    let mut records = neighbourhood();
    records.take_in(told.envelopes.clone());
    // The unknown role is shown as such, and gives no right.
    let roles: Vec<Role> = records.memberships(community(), Who::Watcher.id()).iter().map(|one| one.role).collect();
    assert_eq!(roles, [Role::Unknown]);
    assert!(small::<Person>(&newer_person).is_some(), "a phone reads the same");
    let refusal = check(&records, &Outbox::default(), &command(0, Who::Watcher, write(1, "一切平安"))).err();
    assert_eq!(refusal, Some(Rejection::NO_RIGHT.into()));
    // The unknown kind is kept as it was told.
    let is_unread = |key: &&RecordKey| matches!(records.look(key), Look::Unread);
    let unread: Vec<String> = records.keys().filter(is_unread).map(ToString::to_string).collect();
    assert_eq!(unread, [whistle]);
    let mut body = String::new();
    told.envelopes[0].write_to(&mut body).unwrap();
    assert!(body.ends_with("{\"loud\":true}\n"));
}

/// A note that only a newer version can read.
fn newer_note(n: u8) -> Envelope {
    page(&format!("{{\"key\":\"{}\",\"position\":9}}\n{{\"lines\":7}}\n", note_key(n))).envelopes.remove(0)
}

#[test]
fn over_an_unread_record_nothing_is_judged_and_own_commands_are_kept_shown_as_waiting_and_sent() {
    let mut records = neighbourhood();
    records.take_in([newer_note(1)]);
    let line = command(1, Who::Watcher, add(1, "三楼"));
    let refusal = check(&records, &Outbox::default(), &line).err();
    assert_eq!(refusal, Some(domain::kernel::Refusal::Unread(note_key(1))));
    let outbox = outbox([line, command(2, Who::Watcher, write(1, "同一个编号")), command(3, Who::Watcher, tick(1))]);
    let overlay = Overlay::of(&records, &outbox);
    let view = View::new(&records, &overlay);
    assert!(view.shown(&note_key(1)).is_none() && matches!(view.look(&note_key(1)), Look::Unread));
    assert_eq!(view.delivery(&note_key(1)), Some(Delivery::OnDevice { since: minutes(1) }));
    assert_eq!(outbox.next_batch(100).len(), 3);
    // Another note is judged as always.
    assert!(check(&records, &outbox, &command(4, Who::Watcher, write(2, "一切平安"))).is_ok());
}

#[test]
fn own_words_that_stand_on_an_unread_place_stay_in_sight() {
    let mut records = neighbourhood();
    let place = organisation::Place::key_of(community(), stairwell(1));
    records.take_in(page(&format!("{{\"key\":\"{place}\",\"position\":9}}\n{{\"shape\":\"round\"}}\n")).envelopes);
    let outbox = outbox([command(0, Who::Watcher, write(1, "灯不亮"))]);
    let overlay = Overlay::of(&records, &outbox);
    let shown = View::new(&records, &overlay).shown(&note_key(1)).unwrap();
    assert_eq!(shown.delivery, Delivery::OnDevice { since: NOON });
}

#[test]
fn an_older_phone_empties_its_outbox_and_keeps_what_a_newer_one_had_written_there() {
    // What a newer version of the app has saved on this device before it was taken back.
    let newer = queued(command(1, Who::Watcher, add(1, "灯不亮"))).bytes.replace("add_line", "sing_line");
    let mut items = three().items().to_vec();
    items.push(domain::sync::Queued::restored(newer.clone(), QueuedState::Waiting));
    let mut outbox = Outbox::restored(items);
    let batch = outbox.next_batch(100);
    assert_eq!(batch.last(), Some(&newer));
    let replies = batch.iter().map(|bytes| {
        let outcome = Outcome::Accepted { community: community(), position: 2, number: None };
        Some(CommandReply { id: None, sha256: Sha256::of(bytes.as_bytes()), outcome })
    });
    outbox.settle(&batch, &PushReply { server: server_mark(), replies: replies.collect() });
    assert_eq!(outbox.unsent().count(), 0);
    let records = Records::new(Kinds::of(&[&organisation::MODULE, &NOTEBOOK]));
    assert!(!Overlay::of(&records, &outbox).is_empty());
}

#[test]
fn a_conflict_speaks_for_itself() {
    assert!(Trouble::Conflict.spoken().contains("字都在"));
}
