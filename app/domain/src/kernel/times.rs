//! The times of one thing that somebody did.

use super::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// When somebody did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// By the clock of the device.
    pub written: Timestamp,
    /// What to add to the device's clock to get the server's, as far as it was known. Larger than that where the sum would
    /// lie before what was worked on ([`Times::not_before`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<Span>,
    /// When the server had it; `None` while it is only on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Timestamp>,
}

impl Times {
    /// From this much time between writing and receiving, something is marked 离线补传.
    const LATE: Span = Span::minutes(10);

    /// When it was written, by the server's clock as well as we know.
    #[must_use]
    pub const fn corrected(&self) -> Timestamp {
        self.correct(self.written)
    }

    /// An instant of the device's clock, by the server's clock as well as we know.
    #[must_use]
    pub const fn correct(&self, device_time: Timestamp) -> Timestamp {
        match self.clock_offset {
            Some(offset) => device_time.plus(offset),
            None => device_time,
        }
    }

    /// When it counts as having happened among what others did: receipt, or writing while it is only on the phone.
    #[must_use]
    pub const fn effective(&self) -> Timestamp {
        match self.received {
            Some(received) => received,
            None => self.corrected(),
        }
    }

    /// Whether it was written without signal and sent later (离线补传). Such work is never a late answer.
    #[must_use]
    pub fn is_late_upload(&self) -> bool {
        self.received.is_some_and(|received| received.since(self.corrected()) >= Self::LATE)
    }

    /// The same, and not before `earliest`: nobody acts before what they act on.
    #[must_use]
    pub fn not_before(self, earliest: Timestamp) -> Self {
        if self.corrected() >= earliest {
            return self;
        }
        Self { clock_offset: Some(earliest.since(self.written)), ..self }
    }
}
