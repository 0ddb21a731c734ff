//! One round: whose session it is, then sending until nothing waits, then reading until there is no more.

use crate::{
    kernel::{PersonId, Timestamp},
    sync::{Changed, Failure, Link, LocalError, MeReply, News, Page, Queued, Replica, ServerMark},
};

/// Why a round ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server did not answer as asked.
    Because(Failure),
    /// The person or the server's epoch has changed: another round, at once.
    Anew,
    /// The device did not keep what the server told. It is read again later.
    NotKept,
}

/// What a round that came to its end has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Commands that the server wants to be offered again later.
    pub put_off: usize,
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Because(failure)
    }
}

impl Replica {
    pub(super) async fn round(&self) -> Result<Done, Stop> {
        let Some(person) = self.person() else { return Ok(Done::default()) };
        self.say(Link::Busy);
        let outcome = self.round_of(person).await;
        match &outcome {
            Ok(_) => self.say(Link::Reached),
            Err(Stop::Because(failure)) => {
                if let Err(error) = self.heed(failure, person).await {
                    // Tried again at the next refusal and at the next start, before anything is drawn.
                    self.not_kept(&error);
                }
            }
            Err(Stop::Anew | Stop::NotKept) => {}
        }
        outcome
    }

    async fn round_of(&self, person: PersonId) -> Result<Done, Stop> {
        self.identify(person).await?;
        self.change_outbox(|state| state.outbox.begin_round(), |()| false);
        let mut put_off = self.send(person).await?;
        self.read(person).await?;
        // What waited for a record that has come, or for the server's version that has just been heard of.
        let woken = self.wake().await;
        if woken || put_off == 0 && self.with(|state| state.outbox.has_to_send()) {
            put_off += self.send(person).await?;
            self.read(person).await?;
        }
        Ok(Done { put_off })
    }

    /// Asks once whose session this is: commands are only ever sent in their author's.
    async fn identify(&self, person: PersonId) -> Result<(), Stop> {
        if self.identified.get() == Some(person) {
            return Ok(());
        }
        let MeReply { server, card } = self.transport.me().await?;
        self.still(person)?;
        self.hear_of(&server.epoch).await.map_err(|error| self.not_kept(&error))?;
        if card.person != person {
            // They signed in here, past this page. What the other person has not sent stays for them.
            self.signed_in_past(card).await.map_err(|error| self.not_kept(&error))?;
            return Err(Stop::Anew);
        }
        if self.with(|state| state.card.as_ref() != Some(&card)) {
            self.renew_card(card).await.map_err(|error| self.not_kept(&error))?;
            self.still(person)?;
        }
        self.identified.set(Some(person));
        Ok(())
    }

    /// Stops the round when the person of this tab is another one by now.
    pub(super) fn still(&self, person: PersonId) -> Result<(), Stop> {
        if self.is(person) { Ok(()) } else { Err(Stop::Anew) }
    }

    pub(super) fn not_kept(&self, error: &LocalError) -> Stop {
        if *error == LocalError::Emptied {
            self.storage_closed();
        }
        self.host.warn(&format!("what the server told was not kept: {error}"));
        Stop::NotKept
    }

    /// Takes in whose answer it was, and for whom. Says whether the server has begun another epoch since the last talk:
    /// then everything of the last 30 days is offered again, and the feeds are read anew.
    pub(super) async fn meet(&self, person: PersonId, server: &ServerMark, asked: Timestamp) -> Result<bool, Stop> {
        self.still(person)?;
        if server.person != person {
            // Somebody else has signed in, past this page: nothing of theirs may be kept under this name.
            self.identified.set(None);
            return Err(Stop::Anew);
        }
        let mut marks = self.with(|state| state.marks.clone());
        let another_epoch = marks.meet(server, asked, self.host.now());
        if another_epoch {
            self.offer_again(person).await.map_err(|error| self.not_kept(&error))?;
            self.local.keep_marks(&marks).await.map_err(|error| self.not_kept(&error))?;
            self.still(person)?;
        }
        self.change(Changed::Marks, |state| state.marks = marks);
        let woken = self.change_outbox(|state| state.outbox.meet_version(&server.version), |woken| !woken.is_empty());
        self.keep_states(&woken).await;
        Ok(another_epoch)
    }

    /// A state that is not kept is asked for again after the next start.
    pub(super) async fn keep_states(&self, items: &[Queued]) {
        if items.is_empty() {
            return;
        }
        match self.local.settle(items).await {
            Ok(()) => self.host.tell(News::Changed),
            Err(error) => self.host.warn(&format!("states not kept: {error}")),
        }
    }

    /// Takes in a page: first on the device, then on the screen. What is seen is also there after the next start.
    pub(super) async fn keep_page(&self, person: PersonId, page: Page) -> Result<(), Stop> {
        // By the server's clock: one that the device's person sets right must not make the newest old.
        let now = page.marks.last_contact.unwrap_or_else(|| self.host.now());
        match self.local.absorb(&page, now).await {
            Ok(()) => {}
            Err(LocalError::Outdated) => {
                // What another tab has read on is here; the next page follows that.
                self.reload(person).await.map_err(|error| self.not_kept(&error))?;
                return Err(Stop::Anew);
            }
            Err(error) => return Err(self.not_kept(&error)),
        }
        self.still(person)?;
        let mut pictures = self.with(|state| state.records.attachments_of(&page.erased));
        self.with(|state| pictures.extend(state.outbox.attached_to_erased(&page)));
        self.change_outbox(|state| state.outbox.drop_erased(&page), |has_dropped| *has_dropped);
        let Page { envelopes, marks, confirmed, forgotten, .. } = page;
        let is_news = !envelopes.is_empty() || !forgotten.is_empty() || !confirmed.is_empty();
        if !envelopes.is_empty() || !forgotten.is_empty() {
            self.change(Changed::Records, |state| {
                for community in forgotten {
                    state.records.forget(community);
                }
                state.records.take_in(envelopes);
                state.take_in_card();
            });
        }
        if !confirmed.is_empty() {
            self.change_outbox(|state| drop(state.outbox.drop_confirmed(&marks.cursors)), |()| true);
        }
        self.change(Changed::Marks, |state| state.marks = marks);
        for picture in pictures {
            self.drop_attachment(&picture).await;
        }
        if is_news {
            self.host.tell(News::Changed);
        }
        Ok(())
    }
}
