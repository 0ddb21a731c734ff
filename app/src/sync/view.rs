//! What a person sees: the confirmed records with their own unconfirmed commands on top.

use super::{Outbox, Queued, QueuedState};
use crate::domain::{
    Command, Entry, EntryId, EntryNumber, Known, Membership, MicroGrid, MicroGridCode, PersonId, Records, Refusal,
    Timestamp, apply,
};
use std::{collections::BTreeMap, sync::Arc};

/// Where the newest words of an entry are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The server has all of it (已上传 ✓✓).
    Uploaded,
    /// Something of it is on this device only, since then (已存本机 ✓).
    OnDevice {
        /// When the oldest waiting command was written.
        since: Timestamp,
    },
    /// The server holds something of it until another entry arrives.
    Held,
    /// Something of it cannot go on by itself.
    NeedsPerson,
}

/// An entry as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownEntry {
    /// With everything this device knows of.
    pub entry: Arc<Entry>,
    /// Where its newest words are.
    pub delivery: Delivery,
}

/// Confirmed records and a growing layer of entries on top.
struct Layered<'a> {
    records: &'a Records,
    entries: BTreeMap<EntryId, ShownEntry>,
}

impl Known for Layered<'_> {
    fn micro_grid(&self, code: &MicroGridCode) -> Option<&MicroGrid> {
        self.records.micro_grid(code)
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&id).map(|shown| shown.entry.as_ref())
    }

    fn memberships(&self, person: PersonId) -> &[Membership] {
        self.records.memberships(person)
    }
}

/// All entries that this device knows of, with what its own commands do to them, by id (and so by time of writing).
#[must_use]
pub fn view(records: &Records, outbox: &Outbox) -> BTreeMap<EntryId, ShownEntry> {
    Layered::over(records, outbox).entries
}

/// What a new command would do on top of everything this device knows: the check before it is saved.
///
/// # Errors
/// As [`apply`].
pub fn check(records: &Records, outbox: &Outbox, command: &Command) -> Result<Entry, Refusal> {
    apply(&Layered::over(records, outbox), command, None)
}

impl<'a> Layered<'a> {
    fn over(records: &'a Records, outbox: &Outbox) -> Self {
        let confirmed = |entry: &Arc<Entry>| ShownEntry { entry: Arc::clone(entry), delivery: Delivery::Uploaded };
        let entries = records.entries.iter().map(|(id, entry)| (*id, confirmed(entry))).collect();
        let mut layered = Self { records, entries };
        for item in outbox.items() {
            layered.add(item);
        }
        layered
    }
}

impl Layered<'_> {
    fn add(&mut self, item: &Queued) {
        let Some(command) = &item.command else { return };
        let id = command.act.entry();
        let seen = self.entry(id).is_some_and(|entry| entry.has_step(command.id));
        if !seen {
            // The server decides in the end; what this device cannot apply is shown with the sending state instead.
            let Ok(mut entry) = apply(self, command, None) else { return };
            if let QueuedState::Acknowledged { number: Some(number), .. } = &item.state {
                entry.number = Some(EntryNumber::clone(number));
            }
            let delivery = self.entries.get(&id).map_or(Delivery::Uploaded, |shown| shown.delivery.clone());
            self.entries.insert(id, ShownEntry { entry: Arc::new(entry), delivery });
        }
        if let Some(shown) = self.entries.get_mut(&id) {
            shown.delivery = worse(&shown.delivery, item_delivery(item, command.written));
        }
    }
}

fn item_delivery(item: &Queued, written: Timestamp) -> Delivery {
    match item.state {
        QueuedState::Acknowledged { .. } => Delivery::Uploaded,
        QueuedState::Waiting => Delivery::OnDevice { since: written },
        QueuedState::Held { .. } => Delivery::Held,
        QueuedState::NeedsPerson { .. } => Delivery::NeedsPerson,
    }
}

/// The state that a person should hear of; between equals the earlier one, because it is older.
fn worse(first: &Delivery, second: Delivery) -> Delivery {
    const fn rank(delivery: &Delivery) -> u8 {
        match delivery {
            Delivery::Uploaded => 0,
            Delivery::Held => 1,
            Delivery::OnDevice { .. } => 2,
            Delivery::NeedsPerson => 3,
        }
    }
    if rank(first) >= rank(&second) { first.clone() } else { second }
}
