//! An outbox through everything that can happen to it: whatever order that is in, nothing is lost, doubled, stuck or out
//! of order, and what needs a person is not sent.

use crate::neighbourhood::*;
use crate::server_model::Server;
use domain::kernel::{RecordKey, Sha256};
use domain::sync::{CommandReply, Cursor, Outbox, Outcome, Queued, QueuedState};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What can happen to an outbox.
#[derive(Clone, Debug)]
enum Event {
    Write { note: u8 },
    Push { most: usize, answer: Answer },
    Confirm { upto: i64 },
    Restore,
    Wake,
    SetAside,
    Quarantine,
    TryAgain { which: usize },
    Update,
}

/// What the network makes of the server's answer.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Whole,
    Cut,
    Lost,
    Foreign,
    Refused,
    Later,
    Garbled,
    Old,
}

fn any_event() -> impl Strategy<Value = Event> {
    let answer = prop::sample::select(vec![
        Answer::Whole,
        Answer::Whole,
        Answer::Cut,
        Answer::Lost,
        Answer::Foreign,
        Answer::Refused,
        Answer::Later,
        Answer::Garbled,
        Answer::Old,
    ]);
    prop_oneof![
        4 => (0_u8..4).prop_map(|note| Event::Write { note }),
        4 => (0_usize..8, answer).prop_map(|(most, answer)| Event::Push { most, answer }),
        2 => (0_i64..20).prop_map(|upto| Event::Confirm { upto }),
        1 => Just(Event::Restore),
        1 => Just(Event::Wake),
        1 => Just(Event::SetAside),
        1 => Just(Event::Quarantine),
        1 => (0_usize..20).prop_map(|which| Event::TryAgain { which }),
        1 => Just(Event::Update),
    ]
}

/// A refusal of other bytes is none: what was sent was damaged on its way.
fn is_answer(bytes: &str, reply: Option<&CommandReply>) -> bool {
    reply.is_some_and(|reply| match reply.outcome {
        Outcome::Later => false,
        Outcome::UnknownAct | Outcome::Rejected { .. } => reply.sha256 == Sha256::of(bytes.as_bytes()),
        _ => true,
    })
}

/// One phone, what it has been told, and what it must still be able to tell.
struct Phone {
    outbox: Outbox,
    sent: Vec<Queued>,
    written: Vec<String>,
    server: Server,
}

impl Phone {
    fn live(&mut self, event: &Event) {
        match *event {
            Event::Write { note } => {
                let n = self.written.len();
                let act =
                    if n % 3 == 2 { link(note, (note + 1) % 4, "改一改") } else { write(note, "一切平安") };
                let item = queued(command(n, Who::Watcher, act));
                self.written.push(item.bytes.clone());
                self.outbox.push(item.clone());
                self.outbox.push(item);
            }
            Event::Push { most, answer } => self.push(most, answer),
            Event::Confirm { upto } => {
                let cursor = Cursor { community: community(), position: upto, scope: String::new() };
                self.sent.extend(self.outbox.drop_confirmed(&[cursor]));
            }
            Event::Restore => {
                self.server = Server::knowing(neighbourhood());
                let all = self.outbox.offer_again(std::mem::take(&mut self.sent));
                assert_eq!(all, self.outbox.items());
                assert!(
                    all.iter()
                        .all(|item| { matches!(item.state, QueuedState::Waiting | QueuedState::NeedsPerson { .. }) })
                );
                assert_eq!(self.outbox.offer_again(all.clone()), all, "once more changes nothing");
            }
            Event::Wake => drop(self.outbox.wake(&self.server.records)),
            Event::SetAside => self.outbox.set_aside(&self.outbox.next_batch(1)),
            Event::Quarantine => drop(self.outbox.quarantine(&self.outbox.next_batch(1))),
            Event::TryAgain { which } => drop(self.outbox.try_again(command_id(which))),
            Event::Update => self.update(),
        }
    }

    /// The server is another version by now.
    fn update(&mut self) {
        self.server.mark.version.push('+');
        let awaited = |item: &&Queued| matches!(item.state, QueuedState::AwaitsServer { .. });
        let awaiting = self.outbox.items().iter().filter(awaited).count();
        assert_eq!(self.outbox.meet_version(&self.server.mark.version).len(), awaiting);
        assert_eq!(self.outbox.meet_version(&self.server.mark.version), [], "offered once");
    }

