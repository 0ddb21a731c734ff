//! What pages that went have left ([`Stash`]): in the small storage, the one in a browser that is written at once. The next
//! page of the same person takes it over into the database.

use super::{
    failure::Failure,
    rows,
    schema::{DRAFTS, OUTBOX},
    shelf::{Shelf, among, outbox_rows},
    transaction::{Access, Transaction, answer, pair},
};
use crate::browser;
use domain::sync::{Queued, QueuedState, Stash};

/// Before person and tab.
const STASH: &str = "watchlog-stash/";

impl Shelf {
    /// Leaves this for the person of this tab, in place of what `tab` left before; nothing where it is empty.
    pub(crate) fn stash(&self, tab: &str, stash: &Stash) {
        let name = [STASH, &self.person(), "/", tab].concat();
        let text = if stash.is_empty() { None } else { stash.write().ok() };
        browser::remember(&name, text.as_deref());
    }

    /// What pages have left for somebody, with its name there.
    pub(crate) fn stashes(&self, person: &str) -> Vec<(String, String)> {
        browser::remembered_below(&[STASH, person, "/"].concat())
    }

    /// Takes in what was left: commands that are not in the outbox, and texts whose place is empty. Part of the program that
    /// comes later.
    pub(super) async fn take_in_here(&self, person: &str, text: &str) -> Result<(), Failure> {
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
