//! It never gives up, never waits longer than five minutes, and storms nobody.

use crate::neighbourhood::{Who, note_key};
use crate::site::about;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::{Asked, Fate};
use domain::sync::{Backoff, Failure, Link, Outcome, QueuedState};

/// Between two tries of the same kind, in the order in which they came.
fn pauses(asked: &[(domain::kernel::Timestamp, Asked)], kind: Asked) -> Vec<Span> {
    let at: Vec<_> = asked.iter().filter(|(_, one)| *one == kind).map(|(at, _)| *at).collect();
    at.windows(2).map(|two| two[1].since(two[0])).collect()
}

/// A request takes a little, too.
const LONGEST: Span = Backoff::LONGEST.plus(A_MOMENT);

#[test]
fn after_three_days_without_signal_everything_goes_at_once() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Portal);
    tab.write(1, "一切平安");
    world.pass(Span::days(3));
    assert_eq!(tab.link(), Link::Unreachable);
    let longest = pauses(&phone.network.asked(), Asked::Push).into_iter().max().unwrap();
    assert!(longest <= LONGEST, "{longest:?}");
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
}

#[test]
fn a_tab_that_nobody_looks_at_tries_less_often_and_never_stops() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.host.set_visible(false);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "一切平安");
    world.pass(Span::days(1));
    let pauses = pauses(&phone.network.asked(), Asked::Push);
    assert!(pauses.iter().all(|pause| *pause <= LONGEST), "{:?}", pauses.iter().max());
    // Half of them are up to half as long.
    let late = &pauses[20..];
    assert!(late.iter().all(|pause| *pause >= Span::minutes(2)), "{:?}", late.iter().min());
    phone.network.set_always(Fate::Arrives);
    world.pass(LONGEST);
    assert!(tab.outbox_is_empty());
}

#[test]
fn a_server_that_asks_for_patience_gets_it_whatever_people_do() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let retry_after = Span::minutes(2);
    phone.network.order(Asked::Push, [Fate::Fails(Failure::Unavailable { retry_after })]);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::ServerTrouble);
    for n in 2..8 {
        tab.write(n, "一切平安");
        tab.replica.reconnected();
        world.pass(Span::seconds(10));
    }
    assert_eq!(world.site.accepted().len(), 0);
    world.pass(Span::seconds(75));
    assert!(tab.outbox_is_empty());
}

#[test]
fn what_the_server_wants_later_waits_longer_each_time_and_holds_up_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    world.site.say(about(&[1]), Outcome::Later);
    tab.write(1, "一切平安");
    tab.write(2, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 1);
    assert!(matches!(tab.states()[..], [QueuedState::Waiting]));
    assert_eq!(tab.link(), Link::Reached, "nothing is wrong with the way");
    world.pass(Span::hours(3));
    let pauses = pauses(&phone.network.asked(), Asked::Push);
    assert!(pauses.iter().all(|pause| *pause <= LONGEST), "{:?}", pauses.iter().max());
    assert!(pauses.len() < 100, "{} pushes in three hours", pauses.len());
    tab.write(3, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 2, "what is new is not made to wait");
    world.site.server.behave();
    world.pass(LONGEST);
    assert!(tab.outbox_is_empty());
}

#[test]
fn nobody_who_has_nothing_to_say_asks_more_than_twice_a_minute() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    world.pass(Span::hours(1));
    assert!(phone.network.count(Asked::Pull) <= 122, "{}", phone.network.count(Asked::Pull));
    assert!(tab.host.listens());
    tab.host.set_live(true);
    tab.replica.talk_soon();
    world.pass(A_MOMENT);
    let before = phone.network.count(Asked::Pull);
    world.pass(Span::hours(1));
    assert!(phone.network.count(Asked::Pull) - before <= 13, "news come by themselves");
    tab.goes_into_a_pocket();
    world.pass(A_MOMENT);
    let before = phone.network.count(Asked::Pull);
    world.pass(Span::hours(5));
    assert_eq!(phone.network.count(Asked::Pull), before, "nobody looks");
    tab.is_looked_at();
    world.pass(A_MOMENT);
    assert_eq!(phone.network.count(Asked::Pull), before + 1);
}

#[test]
fn a_photo_that_the_server_will_never_take_keeps_nobody_asking() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let bad = Failure::BadRequest { detail: "no picture".to_owned() };
    phone.network.order(Asked::Part, [Fate::Fails(bad)]);
    let photo = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(Span::minutes(1));
    assert_eq!(tab.replica.status().refused, 1);
    tab.goes_into_a_pocket();
    world.pass(A_MOMENT);
    let before = phone.network.asked().len();
    world.pass(Span::hours(5));
    assert_eq!(phone.network.asked().len(), before, "nobody looks, and nothing waits");
}

#[test]
fn a_photo_that_does_not_get_through_is_tried_less_often_and_no_other_waits_for_it() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Offset, vec![Fate::Fails(Failure::NotFound); 1_000]);
    let photo = tab.take_photo(Who::Watcher, vec![1; 100]).unwrap();
    tab.write_with_photo(1, &photo);
    tab.host.set_visible(false);
    tab.replica.looked_at(false);
    world.pass(Span::hours(3));
    let tries = pauses(&phone.network.asked(), Asked::Offset);
    assert!(tries.len() < 100, "{} tries in three hours", tries.len());
    // It is tried in the round after its time has come.
    let longest = LONGEST.plus(Span::seconds(30));
    assert!(tries.iter().all(|pause| *pause <= longest), "{:?}", tries.iter().max());
    let before = phone.network.count(Asked::Offset);
    let other = tab.take_photo(Who::Watcher, vec![2; 100]).unwrap();
    tab.write_with_photo(2, &other);
    world.pass(A_MOMENT);
    assert!(phone.network.count(Asked::Offset) > before, "what is new goes at once");
    phone.network.forget_orders();
    world.pass(longest);
    for (n, photo) in [(1, &photo), (2, &other)] {
        assert_eq!(world.site.note(&note_key(n)).unwrap().arrived, [photo.sha256], "{n}");
    }
    assert!(tab.replica.status().all_uploaded());
}
