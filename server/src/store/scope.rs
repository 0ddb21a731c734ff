//! A reader's scope as queries take it.
//!
//! Rows of a first and a last micro-grid code (codes nest by prefix, so a place is a range) and the categories readable
//! there: bound one by one by lists, as the JSON of [`Scope::json`] by the feed.

use super::rows;
use app::domain::{ReadScope, Rights};
use sha2::{Digest, Sha256};

/// Digits of a micro-grid's code.
const CODE_DIGITS: usize = 18;
/// Bytes of the hash that stands for a scope in a cursor.
const FINGERPRINT_BYTES: usize = 12;

/// Stairwells that one watcher looks after, at most, in practice.
const FEW: usize = 4;

/// What one person may read.
pub(super) struct Scope {
    /// Own entries are always readable.
    pub person: Vec<u8>,
    /// Ranges of codes with their categories.
    pub places: Vec<(String, String, i64)>,
    /// Stands for the scope in a cursor.
    pub fingerprint: String,
}

impl Scope {
    pub(super) fn of(rights: &Rights) -> Self {
        let scope: ReadScope = rights.read_scope();
        let place = |(place, categories): &(app::domain::PlaceCode, Vec<app::domain::Category>)| {
            let code = place.as_str();
            let rest = CODE_DIGITS.saturating_sub(code.len());
            let mask = categories.iter().map(|category| rows::category_bit(*category)).fold(0, |mask, bit| mask | bit);
            (format!("{code}{}", "0".repeat(rest)), format!("{code}{}", "9".repeat(rest)), mask)
        };
        let hash = Sha256::digest(scope.fingerprint().as_bytes());
        Self {
            person: rights.person().uuid().as_bytes().to_vec(),
            places: scope.places.iter().map(place).collect(),
            fingerprint: rows::digits(&hash[..FINGERPRINT_BYTES]),
        }
    }

    /// Whether it is made of a few single stairwells.
    pub(super) fn is_narrow(&self) -> bool {
        self.places.len() <= FEW && self.places.iter().all(|(first, last, _)| first == last)
    }

    pub(super) fn json(&self) -> Result<String, sqlx::Error> {
        serde_json::to_string(&self.places).map_err(super::failure::json_error)
    }
}
