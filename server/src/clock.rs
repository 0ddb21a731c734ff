//! The only place where the time comes from (`clippy.toml` bans the others). A running server asks the [`Clock`] in its
//! state, which its start was given; `Instant` measures durations.
//!
//! With the feature `test-clock` the machine's time is later by what a file says, so that a browser test can let hours pass.
//! A delivered build has neither the feature nor its code.

#[cfg(any(test, feature = "test-clock"))]
mod file;

pub use app::api::Clock;

use domain::kernel::Timestamp;
#[cfg(any(test, feature = "test-clock"))]
use file::shifted;
use std::time::SystemTime;

/// The clock of this machine.
#[must_use]
pub fn of_machine() -> Clock {
    Clock::of(now)
}

/// The time of this machine, for what runs beside a server: commands of the command line, and tests.
#[must_use]
pub fn now() -> Timestamp {
    shifted(read())
}

#[expect(clippy::disallowed_methods, reason = "the one clock that all others are made of")]
fn read() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(not(any(test, feature = "test-clock")))]
const fn shifted(now: Timestamp) -> Timestamp {
    now
}
