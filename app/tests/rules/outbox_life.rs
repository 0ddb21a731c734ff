//! An outbox through everything that can happen to it: whatever order that is in, nothing is lost, doubled, stuck or out
//! of order, and what needs a person is not sent (LESSONS.md L2, L5, L7, L11, L16).

use crate::neighbourhood::*;
use crate::server_model::Server;
use app::domain::{EntryId, Sha256Hex};
use app::sync::{Outbox, Queued, QueuedState};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What can happen to an outbox.
#[derive(Clone, Debug)]
enum Event {
    Write { entry: u8 },
    Push { most: usize, answer: Answer },
    Confirm { upto: i64 },
    Restore,
    Wake,
    SetAside,
    Quarantine,
    TryAgain { which: usize },
}

/// What the network makes of the server's answer.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Whole,
    Cut,
    Lost,
    Foreign,
    Refused,
}

fn any_event() -> impl Strategy<Value = Event> {
    let answer = prop::sample::select(vec![
        Answer::Whole,
        Answer::Whole,
        Answer::Cut,
        Answer::Lost,
        Answer::Foreign,
        Answer::Refused,
    ]);
    prop_oneof![
        4 => (0_u8..4).prop_map(|entry| Event::Write { entry }),
        4 => (0_usize..8, answer).prop_map(|(most, answer)| Event::Push { most, answer }),
        2 => (0_i64..20).prop_map(|upto| Event::Confirm { upto }),
        1 => Just(Event::Restore),
        1 => Just(Event::Wake),
        1 => Just(Event::SetAside),
        1 => Just(Event::Quarantine),
        1 => (0_usize..20).prop_map(|which| Event::TryAgain { which }),
    ]
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
            Event::Write { entry } => {
                let n = self.written.len();
                let act = if n % 3 == 2 { amend(entry, n - 1, "改一改") } else { write(entry, "一切平安") };
                let item = queued(command(n, Who::Watcher, act));
                self.written.push(item.bytes.clone());
                self.outbox.push(item.clone());
                self.outbox.push(item);
            }
            Event::Push { most, answer } => self.push(most, answer),
            Event::Confirm { upto } => self.sent.extend(self.outbox.drop_confirmed(upto)),
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
            Event::Quarantine => drop(self.outbox.quarantine(&self.outbox.next_batch(1), "bad request")),
            Event::TryAgain { which } => drop(self.outbox.try_again(command_id(which))),
        }
    }

    fn push(&mut self, most: usize, answer: Answer) {
        let batch = self.outbox.next_batch(most);
        let mut replies = if let Answer::Refused = answer { Vec::new() } else { self.server.push(&batch) };
        match answer {
            Answer::Whole | Answer::Refused => {}
            Answer::Cut => replies.truncate(replies.len() / 2),
            Answer::Lost => replies.clear(),
            Answer::Foreign => replies.iter_mut().for_each(|reply| reply.sha256 = Sha256Hex::of(b"")),
        }
        let before = self.outbox.clone();
        let changed = self.outbox.settle(&batch, &replies);
        assert!(changed.len() <= replies.len().min(batch.len()));
        for (old, new) in before.items().iter().zip(self.outbox.items()) {
            assert_eq!(old != new, changed.contains(new), "exactly what changed is stored");
        }
    }

    fn holds_its_promises(&self) {
        let kept: Vec<&String> = self.outbox.items().iter().chain(&self.sent).map(|item| &item.bytes).collect();
        let distinct: BTreeSet<_> = kept.iter().collect();
        assert_eq!(kept.len(), distinct.len(), "nothing is doubled");
        assert_eq!(distinct, self.written.iter().collect::<Vec<_>>().iter().collect(), "nothing is lost");
        assert!(self.sent.iter().all(|item| !item.is_unsent()), "only what is acknowledged leaves");

        let items = self.outbox.items();
        let waiting: Vec<&Queued> = items.iter().filter(|item| item.state == QueuedState::Waiting).collect();
        let held = items.iter().filter(|item| matches!(item.state, QueuedState::Held { .. })).count();
        for most in [1, 3, 100] {
            let batch = self.outbox.next_batch(most);
            assert_eq!(batch.is_empty(), waiting.is_empty() && held == 0, "nothing is stuck");
            assert!(batch.len() <= most);
            let mut later = items.iter();
            let sent: Vec<_> = batch.iter().map(|bytes| later.find(|item| item.bytes == *bytes)).collect();
            let sent: Vec<&Queued> = sent.into_iter().map(|item| item.expect("the order of the outbox")).collect();
            let mut next: BTreeMap<Option<EntryId>, std::slice::Iter<'_, &Queued>> = BTreeMap::new();
            for item in sent.iter().filter(|item| !matches!(item.state, QueuedState::Held { .. })) {
                let entry = entry_of(item);
                let due = next.entry(entry).or_insert_with(|| waiting.iter()).find(|other| entry_of(other) == entry);
                assert_eq!(due, Some(item), "only what waits, and nothing of an entry before its turn");
            }
            assert!(waiting.is_empty() || sent.iter().any(|item| item.state == QueuedState::Waiting));
        }
    }
}

fn entry_of(item: &Queued) -> Option<EntryId> {
    item.command.as_ref().map(|command| command.act.entry())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

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
            let json = serde_json::to_string(&item.state).unwrap();
            prop_assert_eq!(serde_json::from_str::<QueuedState>(&json).unwrap(), item.state);
        }
    }
}
