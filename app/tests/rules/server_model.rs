//! The server as the protocol describes it, in memory: what any store has to do, in a few lines.

use app::domain::{
    Act, Change, Command, CommandId, EntryId, EntryNumber, Known, Records, Refusal, Rejection, Sha256Hex, Timestamp,
    apply,
};
use app::sync::{CommandReply, Outcome};
use std::collections::BTreeMap;

pub struct Server {
    pub records: Records,
    /// Accepted commands, in the order in which they came into force.
    pub accepted: Vec<Command>,
    pub position: i64,
    stored: BTreeMap<CommandId, (String, Outcome)>,
    parked: Vec<(Command, EntryId)>,
}

impl Server {
    pub fn knowing(records: Records) -> Self {
        Self { records, accepted: Vec::new(), position: 0, stored: BTreeMap::new(), parked: Vec::new() }
    }

    /// A batch, answered one by one.
    pub fn push(&mut self, batch: &[String]) -> Vec<CommandReply> {
        batch.iter().map(|bytes| self.take(bytes)).collect()
    }

    fn take(&mut self, bytes: &str) -> CommandReply {
        let sha256 = Sha256Hex::of(bytes.as_bytes());
        let command = match Command::from_bytes(bytes) {
            Ok(command) => command,
            Err(error) => {
                let reason = Rejection::Malformed { detail: error.to_string() };
                return CommandReply { id: None, sha256, outcome: Outcome::Rejected { reason } };
            }
        };
        let id = command.id;
        let reply = |sha256, outcome| CommandReply { id: Some(id), sha256, outcome };
        if let Some((stored, outcome)) = self.stored.get(&id) {
            let stored = Sha256Hex::of(stored.as_bytes());
            let same = stored == sha256;
            return reply(stored, if same { outcome.clone() } else { Outcome::Conflict });
        }
        let outcome = match self.decide(&command) {
            Ok(accepted) => accepted,
            Err(Refusal::WaitsFor(waits_for)) => {
                self.parked.push((command.clone(), waits_for));
                Outcome::Parked { waits_for }
            }
            Err(Refusal::Rejected(reason)) => return reply(sha256, Outcome::Rejected { reason }),
        };
        self.stored.insert(id, (bytes.to_owned(), outcome));
        self.unpark(command.act.entry());
        reply(sha256, self.stored[&id].1.clone())
    }

    fn decide(&mut self, command: &Command) -> Result<Outcome, Refusal> {
        let received = received(command);
        let mut entry = apply(&self.records, command, Some(received))?;
        let mut number = None;
        if let Act::WriteEntry { .. } = command.act {
            let serial = u32::try_from(self.records.entries.len() + 1).unwrap();
            let day = EntryNumber::day_of(entry.written());
            number = Some(EntryNumber::new("HPXC", day, serial));
            entry.number.clone_from(&number);
        }
        self.position += 1;
        self.records.absorb(Change::Entry(entry));
        self.accepted.push(command.clone());
        Ok(Outcome::Accepted { position: self.position, number })
    }

    fn unpark(&mut self, arrived: EntryId) {
        if self.records.entry(arrived).is_none() {
            return;
        }
        for (command, waits_for) in std::mem::take(&mut self.parked) {
            if waits_for != arrived {
                self.parked.push((command, waits_for));
                continue;
            }
            let outcome = match self.decide(&command) {
                Ok(accepted) => accepted,
                Err(Refusal::Rejected(reason)) => Outcome::Rejected { reason },
                Err(Refusal::WaitsFor(waits_for)) => Outcome::Parked { waits_for },
            };
            if let Some((_, stored)) = self.stored.get_mut(&command.id) {
                *stored = outcome;
            }
        }
    }
}

/// A second after it was written.
pub fn received(command: &Command) -> Timestamp {
    command.written.plus_millis(1_000)
}
