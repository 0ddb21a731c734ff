//! What the sync loop does when a talk with the server fails, and how long it waits. It never gives up,
//! one bad command never holds up the others, and whatever happened, the outbox keeps every word.

use super::{BATCH_COMMANDS, Failure, Link};
use crate::kernel::{Span, Timestamp};

/// What the loop does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Wait ([`Backoff`]), then the same again.
    Retry,
    /// Wait, then with half as many commands ([`BatchSize::halved`]): the batch may be too large for this network or
    /// this server, or hold one command that spoils it.
    Halve,
    /// The server stumbled over this one command: [`super::Outbox::set_aside`], wait, go on with the others.
    SetAside,
    /// The server cannot read the request with this one command: as [`NextStep::SetAside`], and where it happens again and
    /// again ([`super::Outbox::is_misread_for_good`]), [`super::Outbox::quarantine`].
    Quarantine,
    /// Stop until the same person has signed in again; writing goes on.
    AwaitSignIn,
    /// Stop until the person has taken the new version; writing goes on.
    AwaitUpdate,
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterFailure {
    /// What the state strip says.
    pub link: Link,
    /// What to do.
    pub step: NextStep,
}

/// The table: what each failure means for a push of `sent` commands. A pull sends none, and is simply tried again.
#[must_use]
pub const fn after_failure(failure: &Failure, sent: usize) -> AfterFailure {
    let (link, step) = match failure {
        // A slow network that cannot carry a hundred may carry ten; a proxy that refuses a large body answers in its
        // own words, like a captive portal.
        Failure::Unreachable | Failure::NotOurAnswer => (Link::Unreachable, smaller(sent, NextStep::Retry)),
        Failure::SignInNeeded { .. } | Failure::WrongCredentials => (Link::SignInNeeded, NextStep::AwaitSignIn),
        Failure::TooOld => (Link::TooOld, NextStep::AwaitUpdate),
        Failure::BadRequest { .. } => (Link::ServerTrouble, smaller(sent, NextStep::Quarantine)),
        Failure::Internal => (Link::ServerTrouble, smaller(sent, NextStep::SetAside)),
        Failure::Unavailable { .. }
        | Failure::TooManyAttempts { .. }
        | Failure::Forbidden { .. }
        | Failure::NotFound => (Link::ServerTrouble, NextStep::Retry),
    };
    AfterFailure { link, step }
}

const fn smaller(sent: usize, alone: NextStep) -> NextStep {
    match sent {
        0 => NextStep::Retry,
        1 => alone,
        _ => NextStep::Halve,
    }
}

/// How many commands the next push carries: halved when one fails, doubled when one succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize(usize);

impl BatchSize {
    /// Commands.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }

    /// After a push of `sent` commands failed; never less than one.
    #[must_use]
    pub const fn halved(self, sent: usize) -> Self {
        let tried = if sent < self.0 { sent } else { self.0 };
        Self(if tried < 2 { 1 } else { tried / 2 })
    }

    /// After a push succeeded; never more than [`BATCH_COMMANDS`].
    #[must_use]
    pub const fn grown(self) -> Self {
        Self(if self.0 > BATCH_COMMANDS / 2 { BATCH_COMMANDS } else { self.0 * 2 })
    }
}

impl Default for BatchSize {
    fn default() -> Self {
        Self(BATCH_COMMANDS)
    }
}

/// Any number, each as likely as the other, from random bytes ([`super::Host::random`]).
#[must_use]
pub const fn any_number(random: [u8; 10]) -> u32 {
    let [first, second, third, fourth, ..] = random;
    u32::from_le_bytes([first, second, third, fourth])
}

/// When to try again after failures: later each time, never later than five minutes, and jittered, so that a whole street
/// does not come back in the same second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backoff {
    failures: u32,
    wait: Option<Wait>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wait {
    since: Timestamp,
    span: Span,
    asked_for: bool,
}

impl Backoff {
    /// After the first failure, before jitter.
    pub const SHORTEST: Span = Span::seconds(2);
    /// Most between two tries, whatever happened.
    pub const LONGEST: Span = Span::minutes(5);

    /// A try has failed at `now`. `retry_after` is what the server asked for ([`Failure::retry_after`]), `random` any
    /// number. Returns how long to wait.
    pub fn failed(&mut self, now: Timestamp, retry_after: Option<Span>, random: u32) -> Span {
        let doublings = self.failures.min(16);
        let millis = (Self::SHORTEST.millis() << doublings).min(Self::LONGEST.millis());
        let jittered = Span::from_millis(millis / 2 + (millis / 2) * i64::from(random) / i64::from(u32::MAX));
        let asked = retry_after.unwrap_or_default();
        let span = jittered.max(asked).min(Self::LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.wait = Some(Wait { since: now, span, asked_for: asked > Span::ZERO });
        span
    }

    /// A try has succeeded: the next failure starts from the beginning.
    pub const fn succeeded(&mut self) {
        *self = Self { failures: 0, wait: None };
    }

    /// Something suggests that the network is back (`online`, the app in front again, a tap): the next try may come at
    /// once, unless the server asked for patience. It is a hint only: the count of failures stays.
    pub fn hinted(&mut self) {
        self.wait = self.wait.filter(|wait| wait.asked_for);
    }

    /// The device has a network again: what failed without one says nothing about this one, so that one more failure
    /// is no reason for a long pause. What the server asked for still counts.
    pub fn reconnected(&mut self) {
        self.failures = 0;
        self.hinted();
    }

    /// How long until the next try is due. A clock that was set back does not make anybody wait longer.
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> Span {
        let Some(wait) = self.wait else { return Span::ZERO };
        let passed = now.since(wait.since);
        if passed < Span::ZERO { Span::ZERO } else { wait.span.plus(passed.negated()).max(Span::ZERO) }
    }

    /// Whether a try is due.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.remaining(now) == Span::ZERO
    }
}
