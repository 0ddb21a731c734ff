//! Deciding a group of pushes in memory. Everything the group touches is fetched beforehand ([`super::fetch`]), every
//! command is applied in the order of arrival to what the ones before it left behind, and the outcome is written
//! afterwards ([`super::write`]). No statement runs in between.

use super::{
    arrival::{Arrival, Delivery},
    places::Places,
};
use app::domain::{
    Act, Command, CommandId, CommunityCode, Day, DeviceId, Entry, EntryId, EntryNumber, Field, FieldError, Known,
    Membership, MicroGrid, MicroGridCode, PersonId, Problem, Refusal, Rejection, Sha256Hex, Timestamp, apply,
};
use app::sync::{CommandReply, Outcome};
use std::collections::{HashMap, HashSet};

/// An entry that the group knows of.
pub(super) struct Held {
    pub entry: Entry,
    /// Its place in lists; see the migration.
    pub slot: i64,
    /// Where the feed has it now; `None` for a new one.
    pub stored_at: Option<i64>,
    /// What the group makes of it.
    pub changed: Option<Changed>,
}

/// What a group does to an entry.
pub(super) struct Changed {
    /// Its new position in the feed.
    pub position: i64,
    /// When the newest step was received.
    pub received: Timestamp,
    /// Whether its words are other ones than the index has.
    pub words: bool,
}

/// What became of a command.
pub(super) enum Verdict {
    Accepted { position: i64, number: Option<EntryNumber> },
    Rejected(Rejection),
    Waiting,
}

/// A command under its id.
pub(super) struct Filed {
    pub sha256: Sha256Hex,
    pub entry: EntryId,
    pub verdict: Verdict,
}

/// A command that is kept until its entry arrives.
pub(super) struct Waiting {
    pub command: Command,
    pub received: Timestamp,
}

/// A command that the group files for the first time.
pub(super) struct New<'a> {
    pub id: CommandId,
    pub author: PersonId,
    pub sent_at: Timestamp,
    pub received: Timestamp,
    pub bytes: &'a str,
}

/// Bytes that came under an id that other bytes have.
pub(super) struct Conflict<'a> {
    pub id: CommandId,
    pub sender: PersonId,
    pub device: DeviceId,
    pub received: Timestamp,
    pub arrival: &'a Arrival,
}

/// The state that a group starts from, and what it has made of it so far.
pub(super) struct Group<'a> {
    pub places: &'a Places,
    pub entries: HashMap<EntryId, Held>,
    pub filed: HashMap<CommandId, Filed>,
    pub waiting: HashMap<EntryId, Vec<Waiting>>,
    /// The newest position of each community.
    pub heads: HashMap<CommunityCode, i64>,
    /// The last serial number of each day.
    pub serials: HashMap<(CommunityCode, Day), u32>,
    /// The last slot of each millisecond.
    pub slots: HashMap<i64, i64>,
    /// Filed for the first time, in the order of arrival.
    pub new: Vec<New<'a>>,
    /// Waited in the database, and are decided now.
    pub released: Vec<CommandId>,
    pub conflicts: Vec<Conflict<'a>>,
    /// How many positions were given.
    pub allotted: i64,
    /// Attachments that are named here, and from whom the server has their bytes.
    pub arrived: HashSet<(PersonId, Sha256Hex)>,
}

enum Answer {
    Now(CommandReply),
    /// As the command stands when the whole group is decided.
    AsFiled(CommandId),
}

