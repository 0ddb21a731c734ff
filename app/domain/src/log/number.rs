//! The number that people say on the telephone: `HPXC-20251117-0042`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A readable entry number. The server gives it in the transaction that accepts the entry: abbreviation of the community,
/// day of writing, and a serial that counts within both from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryNumber(String);

impl EntryNumber {
    /// The series of the log among the numbers of a community and day.
    pub const SERIES: &'static str = "";

    /// What the server gave.
    #[must_use]
    pub const fn new(number: String) -> Self {
        Self(number)
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
