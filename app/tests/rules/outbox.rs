//! The outbox loses nothing, doubles nothing and is never stuck, whatever server and network do
//! (LESSONS.md L2, L5, L7, L11, L16).

use crate::neighbourhood::*;
use crate::server_model::Server;
use app::domain::{Change, Command, Rejection, Sha256Hex, Timestamp};
use app::sync::{
    BATCH_BYTES, BATCH_COMMANDS, CommandReply, Link, Outbox, Outcome, Queued, QueuedState, Trouble, sync_status,
};
use std::collections::BTreeSet;

fn accepted(bytes: &str, position: i64) -> CommandReply {
    let outcome = Outcome::Accepted { position, number: None };
    CommandReply { id: None, sha256: Sha256Hex::of(bytes.as_bytes()), outcome }
}

fn three() -> Outbox {
    outbox((0..3).map(|n| command(n, Who::Watcher, write(1 + u8::try_from(n).unwrap(), "一切平安"))))
}

#[test]
fn a_receipt_for_other_bytes_is_a_conflict_and_never_a_receipt() {
    let other = Sha256Hex::of(b"other bytes");
    let outcomes = [
        Outcome::Accepted { position: 1, number: None },
        Outcome::Parked { waits_for: entry_id(1) },
        Outcome::Rejected { reason: Rejection::NoRight },
        Outcome::Conflict,
    ];
    for outcome in outcomes {
        let mut outbox = three();
        let batch = outbox.next_batch(1);
        let reply = CommandReply { id: None, sha256: other.clone(), outcome };
        assert_eq!(outbox.settle(&batch, &[reply]).len(), 1);
        assert_eq!(outbox.items()[0].state, QueuedState::NeedsPerson { trouble: Trouble::Conflict });
    }
}

#[test]
fn what_got_no_reply_stays_waiting() {
    let mut outbox = three();
    let batch = outbox.next_batch(100);
    let replies = [accepted(&batch[0], 1)];
    assert_eq!(outbox.settle(&batch, &replies).len(), 1);
    assert_eq!(outbox.next_batch(100), batch[1..]);
    assert!(outbox.settle(&batch, &[]).is_empty());
    let too_many = [accepted(&batch[0], 1), accepted(&batch[1], 2), accepted(&batch[2], 3), accepted("", 4)];
    assert_eq!(outbox.settle(&batch, &too_many).len(), 2);
}

#[test]
fn a_late_refusal_takes_nothing_back_that_was_acknowledged() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    outbox.settle(&batch, &[accepted(&batch[0], 1)]);
    let outcome = Outcome::Rejected { reason: Rejection::EntryExists };
    let refusal = CommandReply { outcome, ..accepted(&batch[0], 1) };
    assert!(outbox.settle(&batch, &[refusal]).is_empty());
    assert!(!outbox.items()[0].is_unsent());
}

#[test]
fn one_bad_command_among_many_stops_nobody() {
    let mut outbox = three();
    let batch = outbox.next_batch(100);
    let outcome = Outcome::Rejected { reason: Rejection::NoRight };
    let bad = CommandReply { outcome, ..accepted(&batch[1], 0) };
    outbox.settle(&batch, &[accepted(&batch[0], 1), bad, accepted(&batch[2], 2)]);
    assert_eq!(outbox.drop_confirmed(2).len(), 2);
    let status = sync_status(&outbox, 0, 0, Link::Reached);
    assert_eq!((status.waiting, status.needs_person), (0, 1));
    assert!(!status.all_uploaded() && outbox.next_batch(100).is_empty());
}

#[test]
fn a_command_on_which_the_server_stumbles_lets_the_others_by_and_is_tried_again() {
    let mut outbox = three();
    let spoiled = outbox.next_batch(1);
    outbox.push(queued(command(3, Who::Watcher, amend(1, 0, "改一改"))));
    outbox.set_aside(&spoiled);
    let others = outbox.next_batch(100);
    assert_eq!(others.len(), 2, "neither it nor what builds on it");
    outbox.settle(&others, &[accepted(&others[0], 1), accepted(&others[1], 2)]);
    assert_eq!(outbox.next_batch(100), spoiled, "alone, and before what builds on it");
    outbox.settle(&spoiled, &[accepted(&spoiled[0], 3)]);
    assert_eq!(outbox.next_batch(100).len(), 1);
}

