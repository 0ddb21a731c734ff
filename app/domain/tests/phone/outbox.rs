//! The outbox loses nothing, doubles nothing and is never stuck, whatever server and network do.

use crate::neighbourhood::*;
use crate::server_model::Server;
use domain::kernel::{Command, Head, Rejection, Sha256, Span, Timestamp};
use domain::seen::{self, Seen};
use domain::sync::{
    BATCH_BYTES, BATCH_COMMANDS, CommandReply, Cursor, Link, Outbox, Outcome, PushReply, PushRequest, Queued,
    QueuedState, Settled, Trouble, sync_status,
};
use std::collections::BTreeSet;

fn accepted(bytes: &str, position: i64) -> CommandReply {
    let outcome = Outcome::Accepted { community: community(), position, number: None };
    CommandReply { id: None, sha256: Sha256::of(bytes.as_bytes()), outcome }
}

fn answer(replies: impl IntoIterator<Item = CommandReply>) -> PushReply {
    PushReply { server: server_mark(), replies: replies.into_iter().map(Some).collect() }
}

fn read_up_to(position: i64) -> Vec<Cursor> {
    vec![Cursor { community: community(), position, scope: String::new() }]
}

#[test]
fn a_receipt_for_other_bytes_is_a_conflict_and_never_a_receipt() {
    let other = Sha256::of(b"other bytes");
    let outcomes = [
        Outcome::Accepted { community: community(), position: 1, number: None },
        Outcome::Duplicate { community: community(), position: 1, number: None, erased: false },
        Outcome::Parked { waits_for: note_key(1) },
        Outcome::Held,
        Outcome::Conflict,
    ];
    for outcome in outcomes {
        let mut outbox = three();
        let batch = outbox.next_batch(1);
        let reply = CommandReply { id: None, sha256: other, outcome };
        assert_eq!(outbox.settle(&batch, &answer([reply])).changed.len(), 1);
        assert_eq!(outbox.items()[0].state, QueuedState::NeedsPerson { trouble: Trouble::Conflict });
    }
}

#[test]
fn a_refusal_of_other_bytes_refuses_nothing() {
    // Nothing is stored of what is refused: what was looked at was damaged on its way.
    for outcome in [Outcome::Rejected { reason: Rejection::MALFORMED.into() }, Outcome::UnknownAct] {
        let mut outbox = three();
        let batch = outbox.next_batch(1);
        let reply = CommandReply { id: None, sha256: Sha256::of(b"other bytes"), outcome };
        assert_eq!(outbox.settle(&batch, &answer([reply])), Settled { changed: Vec::new(), later: 1 });
        assert_eq!(outbox.items()[0].state, QueuedState::Waiting);
    }
}

#[test]
fn a_request_that_was_misread_now_and_then_is_no_reason_to_give_a_command_up() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    for _ in 0..3 {
        assert_eq!([(); 2].map(|()| outbox.is_misread_for_good(&batch)), [false, false]);
        let later = CommandReply { outcome: Outcome::Later, ..accepted(&batch[0], 0) };
        outbox.settle(&batch, &answer([later]));
    }
    assert_eq!([(); 3].map(|()| outbox.is_misread_for_good(&batch)), [false, false, true]);
}

#[test]
fn what_was_given_up_is_taken_out_by_its_bytes_whatever_became_of_it_here() {
    let twin = |text: &str, state| {
        let mut twin = command(2, Who::Watcher, write(2, text));
        twin.head.id = command_id(1);
        (twin, state)
    };
    let conflict = QueuedState::NeedsPerson { trouble: Trouble::Conflict };
    let mut outbox = outbox_in([
        (command(1, Who::Watcher, write(1, "一切平安")), conflict.clone()),
        twin("灯不亮", conflict.clone()),
        twin("门坏了", QueuedState::Waiting),
    ]);
    let given_up = outbox.items()[0].clone();
    outbox.take_out(std::slice::from_ref(&given_up));
    assert_eq!(outbox.items().len(), 2, "neither of those that bear its id");
    let as_it_was = Queued { state: conflict, ..outbox.items()[1].clone() };
    outbox.take_out(&[as_it_was]);
    assert_eq!(outbox.items().len(), 1, "the device does not have it any more");
}

