//! What a person does with the database: one transaction each.

use super::{
    blobs,
    database::Database,
    drafts::Unwritten,
    failure::Failure,
    rows,
    schema::{BLOBS, BY_PERSON, BY_PERSON_AND_TIME, DRAFTS, OUTBOX, SENT},
    transaction::{Access, Transaction, answer, beginning_with},
};
use crate::events::Bell;
use domain::{
    kernel::{Actor, Sha256},
    sync::Queued,
};
use js_sys::Array;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};

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

    /// Until the system closes the database, or an empty one is found in its place.
    pub(crate) async fn closed(&self) {
        self.database.closed.wait().await;
    }

    pub(crate) fn person(&self) -> Rc<str> {
        Rc::clone(&self.person.borrow())
    }

    /// Adds a command under its author's name and ends the draft it came from, where all that it attaches is here.
    pub(crate) async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256]) -> Result<(), Failure> {
        let author = item.actor().and_then(Actor::person);
        let author: Rc<str> = author.map_or_else(|| self.person(), |author| author.to_string().into());
        let unwritten = draft.and_then(|draft| {
            let mut unwritten = self.unwritten.borrow_mut();
            let index = unwritten.iter().position(|one| one.is_of(&author, draft))?;
            Some(unwritten.swap_remove(index))
        });
        let row = rows::outbox_row(&author, item)?;
        let work = async |transaction: &Transaction| {
            blobs::are_here(transaction, &author, attached).await?;
            let before = outbox_rows(transaction, &author).await?;
            if before.iter().all(|(_, row)| among(std::slice::from_ref(item), row).is_none()) {
                transaction.store(OUTBOX)?.add(&row)?;
            }
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

    /// Takes out these very commands, as far as they may be given up.
    pub(crate) async fn remove(&self, items: &[Queued]) -> Result<(), Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            for (key, row) in outbox_rows(transaction, &person).await? {
                let may_go = rows::queued(&Array::of1(&row)).iter().all(Queued::may_be_given_up);
                if may_go && among(items, &row).is_some() {
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

/// Takes commands out of a person's outbox and of what was sent. A row that holds no command is kept: nobody knows what it
/// is.
pub(super) async fn forget_commands(
    transaction: &Transaction,
    person: &str,
    goes: &dyn Fn(&Queued) -> bool,
) -> Result<(), Failure> {
    let (sent, range) = (transaction.index(SENT, BY_PERSON_AND_TIME)?, beginning_with(person)?);
    let (rows, keys) = (answer(sent.get_all_with_key(&range)), answer(sent.get_all_keys_with_key(&range)));
    let goes = |row: &JsValue| rows::queued(&Array::of1(row)).iter().any(goes);
    for (key, row) in outbox_rows(transaction, person).await? {
        if goes(&row) {
            transaction.store(OUTBOX)?.delete(&key)?;
        }
    }
    let (rows, keys) = (rows.await?.unchecked_into::<Array>(), keys.await?.unchecked_into::<Array>());
    for (key, row) in keys.iter().zip(rows.iter()) {
        if goes(&row) {
            transaction.store(SENT)?.delete(&key)?;
        }
    }
    Ok(())
}

/// The item that a row of the outbox holds.
pub(super) fn among<'i>(items: &'i [Queued], row: &JsValue) -> Option<&'i Queued> {
    let bytes = rows::bytes(row)?;
    items.iter().find(|item| item.bytes == bytes)
}
