//! The outbox of a phone: what somebody did, until the server has it and its effect has come back with the feed.
//!
//! | | |
//! |---|---|
//! | data | commands as bytes, each with its state; of a command only the head is read, never the act |
//! | who | one person on one device |
//! | offline | everything; that is what it is for |
//! | never | it drops nothing that the server has not acknowledged, and no command holds up another |
//!
//! Every command ends in one of three ways: acknowledged (the server stored these very bytes), visibly waiting (for
//! signal, another record, a decision, a newer server), or in need of a person.

use super::{
    BATCH_BYTES, BATCH_COMMANDS, CommandReply, Cursor, Outcome, Page, PushReply, Queued, QueuedState, Records, Trouble,
};
use crate::kernel::{CommandId, Known, Look, RecordKey, Rejection, Sha256, SortedMap, SortedSet};

/// So often in a row nothing damages the same request on its way.
const MOST_MISREAD: u8 = 3;

/// The commands of one person on one device, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    items: Vec<Queued>,
    /// Records with a command on which the server stumbled, the one to try next first; `None` stands for bytes that
    /// cannot be read. Only remembered while the app is open.
    aside: Vec<Option<RecordKey>>,
    /// Records with a command that the server wants to be offered again later: not in this round.
    put_off: SortedSet<Option<RecordKey>>,
    /// Batches of one that the server could not read, and how often. Only remembered while the app is open.
    misread: SortedMap<Sha256, u8>,
}

/// What the replies to a push have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Items with another state, for the device to store.
    pub changed: Vec<Queued>,
    /// How many of the batch came back without an answer (`later`, or one that this version cannot read) and wait as
    /// before. They are not offered again in this round ([`Outbox::begin_round`]), before which the loop backs off.
    pub later: usize,
}

impl Outbox {
    /// The outbox as a device has stored it, in order. Two tabs may have stored the same command.
    #[must_use]
    pub fn restored(items: Vec<Queued>) -> Self {
        let mut outbox = Self::default();
        for item in items {
            outbox.push(item);
        }
        outbox
    }

    /// All commands, in order.
    #[must_use]
    pub fn items(&self) -> &[Queued] {
        &self.items
    }

    /// Adds a command after the device has stored it. Hearing of it twice (two tabs) changes nothing.
    pub fn push(&mut self, queued: Queued) {
        if !self.items.iter().any(|item| item.bytes == queued.bytes) {
            self.items.push(queued);
        }
    }

    /// Commands that are not in force on the server yet.
    pub fn unsent(&self) -> impl Iterator<Item = &Queued> {
        self.items.iter().filter(|item| item.is_unsent())
    }

    /// Unsent commands that the person is told of ([`Queued::is_shown_as_unsent`]).
    pub fn shown_as_unsent(&self) -> impl Iterator<Item = &Queued> {
        self.items.iter().filter(|item| item.is_shown_as_unsent())
    }

    /// What was put off in the round before may be offered again.
    pub fn begin_round(&mut self) {
        self.put_off.clear();
    }

    /// The next push: the oldest that wait, at most `most` and [`BATCH_BYTES`], and where there is room what the server
    /// keeps unapplied, to ask how it stands. The order is that of the outbox. What was set aside comes when nothing else
    /// waits, alone. Empty only when there is nothing to send or to ask.
    #[must_use]
    pub fn next_batch(&self, most: usize) -> Vec<String> {
        let items = || self.items.iter().enumerate().filter(|(_, item)| !self.is_put_off(item));
        let set_aside = |item: &Queued| self.aside.iter().any(|key| key.as_ref() == item.record());
        let waiting = self.offered().filter(|(_, item)| !set_aside(item));
        let asked_about = items().filter(|(_, item)| item.is_kept_by_server());
        let nothing_else_waits = waiting.clone().next().is_none();
        let next_aside = || self.aside.iter().find_map(|key| self.first_waiting(key.as_ref()));
        if let (true, Some(alone)) = (nothing_else_waits, next_aside()) {
            return vec![alone.bytes.clone()];
        }
        let mut room = usize::try_from(BATCH_BYTES.get()).unwrap_or(usize::MAX);
        let mut chosen: Vec<(usize, &Queued)> = Vec::new();
        for (index, item) in waiting.chain(asked_about).take(most.clamp(1, BATCH_COMMANDS)) {
            if item.bytes.len() > room && !chosen.is_empty() {
                break;
            }
            room = room.saturating_sub(item.bytes.len());
            chosen.push((index, item));
        }
        chosen.sort_unstable_by_key(|(index, _)| *index);
        chosen.into_iter().map(|(_, item)| item.bytes.clone()).collect()
    }

