//! How long to wait before the next talk with the server. Waiting never ends in giving up (LESSONS.md L16).

use app::{error::AppError, sync::Link};

/// While something waits and the app is open, and where news do not come by themselves, in milliseconds.
pub(super) const HALF_MINUTE: u32 = 30_000;
/// The longest pause, in milliseconds.
pub(super) const LONGEST: u32 = 300_000;
const FIRST: u32 = 2_000;

/// When a failed talk is tried again without being told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// As soon as there may be signal: trying costs the server nothing.
    Soon,
    /// The server or the person's rights are in the way: after at least so many seconds, and ever more patiently.
    Patiently(u32),
    /// Somebody has to do something first: a save, a sign-in or a look at the app starts the next try.
    WhenTold,
}

/// What the state strip says of an error, and when it is tried again.
pub(super) const fn after(error: &AppError) -> (Link, Again) {
    match error {
        AppError::Unreachable | AppError::NotOurAnswer => (Link::Unreachable, Again::Soon),
        AppError::SignInNeeded => (Link::SignInNeeded, Again::WhenTold),
        AppError::TooOld => (Link::TooOld, Again::WhenTold),
        AppError::Forbidden => (Link::Reached, Again::Patiently(0)),
        AppError::Unavailable { retry_after_seconds } | AppError::TooManyAttempts { retry_after_seconds } => {
            (Link::ServerTrouble, Again::Patiently(*retry_after_seconds))
        }
        AppError::WrongCredentials | AppError::NotFound | AppError::BadRequest { .. } | AppError::Internal => {
            (Link::ServerTrouble, Again::Patiently(0))
        }
    }
}

/// Pauses that double with every failure, spread by chance so that phones do not come all at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The server answered.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// The next pause in milliseconds, between half of its full length and all of it. `chance` lies between 0 and 1.
    /// `open` says whether the app is in the foreground.
    pub(super) fn pause(&mut self, again: Again, open: bool, chance: f64) -> Option<u32> {
        let least = match again {
            Again::WhenTold => return None,
            Again::Soon => 0,
            Again::Patiently(seconds) => seconds.saturating_mul(1_000),
        };
        let longest = if again == Again::Soon && open { HALF_MINUTE } else { LONGEST };
        let full = FIRST.saturating_mul(1_u32.checked_shl(self.failures).unwrap_or(u32::MAX)).min(longest);
        self.failures = self.failures.saturating_add(1).min(16);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most LONGEST")]
        let spread = (f64::from(full / 2) * chance.clamp(0.0, 1.0)) as u32;
        Some((full / 2 + spread).max(least).min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_five_minutes_and_never_end() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..40).map(|_| backoff.pause(Again::Patiently(0), true, 1.0)).collect();
        assert_eq!(pauses[..4], [Some(2_000), Some(4_000), Some(8_000), Some(16_000)]);
        assert!(pauses[8..].iter().all(|pause| *pause == Some(LONGEST)));
        backoff.reset();
        assert_eq!(backoff.pause(Again::Soon, true, 0.0), Some(1_000));
    }

    #[test]
    fn without_signal_an_open_app_tries_every_half_minute() {
        let mut backoff = Backoff::default();
        let last = (0..40).filter_map(|_| backoff.pause(Again::Soon, true, 1.0)).last();
        assert_eq!(last, Some(HALF_MINUTE));
        assert_eq!(backoff.pause(Again::Soon, false, 1.0), Some(LONGEST));
    }

    #[test]
    fn the_server_may_ask_for_patience() {
        let (link, again) = after(&AppError::Unavailable { retry_after_seconds: 45 });
        assert_eq!((link, Backoff::default().pause(again, true, 0.0)), (Link::ServerTrouble, Some(45_000)));
    }

    #[test]
    fn an_ended_session_waits_for_the_person() {
        let (link, again) = after(&AppError::SignInNeeded);
        assert_eq!((link, Backoff::default().pause(again, true, 0.0)), (Link::SignInNeeded, None));
    }
}
