//! One round: whose session it is, then sending until nothing waits, then reading until there is no more.

use super::{SyncLoop, answered};
use crate::{browser, start};
use app::{
    api,
    domain::{PersonId, Timestamp},
    error::AppError,
    local_store::{LocalError, LocalStore},
    sync::{Link, ServerMark, SyncMarks},
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
        self.say(Link::Busy);
        let just_asked = self.identify(person).await?;
        self.send(person, just_asked).await?;
        self.read(person).await?;
        if self.wake().await {
            self.send(person, just_asked).await?;
            self.read(person).await?;
        }
        self.say(Link::Reached);
        Ok(())
    }

    /// Asks once whose session this is: commands are only ever sent in their author's. Says whether it asked just now.
    async fn identify(&self, person: PersonId) -> Result<bool, Stop> {
        if self.identified.get() == Some(person) {
            return Ok(false);
        }
        let card = answered(api::me()).await?;
        self.still(person)?;
        if card.id != person {
            // They signed in here, past this page. What the other person has not sent stays for them.
            self.device.close().await?;
            start::enter(self.client, &self.device, card).await;
            return Err(Stop::Anew);
        }
        if self.client.me.with_untracked(|me| me.as_ref() != Some(&card)) {
            self.device.shelf.sign_in(&card).await.map_err(LocalError::from)?;
            self.client.me.set(Some(card));
        }
        self.identified.set(Some(person));
        Ok(true)
    }

    /// Stops the round when the person of this device is another one by now.
    pub(super) fn still(&self, person: PersonId) -> Result<(), Stop> {
        let same = self.client.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person));
        if same { Ok(()) } else { Err(Stop::Anew) }
    }

    /// Takes in whose answer it was. Says whether the server has begun another life since the last talk: then everything
    /// of the last 30 days is offered again, and the feed is read anew (LESSONS.md L11).
    pub(super) async fn meet(&self, server: &ServerMark, asked: Timestamp) -> Result<bool, Stop> {
        let mut marks = self.client.marks.get_untracked();
        marks.clock_offset = Some(measured_offset(asked, browser::now(), server.now));
        marks.last_contact = Some(server.now);
        let another_life = marks.epoch.as_ref().is_some_and(|known| *known != server.epoch);
        marks.epoch = Some(server.epoch.clone());
        if another_life {
            let sent = self.device.sent().await?;
            let offered = self.client.outbox.try_update(|outbox| outbox.offer_again(sent)).unwrap_or_default();
            self.device.replace_outbox(&offered).await?;
            marks = SyncMarks { cursor: None, first_sync_done: false, ..marks };
            self.device.absorb(&[], &marks, &[], false).await?;
        }
        self.client.marks.set(marks);
        Ok(another_life)
    }
}

/// What to add to the device's clock to get the server's, in milliseconds: the server looked at its clock half-way
/// between question and answer.
fn measured_offset(asked: Timestamp, answered: Timestamp, server: Timestamp) -> i64 {
    server.since(asked.plus_millis(answered.since(asked) / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_round_trip_is_taken_off() {
        let at = Timestamp::from_millis;
        assert_eq!(measured_offset(at(1_000), at(1_400), at(61_200)), 60_000);
        assert_eq!(measured_offset(at(1_000), at(1_400), at(700)), -500);
    }
}