#[test]
fn what_got_no_reply_or_an_unreadable_one_or_later_stays_waiting_and_is_counted() {
    let mut outbox = three();
    let batch = outbox.next_batch(100);
    let settled = outbox.settle(&batch, &answer([accepted(&batch[0], 1)]));
    assert_eq!((settled.changed.len(), settled.later), (1, 2));
    let later = CommandReply { outcome: Outcome::Later, ..accepted(&batch[1], 1) };
    let reply = PushReply { server: server_mark(), replies: vec![Some(later), None] };
    let rest = batch[1..].to_vec();
    assert_eq!(outbox.settle(&rest, &reply), Settled { changed: Vec::new(), later: 2 });
    assert!(outbox.next_batch(100).is_empty() && !outbox.has_to_send() && outbox.has_waiting(), "not in this round");
    outbox.begin_round();
    assert_eq!(outbox.next_batch(100), rest);
    let too_many = [accepted(&batch[0], 1), accepted(&batch[1], 2), accepted(&batch[2], 3), accepted("", 4)];
    let settled = outbox.settle(&batch, &answer(too_many));
    assert_eq!((settled.changed.len(), settled.later), (2, 0));
}

#[test]
fn a_late_refusal_takes_nothing_back_that_was_acknowledged() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    outbox.settle(&batch, &answer([accepted(&batch[0], 1)]));
    let outcome = Outcome::Rejected { reason: Rejection::EXISTS.into() };
    let refusal = CommandReply { outcome, ..accepted(&batch[0], 1) };
    assert_eq!(outbox.settle(&batch, &answer([refusal])).changed, []);
    assert!(!outbox.items()[0].is_unsent());
}

#[test]
fn one_bad_command_among_many_stops_nobody() {
    let mut outbox = three();
    let batch = outbox.next_batch(100);
    let outcome = Outcome::Rejected { reason: Rejection::NO_RIGHT.into() };
    let bad = CommandReply { outcome, ..accepted(&batch[1], 0) };
    outbox.settle(&batch, &answer([accepted(&batch[0], 1), bad, accepted(&batch[2], 2)]));
    assert_eq!(outbox.drop_confirmed(&read_up_to(2)).len(), 2);
    let status = sync_status(&outbox, 0, 0, Link::Reached);
    assert_eq!((status.waiting, status.needs_person), (0, 1));
    assert!(!status.all_uploaded() && outbox.next_batch(100).is_empty());
}

#[test]
fn each_feed_confirms_its_own_communitys_commands_only() {
    let state = |community, position| QueuedState::Acknowledged { community, position, number: None, erased: false };
    let items = [state(community(), 5), state(community(), 9), state(other_community(), 5)].into_iter().enumerate();
    let mut outbox =
        outbox_in(items.map(|(n, state)| (command(n, Who::Watcher, write(u8::try_from(n).unwrap(), "好")), state)));
    let mut cursors = read_up_to(7);
    cursors.push(Cursor { community: other_community(), position: 2, scope: String::new() });
    let confirmed: Vec<_> = outbox.drop_confirmed(&cursors).iter().map(Queued::id).collect();
    assert_eq!(confirmed, [Some(command_id(0))]);
    // Of a community that tells this person nothing any more, nothing is waited for.
    let confirmed: Vec<_> = outbox.drop_confirmed(&read_up_to(7)).iter().map(Queued::id).collect();
    assert_eq!(confirmed, [Some(command_id(2))]);
}

#[test]
fn a_command_on_which_the_server_stumbles_lets_the_others_by_and_is_tried_again() {
    let mut outbox = three();
    let spoiled = outbox.next_batch(1);
    outbox.push(queued(command(3, Who::Watcher, add(1, "改一改"))));
    outbox.set_aside(&spoiled);
    let others = outbox.next_batch(100);
    assert_eq!(others.len(), 2, "neither it nor what builds on it");
    outbox.settle(&others, &answer([accepted(&others[0], 1), accepted(&others[1], 2)]));
    assert_eq!(outbox.next_batch(100), spoiled, "alone, and before what builds on it");
    outbox.settle(&spoiled, &answer([accepted(&spoiled[0], 3)]));
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
    let changed = outbox.quarantine(&batch);
    assert_eq!(changed[0].bytes, batch[0]);
    assert_eq!(changed[0].state, refused_with(Rejection::MALFORMED));
    assert_eq!(outbox.next_batch(100).len(), 2);
}

#[test]
fn a_mended_command_takes_the_place_of_the_one_it_mends() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    outbox.quarantine(&batch);
    let old = outbox.mend(command_id(0), queued(command(9, Who::Watcher, write(1, "改好了"))));
    assert_eq!(old.and_then(|old| old.id()), Some(command_id(0)));
    let ids: Vec<_> = outbox.items().iter().map(Queued::id).collect();
    assert_eq!(ids, [9, 1, 2].map(|n| Some(command_id(n))));
}

