//! One round: whose session it is, then sending until nothing waits, then reading until there is no more.

use super::{SyncLoop, answered};
use crate::{browser, start};
use app::{
    api,
    domain::{PersonId, Timestamp},
    error::AppError,
    local_store::{LocalError, LocalStore},
    sync::{Link, ServerMark},
};

/// Why a round ended before its end.
pub(super) enum Stop {
    /// The server did not answer as asked.
    Because(AppError),
    /// The person or the server's life has changed: another round, at once.
    Anew,
    /// The device did not keep what the server told. It is read again later.
    NotKept,
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Because(error)
    }
}

impl From<LocalError> for Stop {
    fn from(error: LocalError) -> Self {
        leptos::logging::warn!("what the server told was not kept: {error}");
        Self::NotKept
    }
}

impl SyncLoop {
    pub(super) async fn round(&self) -> Result<(), Stop> {
        let Some(person) = self.client.me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return Ok(()) };
        if !self.device.shelf.is_of(person) {
            // Their sign-in has not got through, or another one is under way: whatever is read now could not be kept.
            return Err(Stop::NotKept);
        }
        self.say(Link::Busy);
        self.identify(person).await?;
        self.send(person).await?;
        self.read(person).await?;
        if self.wake().await {
            self.send(person).await?;
            self.read(person).await?;
        }
        self.say(Link::Reached);
        Ok(())
    }

    /// Asks once whose session this is: commands are only ever sent in their author's.
    async fn identify(&self, person: PersonId) -> Result<(), Stop> {
        if self.identified.get() == Some(person) {
            return Ok(());
        }
        let card = answered(api::me()).await?;
        self.still(person)?;
        if card.id != person {
            // They signed in here, past this page. What the other person has not sent stays for them.
            self.device.close().await?;
            start::enter(self.client, &self.device, card).await?;
            return Err(Stop::Anew);
        }
        if self.client.me.with_untracked(|me| me.as_ref() != Some(&card)) {
            self.device.shelf.sign_in(&card).await.map_err(LocalError::from)?;
            self.client.me.set(Some(card));
        }
        self.identified.set(Some(person));
        Ok(())
    }

    /// Stops the round when the person of this device is another one by now, on the screen or in what it keeps: the two
    /// do not change in the same moment.
    pub(super) fn still(&self, person: PersonId) -> Result<(), Stop> {
        let shown = self.client.is_me(person);
        if shown && self.device.shelf.is_of(person) { Ok(()) } else { Err(Stop::Anew) }
    }

    /// Takes in whose answer it was, and for whom. Says whether the server has begun another life since the last talk:
    /// then everything of the last 30 days is offered again, and the feed is read anew (LESSONS.md L11).
    pub(super) async fn meet(&self, person: PersonId, server: &ServerMark, asked: Timestamp) -> Result<bool, Stop> {
        self.still(person)?;
        if server.person != person {
            // Somebody else has signed in, past this page: nothing of theirs may be kept under this name.
            self.identified.set(None);
            return Err(Stop::Anew);
        }
        let mut marks = self.client.marks.get_untracked();
        let another_life = marks.meet(server, asked, browser::now());
        if another_life {
            let sent = self.device.sent().await?;
            self.still(person)?;
            let offered = self.client.outbox.try_update(|outbox| outbox.offer_again(sent)).unwrap_or_default();
            self.device.replace_outbox(&offered).await?;
            self.still(person)?;
            self.device.absorb(&[], &marks, &[], false).await?;
            self.still(person)?;
        }
        self.client.marks.set(marks);
        Ok(another_life)
    }
}
