//! The bytes of photos and voice notes, within the transactions of others; they are kept, read and removed in
//! [`super::lazy_part`]. What may go when is decided by `domain::sync`.

use super::{
    failure::Failure,
    schema::BLOBS,
    transaction::{Rows, Transaction, answer, pair},
};
use domain::{
    kernel::{Sha256, Timestamp},
    sync::KeptBlob,
};
use wasm_bindgen::JsValue;

/// Makes sure, within a transaction, that bytes are here.
pub(super) async fn are_here(transaction: &Transaction, author: &str, all: &[Sha256]) -> Result<(), Failure> {
    let store = transaction.store(BLOBS)?;
    for sha256 in all {
        if answer(store.get_key(&pair(author, &sha256.to_string()))).await?.is_undefined() {
            return Err(Failure::Incomplete);
        }
    }
    Ok(())
}

/// What rows of `BLOB_TIMES` say is here.
pub(super) fn blobs_in(rows: Rows) -> Vec<KeptBlob> {
    let blob = |(sha256, at): (String, JsValue)| {
        // Whole milliseconds, far inside the range in which this is exact.
        #[expect(clippy::cast_possible_truncation, reason = "dates fit into 53 bits")]
        let at = Timestamp::from_millis(at.as_f64()? as i64);
        Some(KeptBlob { sha256: Sha256::parse(&sha256)?, at })
    };
    rows.into_iter().filter_map(blob).collect()
}

/// An instant, as it is kept.
pub(super) fn time(at: Timestamp) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "dates fit into 53 bits")]
    JsValue::from_f64(at.millis() as f64)
}