#[test]
fn commands_set_aside_take_turns() {
    let mut outbox = three();
    for _ in 0..3 {
        let batch = outbox.next_batch(1);
        outbox.set_aside(&batch);
    }
    let mut tried = BTreeSet::new();
    for _ in 0..3 {
        let batch = outbox.next_batch(100);
        assert_eq!(batch.len(), 1);
        outbox.set_aside(&batch);
        tried.extend(batch);
    }
    assert_eq!(tried.len(), 3);
}

#[test]
fn a_command_that_no_server_can_read_waits_for_a_person_with_its_words() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    let changed = outbox.quarantine(&batch, "bad request");
    assert_eq!(changed[0].bytes, batch[0]);
    assert_eq!(outbox.next_batch(100).len(), 2);
    let again = outbox.try_again(command_id(0)).unwrap();
    assert_eq!(again.state, QueuedState::Waiting);
    assert_eq!(outbox.try_again(command_id(0)), None, "only what needs a person");
    assert_eq!(outbox.next_batch(100).len(), 3);
}

#[test]
fn a_mended_command_takes_the_place_of_the_one_it_mends() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    assert_eq!(outbox.items()[0].act_to_mend(entry_id(9)), None);
    outbox.quarantine(&batch, "bad request");
    let act = outbox.items()[0].act_to_mend(entry_id(9)).unwrap();
    assert_eq!(act.entry(), entry_id(1), "the same entry, so that later work on it still finds it");
    let old = outbox.mend(command_id(0), queued(command(9, Who::Watcher, act)));
    assert_eq!(old.and_then(|old| old.id()), Some(command_id(0)));
    let ids: Vec<_> = outbox.items().iter().map(Queued::id).collect();
    assert_eq!(ids, [9, 1, 2].map(|n| Some(command_id(n))));
}

#[test]
fn only_what_was_refused_can_be_given_up() {
    let mut outbox = three();
    let batch = outbox.next_batch(2);
    outbox.settle(&batch, &[accepted(&batch[0], 1)]);
    outbox.quarantine(&batch, "bad request");
    let gone = [0, 1, 2].map(|n| !outbox.remove(command_id(n)).is_empty());
    assert_eq!(gone, [false, true, false]);
    let mended = queued(command(9, Who::Watcher, write(9, "另记一条")));
    assert_eq!(outbox.mend(command_id(2), mended), None, "it may be on its way: both stay");
    assert_eq!(outbox.items().len(), 3);
}

#[test]
fn what_the_server_holds_for_an_entry_is_given_up_with_it() {
    let refused = QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: Rejection::NoRight } };
    let held = |entry| QueuedState::Held { waits_for: entry_id(entry) };
    let mut outbox = outbox_in([
        (command(1, Who::Watcher, write(1, "不归我管")), refused),
        (command(2, Who::Watcher, amend(1, 1, "改一改")), held(1)),
        (command(3, Who::SocialWorker, comment(2, "好")), held(2)),
        (command(4, Who::Watcher, amend(1, 1, "再改一改")), QueuedState::Waiting),
    ]);
    let gone: Vec<_> = outbox.remove(command_id(1)).iter().map(Queued::id).collect();
    assert_eq!(gone, [1, 2].map(|n| Some(command_id(n))));
    let left: Vec<_> = outbox.items().iter().map(Queued::id).collect();
    assert_eq!(left, [3, 4].map(|n| Some(command_id(n))), "another entry's, and what the server does not have");
}

#[test]
fn an_entry_whose_id_is_taken_is_mended_under_a_fresh_one() {
    for trouble in [Trouble::Conflict, Trouble::Rejected { reason: Rejection::EntryExists }] {
        let written = command(0, Who::Watcher, write(1, "一切平安"));
        let outbox = outbox_in([(written, QueuedState::NeedsPerson { trouble })]);
        let act = outbox.items()[0].act_to_mend(entry_id(9)).unwrap();
        assert_eq!(act.entry(), entry_id(9));
    }
}

