//! The lazy part of what is kept: what a tab seldom does, or only from pages that are loaded lazily.

use super::{
    blobs::time,
    failure::Failure,
    identity::card_in,
    rows,
    schema::{BLOB_TIMES, BLOBS, BY_PERSON_AND_TIME, MARKS, OUTBOX, PEOPLE, SENT},
    shelf::{Shelf, among, outbox_rows},
    transaction::{Access, Transaction, answer, beginning_with, pair},
};
use crate::{device::Device, transport};
use app::ui::js;
use domain::{
    kernel::{PersonId, Sha256, Timestamp},
    sync::{DeviceFacts, LeftBehind, LetGo, Queued, SyncMarks, Work},
};
use js_sys::{Array, Uint8Array};
use std::pin::Pin;
use wasm_bindgen::JsCast;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

type Doing<'d, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + 'd>>;

/// All of it, once the part is there.
pub(crate) struct LazyPart {
    pub(crate) left_behind: for<'d> fn(&'d Shelf) -> Doing<'d, Vec<LeftBehind>>,
    pub(crate) close: for<'d> fn(&'d Shelf, &'d LetGo) -> Doing<'d, ()>,
    pub(crate) let_go: for<'d> fn(&'d Shelf, &'d LetGo) -> Doing<'d, ()>,
    pub(crate) sent: for<'d> fn(&'d Shelf) -> Doing<'d, Vec<Queued>>,
    pub(crate) replace_outbox: for<'d> fn(&'d Shelf, &'d [Queued]) -> Doing<'d, ()>,
    pub(crate) keep_blob: for<'d> fn(&'d Shelf, PersonId, Sha256, &'d [u8], Timestamp) -> Doing<'d, ()>,
    pub(crate) blob: for<'d> fn(&'d Shelf, Sha256) -> Doing<'d, Option<Vec<u8>>>,
    pub(crate) blob_uploaded: for<'d> fn(&'d Shelf, Sha256, Timestamp) -> Doing<'d, ()>,
    pub(crate) forget_blobs: for<'d> fn(&'d Shelf, &'d [Sha256]) -> Doing<'d, ()>,
    pub(crate) take_in: for<'d> fn(&'d Shelf, &'d str) -> Doing<'d, ()>,
    pub(crate) facts: for<'d> fn(&'d Device) -> Pin<Box<dyn Future<Output = DeviceFacts> + 'd>>,
    pub(crate) blob_offset: fn(Sha256) -> transport::Asking<u64>,
    pub(crate) send_part: for<'d> fn(Sha256, u64, &'d [u8]) -> transport::Sending<'d>,
    /// Photos and voice notes, after their words: whoever has nothing to upload does without this code.
    pub(crate) upload: Work,
}

#[wasm_split(more, fallible)]
fn lazy_part() -> Result<&'static LazyPart, SplitLoaderError> {
    Ok(&LazyPart {
        left_behind: |shelf| Box::pin(shelf.left_behind_here()),
        close: |shelf, gone| Box::pin(shelf.close_here(gone)),
        let_go: |shelf, gone| Box::pin(shelf.let_go_here(gone)),
        sent: |shelf| Box::pin(shelf.sent_here()),
        replace_outbox: |shelf, items| Box::pin(shelf.replace_outbox_here(items)),
        keep_blob: |shelf, owner, sha256, bytes, now| Box::pin(shelf.keep_blob_here(owner, sha256, bytes, now)),
        blob: |shelf, sha256| Box::pin(shelf.blob_here(sha256)),
        blob_uploaded: |shelf, sha256, now| Box::pin(shelf.blob_uploaded_here(sha256, now)),
        forget_blobs: |shelf, all| Box::pin(shelf.forget_blobs_here(all)),
        take_in: |shelf, person| Box::pin(shelf.take_in_here(person)),
        facts: |device| Box::pin(device.facts_here()),
        blob_offset: |sha256| Box::pin(transport::blob_offset(sha256)),
        send_part: |sha256, offset, bytes| Box::pin(transport::send_part(sha256, offset, bytes)),
        upload: domain::sync::upload,
    })
}

impl LazyPart {
    /// The part. Where it cannot be had now, nothing was done.
    pub(crate) async fn here() -> Result<&'static Self, Failure> {
        lazy_part().await.map_err(|_| Failure::Broken("not loaded".to_owned()))
    }
}

