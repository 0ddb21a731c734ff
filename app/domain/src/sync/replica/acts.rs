//! What people do: decided now, kept by the device, then shown as kept, sent when there is signal.

use super::{Changed, Replica, nobody};
use crate::{
    kernel::{Actor, Command, CommandId, Head, RecordKey, Refusal, Rejection, Sha256, Unreadable},
    sync::{LocalError, News, Outbox, Queued, check},
};

/// Why something was not written down. The text is still on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// The rules refuse it; the server would, too.
    Refused(Rejection),
    /// The device did not keep it.
    Device(LocalError),
}

impl NotSaved {
    /// Why, after anything else than 保存 that the person wanted.
    #[must_use]
    pub fn spoken_of_deed(&self) -> String {
        match self {
            Self::Refused(reason) => reason.says.clone().into_owned(),
            Self::Device(error) => error.spoken_of_deed().to_owned(),
        }
    }
}

impl From<Unreadable> for NotSaved {
    fn from(_: Unreadable) -> Self {
        Self::Refused(Rejection::MALFORMED.into())
    }
}

impl From<LocalError> for NotSaved {
    fn from(error: LocalError) -> Self {
        Self::Device(error)
    }
}

impl Replica {
    /// The head of a command that the person of this device gives now, about these records.
    ///
    /// # Errors
    /// [`NotSaved::Device`] where nobody is signed in.
    pub fn head(&self, about: Vec<RecordKey>) -> Result<Head, NotSaved> {
        let person = self.person().ok_or_else(nobody)?;
        let written = self.host.now();
        Ok(Head {
            id: CommandId::from_parts(written.millis(), self.host.random()),
            actor: Actor::Person(person),
            device: self.local.device(),
            written,
            offset: self.with(|state| state.marks.offset_at(written)),
            about,
        })
    }

    /// Writes something down: checked by the rules, kept by the device before this returns `Ok`, sent when there is signal.
    /// `draft` names the unfinished text that it came from; it ends in the same transaction. The bytes of `attached` have
    /// to be here: what the command attaches, and no version of its record had before.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed.
    pub async fn submit(
        &self,
        command: Command,
        draft: Option<&str>,
        attached: &[Sha256],
    ) -> Result<CommandId, NotSaved> {
        self.write_down(command, draft, attached, None).await
    }

    /// Writes a better version of a command that needs a person, and then takes that one out: if the phone dies in
    /// between, both are there.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed, or only the better version was added.
    pub async fn mend(
        &self,
        bad: CommandId,
        command: Command,
        draft: Option<&str>,
        attached: &[Sha256],
    ) -> Result<CommandId, NotSaved> {
        self.write_down(command, draft, attached, Some(bad)).await
    }

    async fn write_down(
        &self,
        command: Command,
        draft: Option<&str>,
        attached: &[Sha256],
        instead_of: Option<CommandId>,
    ) -> Result<CommandId, NotSaved> {
        let author = command.head.actor.person().filter(|author| self.is(*author)).ok_or(LocalError::AnotherPerson)?;
        self.check(&command, instead_of)?;
        let id = command.head.id;
        let queued = Queued::new(command)?;
        self.wrote();
        self.local.append(&queued, draft, attached).await?;
        self.tell(News::Saved);
        if !self.is(author) {
            // Another tab has signed in somebody else meanwhile: it is kept for its author.
            return Ok(id);
        }
        let taken_out = self.change(Changed::Outbox, |state| {
            if let Some(draft) = draft {
                state.drafts.keep(draft, String::new());
            }
            match instead_of {
                Some(bad) => state.outbox.mend(bad, queued),
                None => {
                    state.outbox.push(queued);
                    None
                }
            }
        });
        if let Some(old) = taken_out {
            // The better version is kept, which is what counts; the old one is offered to be given up at the next start.
            if let Err(error) = self.local.remove(&[old]).await {
                self.host.warn(&format!("mended, and not taken out: {error}"));
            }
        }
        self.talk_soon();
        Ok(id)
    }

    /// What the rules say to a command on top of everything that this device knows. What waits for a record, or stands on
    /// one that only a newer version can read, is kept: the server will know.
    fn check(&self, command: &Command, instead_of: Option<CommandId>) -> Result<(), NotSaved> {
        let checked = self.with(|state| match instead_of {
            None => check(&state.records, &state.outbox, command),
            Some(bad) => {
                let mut others: Outbox = state.outbox.clone();
                others.remove(bad, &state.records);
                check(&state.records, &others, command)
            }
        });
        match checked {
            Ok(_) | Err(Refusal::WaitsFor(_) | Refusal::Unread(_) | Refusal::Held | Refusal::UnknownAct) => Ok(()),
            Err(Refusal::Rejected(reason)) => Err(NotSaved::Refused(reason)),
        }
    }

    /// Takes a command that needs a person out of the outbox, at its author's wish, and what waits for it alone
    /// ([`Outbox::remove`]). Any other command stays.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn give_up(&self, id: CommandId) -> Result<(), LocalError> {
        let person = self.person();
        let given_up = self.with(|state| state.outbox.clone().remove(id, &state.records));
        if given_up.is_empty() {
            return Ok(());
        }
        self.wrote();
        self.local.remove(&given_up).await?;
        self.tell(News::Changed);
        if self.person() == person {
            self.change(Changed::Outbox, |state| state.outbox.take_out(&given_up));
        }
        Ok(())
    }

    /// Offers a command that needs a person to the server once more, as it is: what stood in its way may be gone
    /// ([`Outbox::try_again`]).
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn try_again(&self, id: CommandId) -> Result<(), LocalError> {
        let Some(again) = self.with(|state| state.outbox.clone().try_again(id)) else { return Ok(()) };
        let person = self.person();
        self.wrote();
        self.local.settle(&[again]).await?;
        self.tell(News::Saved);
        if self.person() == person {
            self.change(Changed::Outbox, |state| drop(state.outbox.try_again(id)));
        }
        self.talk_soon();
        Ok(())
    }
}