#[test]
fn only_what_was_refused_can_be_given_up() {
    let mut outbox = three();
    let batch = outbox.next_batch(2);
    outbox.settle(&batch, &answer([accepted(&batch[0], 1)]));
    outbox.quarantine(&batch);
    let gone = [0, 1, 2].map(|n| !outbox.remove(command_id(n), &neighbourhood()).is_empty());
    assert_eq!(gone, [false, true, false]);
    let mended = queued(command(9, Who::Watcher, write(9, "另记一条")));
    assert_eq!(outbox.mend(command_id(2), mended), None, "it may be on its way: both stay");
    assert_eq!(outbox.items().len(), 3);
}

#[test]
fn what_the_server_has_parked_for_a_record_is_given_up_with_it() {
    let mut outbox = outbox_in([
        (command(1, Who::Watcher, write(1, "不归我管")), refused()),
        (command(2, Who::Watcher, add(1, "改一改")), parked(1)),
        (command(3, Who::Watcher, add(2, "好")), parked(2)),
        (command(4, Who::Watcher, add(1, "再改一改")), QueuedState::Waiting),
        (command(5, Who::Watcher, write(6, "跟着第一条")), parked(1)),
        (command(6, Who::Watcher, link(7, 6, "连着的")), parked(6)),
    ]);
    let gone: Vec<_> = outbox.remove(command_id(1), &neighbourhood()).iter().map(Queued::id).collect();
    assert_eq!(gone, [1, 2, 5, 6].map(|n| Some(command_id(n))), "and what hangs on what hangs on it");
    let left: Vec<_> = outbox.items().iter().map(Queued::id).collect();
    assert_eq!(left, [3, 4].map(|n| Some(command_id(n))), "another note's, and what the server does not have");
}

#[test]
fn giving_up_work_on_a_record_gives_up_nothing_that_waits_for_the_record() {
    let mut outbox = outbox_in([
        (command(1, Who::SocialWorker, add(1, "好")), refused()),
        (command(2, Who::SocialWorker, add(1, "真好")), parked(1)),
    ]);
    assert_eq!(outbox.remove(command_id(1), &neighbourhood()).len(), 1, "somebody else's note may still come");
}

#[test]
fn what_the_server_has_parked_is_asked_about_again_when_its_record_has_come() {
    let mut outbox = outbox_in([(command(1, Who::SocialWorker, add(1, "好")), parked(1))]);
    let mut server = Server::knowing(neighbourhood());
    assert!(outbox.wake(&server.records).is_empty() && !outbox.has_waiting());
    assert_eq!(outbox.next_batch(100).len(), 1, "it can always be asked about");
    server.push(&[queued(command(0, Who::Watcher, write(1, "一切平安"))).bytes]);
    assert_eq!(outbox.wake(&server.records).len(), 1);
    assert!(outbox.has_waiting());
}

#[test]
fn what_waits_for_a_decision_is_kept_asked_about_and_settled_by_it() {
    let mut outbox = three();
    let batch = outbox.next_batch(1);
    let held = CommandReply { outcome: Outcome::Held, ..accepted(&batch[0], 1) };
    outbox.settle(&batch, &answer([held]));
    assert_eq!(outbox.items()[0].state, QueuedState::AwaitsDecision);
    assert_eq!(sync_status(&outbox, 0, 0, Link::Reached).awaits_decision, 1);
    let everything = outbox.next_batch(100);
    assert_eq!(everything.len(), 3);
    outbox.settle(&everything, &answer(everything.iter().zip(1..).map(|(bytes, position)| accepted(bytes, position))));
    assert_eq!(outbox.unsent().count(), 0);
}

#[test]
fn what_the_server_keeps_never_crowds_out_what_waits() {
    let kept = (0..200).map(|n| (command(n, Who::SocialWorker, add(1, "好")), parked(1)));
    let waiting = (command(200, Who::SocialWorker, add(2, "好")), QueuedState::Waiting);
    let outbox = outbox_in(kept.chain([waiting]));
    for most in [1, 100] {
        let batch = outbox.next_batch(most);
        assert_eq!((batch.len(), batch.last()), (most, outbox.items().last().map(|item| &item.bytes)));
    }
}

