//! Older and newer than the server.

use crate::neighbourhood::{Who, note_key};
use crate::notebook::NOTEBOOK;
use crate::site::about;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::kinds::Kinds;
use domain::memory::{Asked, Fate};
use domain::organisation;
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
    // In the very round in which the new version is heard.
    let before = phone.network.count(Asked::Pull);
    tab.replica.talk_soon();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert_eq!(phone.network.count(Asked::Pull) - before, 2, "one round");
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

#[test]
fn a_part_of_the_program_that_is_loaded_later_shows_what_came_before_it() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    let new = world.phone();
    let first_part = new.open_with(Kinds::of(&[&organisation::MODULE])).unwrap();
    first_part.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert!(first_part.lines(1).is_empty());
    // Over what it cannot read it judges nothing, keeps what was done, and sends it.
    first_part.add(1, "又看了一次");
    world.pass(A_MOMENT);
    assert_eq!(world.site.note(&note_key(1)).unwrap().texts(), ["一切平安", "又看了一次"]);
    assert!(first_part.outbox_is_empty());
    first_part.replica.learn(&NOTEBOOK);
    assert_eq!(first_part.lines(1), ["一切平安", "又看了一次"]);
}