    fn push(&mut self, most: usize, answer: Answer) {
        let batch = self.outbox.next_batch(most);
        let mut reply =
            self.server.push(if let Answer::Refused | Answer::Old | Answer::Later = answer { &[] } else { &batch });
        match answer {
            Answer::Whole | Answer::Refused => {}
            Answer::Cut => reply.replies.truncate(reply.replies.len() / 2),
            Answer::Lost => reply.replies.clear(),
            Answer::Garbled => reply.replies.iter_mut().for_each(|one| *one = None),
            Answer::Foreign => reply.replies.iter_mut().flatten().for_each(|one| one.sha256 = Sha256::of(b"")),
            Answer::Later => reply.replies = batch.iter().map(|bytes| Some(answered(bytes, Outcome::Later))).collect(),
            Answer::Old => {
                reply.replies = batch.iter().map(|bytes| Some(answered(bytes, Outcome::UnknownAct))).collect()
            }
        }
        let before = self.outbox.clone();
        let settled = self.outbox.settle(&batch, &reply);
        let changed = settled.changed;
        let answers = batch.iter().zip(&reply.replies).filter(|(bytes, one)| is_answer(bytes, one.as_ref())).count();
        assert_eq!(settled.later, batch.len() - answers, "what came back without an answer is counted");
        assert!(changed.len() <= answers);
        for (old, new) in before.items().iter().zip(self.outbox.items()) {
            assert_eq!(old != new, changed.contains(new), "exactly what changed is stored");
        }
        self.outbox.begin_round();
    }

    fn holds_its_promises(&self) {
        let kept: Vec<&String> = self.outbox.items().iter().chain(&self.sent).map(|item| &item.bytes).collect();
        let distinct: BTreeSet<_> = kept.iter().collect();
        assert_eq!(kept.len(), distinct.len(), "nothing is doubled");
        assert_eq!(distinct, self.written.iter().collect::<Vec<_>>().iter().collect(), "nothing is lost");
        assert!(self.sent.iter().all(|item| !item.is_unsent()), "only what is acknowledged leaves");

        let items = self.outbox.items();
        let waiting = items.iter().enumerate().filter(|(at, item)| {
            let awaits_server = |other: &Queued| matches!(other.state, QueuedState::AwaitsServer { .. });
            let is_behind = items[..*at].iter().any(|other| awaits_server(other) && other.record() == item.record());
            item.state == QueuedState::Waiting && !is_behind
        });
        let waiting: Vec<&Queued> = waiting.map(|(_, item)| item).collect();
        let held = items.iter().filter(|item| item.is_kept_by_server()).count();
        for most in [1, 3, 100] {
            let batch = self.outbox.next_batch(most);
            assert_eq!(batch.is_empty(), waiting.is_empty() && held == 0, "nothing is stuck");
            assert!(batch.len() <= most);
            let mut later = items.iter();
            let sent: Vec<_> = batch.iter().map(|bytes| later.find(|item| item.bytes == *bytes)).collect();
            let sent: Vec<&Queued> = sent.into_iter().map(|item| item.expect("the order of the outbox")).collect();
            let mut next: BTreeMap<Option<RecordKey>, std::slice::Iter<'_, &Queued>> = BTreeMap::new();
            for item in sent.iter().filter(|item| !item.is_kept_by_server()) {
                let record = record_of(item);
                let due = next
                    .entry(record.clone())
                    .or_insert_with(|| waiting.iter())
                    .find(|other| record_of(other) == record);
                assert_eq!(due, Some(item), "only what waits, and nothing of a record before its turn");
            }
            assert!(waiting.is_empty() || sent.iter().any(|item| item.state == QueuedState::Waiting));
        }
    }
}

fn record_of(item: &Queued) -> Option<RecordKey> {
    item.record().cloned()
}

fn answered(bytes: &str, outcome: Outcome) -> CommandReply {
    CommandReply { id: None, sha256: Sha256::of(bytes.as_bytes()), outcome }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_nothing_is_lost_doubled_stuck_or_out_of_order(
        events in prop::collection::vec(any_event(), 1..30),
    ) {
        let server = Server::knowing(neighbourhood());
        let mut phone =
            Phone { outbox: Outbox::default(), sent: Vec::new(), written: Vec::new(), server };
        for event in &events {
            phone.live(event);
            phone.holds_its_promises();
        }
        // With a good network and no more surprises, everything ends acknowledged, held or with a person.
        phone.update();
        for _ in 0..80 {
            phone.push(100, Answer::Whole);
        }
        prop_assert!(!phone.outbox.has_waiting());
        prop_assert!(phone.outbox.items().iter().all(|item| item.state != QueuedState::Waiting));
        phone.holds_its_promises();
    }

    #[test]
    fn what_a_device_reads_back_is_what_it_stored(story in any_story(6)) {
        for command in story {
            let item = queued(command);
            let restored = Queued::restored(item.bytes.clone(), item.state.clone());
            prop_assert_eq!(&restored, &item);
            let text = item.state.write().unwrap();
            prop_assert_eq!(QueuedState::read(&text), item.state);
        }
    }
}
