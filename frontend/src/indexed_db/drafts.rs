//! Unfinished texts: kept on every stroke, cheaply and in order.
//!
//! While one write is under way, further strokes wait in memory and the next write takes the newest of each text; whoever
//! brought one hears when it is written. The browser does writes to one store in the order in which they were begun, so no
//! stroke overtakes a later one, also not when a page that goes away writes at once.

use super::{
    failure::Failure,
    schema::DRAFTS,
    shelf::Shelf,
    transaction::{Access, Rows, Transaction, pair},
};
use crate::events::Bell;
use domain::sync::Drafts;
use std::rc::Rc;

/// A stroke that is only in memory.
pub(super) struct Unwritten {
    person: Rc<str>,
    key: String,
    text: String,
}

impl Unwritten {
    pub(super) fn is_of(&self, person: &str, key: &str) -> bool {
        *self.person == *person && self.key == key
    }
}

impl Shelf {
    /// Keeps an unfinished text; empty text removes it.
    pub(crate) async fn keep_draft(&self, key: &str, text: &str) -> Result<(), Failure> {
        let person = self.person();
        let is_this = |one: &Unwritten| one.is_of(&person, key);
        let newest = Unwritten { person: Rc::clone(&person), key: key.to_owned(), text: text.to_owned() };
        self.unwritten.borrow_mut().retain(|one| !is_this(one));
        self.unwritten.borrow_mut().push(newest);
        while self.writing.get() > 0 {
            let written = Bell::default();
            self.awaiting.borrow_mut().push(written.clone());
            written.wait().await;
        }
        if !self.unwritten.borrow().iter().any(is_this) {
            // It was taken along.
            return Ok(());
        }
        let outcome = self.write_drafts().await;
        if outcome.is_err() && text.is_empty() {
            // Whoever wanted it forgotten hears that it was not, and it must not go later all the same.
            self.unwritten.borrow_mut().retain(|one| !is_this(one) || !one.text.is_empty());
        }
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
            for Unwritten { person, key, text } in &texts {
                let key = pair(person, key);
                if text.is_empty() {
                    store.delete(&key)?;
                } else {
                    store.put_with_key(&text.as_str().into(), &key)?;
                }
            }
            Ok(())
        };
        self.writing.set(self.writing.get() + 1);
        let outcome = self.database.transact(&[DRAFTS], Access::Write, work).await;
        if outcome.is_err() {
            // Tried again with the next stroke.
            self.put_back(texts);
        }
        self.writing.set(self.writing.get() - 1);
        self.awaiting.take().iter().for_each(Bell::ring);
        outcome
    }

    /// What was not written after all, unless there are newer words by now.
    pub(super) fn put_back(&self, texts: impl IntoIterator<Item = Unwritten>) {
        let mut unwritten = self.unwritten.borrow_mut();
        for one in texts {
            if unwritten.iter().all(|newer| !newer.is_of(&one.person, &one.key)) {
                unwritten.push(one);
            }
        }
    }

    /// What rows say, and what is only in memory so far.
    pub(super) fn texts_in(&self, person: &str, rows: Rows) -> Drafts {
        let mut drafts = Drafts::default();
        for (key, text) in rows {
            if let Some(text) = text.as_string() {
                drafts.keep(&key, text);
            }
        }
        for one in self.unwritten.borrow().iter().filter(|one| *one.person == *person) {
            drafts.keep(&one.key, one.text.clone());
        }
        drafts
    }
}