impl Shelf {
    /// Whose commands and photos wait here, and how many.
    async fn left_behind_here(&self) -> Result<Vec<LeftBehind>, Failure> {
        let work = async |transaction: &Transaction| {
            let people = answer(transaction.store(PEOPLE)?.get_all());
            let outbox = answer(transaction.store(OUTBOX)?.get_all());
            let marks = transaction.store(MARKS)?;
            let (people, outbox) = (people.await?.unchecked_into::<Array>(), outbox.await?.unchecked_into::<Array>());
            let mut left = Vec::new();
            for card in people.iter().filter_map(|row| card_in(&row)) {
                let person = card.person.to_string();
                let theirs = outbox.iter().filter(|row| js::text(row, "person").as_ref() == Some(&person));
                let unsent = rows::queued(&theirs.collect()).iter().filter(|item| item.is_shown_as_unsent()).count();
                let marks: Option<SyncMarks> = rows::parsed(&answer(marks.get(&person.into())).await?);
                let blobs = marks.map_or(0, |marks| marks.blobs_left);
                left.push(LeftBehind { name: card.name, unsent, blobs });
            }
            left.retain(|one| one.unsent + one.blobs > 0);
            Ok(left)
        };
        self.database.transact(&[PEOPLE, OUTBOX, MARKS], Access::Read, work).await
    }

    /// What was confirmed within the last 30 days, oldest first.
    async fn sent_here(&self) -> Result<Vec<Queued>, Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            let index = transaction.index(SENT, BY_PERSON_AND_TIME)?;
            let rows: Array = answer(index.get_all_with_key(&beginning_with(&person)?)).await?.unchecked_into();
            Ok(rows::queued(&rows))
        };
        self.database.transact(&[SENT], Access::Read, work).await
    }

    /// Replaces the outbox; what is offered again is no longer among what was sent. What was saved meanwhile, in this tab
    /// or another, stays behind it.
    async fn replace_outbox_here(&self, items: &[Queued]) -> Result<(), Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            let index = transaction.index(SENT, BY_PERSON_AND_TIME)?;
            let sent = answer(index.get_all_keys_with_key(&beginning_with(&person)?));
            let (outbox, before) = (transaction.store(OUTBOX)?, outbox_rows(transaction, &person).await?);
            for (key, _) in &before {
                outbox.delete(key)?;
            }
            for item in items {
                outbox.add(&rows::outbox_row(&person, item)?)?;
            }
            for (_, row) in before.iter().filter(|(_, row)| among(items, row).is_none()) {
                outbox.add(row)?;
            }
            for key in sent.await?.unchecked_into::<Array>().iter() {
                transaction.store(SENT)?.delete(&key)?;
            }
            Ok(())
        };
        self.database.transact(&[OUTBOX, SENT], Access::WriteStrict, work).await
    }

    /// Keeps bytes, since `now`.
    async fn keep_blob_here(
        &self,
        owner: PersonId,
        sha256: Sha256,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (key, bytes) = (pair(&owner.to_string(), &sha256.to_string()), Uint8Array::from(bytes));
        let work = async |transaction: &Transaction| {
            transaction.store(BLOBS)?.put_with_key(&bytes, &key)?;
            transaction.store(BLOB_TIMES)?.put_with_key(&time(now), &key)?;
            Ok(())
        };
        self.database.transact(&[BLOBS, BLOB_TIMES], Access::WriteStrict, work).await
    }

    /// The server has them: from now on they are kept for it only.
    async fn blob_uploaded_here(&self, sha256: Sha256, now: Timestamp) -> Result<(), Failure> {
        let key = pair(&self.person(), &sha256.to_string());
        let work = async |transaction: &Transaction| {
            let times = transaction.store(BLOB_TIMES)?;
            if !answer(times.get_key(&key)).await?.is_undefined() {
                times.put_with_key(&time(now), &key)?;
            }
            Ok(())
        };
        self.database.transact(&[BLOB_TIMES], Access::Write, work).await
    }

    /// Bytes, if they are here.
    async fn blob_here(&self, sha256: Sha256) -> Result<Option<Vec<u8>>, Failure> {
        let key = pair(&self.person(), &sha256.to_string());
        let work = async |transaction: &Transaction| answer(transaction.store(BLOBS)?.get(&key)).await;
        let bytes = self.database.transact(&[BLOBS], Access::Read, work).await?;
        Ok(bytes.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec()))
    }

    /// Removes bytes.
    async fn forget_blobs_here(&self, all: &[Sha256]) -> Result<(), Failure> {
        let person = self.person();
        let work = async |transaction: &Transaction| {
            for sha256 in all {
                let key = pair(&person, &sha256.to_string());
                transaction.store(BLOBS)?.delete(&key)?;
                transaction.store(BLOB_TIMES)?.delete(&key)?;
            }
            Ok(())
        };
        self.database.transact(&[BLOBS, BLOB_TIMES], Access::Write, work).await
    }
}
