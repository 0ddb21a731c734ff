//! What the sync loop does after a failure, and when it tries again.

use crate::neighbourhood::NOON;
use domain::kernel::{Span, Timestamp};
use domain::sync::{BATCH_COMMANDS, Backoff, BatchSize, Failure, Link, NextStep, after_failure};
use proptest::prelude::*;

fn every_failure() -> [Failure; 11] {
    [
        Failure::Unreachable,
        Failure::NotOurAnswer,
        Failure::SignInNeeded { epoch: None },
        Failure::WrongCredentials,
        Failure::TooManyAttempts { retry_after: Span::seconds(60) },
        Failure::Forbidden { epoch: None, community: None },
        Failure::NotFound,
        Failure::BadRequest { detail: "too large".into() },
        Failure::TooOld,
        Failure::Unavailable { retry_after: Span::seconds(5) },
        Failure::Internal,
    ]
}

#[test]
fn each_failure_has_its_consequence() {
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
    for (failure, (link, many, one)) in every_failure().iter().zip(expected) {
        let (hundred, single) = (after_failure(failure, 100), after_failure(failure, 1));
        assert_eq!((hundred.link, hundred.step, single.step), (link, many, one), "{failure:?}");
        let pull = after_failure(failure, 0).step;
        assert!(!matches!(pull, NextStep::Halve | NextStep::SetAside | NextStep::Quarantine), "{failure:?}");
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
    backoff.failed(NOON, Some(Span::seconds(60)), 0);
    backoff.hinted();
    assert_eq!(backoff.remaining(NOON.plus(Span::seconds(20))), Span::seconds(40));
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait() {
    let mut backoff = Backoff::default();
    backoff.failed(NOON, Some(Span::seconds(60)), 0);
    assert!(backoff.is_due(NOON.plus(Span::days(-365))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn waits_grow_never_end_never_exceed_five_minutes_and_start_anew_after_success(
        tries in prop::collection::vec((any::<u32>(), prop::option::of((0..1_000_000_i64).prop_map(Span::seconds))), 1..60),
        millis in any::<i64>(),
    ) {
        let now = Timestamp::from_millis(millis);
        let mut backoff = Backoff::default();
        let half = |span: Span| Span::from_millis(span.millis() / 2);
        let mut least = half(Backoff::SHORTEST);
        for (random, retry_after) in tries {
            let wait = backoff.failed(now, retry_after, random);
            prop_assert!(wait >= least && wait <= Backoff::LONGEST);
            prop_assert!(wait >= retry_after.unwrap_or_default().min(Backoff::LONGEST));
            prop_assert_eq!(backoff.remaining(now), wait);
            prop_assert!(now.plus(wait).since(now) < wait || backoff.is_due(now.plus(wait)));
            least = least.plus(least).min(half(Backoff::LONGEST));
        }
        backoff.succeeded();
        prop_assert!(backoff.is_due(now));
        prop_assert!(backoff.failed(now, None, u32::MAX) <= Backoff::SHORTEST);
    }
}

#[test]
fn what_failed_without_a_network_is_no_reason_for_a_long_pause_with_one() {
    let mut backoff = Backoff::default();
    let long = (0..8).map(|_| backoff.failed(NOON, None, u32::MAX)).max().unwrap();
    backoff.reconnected();
    assert!(backoff.is_due(NOON));
    assert!(backoff.failed(NOON, None, u32::MAX).millis() * 10 < long.millis());
    backoff.failed(NOON, Some(Span::seconds(60)), 0);
    backoff.reconnected();
    assert!(!backoff.is_due(NOON), "what the server asked for still counts");
}