    fn first_waiting(&self, record: Option<&RecordKey>) -> Option<&Queued> {
        self.offered().map(|(_, item)| item).find(|item| item.record() == record)
    }

    /// What waits and may be sent in this round, with its place.
    fn offered(&self) -> impl Iterator<Item = (usize, &Queued)> + Clone {
        self.in_turn().into_iter().filter(|(_, item)| !self.is_put_off(item))
    }

    /// What waits and may be sent to a server like the last one, with its place. What stands behind a command of its record
    /// that awaits a newer server awaits it too: sent before it, it would be undone by it (what one device did to one
    /// record keeps its order).
    fn in_turn(&self) -> Vec<(usize, &Queued)> {
        let mut held_up: SortedSet<&RecordKey> = SortedSet::new();
        let mut in_turn = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let record = item.record();
            if matches!(item.state, QueuedState::AwaitsServer { .. }) {
                held_up.extend(record);
            } else if item.is_waiting() && record.is_none_or(|record| !held_up.contains(&record)) {
                in_turn.push((index, item));
            }
        }
        in_turn
    }

    fn is_put_off(&self, item: &Queued) -> bool {
        !self.put_off.is_empty() && self.put_off.contains(&item.record().cloned())
    }

    /// Whether something waits that was not put off in this round.
    #[must_use]
    pub fn has_to_send(&self) -> bool {
        self.offered().next().is_some()
    }

    /// Whether a push is worth making: something waits that the server does not already keep, and not behind what awaits
    /// a newer one.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        !self.in_turn().is_empty()
    }

    /// The server stumbled over this batch of one: everything else goes first, and then it is tried again. The order
    /// within its record is kept.
    pub fn set_aside(&mut self, batch: &[String]) {
        for key in self.records_of(batch) {
            self.aside.retain(|other| *other != key);
            self.aside.push(key);
        }
    }

    /// The server could not read the request with this batch of one. Says whether it is the bytes themselves: a body may be
    /// cut on its way, by a proxy as well, and is asked for anew.
    pub fn is_misread_for_good(&mut self, batch: &[String]) -> bool {
        let times = batch.iter().map(|bytes| {
            let times = self.misread.get_or_insert_with(Sha256::of(bytes.as_bytes()), u8::default);
            *times = times.saturating_add(1);
            *times
        });
        times.max().is_some_and(|times| times >= MOST_MISREAD)
    }

    /// The server cannot take this batch of one, and will not: it waits for a person, with its words. Returns what
    /// changed, for the device to store.
    pub fn quarantine(&mut self, batch: &[String]) -> Vec<Queued> {
        let records = self.records_of(batch);
        self.aside.retain(|key| !records.contains(key));
        self.forget_misread(batch);
        let in_batch = |item: &Queued| item.is_waiting() && batch.contains(&item.bytes);
        let trouble = Trouble::Rejected { reason: Rejection::MALFORMED.into() };
        self.change(in_batch, &QueuedState::NeedsPerson { trouble })
    }

    /// What the server has parked for a record that this device has now seen wants to be asked about again: the loop
    /// calls this with the confirmed records after each pull. Returns what changed, for the device to store.
    pub fn wake(&mut self, known: &dyn Known) -> Vec<Queued> {
        let has_come = |item: &Queued| match &item.state {
            QueuedState::Parked { waits_for } => !matches!(known.look(waits_for), Look::Nowhere),
            _ => false,
        };
        self.change(has_come, &QueuedState::Waiting)
    }

    /// A server of this version answers: what another version did not know is offered to it. Returns what changed, for
    /// the device to store.
    pub fn meet_version(&mut self, version: &str) -> Vec<Queued> {
        let is_another = |item: &Queued| match &item.state {
            QueuedState::AwaitsServer { version: asked } => asked != version,
            _ => false,
        };
        self.change(is_another, &QueuedState::Waiting)
    }

    fn change(&mut self, which: impl Fn(&Queued) -> bool, state: &QueuedState) -> Vec<Queued> {
        let mut changed = Vec::new();
        for item in self.items.iter_mut().filter(|item| which(item)) {
            item.state = state.clone();
            changed.push(item.clone());
        }
        changed
    }

    /// 再传一次: its author wants a refused command to be tried once more as it is, because what it was refused for may be
    /// another now: a right that was given back, an older server that was in the way. A server remembers no refusal: it
    /// judges the same bytes anew. Returns it, for the device to store.
    pub fn try_again(&mut self, id: CommandId) -> Option<Queued> {
        let index = self.refused(id)?;
        self.items[index].state = QueuedState::Waiting;
        Some(self.items[index].clone())
    }

    /// A mended command takes the place of the refused one that it mends, after the device has stored it. Returns the
    /// old one, for the device to remove. If the app is killed between the two, both are still there, and nothing is
    /// lost; the same if the old one was not refused after all: then the new one is simply added.
    pub fn mend(&mut self, old: CommandId, mended: Queued) -> Option<Queued> {
        match self.refused(old) {
            Some(index) => Some(std::mem::replace(&mut self.items[index], mended)),
            None => {
                self.push(mended);
                None
            }
        }
    }

    /// Where a command that needs a person stands.
    fn refused(&self, id: CommandId) -> Option<usize> {
        self.items.iter().position(|item| item.needs_person() && item.id() == Some(id))
    }

    fn forget_misread(&mut self, batch: &[String]) {
        // Hashing is for the seldom case.
        if !self.misread.is_empty() {
            let answered: Vec<Sha256> = batch.iter().map(|bytes| Sha256::of(bytes.as_bytes())).collect();
            self.misread.retain(|sha256, _| !answered.contains(sha256));
        }
    }

    fn records_of(&self, batch: &[String]) -> Vec<Option<RecordKey>> {
        let in_batch = self.items.iter().filter(|item| batch.contains(&item.bytes));
        in_batch.map(|item| item.record().cloned()).collect()
    }

    /// Takes in the server's answer to `batch` (one reply per command, in order). A reply counts only if its hash is that
    /// of our bytes.
    pub fn settle(&mut self, batch: &[String], reply: &PushReply) -> Settled {
        let mut settled = Settled { later: batch.len().saturating_sub(reply.replies.len()), ..Settled::default() };
        if !reply.replies.is_empty() {
            let answered = self.records_of(&batch[..batch.len().min(reply.replies.len())]);
            self.aside.retain(|key| !answered.contains(key));
            self.forget_misread(batch);
        }
        for (bytes, one) in batch.iter().zip(&reply.replies) {
            let Some(state) = one.as_ref().and_then(|one| settled_state(bytes, one, &reply.server.version)) else {
                settled.later += 1;
                self.put_off.extend(self.records_of(std::slice::from_ref(bytes)));
                continue;
            };
            let Some(item) = self.items.iter_mut().find(|item| item.bytes == *bytes) else { continue };
            if item.is_unsent() && item.state != state {
                item.state = state;
                settled.changed.push(item.clone());
            }
        }
        settled
    }

    /// Removes and returns what the feed has brought: acknowledged at or before the cursor of its community. A community
    /// without a cursor tells this person nothing any more, and so nothing will come of it.
    pub fn drop_confirmed(&mut self, cursors: &[Cursor]) -> Vec<Queued> {
        let is_confirmed = |item: &mut Queued| match &item.state {
            QueuedState::Acknowledged { community, position, .. } => {
                let cursor = cursors.iter().find(|cursor| cursor.community == *community);
                cursor.is_none_or(|cursor| *position <= cursor.position)
            }
            _ => false,
        };
        self.items.extract_if(.., is_confirmed).collect()
    }

    /// The records of which the server has said, to what was offered once more, that their words were erased.
    pub(super) fn erased(&self) -> impl Iterator<Item = RecordKey> + '_ {
        let is_erased = |item: &&Queued| matches!(item.state, QueuedState::Acknowledged { erased: true, .. });
        self.items.iter().filter(is_erased).filter_map(|item| item.record().cloned())
    }

    /// What is attached to what goes with a page ([`Page::erases`]).
    pub(super) fn attached_to_erased(&self, page: &Page) -> impl Iterator<Item = Sha256> {
        let going = self.items.iter().filter(|item| page.erases(item));
        going.flat_map(|item| item.attached()).map(|one| one.sha256)
    }

    /// Removes what goes with the words of its record ([`Page::erases`]). Says whether there was any.
    pub(super) fn drop_erased(&mut self, page: &Page) -> bool {
        let before = self.items.len();
        self.items.retain(|item| !page.erases(item));
        self.items.len() < before
    }

    /// After a restore the server may have lost what it acknowledged: everything is offered again.
    /// `sent` is what the device kept of the last 30 days. What the server kept unapplied is offered anew as well; what
    /// needs a person still does. Returns all items, for the device to store.
    pub fn offer_again(&mut self, sent: Vec<Queued>) -> Vec<Queued> {
        let later = std::mem::take(&mut self.items);
        for mut item in sent.into_iter().chain(later) {
            if !item.needs_person() {
                item.state = QueuedState::Waiting;
            }
            self.push(item);
        }
        self.items.clone()
    }

    /// Gives up a refused command at its author's wish, and with it what the server has parked for a record that it was
    /// to make: that never comes, and nothing may wait for ever. Nothing else is ever taken out: what may still reach the
    /// server is taken back with a command of its own. Returns all of it, for the device to remove.
    pub fn remove(&mut self, id: CommandId, records: &Records) -> Vec<Queued> {
        let Some(index) = self.refused(id) else { return Vec::new() };
        let mut removed = vec![self.items.remove(index)];
        let mut next = 0;
        while let Some(item) = removed.get(next) {
            let made = to_make(item, records);
            let waits_for_it = |item: &mut Queued| match &item.state {
                QueuedState::Parked { waits_for } => made.contains(waits_for),
                _ => false,
            };
            let also: Vec<Queued> = self.items.extract_if(.., waits_for_it).collect();
            removed.extend(also);
            next += 1;
        }
        removed
    }

    /// Takes out these very commands, which the device has taken out, whatever has become of them here meanwhile.
    pub fn take_out(&mut self, given_up: &[Queued]) {
        self.items.retain(|item| given_up.iter().all(|other| other.bytes != item.bytes));
    }
}

