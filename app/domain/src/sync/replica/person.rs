//! Whose replica this is: the start, signing in and out without loading the page anew, and what goes when a session or a
//! right has ended.

use super::{Changed, Replica, State};
use crate::{
    kernel::PersonId,
    sync::{Card, Cause, Drafts, Epoch, Failure, LeftBehind, Link, LocalError, MeReply, News},
};

/// Why nobody is in after a sign-in that the server has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotEntered {
    /// The server did not say who it is.
    Unanswered(Failure),
    /// The device keeps nothing.
    Device(LocalError),
}

impl From<Failure> for NotEntered {
    fn from(failure: Failure) -> Self {
        Self::Unanswered(failure)
    }
}

impl From<LocalError> for NotEntered {
    fn from(error: LocalError) -> Self {
        Self::Device(error)
    }
}

impl Replica {
    /// Opens the device, and shows what it holds for whoever is signed in here, with or without network. Nobody is
    /// signed in by a session alone: an emptied browser stays signed out until somebody signs in on it.
    ///
    /// # Errors
    /// [`LocalError`]: nothing is shown.
    pub async fn start(&self) -> Result<(), LocalError> {
        while let Some(card) = self.local.identity().await?.signed_in {
            match self.enter(card).await {
                // Another tab has signed them out, or somebody else in, while this one was opening.
                Err(LocalError::AnotherPerson) => {}
                outcome => return outcome.map(drop),
            }
        }
        Ok(())
    }

    /// Shows what the device holds for its person. After a long time without contact the
    /// copies of others' data go first, before anything is drawn. Says whether they were the person of this tab before.
    pub(super) async fn enter(&self, card: Card) -> Result<bool, LocalError> {
        let fresh = loop {
            let strokes = self.strokes();
            let fresh = self.open_for(&card).await?;
            // What they have written in this tab meanwhile is newer than what was read.
            if self.strokes() == strokes || !self.is(card.person) {
                break fresh;
            }
        };
        let before = self.person();
        let nobodys = if before.is_none() { self.with(|state| state.drafts.clone()) } else { Drafts::default() };
        let is_same = before == Some(card.person);
        self.show_state(fresh);
        if !is_same {
            self.change(Changed::Link, |state| {
                (state.session_over, state.link) = (false, Link::Unknown);
                state.refused_blobs.clear();
            });
        }
        self.adopt(nobodys).await;
        Ok(is_same)
    }

    async fn open_for(&self, card: &Card) -> Result<State, LocalError> {
        let fresh = self.state_of(Some(card.clone()), self.local.open(card.person).await?);
        let Some(gone) = fresh.lets_go(Cause::Started { now: self.host.now() }) else { return Ok(fresh) };
        self.local.let_go(&gone).await?;
        Ok(self.state_of(Some(card.clone()), self.local.open(card.person).await?))
    }

    /// To be called when somebody has just signed in: asks who it is, and shows what this device holds for them.
    ///
    /// # Errors
    /// [`NotEntered`].
    pub async fn signed_in(&self) -> Result<(), NotEntered> {
        let MeReply { server, card } = self.transport.me().await?;
        if self.person().is_some_and(|person| person != card.person) {
            self.hear_of(&server.epoch).await?;
            self.leave().await?;
        }
        let person = card.person;
        self.local.sign_in(&card).await?;
        self.enter(card).await?;
        if let Err(error) = self.hear_of(&server.epoch).await {
            // The next talk hears of it, too.
            self.host.warn(&format!("not offered again: {error}"));
        }
        self.identified.set(Some(person));
        self.change(Changed::Link, |state| (state.session_over, state.link) = (false, Link::Unknown));
        self.tell(News::Person);
        self.talk_soon();
        Ok(())
    }

    /// Signs out, with or without signal: this device forgets what the server has acknowledged, and keeps what it has
    /// not. The session ends as soon as the server can be reached, which nobody waits for. Returns how many commands
    /// stay.
    ///
    /// # Errors
    /// [`LocalError`]; then the person is still signed in.
    pub async fn sign_out(&self) -> Result<usize, LocalError> {
        let staying = self.with(|state| state.outbox.shown_as_unsent().count());
        self.leave().await?;
        self.tell(News::Person);
        self.talk_soon();
        Ok(staying)
    }

    /// Nobody is the person of this device any more.
    pub(in crate::sync) async fn leave(&self) -> Result<(), LocalError> {
        let Some(gone) = self.with(|state| state.lets_go(Cause::SignedOut)) else { return Ok(()) };
        self.local.close(&gone).await?;
        self.forget();
        Ok(())
    }

