//! Unfinished texts: kept on every stroke, cheaply and in order.
//!
//! While one write is under way, further strokes wait in memory and the next write takes the newest of each text. The
//! browser does writes to one store in the order in which they were begun, so no stroke overtakes a later one, also
//! not when a page that goes away writes at once.

use super::{
    failure::Failure,
    schema::DRAFTS,
    shelf::Shelf,
    transaction::{Access, Transaction, pair},
};

impl Shelf {
    /// Keeps an unfinished text; empty text removes it.
    pub(crate) async fn keep_draft(&self, key: &str, text: &str) -> Result<(), Failure> {
        self.unwritten.borrow_mut().insert((self.person(), key.to_owned()), text.to_owned());
        if self.writing.replace(true) {
            return Ok(());
        }
        let mut outcome = Ok(());
        while outcome.is_ok() && !self.unwritten.borrow().is_empty() {
            outcome = self.write_drafts().await;
        }
        self.writing.set(false);
        outcome
    }

    /// Writes what is not written yet, at once: the page may be gone in a moment.
    pub(crate) async fn write_drafts(&self) -> Result<(), Failure> {
        let texts = self.unwritten.take();
        if texts.is_empty() {
            return Ok(());
        }
        let work = async |transaction: &Transaction| {
            let store = transaction.store(DRAFTS)?;
            for ((person, key), text) in &texts {
                let key = pair(person, key);
                if text.is_empty() {
                    store.delete(&key)?;
                } else {
                    store.put_with_key(&text.as_str().into(), &key)?;
                }
            }
            Ok(())
        };
        let outcome = self.database.transact(&[DRAFTS], Access::Write, work).await;
        if outcome.is_err() {
            // Tried again with the next stroke, unless that has newer words.
            let mut unwritten = self.unwritten.borrow_mut();
            for (key, text) in texts {
                unwritten.entry(key).or_insert(text);
            }
        }
        outcome
    }
}
