//! The outbox of a phone: what somebody did, until the server has it and its effect has come back with the feed.
//!
//! Every command in it ends in one of three ways: acknowledged (the server stored these very bytes), held by the
//! server (it waits for something else), or in need of a person. None is ever dropped, and none holds up another
//! (LESSONS.md L2, L7, L16).

use super::{CommandReply, Outcome};
use crate::domain::{
    Act, Attachment, Command, CommandId, CommandParseError, EntryForm, EntryId, EntryNumber, Known, Rejection,
    Sha256Hex,
};
use serde::{Deserialize, Serialize};

/// Most commands in one push.
pub const BATCH_COMMANDS: usize = 100;
/// Most bytes of commands in one push; leaves room for JSON escapes below the server's limit of 1 MB.
pub const BATCH_BYTES: usize = 400_000;

/// A command in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// The bytes that are stored, sent and hashed.
    pub bytes: String,
    /// What they say.
    #[serde(skip)]
    pub command: Option<Command>,
    /// Where it stands.
    pub state: QueuedState,
}

/// Where a queued command stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedState {
    /// On this device only.
    Waiting,
    /// The server keeps it until the entry that it is about arrives.
    Held {
        /// The entry.
        waits_for: EntryId,
    },
    /// The server has it; it stays here until the feed has brought its effect.
    Acknowledged {
        /// Position in the feed.
        position: i64,
        /// Number of the entry that it wrote.
        number: Option<EntryNumber>,
    },
    /// It cannot go on by itself.
    NeedsPerson {
        /// Why.
        trouble: Trouble,
    },
}

/// Why a command needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The server will not take it as it is.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// The server has other bytes under its id.
    Conflict,
}

impl Queued {
    /// Puts a command into its final bytes.
    ///
    /// # Errors
    /// None in practice, see [`Command::to_bytes`].
    pub fn new(command: Command) -> Result<Self, CommandParseError> {
        let bytes = command.to_bytes()?;
        Ok(Self { bytes, command: Some(command), state: QueuedState::Waiting })
    }

    /// Reads back what a device has stored. Bytes that this version cannot read are kept all the same.
    #[must_use]
    pub fn restored(bytes: String, state: QueuedState) -> Self {
        let command = Command::from_bytes(&bytes).ok();
        Self { bytes, command, state }
    }

    /// The command's id, where its bytes can be read.
    #[must_use]
    pub fn id(&self) -> Option<CommandId> {
        self.command.as_ref().map(|command| command.id)
    }

    /// Whether the server does not have it yet.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        !matches!(self.state, QueuedState::Acknowledged { .. })
    }

    /// Whether it cannot go on by itself.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        matches!(self.state, QueuedState::NeedsPerson { .. })
    }

    /// What the author may mend, for the form; saved again as a new command, which takes this one's place
    /// ([`Outbox::mend`]). A new entry whose id the server has given to another one gets `fresh`.
    #[must_use]
    pub fn act_to_mend(&self, fresh: EntryId) -> Option<Act> {
        let QueuedState::NeedsPerson { trouble } = &self.state else { return None };
        let taken = matches!(trouble, Trouble::Conflict | Trouble::Rejected { reason: Rejection::EntryExists });
        let mut act = self.command.as_ref()?.act.clone();
        if let (true, Act::WriteEntry { entry, .. }) = (taken, &mut act) {
            *entry = fresh;
        }
        Some(act)
    }

    /// What it attaches.
    #[must_use]
    pub fn attached(&self) -> Vec<Attachment> {
        let form = self.command.as_ref().and_then(|command| command.act.form());
        form.map_or(Vec::new(), EntryForm::attached)
    }

    /// The answer to `question` in it, where it is one that needs a person.
    fn refused_answer(&self, question: CommandId) -> Option<(CommandId, String)> {
        let command = self.command.as_ref().filter(|_| self.needs_person())?;
        match &command.act {
            Act::Answer { question: asked, text, .. } if *asked == question => Some((command.id, text.clone())),
            _ => None,
        }
    }

    /// The entry that it is about, where its bytes can be read.
    fn entry(&self) -> Option<EntryId> {
        self.command.as_ref().map(|command| command.act.entry())
    }

    const fn is_waiting(&self) -> bool {
        matches!(self.state, QueuedState::Waiting)
    }
}

