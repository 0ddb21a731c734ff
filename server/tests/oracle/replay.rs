//! What the server should hold: the store in memory is given the commands that are in force, in the order in which they
//! came into force. It has no index that could be wrong, knows nothing of kills and repetitions, and asks every record
//! who may read it.

use crate::holds::{Accepted, Holds, Ruled};
use domain::{
    kernel::{Actor, Bytes, CommandId, Envelope, Job, PersonId, Record, RecordKey, Timestamp, json},
    log::{self, Entry},
    memory::MemoryStore,
    residents::Resident,
    store::{PageLimit, PushBatch, Store},
    sync::{
        CommandReply, Outcome,
        decide::{Delivery, Ruling},
    },
};
use server::clock::now;
use std::collections::BTreeMap;

/// Commands that the store in memory takes in at once.
const TOGETHER: usize = 50;

/// The judge.
pub struct Replay(MemoryStore);

impl Replay {
    /// From what a server holds.
    pub async fn of(holds: &Holds) -> Self {
        let replay = Self(MemoryStore::new(|_, _| false));
        let received = steps_received(&holds.records);
        let mut together: Vec<(&Accepted, Delivery)> = Vec::new();
        for one in &holds.accepted {
            if one.command.head.actor == Actor::System(Job::Blobs) {
                replay.take_in(std::mem::take(&mut together));
                replay.take_blob(one).await;
                continue;
            }
            together.push((one, delivery(one, received.get(&one.command.head.id).copied())));
            if together.len() == TOGETHER {
                replay.take_in(std::mem::take(&mut together));
            }
        }
        replay.take_in(together);
        replay
    }

    fn take_in(&self, together: Vec<(&Accepted, Delivery)>) {
        let (some, deliveries): (Vec<&Accepted>, Vec<Delivery>) = together.into_iter().unzip();
        let replies = self.0.take_in(&deliveries).unwrap();
        for (one, reply) in some.iter().zip(replies) {
            let [CommandReply { outcome: Outcome::Accepted { position, number, .. }, .. }] = &reply[..] else {
                panic!("in force, and the rules say {reply:?} to it: {}", one.bytes);
            };
            assert_eq!((*position, number), (one.position, &one.number), "another place or number: {}", one.bytes);
        }
    }

    /// Bytes have arrived, for each entry of their author that names them then.
    async fn take_blob(&self, one: &Accepted) {
        let log::Act::TakeBlob { sha256 } = one.command.read_act().unwrap() else {
            panic!("no arrival: {}", one.bytes);
        };
        let stored = self.0.stored(one.command.head.first()).await.unwrap().unwrap();
        let entry: Entry = json::read(stored.text.as_bytes()).unwrap();
        let attachment = entry.attachment(&sha256).unwrap();
        self.0.blob_arrived(entry.author, &attachment, one.received).await.unwrap();
    }

    /// Every record must be what the rules make of the commands, and stand where the feed has it.
    pub fn confirms(&self, records: &[Envelope]) {
        let told: BTreeMap<_, _> = records.iter().map(|one| (&one.head.key, one)).collect();
        let truth = self.0.records();
        for record in &truth {
            let told = told.get(&record.head.key);
            assert_eq!(told, Some(&record), "on the left what the server has, on the right what the rules say");
        }
        assert_eq!(told.len(), truth.len(), "the server has records that nobody made");
    }

    /// What somebody may see now.
    pub async fn seen_by(&self, person: PersonId) -> BTreeMap<RecordKey, Envelope> {
        let (records, bytes) = (u32::MAX, Bytes::new(u64::MAX));
        let limit = PageLimit { records, bytes, horizon: Timestamp::EARLIEST };
        let page = self.0.pull(person, Vec::new(), limit, now()).await.unwrap();
        assert!(!page.more);
        page.envelopes.into_iter().map(|envelope| (envelope.head.key.clone(), envelope)).collect()
    }
}

/// When the server had what it took, as far as a step says so. A command that was parked, turned down when its record came,
/// and taken when it was offered once more, stands in the trail with the time of its first offer.
fn steps_received(records: &[Envelope]) -> BTreeMap<CommandId, Timestamp> {
    let steps = records.iter().flat_map(|one| match one.head.key.kind.as_str() {
        Entry::KIND => {
            let entry: Entry = json::read(one.text.as_bytes()).unwrap();
            entry.steps.into_iter().map(|step| (step.id, step.times)).collect::<Vec<_>>()
        }
        Resident::KIND => {
            let resident: Resident = json::read(one.text.as_bytes()).unwrap();
            resident.steps.into_iter().map(|step| (step.id, step.times)).collect()
        }
        _ => Vec::new(),
    });
    steps.filter_map(|(id, times)| Some((id, times.received?))).collect()
}

/// As it came; what was held, as it was decided.
fn delivery(one: &Accepted, received: Option<Timestamp>) -> Delivery {
    let Accepted { bytes, command, sent_at, ruling, .. } = one;
    let received = received.unwrap_or(one.received);
    if let Some(Ruled { accept, why, at }) = ruling {
        let ruling = Ruling { accept: *accept, why: why.clone(), at: *at };
        return Delivery::decided(bytes.clone(), *sent_at, received, ruling);
    }
    match command.head.actor {
        Actor::Person(sender) => Delivery::read(PushBatch {
            sender,
            device: command.head.device,
            sent_at: *sent_at,
            received,
            commands: vec![bytes.clone()],
        }),
        Actor::System(_) | Actor::Resident(_) | Actor::Unknown {} => {
            Delivery::from_server(std::slice::from_ref(command), received).unwrap()
        }
    }
}