/// The records that a command was to make: not known here, and its words alone are enough for them.
fn to_make(item: &Queued, records: &Records) -> Vec<RecordKey> {
    let Some(command) = &item.command else { return Vec::new() };
    let meant = records.kinds().as_meant(records, command).unwrap_or_default().into_records();
    let keys = meant.into_iter().map(|record| record.key());
    keys.filter(|key| records.position(key).is_none()).collect()
}

/// `None`: it waits as before.
fn settled_state(bytes: &str, reply: &CommandReply, version: &str) -> Option<QueuedState> {
    let same_bytes = reply.sha256 == Sha256::of(bytes.as_bytes());
    let conflict = || QueuedState::NeedsPerson { trouble: Trouble::Conflict };
    Some(match &reply.outcome {
        Outcome::Later => return None,
        // Nothing is stored under its id, and what was looked at are other bytes: damaged on the way.
        Outcome::UnknownAct | Outcome::Rejected { .. } if !same_bytes => return None,
        Outcome::UnknownAct => QueuedState::AwaitsServer { version: version.to_owned() },
        _ if !same_bytes => conflict(),
        Outcome::Accepted { community, position, number } => QueuedState::Acknowledged {
            community: *community,
            position: *position,
            number: number.clone(),
            erased: false,
        },
        Outcome::Duplicate { community, position, number, erased } => QueuedState::Acknowledged {
            community: *community,
            position: *position,
            number: number.clone(),
            erased: *erased,
        },
        Outcome::Conflict => conflict(),
        Outcome::Rejected { reason } => {
            QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: reason.clone() } }
        }
        Outcome::Parked { waits_for } => QueuedState::Parked { waits_for: waits_for.clone() },
        Outcome::Held => QueuedState::AwaitsDecision,
    })
}
