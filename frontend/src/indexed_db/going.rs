//! What a device may not keep any longer, and the end of somebody's time on it. What goes is decided by
//! `domain::sync`; here it is carried out, in one transaction. In a lazy part of the program.

use super::{
    failure::Failure,
    identity::{SIGN_OUT_OWED, SIGNED_IN, card_in},
    rows,
    schema::{BLOB_TIMES, BLOBS, DEVICE, MARKS, OUTBOX, RECORDS, SENT},
    shelf::{Shelf, forget_commands},
    transaction::{Access, Transaction, answer, beginning_with, pair},
};
use domain::{kernel::RecordKey, sync::LetGo};
use js_sys::Array;
use wasm_bindgen::JsCast;

impl Shelf {
    /// Lets go of what may not stay; the marks are replaced with it.
    pub(super) async fn let_go_here(&self, gone: &LetGo) -> Result<(), Failure> {
        let person = gone.whose().to_string();
        let work = async |transaction: &Transaction| carry_out(transaction, &person, gone).await;
        self.database.transact(&[RECORDS, OUTBOX, SENT, BLOBS, BLOB_TIMES, MARKS], Access::WriteStrict, work).await
    }

    /// The same, and they are signed in no more; somebody else who is by then stays so.
    pub(super) async fn close_here(&self, gone: &LetGo) -> Result<(), Failure> {
        self.write_drafts().await?;
        let person = gone.whose().to_string();
        let work = async |transaction: &Transaction| {
            carry_out(transaction, &person, gone).await?;
            let device = transaction.store(DEVICE)?;
            let signed_in = card_in(&answer(device.get(&SIGNED_IN.into())).await?);
            if signed_in.is_none_or(|card| card.person == gone.whose()) {
                device.delete(&SIGNED_IN.into())?;
                device.put_with_key(&person.as_str().into(), &SIGN_OUT_OWED.into())?;
            }
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
    forget_commands(transaction, person, &|item| !gone.keeps_command(item)).await?;
    for sha256 in &gone.blobs {
        let key = pair(person, &sha256.to_string());
        transaction.store(BLOBS)?.delete(&key)?;
        transaction.store(BLOB_TIMES)?.delete(&key)?;
    }
    transaction.store(MARKS)?.put_with_key(&rows::json(&gone.marks)?.into(), &person.into())?;
    Ok(())
}