#[test]
fn what_the_server_holds_is_asked_about_again_when_its_entry_has_come() {
    let held = QueuedState::Held { waits_for: entry_id(1) };
    let mut outbox = outbox_in([(command(1, Who::SocialWorker, comment(1, "好")), held)]);
    let mut records = neighbourhood();
    assert!(outbox.wake(&records).is_empty() && !outbox.has_waiting());
    assert_eq!(outbox.next_batch(100).len(), 1, "it can always be asked about");
    let mut server = Server::knowing(records.clone());
    server.push(&[queued(command(0, Who::Watcher, write(1, "一切平安"))).bytes]);
    records.absorb(Change::Entry((*server.records.entries[&entry_id(1)]).clone()));
    assert_eq!(outbox.wake(&records).len(), 1);
    assert!(outbox.has_waiting());
}

#[test]
fn what_the_server_holds_never_crowds_out_what_waits() {
    let held = (0..200)
        .map(|n| (command(n, Who::SocialWorker, comment(1, "好")), QueuedState::Held { waits_for: entry_id(1) }));
    let waiting = (command(200, Who::SocialWorker, comment(2, "好")), QueuedState::Waiting);
    let outbox = outbox_in(held.chain([waiting]));
    for most in [1, 100] {
        let batch = outbox.next_batch(most);
        assert_eq!((batch.len(), batch.last()), (most, outbox.items().last().map(|item| &item.bytes)));
    }
}

#[test]
fn batches_keep_to_their_limits() {
    let long = "水".repeat(2_000);
    let many = (0..300).map(|n| command(n, Who::Watcher, write(1, &long)));
    let outbox = outbox(many);
    for most in [0, 1, 40, 100, 1_000] {
        let batch = outbox.next_batch(most);
        let bytes: usize = batch.iter().map(String::len).sum();
        assert!((1..=BATCH_COMMANDS).contains(&batch.len()) && batch.len() <= most.max(1));
        assert!(bytes <= BATCH_BYTES);
        assert!(serde_json::to_string(&batch).unwrap().len() < 1_000_000);
    }
}

#[test]
fn bytes_that_this_version_cannot_read_are_kept_and_sent() {
    let strange = Queued::restored("{\"from\":\"a later version\"}".into(), QueuedState::Waiting);
    let mut outbox = Outbox::restored(vec![strange.clone()]);
    let batch = [strange.bytes];
    assert_eq!(outbox.next_batch(100), batch);
    outbox.set_aside(&batch);
    assert_eq!(outbox.next_batch(100), batch);
    assert_eq!(sync_status(&outbox, 0, 0, Link::Unknown).waiting, 1);
}

#[test]
fn the_strip_names_the_oldest_of_what_waits() {
    let mut outbox = three();
    let status = sync_status(&outbox, 0, 0, Link::Unreachable);
    assert_eq!((status.waiting, status.oldest), (3, Some(NOON)));
    let batch = outbox.next_batch(1);
    outbox.settle(&batch, &[accepted(&batch[0], 1)]);
    assert_eq!(sync_status(&outbox, 0, 0, Link::Reached).oldest, Some(NOON.plus_minutes(1)));
}

#[test]
fn since_when_something_waits_is_said_by_the_servers_clock() {
    let late = Command { clock_offset: Some(60_000), ..command(0, Who::Watcher, write(1, "一切平安")) };
    assert_eq!(sync_status(&outbox([late]), 0, 0, Link::Unreachable).oldest, Some(NOON.plus_minutes(1)));
}

#[test]
fn a_refused_answer_can_be_mended_in_its_field() {
    let refused = QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: Rejection::NoRight } };
    let outbox = outbox_in([
        (command(5, Who::Watcher, answer(1, 3, "在等")), QueuedState::Waiting),
        (command(6, Who::Watcher, answer(1, 4, "三十七度二")), refused),
    ]);
    assert_eq!(outbox.refused_answer(command_id(4)), Some((command_id(6), "三十七度二".to_owned())));
    assert_eq!([3, 9].map(|question| outbox.refused_answer(command_id(question))), [None, None]);
}

#[test]
fn an_empty_outbox_says_so() {
    let status = sync_status(&Outbox::default(), 0, 0, Link::Unknown);
    assert!(status.all_uploaded());
    assert_eq!(status.oldest, None::<Timestamp>);
}