/// The commands of one person on one device, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    items: Vec<Queued>,
    /// Entries with a command on which the server stumbled, the one to try next first. Only remembered while the app
    /// is open.
    aside: Vec<Option<EntryId>>,
}

impl Outbox {
    /// What a device has stored, in order. Two tabs may have stored the same.
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

    /// What the server does not have yet.
    pub fn unsent(&self) -> impl Iterator<Item = &Queued> {
        self.items.iter().filter(|item| item.is_unsent())
    }

    /// The next push: the oldest that wait, at most `most` and [`BATCH_BYTES`], and where there is room what the server
    /// holds, to ask how it stands. The order is that of the outbox. What was set aside comes when nothing else waits,
    /// alone. Empty only when nothing waits or is held.
    #[must_use]
    pub fn next_batch(&self, most: usize) -> Vec<String> {
        let items = || self.items.iter().enumerate();
        let set_aside = |item: &Queued| self.aside.contains(&item.entry());
        let waiting = items().filter(|(_, item)| item.is_waiting() && !set_aside(item));
        let held = items().filter(|(_, item)| matches!(item.state, QueuedState::Held { .. }));
        let nothing_else_waits = waiting.clone().next().is_none();
        let next_aside = || self.aside.iter().find_map(|entry| self.first_waiting(*entry));
        if let (true, Some(alone)) = (nothing_else_waits, next_aside()) {
            return vec![alone.bytes.clone()];
        }
        let mut room = BATCH_BYTES;
        let mut chosen: Vec<(usize, &Queued)> = Vec::new();
        for (index, item) in waiting.chain(held).take(most.clamp(1, BATCH_COMMANDS)) {
            if item.bytes.len() > room && !chosen.is_empty() {
                break;
            }
            room = room.saturating_sub(item.bytes.len());
            chosen.push((index, item));
        }
        chosen.sort_unstable_by_key(|(index, _)| *index);
        chosen.into_iter().map(|(_, item)| item.bytes.clone()).collect()
    }

    fn first_waiting(&self, entry: Option<EntryId>) -> Option<&Queued> {
        self.items.iter().find(|item| item.is_waiting() && item.entry() == entry)
    }

    /// The server stumbled over this batch of one: everything else goes first, and then it is tried again
    /// (LESSONS.md L7). The order within its entry is kept.
    pub fn set_aside(&mut self, batch: &[String]) {
        for entry in self.entries_of(batch) {
            self.aside.retain(|other| *other != entry);
            self.aside.push(entry);
        }
    }

