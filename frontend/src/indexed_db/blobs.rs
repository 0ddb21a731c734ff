//! The bytes of photos and voice notes, within the transactions of others; they are kept, read and removed in
//! [`super::seldom`]. What may go when is decided by `app::sync`.

use super::{
    failure::Failure,
    schema::{BLOB_TIMES, BLOBS},
    transaction::{Transaction, answer, beginning_with, pair},
};
use crate::browser;
use app::{
    domain::{Sha256Hex, Timestamp},
    local_store::KeptBlob,
};
use js_sys::Array;
use std::future::Future;
use wasm_bindgen::{JsCast, JsValue};

/// Makes sure, within a transaction, that bytes are here.
pub(super) async fn are_here(transaction: &Transaction, author: &str, all: &[Sha256Hex]) -> Result<(), Failure> {
    let store = transaction.store(BLOBS)?;
    for sha256 in all {
        if answer(store.get_key(&pair(author, &sha256.0))).await?.is_undefined() {
            return Err(Failure::Incomplete);
        }
    }
    Ok(())
}

/// Begins to read what is here for a person.
pub(super) fn blobs_of(
    transaction: &Transaction,
    person: &str,
) -> Result<impl Future<Output = Result<Vec<KeptBlob>, Failure>> + use<>, Failure> {
    let (store, range) = (transaction.store(BLOB_TIMES)?, beginning_with(person)?);
    let keys = answer(store.get_all_keys_with_key(&range));
    let times = answer(store.get_all_with_key(&range));
    Ok(async move {
        let (keys, times): (Array, Array) = (keys.await?.unchecked_into(), times.await?.unchecked_into());
        let blob = |(key, at): (JsValue, JsValue)| {
            let sha256 = Sha256Hex::parse(&key.unchecked_into::<Array>().get(1).as_string()?)?;
            // Whole milliseconds, far inside the range in which this is exact.
            #[expect(clippy::cast_possible_truncation, reason = "dates fit into 53 bits")]
            let at = Timestamp::from_millis(at.as_f64()? as i64);
            Some(KeptBlob { sha256, at })
        };
        Ok(keys.iter().zip(times.iter()).filter_map(blob).collect())
    })
}

/// The device's clock, as a time is kept.
pub(super) fn now() -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "dates fit into 53 bits")]
    JsValue::from_f64(browser::now().millis() as f64)
}
