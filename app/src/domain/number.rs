//! The number that people say on the telephone: `HPXC-20251117-0042` (DOMAIN.md 2.2).
//!
//! The server gives it in the transaction that accepts the entry. The day is the one on which the entry was
//! written, the serial number counts within community and day and starts at 1.

use super::{Day, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A readable entry number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryNumber(String);

impl EntryNumber {
    /// The `serial`-th entry of `community` (its abbreviation) written on `day`.
    #[must_use]
    pub fn new(community: &str, day: Day, serial: u32) -> Self {
        Self(format!("{community}-{}-{serial:04}", day.compact()))
    }

    /// The day whose numbering an entry written at `written` falls under.
    #[must_use]
    pub fn day_of(written: Timestamp) -> Day {
        written.day()
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_carry_community_day_and_serial() {
        let number = Day::from_numbers(2025, 11, 17).map(|day| EntryNumber::new("HPXC", day, 42));
        assert_eq!(number.as_ref().map(EntryNumber::as_str), Some("HPXC-20251117-0042"));
        let busy = Day::from_numbers(2025, 1, 1).map(|day| EntryNumber::new("HPXC", day, 12_345));
        assert_eq!(busy.as_ref().map(EntryNumber::as_str), Some("HPXC-20250101-12345"));
    }
}