    /// The server cannot take this batch of one, and will not: it waits for a person, with its words. Returns what
    /// changed, for the device to store.
    pub fn quarantine(&mut self, batch: &[String], detail: &str) -> Vec<Queued> {
        let mut changed = Vec::new();
        for item in self.items.iter_mut().filter(|item| item.is_waiting() && batch.contains(&item.bytes)) {
            let reason = Rejection::Malformed { detail: detail.to_owned() };
            item.state = QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason } };
            changed.push(item.clone());
        }
        changed
    }

    /// What the server holds for an entry that this device has now seen wants to be asked about again: the loop calls
    /// this with the confirmed records after each pull. Returns what changed, for the device to store.
    pub fn wake(&mut self, known: &impl Known) -> Vec<Queued> {
        let mut changed = Vec::new();
        for item in &mut self.items {
            if matches!(item.state, QueuedState::Held { waits_for } if known.entry(waits_for).is_some()) {
                item.state = QueuedState::Waiting;
                changed.push(item.clone());
            }
        }
        changed
    }

    /// Its author wants a refused command to be tried once more as it is (their rights may have changed). Returns it,
    /// for the device to store.
    pub fn try_again(&mut self, id: CommandId) -> Option<Queued> {
        let index = self.refused(id)?;
        self.items[index].state = QueuedState::Waiting;
        Some(self.items[index].clone())
    }

    /// An answer to `question` that needs a person: its id, and its words for the field in which it is mended. On the
    /// screen the question has an answer then, and for the server it is open.
    #[must_use]
    pub fn refused_answer(&self, question: CommandId) -> Option<(CommandId, String)> {
        self.items.iter().rev().find_map(|item| item.refused_answer(question))
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

    fn entries_of(&self, batch: &[String]) -> Vec<Option<EntryId>> {
        self.items.iter().filter(|item| batch.contains(&item.bytes)).map(Queued::entry).collect()
    }

    /// Whether a push is worth making: something waits that the server does not already hold.
    #[must_use]
    pub fn has_waiting(&self) -> bool {
        self.items.iter().any(Queued::is_waiting)
    }

    /// Takes in the server's replies to `batch` (one per command, in order) and returns the items that changed, for
    /// the device to store. A reply counts only if its hash is that of our bytes.
    pub fn settle(&mut self, batch: &[String], replies: &[CommandReply]) -> Vec<Queued> {
        let mut changed = Vec::new();
        if !replies.is_empty() {
            let answered = self.entries_of(&batch[..batch.len().min(replies.len())]);
            self.aside.retain(|entry| !answered.contains(entry));
        }
        for (bytes, reply) in batch.iter().zip(replies) {
            let Some(item) = self.items.iter_mut().find(|item| item.bytes == *bytes) else { continue };
            let state = settled_state(bytes, reply);
            if item.is_unsent() && item.state != state {
                item.state = state;
                changed.push(item.clone());
            }
        }
        changed
    }

    /// Removes and returns what was acknowledged at or before `position`: the feed has brought its effect.
    pub fn drop_confirmed(&mut self, position: i64) -> Vec<Queued> {
        let (confirmed, kept) = std::mem::take(&mut self.items)
            .into_iter()
            .partition(|item| matches!(item.state, QueuedState::Acknowledged { position: at, .. } if at <= position));
        self.items = kept;
        confirmed
    }

    /// After a restore the server may have lost what it acknowledged: everything is offered again (LESSONS.md L11).
    /// `sent` is what the device kept of the last 30 days. What the server held is offered anew as well; what needs a
    /// person still does. Returns all items, for the device to store.
    pub fn offer_again(&mut self, sent: Vec<Queued>) -> Vec<Queued> {
        let later = std::mem::take(&mut self.items);
        for mut item in sent.into_iter().chain(later) {
            if matches!(item.state, QueuedState::Acknowledged { .. } | QueuedState::Held { .. }) {
                item.state = QueuedState::Waiting;
            }
            if !self.items.iter().any(|offered| offered.bytes == item.bytes) {
                self.items.push(item);
            }
        }
        self.items.clone()
    }

    /// Gives up a refused command at its author's wish, and with a refused entry what the server holds until it comes:
    /// it never will, and nothing may wait for ever. Nothing else is ever taken out: what may still reach the server is
    /// taken back with a command of its own ([`Act::WithdrawEntry`]). Returns all of it, for the device to remove.
    pub fn remove(&mut self, id: CommandId) -> Vec<Queued> {
        let Some(index) = self.refused(id) else { return Vec::new() };
        let mut removed = vec![self.items.remove(index)];
        let given_up = removed[0].command.as_ref().map(|command| &command.act);
        if let Some(&Act::WriteEntry { entry, .. }) = given_up {
            let held = |item: &mut Queued| matches!(item.state, QueuedState::Held { waits_for } if waits_for == entry);
            removed.extend(self.items.extract_if(.., held));
        }
        removed
    }
}

fn settled_state(bytes: &str, reply: &CommandReply) -> QueuedState {
    let same_bytes = reply.sha256 == Sha256Hex::of(bytes.as_bytes());
    match &reply.outcome {
        Outcome::Rejected { reason } if same_bytes => {
            QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: reason.clone() } }
        }
        Outcome::Accepted { position, number } if same_bytes => {
            QueuedState::Acknowledged { position: *position, number: number.clone() }
        }
        Outcome::Parked { waits_for } if same_bytes => QueuedState::Held { waits_for: *waits_for },
        Outcome::Accepted { .. } | Outcome::Parked { .. } | Outcome::Rejected { .. } | Outcome::Conflict => {
            QueuedState::NeedsPerson { trouble: Trouble::Conflict }
        }
    }
}
