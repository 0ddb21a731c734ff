//! What a person does with the database: one transaction each.

use super::{
    blobs,
    database::Database,
    drafts::Unwritten,
    failure::Failure,
    rows,
    schema::{BLOBS, BY_PERSON, BY_PERSON_AND_TIME, DEVICE, DRAFTS, MARKS, OUTBOX, RECORDS, SENT},
    transaction::{Access, Transaction, answer, beginning_with},
};
use crate::events::Bell;
use app::{
    domain::{Change, PersonCard, PersonId, Sha256Hex},
    sync::{Queued, SyncMarks},
};
use js_sys::Array;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

/// After so many milliseconds (30 days) what was sent is no longer kept (DESIGN.md 5.4).
const SENT_MILLIS: f64 = 30.0 * 24.0 * 3_600_000.0;

/// The database, as one person sees it.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(super) database: Database,
    pub(super) person: RefCell<Rc<str>>,
    pub(super) unwritten: RefCell<Vec<Unwritten>>,
    /// Writes of strokes that are under way.
    pub(super) writing: Cell<u32>,
    /// The life of what is kept here, as this tab knows it.
    pub(super) life: RefCell<Option<String>>,
    /// Those whose strokes wait for the write that is under way.
    pub(super) awaiting: RefCell<Vec<Bell>>,
}

impl Shelf {
    /// Whether nothing was ever kept here before this page.
    pub(crate) fn is_fresh(&self) -> bool {
        self.database.is_fresh()
    }

    /// Somebody found that what was kept here is gone.
    pub(crate) fn found_emptied(&self) {
        self.database.closed.ring();
    }

    /// Until the system closes the database, or an empty one is found in its place.
    pub(crate) async fn closed(&self) {
        self.database.closed.wait().await;
    }

    pub(super) fn person(&self) -> Rc<str> {
        Rc::clone(&self.person.borrow())
    }

    /// Whether this is what the device keeps for somebody.
    pub(crate) fn is_of(&self, person: PersonId) -> bool {
        *self.person() == *person.to_string()
    }

    /// Adds a command under its author's name and ends the draft it came from, where all that it attaches is here.
    pub(crate) async fn append(
        &self,
        item: &Queued,
        draft: Option<&str>,
        attached: &[Sha256Hex],
    ) -> Result<(), Failure> {
        let author: Rc<str> =
            item.command.as_ref().map_or_else(|| self.person(), |command| command.author.to_string().into());
        let unwritten = draft.and_then(|draft| {
            let mut unwritten = self.unwritten.borrow_mut();
            let index = unwritten.iter().position(|one| one.is_of(&author, draft))?;
            Some(unwritten.swap_remove(index))
        });
        let row = rows::outbox_row(&author, item)?;
        let work = async |transaction: &Transaction| {
            blobs::are_here(transaction, &author, attached).await?;
            transaction.store(OUTBOX)?.add(&row)?;
            if let Some(draft) = draft {
                transaction.store(DRAFTS)?.delete(&super::transaction::pair(&author, draft))?;
            }
            Ok(())
        };
        let outcome = self.database.transact(&[BLOBS, OUTBOX, DRAFTS], Access::WriteStrict, work).await;
        if outcome.is_err() {
            // Not saved: then it is still a draft.
            self.put_back(unwritten);
        }
        outcome
    }

