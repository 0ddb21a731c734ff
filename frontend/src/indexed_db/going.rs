//! What a device may not keep any longer (DESIGN.md 5.9), and the end of somebody's time on it. What goes is decided by
//! `domain::sync`; here it is carried out, in one transaction. Part of the program that comes later.

use super::{
    failure::Failure,
    identity::{SIGN_OUT_OWED, SIGNED_IN},
    rows,
    schema::{BLOB_TIMES, BLOBS, BY_PERSON_AND_TIME, DEVICE, MARKS, OUTBOX, RECORDS, SENT},
    shelf::{Shelf, outbox_rows},
    transaction::{Access, Transaction, answer, beginning_with, pair},
};
use domain::{kernel::RecordKey, sync::LetGo};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

impl Shelf {
    /// Lets go of what may not stay; the marks are replaced with it.
    pub(super) async fn let_go_here(&self, gone: &LetGo) -> Result<(), Failure> {
        let person = gone.whose().to_string();
        let work = async |transaction: &Transaction| carry_out(transaction, &person, gone).await;
        self.database.transact(&[RECORDS, OUTBOX, SENT, BLOBS, BLOB_TIMES, MARKS], Access::WriteStrict, work).await
    }

    /// The same, and nobody is signed in any more.
    pub(super) async fn close_here(&self, gone: &LetGo) -> Result<(), Failure> {
        self.write_drafts().await?;
        let person = gone.whose().to_string();
        let work = async |transaction: &Transaction| {
            carry_out(transaction, &person, gone).await?;
            let device = transaction.store(DEVICE)?;
            device.delete(&SIGNED_IN.into())?;
            device.put_with_key(&person.as_str().into(), &SIGN_OUT_OWED.into())?;
            Ok(())
        };
        let stores = [DEVICE, RECORDS, OUTBOX, SENT, BLOBS, BLOB_TIMES, MARKS];
        self.database.transact(&stores, Access::WriteStrict, work).await
    }
}

async fn carry_out(transaction: &Transaction, person: &str, gone: &LetGo) -> Result<(), Failure> {
    let records = transaction.store(RECORDS)?;
    let keys = answer(records.get_all_keys_with_key(&beginning_with(person)?)).await?.unchecked_into::<Array>();
    for key in keys.iter() {
        let name = key.unchecked_ref::<Array>().get(1).as_string();
        // What cannot be read is nobody's place, and goes.
        let stays = name.and_then(|name| name.parse::<RecordKey>().ok()).is_some_and(|key| gone.keeps(&key));
        if !stays {
            records.delete(&key)?;
        }
    }
    let outbox = transaction.store(OUTBOX)?;
    for (key, row) in outbox_rows(transaction, person).await? {
        if !keeps(gone, &row) {
            outbox.delete(&key)?;
        }
    }
    let (sent, range) = (transaction.index(SENT, BY_PERSON_AND_TIME)?, beginning_with(person)?);
    let (rows, keys) = (answer(sent.get_all_with_key(&range)), answer(sent.get_all_keys_with_key(&range)));
    let (rows, keys) = (rows.await?.unchecked_into::<Array>(), keys.await?.unchecked_into::<Array>());
    for (key, row) in keys.iter().zip(rows.iter()) {
        if !keeps(gone, &row) {
            transaction.store(SENT)?.delete(&key)?;
        }
    }
    for sha256 in &gone.blobs {
        let key = pair(person, &sha256.to_string());
        transaction.store(BLOBS)?.delete(&key)?;
        transaction.store(BLOB_TIMES)?.delete(&key)?;
    }
    transaction.store(MARKS)?.put_with_key(&rows::json(&gone.marks)?.into(), &person.into())?;
    Ok(())
}

/// A row that holds no command is kept: nobody knows what it is.
fn keeps(gone: &LetGo, row: &JsValue) -> bool {
    rows::queued(&Array::of1(row)).iter().all(|item| gone.keeps_command(item))
}
