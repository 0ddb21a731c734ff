//! How domain values are kept in columns.

use app::domain::{Category, Entry, Sha256Hex, Timestamp};
use std::fmt::Write;
use uuid::Uuid;

/// Serial numbers within one millisecond.
const SLOT_BITS: u32 = 20;
/// Milliseconds that fit beside them.
const LAST_MILLIS: i64 = (1 << 42) - 1;

/// The kinds of records in the feed; their numbers are stored.
pub(super) mod kind {
    pub(in crate::store) const COMMUNITY: i64 = 1;
    pub(in crate::store) const MICRO_GRID: i64 = 2;
    pub(in crate::store) const PERSON: i64 = 3;
    pub(in crate::store) const RESIDENT: i64 = 4;
    pub(in crate::store) const ENTRY: i64 = 5;
}

/// The first slot of an entry written at this time: slots order as times do.
pub(super) fn first_slot(written: Timestamp) -> i64 {
    written.millis().clamp(0, LAST_MILLIS) << SLOT_BITS
}

/// The last slot of the same millisecond.
pub(super) fn last_slot(written: Timestamp) -> i64 {
    first_slot(written) | ((1 << SLOT_BITS) - 1)
}

/// The bit of a category. It hangs on the stored code, not on the order in the source.
pub(super) fn category_bit(category: Category) -> i64 {
    category.code().parse::<u32>().map_or(0, |code| 1_i64 << code.min(62))
}

/// One bit per category that any version of the entry has had: whoever could see one version keeps seeing it.
pub(super) fn categories(entry: &Entry) -> i64 {
    entry.versions().map(|version| category_bit(version.content.category())).fold(0, |mask, bit| mask | bit)
}

/// 32 hexadecimal digits, which SQL turns into the 16 bytes that are stored.
pub(super) fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

/// An id from its 16 bytes.
pub(super) fn id<T: From<Uuid>>(bytes: &[u8]) -> Result<T, sqlx::Error> {
    Uuid::from_slice(bytes).map(T::from).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The 32 bytes behind the digits of a hash.
pub(super) fn sha256_bytes(hash: &Sha256Hex) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
    let pair = |pair: &[u8]| pair.iter().fold(0, |value, byte| value << 4 | digit(*byte));
    hash.0.as_bytes().chunks(2).map(pair).collect()
}

/// The digits of a hash.
pub(super) fn sha256_hex(bytes: &[u8]) -> Sha256Hex {
    Sha256Hex(digits(bytes))
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