impl Known for Group<'_> {
    fn micro_grid(&self, code: &MicroGridCode) -> Option<&MicroGrid> {
        self.places.micro_grids.get(code)
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&id).map(|held| &held.entry)
    }

    fn memberships(&self, person: PersonId) -> &[Membership] {
        self.places.memberships.get(&person).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Group<'a> {
    /// One that has met nothing yet.
    pub(super) fn knowing_nothing(places: &'a Places, heads: HashMap<CommunityCode, i64>) -> Self {
        Self {
            places,
            entries: HashMap::new(),
            filed: HashMap::new(),
            waiting: HashMap::new(),
            heads,
            serials: HashMap::new(),
            slots: HashMap::new(),
            new: Vec::new(),
            released: Vec::new(),
            conflicts: Vec::new(),
            allotted: 0,
            arrived: HashSet::new(),
        }
    }

    /// Decides all commands and says what to answer, per delivery and in its order.
    pub(super) fn decide(&mut self, deliveries: &[&'a Delivery]) -> Vec<Vec<CommandReply>> {
        let mut answers = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            answers.push(delivery.arrivals.iter().map(|arrival| self.take_in(delivery, arrival)).collect::<Vec<_>>());
        }
        let reply = |answer| match answer {
            Answer::Now(reply) => Some(reply),
            Answer::AsFiled(id) => self.filed.get(&id).map(|filed| filed.reply(id)),
        };
        answers.into_iter().map(|answers| answers.into_iter().filter_map(reply).collect()).collect()
    }

    fn take_in(&mut self, delivery: &'a Delivery, arrival: &'a Arrival) -> Answer {
        let command = match &arrival.command {
            Ok(command) => command,
            Err(reply) => return Answer::Now(reply.clone()),
        };
        let Delivery { sender, device, sent_at, received, .. } = *delivery;
        let id = command.id;
        if let Some(filed) = self.filed.get(&id) {
            if filed.sha256 == arrival.sha256 {
                return Answer::AsFiled(id);
            }
            self.conflicts.push(Conflict { id, sender, device, received, arrival });
            return Answer::Now(CommandReply {
                id: Some(id),
                sha256: filed.sha256.clone(),
                outcome: Outcome::Conflict,
            });
        }
        let entry = command.act.entry();
        let verdict = self.judge(command, received);
        if matches!(verdict, Verdict::Waiting) {
            self.waiting.entry(entry).or_default().push(Waiting { command: command.clone(), received });
        }
        let arrived = matches!(&command.act, Act::WriteEntry { .. }) && matches!(verdict, Verdict::Accepted { .. });
        self.filed.insert(id, Filed { sha256: arrival.sha256.clone(), entry, verdict });
        self.new.push(New { id, author: command.author, sent_at, received, bytes: &arrival.bytes });
        if arrived {
            self.release(entry);
        }
        Answer::AsFiled(id)
    }

    /// The entry is here: whatever waited for it has its turn, in the order of arrival and with its own times.
    fn release(&mut self, entry: EntryId) {
        for Waiting { command, received } in self.waiting.remove(&entry).unwrap_or_default() {
            let verdict = self.judge(&command, received);
            self.released.push(command.id);
            if let Some(filed) = self.filed.get_mut(&command.id) {
                filed.verdict = verdict;
            }
        }
    }

    fn judge(&mut self, command: &Command, received: Timestamp) -> Verdict {
        match apply(self, command, Some(received)) {
            Ok(entry) => self.keep(command, entry, received),
            Err(Refusal::Rejected(reason)) => Verdict::Rejected(reason),
            Err(Refusal::WaitsFor(_)) => Verdict::Waiting,
        }
    }

    /// Gives position and number, and makes the new state the one that later commands meet.
    fn keep(&mut self, command: &Command, mut entry: Entry, received: Timestamp) -> Verdict {
        let code = entry.community();
        let (Some(community), Some(head)) = (self.places.communities.get(&code), self.heads.get_mut(&code)) else {
            return Verdict::Rejected(FieldError::new(Field::MicroGrid, Problem::Unknown).into());
        };
        *head += 1;
        self.allotted += 1;
        let position = *head;
        let wrote = matches!(&command.act, Act::WriteEntry { .. });
        if wrote {
            let day = EntryNumber::day_of(entry.written());
            let serial = self.serials.entry((code, day)).or_default();
            *serial += 1;
            entry.number = Some(EntryNumber::new(&community.abbreviation, day, *serial));
        }
        let number = entry.number.clone().filter(|_| wrote);
        let words = wrote || matches!(&command.act, Act::AmendEntry { .. });
        let attached = entry.attachments().into_iter().map(|one| (entry.author, one.sha256.clone()));
        for (_, sha256) in attached.filter(|one| self.arrived.contains(one)).collect::<Vec<_>>() {
            entry.take_arrival(&sha256);
        }
        match self.entries.get_mut(&entry.id) {
            Some(held) => {
                let words = words || held.changed.as_ref().is_some_and(|changed| changed.words);
                held.changed = Some(Changed { position, received, words });
                held.entry = entry;
            }
            None => {
                let slot = self.next_slot(entry.written());
                let changed = Some(Changed { position, received, words });
                self.entries.insert(entry.id, Held { entry, slot, stored_at: None, changed });
            }
        }
        Verdict::Accepted { position, number }
    }

    /// The bytes of an attachment are here: every entry that names it is told anew.
    pub(super) fn take_arrival(&mut self, sha256: &Sha256Hex, received: Timestamp) {
        for held in self.entries.values_mut() {
            let Some(head) = self.heads.get_mut(&held.entry.community()) else { continue };
            if held.entry.take_arrival(sha256) {
                *head += 1;
                self.allotted += 1;
                held.changed = Some(Changed { position: *head, received, words: false });
            }
        }
    }

    fn next_slot(&mut self, written: Timestamp) -> i64 {
        let first = crate::store::rows::first_slot(written);
        let slot = self.slots.get(&first).map_or(first, |last| last + 1);
        self.slots.insert(first, slot);
        slot
    }
}

impl Filed {
    fn reply(&self, id: CommandId) -> CommandReply {
        let outcome = match &self.verdict {
            Verdict::Accepted { position, number } => Outcome::Accepted { position: *position, number: number.clone() },
            Verdict::Rejected(reason) => Outcome::Rejected { reason: reason.clone() },
            Verdict::Waiting => Outcome::Parked { waits_for: self.entry },
        };
        CommandReply { id: Some(id), sha256: self.sha256.clone(), outcome }
    }
}
