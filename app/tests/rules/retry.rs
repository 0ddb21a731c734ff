//! What the sync loop does after a failure, and when it tries again.

use crate::neighbourhood::NOON;
use app::error::AppError;
use app::sync::{BATCH_COMMANDS, Backoff, BatchSize, Link, NextStep, after_failure};
use proptest::prelude::*;

fn every_error() -> [AppError; 11] {
    [
        AppError::Unreachable,
        AppError::NotOurAnswer,
        AppError::SignInNeeded,
        AppError::WrongCredentials,
        AppError::TooManyAttempts { retry_after_seconds: 60 },
        AppError::Forbidden,
        AppError::NotFound,
        AppError::BadRequest { detail: "too large".into() },
        AppError::TooOld,
        AppError::Unavailable { retry_after_seconds: 5 },
        AppError::Internal,
    ]
}

#[test]
fn each_error_has_its_consequence() {
    let expected = [
        (Link::Unreachable, NextStep::Halve, NextStep::Retry),
        (Link::Unreachable, NextStep::Halve, NextStep::Retry),
        (Link::SignInNeeded, NextStep::AwaitSignIn, NextStep::AwaitSignIn),
        (Link::SignInNeeded, NextStep::AwaitSignIn, NextStep::AwaitSignIn),
        (Link::ServerTrouble, NextStep::Retry, NextStep::Retry),
        (Link::ServerTrouble, NextStep::Retry, NextStep::Retry),
        (Link::ServerTrouble, NextStep::Retry, NextStep::Retry),
        (Link::ServerTrouble, NextStep::Halve, NextStep::Quarantine),
        (Link::TooOld, NextStep::AwaitUpdate, NextStep::AwaitUpdate),
        (Link::ServerTrouble, NextStep::Retry, NextStep::Retry),
        (Link::ServerTrouble, NextStep::Halve, NextStep::SetAside),
    ];
    for (error, (link, many, one)) in every_error().iter().zip(expected) {
        let (hundred, single) = (after_failure(error, 100), after_failure(error, 1));
        assert_eq!((hundred.link, hundred.step, single.step), (link, many, one), "{error:?}");
        let pull = after_failure(error, 0).step;
        assert!(!matches!(pull, NextStep::Halve | NextStep::SetAside | NextStep::Quarantine), "{error:?}");
    }
}

#[test]
fn a_batch_shrinks_to_one_and_grows_back() {
    let mut size = BatchSize::default();
    let mut seen = Vec::new();
    for _ in 0..8 {
        size = size.halved(BATCH_COMMANDS);
        seen.push(size.get());
    }
    assert_eq!(seen, [50, 25, 12, 6, 3, 1, 1, 1]);
    assert_eq!(BatchSize::default().halved(7).get(), 3, "half of what was really sent");
    for _ in 0..8 {
        size = size.grown();
    }
    assert_eq!(size, BatchSize::default());
}

#[test]
fn a_hint_cuts_the_wait_short_unless_the_server_asked_for_patience() {
    let mut backoff = Backoff::default();
    backoff.failed(NOON, None, 0);
    assert!(!backoff.is_due(NOON));
    backoff.hinted();
    assert!(backoff.is_due(NOON));
    backoff.failed(NOON, Some(60), 0);
    backoff.hinted();
    assert_eq!(backoff.remaining(NOON.plus_millis(20_000)), 40_000);
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait() {
    let mut backoff = Backoff::default();
    backoff.failed(NOON, Some(60), 0);
    assert!(backoff.is_due(NOON.plus_minutes(-60 * 24 * 365)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn waits_grow_never_end_never_exceed_five_minutes_and_start_anew_after_success(
        tries in prop::collection::vec((any::<u32>(), prop::option::of(any::<u32>())), 1..60),
        millis in any::<i64>(),
    ) {
        let now = app::domain::Timestamp::from_millis(millis);
        let mut backoff = Backoff::default();
        let mut least = Backoff::SHORTEST_MILLIS / 2;
        for (chance, retry_after) in tries {
            let wait = backoff.failed(now, retry_after, chance);
            prop_assert!(wait >= least && wait <= Backoff::LONGEST_MILLIS);
            let asked = retry_after.map_or(0, |seconds| i64::from(seconds) * 1_000);
            prop_assert!(wait >= asked.min(Backoff::LONGEST_MILLIS));
            prop_assert_eq!(backoff.remaining(now), wait);
            prop_assert!(now.plus_millis(wait).since(now) < wait || backoff.is_due(now.plus_millis(wait)));
            least = (least * 2).min(Backoff::LONGEST_MILLIS / 2);
        }
        backoff.succeeded();
        prop_assert!(backoff.is_due(now));
        prop_assert!(backoff.failed(now, None, u32::MAX) <= Backoff::SHORTEST_MILLIS);
    }
}

#[test]
fn what_failed_without_a_network_is_no_reason_for_a_long_pause_with_one() {
    let mut backoff = Backoff::default();
    let long = (0..8).map(|_| backoff.failed(NOON, None, u32::MAX)).max().unwrap();
    backoff.reconnected();
    assert!(backoff.is_due(NOON));
    assert!(backoff.failed(NOON, None, u32::MAX) * 10 < long);
    backoff.failed(NOON, Some(60), 0);
    backoff.reconnected();
    assert!(!backoff.is_due(NOON), "what the server asked for still counts");
}
