//! How domain values are kept in columns.

use super::failure::{Sql, decode_error};
use domain::kernel::{Actor, RecordKey, Sha256, json};
use serde::Serialize;
use std::fmt::Write;
use uuid::Uuid;

/// 32 hexadecimal digits, which SQL turns into the 16 bytes that are stored.
pub(super) fn hex(id: impl Into<Uuid>) -> String {
    id.into().simple().to_string()
}

/// The 16 bytes of an id.
pub(super) fn blob(id: impl Into<Uuid>) -> Vec<u8> {
    id.into().as_bytes().to_vec()
}

/// An id from its 16 bytes.
pub(super) fn id<T: From<Uuid>>(bytes: &[u8]) -> Sql<T> {
    Uuid::from_slice(bytes).map(T::from).map_err(decode_error)
}

/// The 32 bytes of a hash.
pub(super) fn hash(sha256: &Sha256) -> Vec<u8> {
    sha256.as_bytes().to_vec()
}

/// A hash from its 32 bytes.
pub(super) fn sha256(bytes: &[u8]) -> Sql<Sha256> {
    bytes.try_into().map(Sha256::from_bytes).map_err(decode_error)
}

/// The 16 bytes of a person, or the JSON of another actor.
pub(super) fn actor(actor: Actor) -> Sql<Vec<u8>> {
    match actor.person() {
        Some(person) => Ok(blob(person)),
        None => Ok(json::write(&actor).map_err(decode_error)?.into_bytes()),
    }
}

/// A key from the text that it was kept as.
pub(super) fn key(text: &str) -> Sql<RecordKey> {
    text.parse().map_err(decode_error)
}

/// A table of rows for `json_each`.
pub(super) fn table<T: Serialize>(rows: &[T]) -> Sql<String> {
    serde_json::to_string(rows).map_err(decode_error)
}

/// Two hexadecimal digits per byte.
pub(super) fn digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