#[test]
fn batches_keep_to_their_limits() {
    let long = "水".repeat(6_000);
    let outbox = outbox((0..300).map(|n| command(n, Who::Watcher, write(1, &long))));
    for most in [0, 1, 40, 100, 1_000] {
        let batch = outbox.next_batch(most);
        let bytes: usize = batch.iter().map(String::len).sum();
        assert!((1..=BATCH_COMMANDS).contains(&batch.len()) && batch.len() <= most.max(1));
        assert!(bytes as u64 <= BATCH_BYTES.get());
        let device = domain::kernel::DeviceId::SERVER;
        let body = PushRequest { device, sent_at: NOON, commands: batch }.write().unwrap();
        assert!(body.len() < 1_000_000);
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
fn a_state_that_this_version_cannot_read_counts_as_waiting() {
    for state in [parked(1), refused(), acknowledged(7), QueuedState::AwaitsServer { version: "0.1.0".into() }] {
        assert_eq!(QueuedState::read(&state.write().unwrap()), state);
    }
    assert_eq!(QueuedState::read(r#"{"sealed":{"by":"a newer version"}}"#), QueuedState::Waiting);
}

#[test]
fn the_strip_names_the_oldest_of_what_waits() {
    let mut outbox = three();
    let status = sync_status(&outbox, 0, 0, Link::Unreachable);
    assert_eq!((status.waiting, status.oldest), (3, Some(NOON)));
    let batch = outbox.next_batch(1);
    outbox.settle(&batch, &answer([accepted(&batch[0], 1)]));
    assert_eq!(sync_status(&outbox, 0, 0, Link::Reached).oldest, Some(minutes(1)));
}

#[test]
fn what_one_has_seen_goes_without_a_word_unless_it_needs_its_person() {
    let see = |n| {
        let head = command(n, Who::SocialWorker, write(1, "一切平安")).head;
        let about = vec![Seen::key_of(community(), Who::SocialWorker.id())];
        let act = seen::Act::See { up_to: Some(7), seen: Vec::new(), unseen: Vec::new() };
        Command::new(Head { about, ..head }, &act).unwrap()
    };
    let outbox = outbox([see(0)]);
    let status = sync_status(&outbox, 0, 0, Link::Unreachable);
    assert!(status.all_uploaded() && status.oldest.is_none(), "{status:?}");
    assert!(outbox.has_waiting() && outbox.unsent().count() == 1, "it is sent like all others");
    let refused = outbox_in([(see(0), refused()), (see(1), QueuedState::Waiting)]);
    let status = sync_status(&refused, 0, 0, Link::Reached);
    assert_eq!((status.unsent_commands(), status.needs_person), (1, 1));
}

#[test]
fn since_when_something_waits_is_said_by_the_servers_clock() {
    let Command { head, act } = command(0, Who::Watcher, write(1, "一切平安"));
    let late = Command { head: Head { offset: Some(Span::minutes(1)), ..head }, act };
    assert_eq!(sync_status(&outbox([late]), 0, 0, Link::Unreachable).oldest, Some(minutes(1)));
}

#[test]
fn an_empty_outbox_says_so() {
    let status = sync_status(&Outbox::default(), 0, 0, Link::Unknown);
    assert!(status.all_uploaded());
    assert_eq!(status.oldest, None::<Timestamp>);
}

#[test]
fn what_a_command_attaches_is_found_without_knowing_its_module() {
    let item = queued(command(0, Who::Watcher, write_with(1, "拍了“photo:3:”", &[1, 2])));
    assert_eq!(item.attached(), [photo(1), photo(2)]);
}

#[test]
fn what_stands_behind_a_command_for_a_newer_server_waits_for_that_server_too() {
    let awaits = || QueuedState::AwaitsServer { version: "0.1.0".into() };
    let commands = [add(1, "一"), add(1, "二"), add(2, "别处")].into_iter().enumerate();
    let commands = commands.map(|(n, what)| command(n, Who::Watcher, what));
    let states = [awaits(), QueuedState::Waiting, QueuedState::Waiting];
    let mut outbox = outbox_in(commands.zip(states));
    let bytes: Vec<String> = outbox.items().iter().map(|item| item.bytes.clone()).collect();
    assert_eq!(outbox.next_batch(100), [bytes[2].clone()], "another record goes on");
    outbox.settle(&bytes[2..], &answer([accepted(&bytes[2], 1)]));
    assert!(outbox.next_batch(100).is_empty() && !outbox.has_to_send() && !outbox.has_waiting());
    outbox.set_aside(&bytes[1..2]);
    assert!(outbox.next_batch(100).is_empty(), "not alone either");
    outbox.meet_version("0.2.0");
    assert!(outbox.has_to_send());
    let outbox = Outbox::restored(outbox.items().to_vec());
    assert_eq!(outbox.next_batch(100), bytes[..2], "in their order");
}