    /// The screens forget what they showed. What waits stays on the device.
    pub(super) fn forget(&self) {
        self.identified.set(None);
        self.local.turn_to(None);
        let empty = State::empty(self.kinds());
        self.change(Changed::Person, |state| *state = empty);
    }

    /// Whose entries wait on this device, for the sign-in page.
    pub async fn left_behind(&self) -> Vec<LeftBehind> {
        self.local.left_behind().await.unwrap_or_default()
    }

    /// Nobody is known here. Whoever signed out without signal is not brought back by their old session: it is ended as
    /// soon as the server can be reached.
    pub(in crate::sync) async fn end_owed_session(&self) -> Result<(), Failure> {
        let Some(owed) = self.sign_out_owed().await else { return Ok(()) };
        match self.transport.me().await {
            Ok(reply) if reply.card.person == owed => {
                if self.sign_out_owed().await != Some(owed) {
                    // They have signed in again meanwhile, here or in another tab: the session is a new one.
                    return Ok(());
                }
                self.transport.sign_out().await?;
            }
            // Somebody else's by now, or none: nothing is left to be ended.
            Ok(_) | Err(Failure::SignInNeeded { epoch: Some(_) }) => {}
            Err(failure) => return Err(failure),
        }
        if self.person().is_none() {
            // Should the device not note it, an ended session is ended once more at the next start.
            let _ = self.local.session_ended(owed).await;
        }
        Ok(())
    }

    /// Whose session is still to be ended, while nobody is signed in.
    async fn sign_out_owed(&self) -> Option<PersonId> {
        let identity = self.local.identity().await.ok()?;
        identity.sign_out_owed.filter(|_| identity.signed_in.is_none() && self.person().is_none())
    }

    /// The server's own word that the session, or a right, has ended: the copies of what others wrote go. A captive
    /// portal's word counts for nothing, and that of another epoch takes nothing: what it may have lost is still to be
    /// offered.
    pub(in crate::sync) async fn heed(&self, failure: &Failure, person: PersonId) -> Result<(), LocalError> {
        if !self.is(person) {
            return Ok(());
        }
        if let Some(epoch) = failure.epoch() {
            self.hear_of(epoch).await?;
        }
        let Some(gone) = self.with(|state| state.lets_go(Cause::Failed(failure))) else { return Ok(()) };
        self.local.let_go(&gone).await?;
        self.reload(person).await?;
        self.tell(News::Changed);
        Ok(())
    }

    /// A server of this epoch answers. Where it is another one than the person's phone has met, it has acknowledged nothing
    /// of what is here: all of it counts as unsent from this word on, so that no sign-out takes it away before it could be
    /// offered. The epoch itself is met with the first answer to a push or a pull.
    pub(in crate::sync) async fn hear_of(&self, epoch: &Epoch) -> Result<(), LocalError> {
        let mut marks = self.with(|state| state.marks.clone());
        let Some(person) = self.person().filter(|_| marks.hear_of(epoch)) else { return Ok(()) };
        self.offer_again(person).await?;
        self.local.keep_marks(&marks).await?;
        if self.is(person) {
            self.change(Changed::Marks, |state| state.marks = marks);
        }
        self.tell(News::Changed);
        Ok(())
    }

    /// Everything of the last 30 days waits again.
    pub(in crate::sync) async fn offer_again(&self, person: PersonId) -> Result<(), LocalError> {
        let sent = self.local.sent().await?;
        if !self.is(person) {
            return Err(LocalError::AnotherPerson);
        }
        let offered = self.with(|state| state.outbox.clone().offer_again(sent.clone()));
        self.wrote();
        self.local.replace_outbox(&offered).await?;
        if self.is(person) {
            self.change(Changed::Outbox, |state| drop(state.outbox.offer_again(sent)));
        }
        Ok(())
    }

    /// Somebody has signed in past this page, in the same browser. If they have signed out there since, their session is
    /// still to be ended, and brings nobody back.
    pub(in crate::sync) async fn signed_in_past(&self, card: Card) -> Result<(), LocalError> {
        let identity = self.local.identity().await?;
        if identity.signed_in.is_none() && identity.sign_out_owed == Some(card.person) {
            self.forget();
            return Ok(());
        }
        self.leave().await?;
        self.local.sign_in(&card).await?;
        self.enter(card).await?;
        self.tell(News::Person);
        Ok(())
    }

    /// The server tells something else of the same person than their card.
    pub(in crate::sync) async fn renew_card(&self, card: Card) -> Result<(), LocalError> {
        self.local.renew_card(&card).await?;
        if self.is(card.person) {
            self.change(Changed::Records, |state| {
                state.card = Some(card);
                state.take_in_card();
            });
        }
        Ok(())
    }
}
