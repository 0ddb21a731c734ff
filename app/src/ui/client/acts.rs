//! Writing something down, and what becomes of what the server did not take.

use super::Client;
use domain::kernel::{Attachment, Command, CommandId, EntryId, RecordKey, Sha256, Span};
use domain::log::{Act, Entry, EntryContent, EntryForm};
use domain::sync::{ExportFile, LocalError, NotSaved, NotTakenIn, Queued, TakenIn, Trouble};

/// A command that needs its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// What was done.
    pub command: Command,
    /// The same, where it is an act of the log.
    pub act: Option<Act>,
    /// Why it cannot go on.
    pub trouble: Trouble,
}

impl Client {
    /// Writes something down: decided now, kept by the device before this returns `Ok`, sent when there is signal. `about`
    /// are the records that the act names ([`Act::about`]). `draft` names the unfinished text that it came from; it ends in
    /// the same transaction.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed.
    pub async fn submit(self, about: Vec<RecordKey>, act: &Act, draft: Option<&str>) -> Result<CommandId, NotSaved> {
        self.write_down(about, act, draft, None).await
    }

    /// Writes a better version of a command that needs a person, and then takes that one out: if the phone dies in
    /// between, both are there.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed, or only the better version was added.
    pub async fn mend(
        self,
        bad: CommandId,
        about: Vec<RecordKey>,
        act: &Act,
        draft: Option<&str>,
    ) -> Result<CommandId, NotSaved> {
        self.write_down(about, act, draft, Some(bad)).await
    }

    async fn write_down(
        self,
        about: Vec<RecordKey>,
        act: &Act,
        draft: Option<&str>,
        instead_of: Option<CommandId>,
    ) -> Result<CommandId, NotSaved> {
        let replica = self.replica().ok_or_else(not_connected)?;
        let command = Command::new(replica.head(about)?, act)?;
        let attached = self.new_attachments(&command);
        match instead_of {
            Some(bad) => replica.mend(bad, command, draft, &attached).await,
            None => replica.submit(command, draft, &attached).await,
        }
    }

    /// Takes a command that needs a person out of the outbox, at its author's wish, and what waits for it alone. Any other
    /// command stays.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn give_up(self, id: CommandId) -> Result<(), LocalError> {
        match self.replica() {
            Some(replica) => replica.give_up(id).await,
            None => Ok(()),
        }
    }

    /// 再传一次: offers a command that needs a person to the server once more, as it is. It is judged anew there.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn try_again(self, id: CommandId) -> Result<(), LocalError> {
        match self.replica() {
            Some(replica) => replica.try_again(id).await,
            None => Ok(()),
        }
    }

    /// Everything of whoever is signed in that the server does not have, as it is now, or of it one command alone; `None`
    /// where there is nothing.
    pub async fn export_file(self, alone: Option<CommandId>) -> Option<ExportFile> {
        self.replica()?.export_file(alone).await
    }

    /// Takes in a file of [`Client::export_file`]: what is not here is kept on this device and sent like everything else.
    ///
    /// # Errors
    /// [`NotTakenIn`]. To choose the file once more does no harm.
    pub async fn take_in(self, file: &[u8]) -> Result<TakenIn, NotTakenIn> {
        self.replica().ok_or_else(not_connected_here)?.take_in(file).await
    }

    /// A command that needs its author. Whoever asks hears of a change.
    #[must_use]
    pub fn stuck(self, id: CommandId) -> Option<Stuck> {
        self.outbox.with(|outbox| outbox.items().iter().find(|item| item.id() == Some(id)).and_then(stuck))
    }

    /// The newest answer to a question that the server did not take: the command and its words. Whoever asks hears of a
    /// change.
    #[must_use]
    pub fn refused_answer(self, question: CommandId) -> Option<(CommandId, String)> {
        self.outbox.with(|outbox| {
            let refused = outbox.items().iter().rev().filter(|item| item.needs_person());
            refused.filter_map(|item| item.command.as_ref()).find_map(|command| match command.read_act::<Act>() {
                Ok(Act::Answer { question: asked, text }) if asked == question => Some((command.head.id, text)),
                _ => None,
            })
        })
    }

    /// What to add to the device's clock to get the server's, as far as it is known and still holds.
    #[must_use]
    pub fn offset(self) -> Option<Span> {
        let replica = self.replica()?;
        self.marks.with_untracked(|marks| marks.offset_at(replica.now()))
    }

    /// What the form holds of an entry on this device: times by its clock.
    #[must_use]
    pub fn form_of(self, content: &EntryContent) -> EntryForm {
        content.form_on(self.offset())
    }

    /// A fresh id for an entry.
    #[must_use]
    pub fn new_entry_id(self) -> Option<EntryId> {
        Some(self.replica()?.new_id().into())
    }

    /// What a command attaches that no version of its entry had before: its bytes have to be here. Of what it had, they may
    /// be with the server, or on another phone.
    fn new_attachments(self, command: &Command) -> Vec<Sha256> {
        let entry: EntryId = command.head.first().id.into();
        let attached = Attachment::words_in(&command.act).map(|one| one.sha256);
        self.shown.with_untracked(|shown| {
            let entry = shown.get(&entry).map(|shown| &shown.entry);
            let is_new =
                |sha256: &Sha256| entry.is_none_or(|entry: &std::sync::Arc<Entry>| entry.attachment(sha256).is_none());
            attached.filter(is_new).collect()
        })
    }
}

fn stuck(item: &Queued) -> Option<Stuck> {
    let domain::sync::QueuedState::NeedsPerson { trouble } = &item.state else { return None };
    let command = item.command.clone()?;
    Some(Stuck { act: command.read_act().ok(), command, trouble: trouble.clone() })
}

fn not_connected_here() -> LocalError {
    LocalError::Unavailable("not connected".to_owned())
}

fn not_connected() -> NotSaved {
    not_connected_here().into()
}