    /// Takes out the commands that `chosen` picks by their bytes.
    pub(crate) async fn remove(&self, chosen: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            for (key, row) in outbox_rows(transaction, &person).await? {
                if rows::bytes(&row).is_some_and(|bytes| chosen(&bytes)) {
                    transaction.store(OUTBOX)?.delete(&key)?;
                }
            }
            Ok(())
        };
        self.database.transact(&[OUTBOX], Access::WriteStrict, work).await
    }

    /// Stores new states. Losing them to a power cut only means that the server is asked again.
    pub(crate) async fn settle(&self, items: &[Queued]) -> Result<(), Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            for (key, row) in outbox_rows(transaction, &person).await? {
                if let Some(item) = among(items, &row) {
                    transaction.store(OUTBOX)?.put_with_key(&rows::outbox_row(&person, item)?, &key)?;
                }
            }
            Ok(())
        };
        self.database.transact(&[OUTBOX], Access::Write, work).await
    }

    /// Takes in a page of the feed and moves what it confirms from the outbox to what was sent. Only for whoever is
    /// signed in on this device, as it says itself: another tab may have signed them out a moment ago, and what was
    /// forgotten then must not come back. And only where the page before is there: the device may have been emptied.
    pub(crate) async fn absorb(
        &self,
        changes: &[Change],
        marks: &SyncMarks,
        confirmed: &[Queued],
        start_over: bool,
    ) -> Result<(), Failure> {
        let follows = !start_over && marks.cursor.is_some();
        let (person, marks) = (self.person(), rows::json(marks)?);
        let records: Vec<(JsValue, String)> = changes
            .iter()
            .map(|change| Ok((super::transaction::pair(&person, &change.key()), rows::json(change)?)))
            .collect::<Result<_, Failure>>()?;
        let work = async |transaction: &Transaction| {
            let signed_in = answer(transaction.store(DEVICE)?.get(&super::identity::SIGNED_IN.into())).await?;
            let signed_in: Option<PersonCard> = rows::parsed(&signed_in);
            if signed_in.is_none_or(|card| *card.id.to_string() != *person) {
                return Err(Failure::Broken("signed out".to_owned()));
            }
            if follows {
                let before = answer(transaction.store(MARKS)?.get(&(&*person).into())).await?;
                if rows::parsed::<SyncMarks>(&before).is_none_or(|before| before.cursor.is_none()) {
                    self.found_emptied();
                    return Err(Failure::Broken("emptied".to_owned()));
                }
            }
            let store = transaction.store(RECORDS)?;
            if start_over {
                store.delete(&beginning_with(&person)?)?;
            }
            for (key, text) in &records {
                store.put_with_key(&text.as_str().into(), key)?;
            }
            transaction.store(MARKS)?.put_with_key(&marks.as_str().into(), &(&*person).into())?;
            if !confirmed.is_empty() {
                move_to_sent(transaction, &person, confirmed).await?;
            }
            Ok(())
        };
        self.database.transact(&[DEVICE, RECORDS, MARKS, OUTBOX, SENT], Access::Write, work).await
    }
}

/// Keys and rows of a person's outbox, in its order.
pub(super) async fn outbox_rows(transaction: &Transaction, person: &str) -> Result<Vec<(JsValue, JsValue)>, Failure> {
    let index = transaction.index(OUTBOX, BY_PERSON)?;
    let person = person.into();
    let rows = answer(index.get_all_with_key(&person));
    let keys = answer(index.get_all_keys_with_key(&person));
    let (rows, keys) = (rows.await?.unchecked_into::<Array>(), keys.await?.unchecked_into::<Array>());
    Ok(keys.iter().zip(rows.iter()).collect())
}

/// The item that a row of the outbox holds.
pub(super) fn among<'i>(items: &'i [Queued], row: &JsValue) -> Option<&'i Queued> {
    let bytes = rows::bytes(row)?;
    items.iter().find(|item| item.bytes == bytes)
}

/// Another tab may have moved some of them before: only what is still in the outbox is moved.
async fn move_to_sent(transaction: &Transaction, person: &str, confirmed: &[Queued]) -> Result<(), Failure> {
    let (outbox, sent) = (transaction.store(OUTBOX)?, transaction.store(SENT)?);
    let now = js_sys::Date::now();
    let (first, last) = (Array::of1(&person.into()), Array::of2(&person.into(), &(now - SENT_MILLIS).into()));
    let too_old = IdbKeyRange::bound(&first, &last)?;
    let too_old = answer(sent.index(BY_PERSON_AND_TIME)?.get_all_keys_with_key(&too_old));
    let mut moved: Vec<&str> = Vec::new();
    for (key, row) in outbox_rows(transaction, person).await? {
        let Some(item) = among(confirmed, &row) else { continue };
        outbox.delete(&key)?;
        if !moved.contains(&item.bytes.as_str()) {
            sent.add(&rows::sent_row(person, item, now)?)?;
            moved.push(&item.bytes);
        }
    }
    for key in too_old.await?.unchecked_into::<Array>().iter() {
        sent.delete(&key)?;
    }
    Ok(())
}
