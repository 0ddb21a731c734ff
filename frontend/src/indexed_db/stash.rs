//! What pages that went have left ([`Stash`]): in `localStorage`, the one in a browser that is written at once. Where the
//! database was emptied under them, the next page of the same person takes it over.

use super::{
    failure::Failure,
    identity::Held,
    lazy_part::LazyPart,
    rows,
    schema::{DRAFTS, OUTBOX},
    shelf::{Shelf, among, outbox_rows},
    transaction::{Access, Transaction, answer, pair},
};
use crate::browser;
use domain::sync::{Queued, QueuedState, Stash};

/// Before person, tab and the life of what was kept then.
const STASH: &str = "watchlog-stash/";

impl Shelf {
    /// Leaves this for the person of this tab, in place of what `tab` left before; nothing where it is empty.
    pub(crate) fn stash(&self, tab: &str, stash: Stash) {
        let start = [STASH, &self.person(), "/", tab, "/"].concat();
        for (name, _) in browser::remembered_below(&start) {
            browser::remember(&name, None);
        }
        let name = [&start, self.life.borrow().as_deref().unwrap_or_default()].concat();
        let kept = |stash: &Stash| stash.write().is_ok_and(|text| browser::remember(&name, Some(&text)));
        if !stash.is_empty() && !kept(&stash) {
            let _ = kept(&stash.without_commands());
        }
    }

    /// What is held for somebody, with what pages have left for them if the storage was emptied since. What they left
    /// in its present life is there already, and is forgotten.
    pub(crate) async fn held_with_stashes(&self, person: &str) -> Result<Held, Failure> {
        // Listed first: what a page leaves while this one reads is for the next time.
        let left = stashes(person);
        let mut held = self.held_for(person).await?;
        if left.iter().any(|(name, _)| !is_of_life(name, &held)) {
            self.take_in_stashes(person).await;
            // One of another version stays where it is.
            if stashes(person).len() < left.len() {
                held = self.held_for(person).await?;
            }
        }
        for (name, _) in left.iter().filter(|(name, _)| is_of_life(name, &held)) {
            browser::remember(name, None);
        }
        Ok(held)
    }

    /// Takes in, or forgets, all that pages have left for somebody. What cannot be taken in now stays where it is, for the
    /// next time.
    pub(crate) async fn take_in_stashes(&self, person: &str) {
        let taken_in = match LazyPart::here().await {
            Ok(part) => (part.take_in)(self, person).await,
            Err(failure) => Err(failure),
        };
        if taken_in.is_err() {
            leptos::logging::warn!("what a page has left is not taken in yet");
        }
    }

    /// The same, in the lazy part.
    pub(super) async fn take_in_here(&self, person: &str) -> Result<(), Failure> {
        let life = self.profile().await?.life.unwrap_or_default();
        let mut outcome = Ok(());
        for (name, text) in stashes(person) {
            let is_lost = name.rsplit('/').next() != Some(&life);
            match if is_lost { self.take_in_one(person, &text).await } else { Ok(()) } {
                Ok(()) => drop(browser::remember(&name, None)),
                // The others come nevertheless.
                error => outcome = error,
            }
        }
        outcome
    }

    /// Takes in what was left: commands that are not in the outbox, and texts whose place is empty.
    async fn take_in_one(&self, person: &str, text: &str) -> Result<(), Failure> {
        // Another version's stays where it is.
        let stash = Stash::read(text).map_err(|_| Failure::Broken("another version's".to_owned()))?;
        let work = async |transaction: &Transaction| {
            let (outbox, before) = (transaction.store(OUTBOX)?, outbox_rows(transaction, person).await?);
            for bytes in &stash.commands {
                let item = Queued::restored(bytes.clone(), QueuedState::Waiting);
                if before.iter().all(|(_, row)| among(std::slice::from_ref(&item), row).is_none()) {
                    outbox.add(&rows::outbox_row(person, &item)?)?;
                }
            }
            let drafts = transaction.store(DRAFTS)?;
            for (key, text) in &stash.texts {
                let key = pair(person, key);
                if answer(drafts.get_key(&key)).await?.is_undefined() {
                    drafts.put_with_key(&text.as_str().into(), &key)?;
                }
            }
            Ok(())
        };
        self.database.transact(&[OUTBOX, DRAFTS], Access::WriteStrict, work).await
    }
}

/// Whether it was left in the life of what is held.
fn is_of_life(name: &str, held: &Held) -> bool {
    name.rsplit('/').next() == Some(held.life.as_deref().unwrap_or_default())
}

/// What pages have left for somebody, each under its name.
fn stashes(person: &str) -> Vec<(String, String)> {
    browser::remembered_below(&[STASH, person, "/"].concat())
}
