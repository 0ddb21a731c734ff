//! The server as the protocol describes it, in memory: what any store has to do, in a few lines. What is refused is not
//! remembered: the same bytes are judged anew.

use crate::neighbourhood::{envelope, kinds, server_mark};
use crate::notebook::Note;
use domain::kernel::{
    Command, CommandId, Day, Effects, Got, PersonId, RecordKey, Refusal, Rejection, ServerSide, Sha256, Span, Timestamp,
};
use domain::sync::{CommandReply, Outcome, PushReply, Records, ServerMark};
use std::collections::BTreeMap;

pub struct Server {
    pub records: Records,
    /// Accepted commands, in the order in which they came into force.
    pub accepted: Vec<Command>,
    pub position: i64,
    pub mark: ServerMark,
    numbers: u32,
    stored: BTreeMap<CommandId, (String, Outcome)>,
    parked: Vec<(Command, RecordKey)>,
}

/// A second after it was written.
struct Desk {
    received: Timestamp,
    number: u32,
}

impl ServerSide for Desk {
    fn received(&self) -> Timestamp {
        self.received
    }

    fn is_decided(&self) -> bool {
        false
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        format!("HPXC-{}-{series}{:04}", day.compact(), self.number)
    }

    fn serial(&self, _series: &str) -> u32 {
        self.number
    }

    fn has_blob(&self, _sender: PersonId, _sha256: &Sha256) -> bool {
        false
    }
}

impl Server {
    pub fn knowing(records: Records) -> Self {
        let position = records.keys().filter_map(|key| records.position(key)).max().unwrap_or_default();
        Self {
            records,
            accepted: Vec::new(),
            position,
            mark: server_mark(),
            numbers: 0,
            stored: BTreeMap::new(),
            parked: Vec::new(),
        }
    }

    /// A batch, answered one by one.
    pub fn push(&mut self, batch: &[String]) -> PushReply {
        let replies = batch.iter().map(|bytes| Some(self.take(bytes))).collect();
        PushReply { server: self.mark.clone(), replies }
    }

    fn take(&mut self, bytes: &str) -> CommandReply {
        let sha256 = Sha256::of(bytes.as_bytes());
        let Ok(command) = Command::read(bytes) else {
            let outcome = Outcome::Rejected { reason: Rejection::MALFORMED.into() };
            return CommandReply { id: None, sha256, outcome };
        };
        let id = Some(command.head.id);
        if let Some((stored, outcome)) = self.stored.get(&command.head.id) {
            let stored = Sha256::of(stored.as_bytes());
            let outcome = if stored == sha256 { again(outcome.clone()) } else { Outcome::Conflict };
            return CommandReply { id, sha256: stored, outcome };
        }
        let outcome = match self.decide(&command) {
            Ok(accepted) => accepted,
            Err(Refusal::WaitsFor(waits_for)) => {
                self.parked.push((command.clone(), waits_for.clone()));
                Outcome::Parked { waits_for }
            }
            Err(Refusal::Rejected(reason)) => {
                return CommandReply { id, sha256, outcome: Outcome::Rejected { reason } };
            }
            Err(Refusal::UnknownAct) => return CommandReply { id, sha256, outcome: Outcome::UnknownAct },
            Err(refusal) => panic!("{refusal:?}"),
        };
        self.stored.insert(command.head.id, (bytes.to_owned(), outcome));
        self.release();
        let outcome = self.stored[&command.head.id].1.clone();
        CommandReply { id, sha256, outcome }
    }

    fn decide(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        if let Some(key) = self.waits_behind(command) {
            return Err(Refusal::WaitsFor(key));
        }
        let desk = Desk { received: command.head.written.plus(Span::seconds(1)), number: self.numbers + 1 };
        let effects: Effects = kinds().apply(&self.records, command, Some(&desk))?;
        let mut number = None;
        self.position += 1;
        for record in effects.into_records() {
            let note: &Note = record.as_any().downcast_ref().expect("a note");
            if let Got::Nowhere = self.records.get::<Note>(&record.key()) {
                self.numbers += 1;
                number.clone_from(&note.number);
            }
            self.records.take_in([envelope(note, self.position)]);
        }
        self.accepted.push(command.clone());
        Ok(Outcome::Accepted { community: command.head.community(), position: self.position, number })
    }

    /// What one device did to one record keeps its order.
    fn waits_behind(&self, command: &Command) -> Option<RecordKey> {
        let is_before = |(other, key): &&(Command, RecordKey)| {
            let (head, other) = (&command.head, &other.head);
            other.device == head.device && other.first() == head.first() && key != head.first() && other.id != head.id
        };
        self.parked.iter().find(is_before).map(|(_, key)| key.clone())
    }

    /// What has come into force may be what others wait for.
    fn release(&mut self) {
        let mut before = usize::MAX;
        while self.parked.len() < before {
            before = self.parked.len();
            for (command, key) in std::mem::take(&mut self.parked) {
                let outcome = match self.records.position(&key).map(|_| self.decide(&command)) {
                    None => Outcome::Parked { waits_for: key },
                    Some(Ok(accepted)) => accepted,
                    Some(Err(Refusal::Rejected(reason))) => Outcome::Rejected { reason },
                    Some(Err(Refusal::WaitsFor(waits_for))) => Outcome::Parked { waits_for },
                    Some(Err(refusal)) => panic!("{refusal:?}"),
                };
                if let Outcome::Parked { waits_for } = &outcome {
                    self.parked.push((command.clone(), waits_for.clone()));
                }
                if let Outcome::Rejected { .. } = &outcome {
                    // Its author hears of it when the phone asks; it is judged anew then.
                    self.stored.remove(&command.head.id);
                } else if let Some((_, stored)) = self.stored.get_mut(&command.head.id) {
                    *stored = outcome;
                }
            }
        }
    }
}

fn again(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Accepted { community, position, number } => {
            Outcome::Duplicate { community, position, number, erased: false }
        }
        outcome => outcome,
    }
}
