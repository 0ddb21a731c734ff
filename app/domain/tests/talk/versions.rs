//! Older and newer than the server.

use crate::neighbourhood::Who;
use crate::site::about;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::{Asked, Fate};
use domain::sync::{Delivery, Failure, Link, Outcome, QueuedState};

#[test]
fn what_an_older_server_does_not_know_waits_until_its_version_rises() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    world.site.say(about(&[1]), Outcome::UnknownAct);
    tab.write(1, "一切平安");
    tab.write(2, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::AwaitsServer));
    assert_eq!(tab.delivery(2), Some(Delivery::Uploaded));
    let before = phone.network.count(Asked::Push);
    world.pass(Span::hours(2));
    assert_eq!(phone.network.count(Asked::Push), before, "the same server is not asked again");
    world.site.server.behave();
    world.site.server.set_version("0.2.0");
    world.pass(Span::minutes(2));
    assert!(tab.outbox_is_empty());
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
}

#[test]
fn a_phone_that_is_too_old_keeps_everything_and_lets_people_write() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Fails(Failure::TooOld));
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::TooOld);
    tab.write(2, "一切平安");
    world.pass(Span::hours(1));
    assert!(matches!(tab.states()[..], [QueuedState::Waiting, QueuedState::Waiting]));
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 2);
    // The new version is another page.
    phone.network.set_always(Fate::Arrives);
    tab.kill();
    let tab = phone.open();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
}
