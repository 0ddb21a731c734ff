//! What a person sees: the confirmed records with their own unconfirmed commands on top.

use super::{Outbox, Queued, QueuedState};
use crate::domain::{
    Act, Command, CommandId, Entry, EntryId, EntryNumber, Known, Membership, MicroGrid, MicroGridCode, PersonId,
    Records, Refusal, Timestamp, apply, as_meant,
};
use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

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

/// All entries that this device knows of, with what its own commands do to them, by id.
///
/// What the server has refused, and what the rules on this device do not take, lies on top of the rest: its words stay
/// in sight of their author (LESSONS.md L9), marked with where they really are.
#[must_use]
pub fn view(records: &Records, outbox: &Outbox) -> BTreeMap<EntryId, ShownEntry> {
    let (mut layered, left) = Layered::over(records, outbox);
    let refused_by_server = outbox.items().iter().filter(|item| item.needs_person()).filter_map(Layer::of);
    let (entries, work): (Vec<_>, Vec<_>) = refused_by_server.chain(left).partition(Layer::is_new_entry);
    for layer in entries.into_iter().chain(work) {
        layered.lay_as_meant(&layer);
    }
    for layer in outbox.items().iter().filter_map(Layer::of) {
        layered.mark(&layer);
    }
    layered.entries
}

/// Entries in the order of every list: newest first, by [`Entry::place_in_list`].
#[must_use]
pub fn newest_first(mut entries: Vec<&ShownEntry>) -> Vec<&ShownEntry> {
    entries.sort_unstable_by_key(|shown| Reverse(shown.entry.place_in_list()));
    entries
}

/// What a new command would do on top of everything this device knows: the check before it is saved. Commands that the
/// server has refused count for nothing here, as they do there; that is why they can be mended under the same entry.
///
/// # Errors
/// As [`apply`].
pub fn check(records: &Records, outbox: &Outbox, command: &Command) -> Result<Entry, Refusal> {
    apply(&Layered::over(records, outbox).0, command, None)
}

/// Where one command is, whatever else waits for its entry; `None` where neither the outbox nor the records know it: it
/// was given up, or is not known here. What merely left the outbox is never called uploaded.
#[must_use]
pub fn delivery_of(records: &Records, outbox: &Outbox, entry: EntryId, command: CommandId) -> Option<Delivery> {
    let mut layers = outbox.items().iter().filter_map(Layer::of);
    if let Some(layer) = layers.find(|layer| layer.command.id == command) {
        return Some(item_delivery(layer.item, layer.command.written));
    }
    records.entry(entry)?.has_step(command).then_some(Delivery::Uploaded)
}

/// A command of the outbox that this version can read.
struct Layer<'a> {
    item: &'a Queued,
    command: &'a Command,
}

impl<'a> Layer<'a> {
    fn of(item: &'a Queued) -> Option<Self> {
        item.command.as_ref().map(|command| Self { item, command })
    }

    const fn entry(&self) -> EntryId {
        self.command.act.entry()
    }

    const fn is_new_entry(&self) -> bool {
        matches!(self.command.act, Act::WriteEntry { .. })
    }
}

impl<'a> Layered<'a> {
    /// The confirmed records, and on them what the server will say to the rest of the outbox: work on an entry that
    /// comes later in the outbox is done when that entry is there. Returns also what the rules do not take.
    fn over(records: &'a Records, outbox: &'a Outbox) -> (Self, Vec<Layer<'a>>) {
        let confirmed = |entry: &Arc<Entry>| ShownEntry { entry: Arc::clone(entry), delivery: Delivery::Uploaded };
        let entries = records.entries.iter().map(|(id, entry)| (*id, confirmed(entry))).collect();
        let mut layered = Self { records, entries };
        let mut left: Vec<(Layer<'a>, Refusal)> = Vec::new();
        for layer in outbox.items().iter().filter(|item| !item.needs_person()).filter_map(Layer::of) {
            let Err(refusal) = layered.lay(&layer) else {
                let arrived = Refusal::WaitsFor(layer.entry());
                left.retain(|(parked, refusal)| *refusal != arrived || layered.lay(parked).is_err());
                continue;
            };
            left.push((layer, refusal));
        }
        (layered, left.into_iter().map(|(layer, _)| layer).collect())
    }

    fn has(&self, layer: &Layer<'_>) -> bool {
        self.entry(layer.entry()).is_some_and(|entry| entry.has_step(layer.command.id))
    }

    fn lay(&mut self, layer: &Layer<'_>) -> Result<(), Refusal> {
        if !self.has(layer) {
            let entry = apply(self, layer.command, None)?;
            self.show(entry, layer);
        }
        Ok(())
    }

    fn lay_as_meant(&mut self, layer: &Layer<'_>) {
        if !self.has(layer)
            && let Some(entry) = as_meant(self, layer.command)
        {
            self.show(entry, layer);
        }
    }

    fn show(&mut self, mut entry: Entry, layer: &Layer<'_>) {
        if let QueuedState::Acknowledged { number: Some(number), .. } = &layer.item.state {
            entry.number = Some(EntryNumber::clone(number));
        }
        self.entries.insert(layer.entry(), ShownEntry { entry: Arc::new(entry), delivery: Delivery::Uploaded });
    }

    fn mark(&mut self, layer: &Layer<'_>) {
        if let Some(shown) = self.entries.get_mut(&layer.entry()) {
            shown.delivery = worse(&shown.delivery, item_delivery(layer.item, layer.command.written));
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

/// The state that a person should hear of; of two waiting commands, since the older one.
fn worse(first: &Delivery, second: Delivery) -> Delivery {
    const fn rank(delivery: &Delivery) -> u8 {
        match delivery {
            Delivery::Uploaded => 0,
            Delivery::Held => 1,
            Delivery::OnDevice { .. } => 2,
            Delivery::NeedsPerson => 3,
        }
    }
    match (first, second) {
        (Delivery::OnDevice { since: one }, Delivery::OnDevice { since: other }) => {
            Delivery::OnDevice { since: (*one).min(other) }
        }
        (first, second) if rank(first) >= rank(&second) => first.clone(),
        (_, second) => second,
    }
}
