//! What a device holds after sign-out, after the server's 401 or 403, and at the first start after long silence: read out
//! of its disk.

use crate::neighbourhood::{Who, community, note_key, stairwell};
use crate::notebook::Note;
use crate::world::{A_MOMENT, Phone, Tab, World};
use domain::kernel::{Record, Span};
use domain::memory::{Asked, Fate, LocalFault, Shelf};
use domain::organisation::{Community, Person, Place};
use domain::sync::{Delivery, Epoch, Failure, Link, LocalError, QueuedState};

/// A phone with everything on it: records, a sent note with an uploaded photo, one with a photo that waits, an unsent
/// note, a draft.
fn full(world: &World) -> (Phone, Tab) {
    let (phone, tab) = world.phone_of(Who::Watcher);
    let there = tab.take_photo(Who::Watcher, vec![1; 10]).unwrap();
    tab.write_with_photo(1, &there);
    world.pass(Span::minutes(1));
    phone.network.order(Asked::Offset, vec![Fate::Fails(Failure::Internal); 1_000]);
    let waiting = tab.take_photo(Who::Watcher, vec![2; 10]).unwrap();
    tab.write_with_photo(2, &waiting);
    world.pass(Span::minutes(1));
    assert!(tab.outbox_is_empty());
    phone.network.order(Asked::Push, vec![Fate::Lost; 1_000]);
    tab.write(3, "还没传");
    tab.keep_draft("write/3", "没写完");
    world.pass(A_MOMENT);
    let shelf = phone.shelf(Who::Watcher);
    assert_eq!((shelf.sent.len(), shelf.outbox.len(), shelf.blobs.len()), (2, 1, 2));
    (phone, tab)
}

/// Nothing but what may stay is on the disk.
fn only_what_may_stay(shelf: &Shelf) {
    for key in shelf.records.keys() {
        let is_own_card = key.kind == Person::KIND && key.id == Who::Watcher.id().uuid();
        assert!(is_own_card || key.kind == Place::KIND || key.kind == Community::KIND, "{key} stays");
    }
    for (key, what) in [
        (Place::key_of(community(), stairwell(1)), "places with their doors"),
        (Community::key_of(community()), "numbers to dial"),
        (Person::key_of(community(), Who::Watcher.id()), "one's own card"),
    ] {
        assert!(shelf.records.contains_key(&key), "{what}");
    }
    assert!(shelf.sent.is_empty(), "sent texts");
    assert_eq!(shelf.outbox.len(), 1, "the unsent");
    assert_eq!(shelf.drafts.get("write/3").map(String::as_str), Some("没写完"));
    assert_eq!(shelf.blobs.values().map(|(_, bytes)| bytes[0]).collect::<Vec<_>>(), [2], "the photo that waits");
    assert!(shelf.marks.cursors.is_empty() && !shelf.marks.first_sync_done);
    assert_eq!(shelf.marks.blobs_left, 1);
}

#[test]
fn after_sign_out_the_phone_keeps_what_the_server_lacks_and_what_writing_needs() {
    let world = World::at_noon();
    let (phone, tab) = full(&world);
    assert_eq!(tab.sign_out(), 1);
    only_what_may_stay(&phone.shelf(Who::Watcher));
    assert!(tab.replica.person().is_none() && tab.lines(1).is_empty() && tab.lines(3).is_empty());
    let left = tab.does(|replica| async move { replica.left_behind().await });
    assert_eq!(
        left.iter().map(|one| (one.name.as_str(), one.unsent, one.blobs)).collect::<Vec<_>>(),
        [("王某兰", 1, 1)]
    );
    // Back again, and everything goes.
    let tab = phone.open();
    tab.sign_in(Who::Watcher).unwrap();
    assert_eq!(tab.lines(3), ["还没传"]);
}

#[test]
fn after_the_servers_401_the_copies_go_and_writing_goes_on() {
    let world = World::at_noon();
    let (phone, tab) = full(&world);
    world.site.end_all_sessions();
    phone.network.forget_orders();
    tab.replica.talk_soon();
    world.pass(Span::minutes(1));
    assert_eq!(tab.link(), Link::SignInNeeded);
    only_what_may_stay(&phone.shelf(Who::Watcher));
    assert!(tab.lines(1).is_empty() && tab.replica.with(|state| state.session_over));
    tab.write(4, "照样写");
    assert_eq!(tab.lines(4), ["照样写"]);
    world.pass(Span::hours(1));
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 2);
    assert_eq!(tab.replica.status().attachments, 1);
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(6));
    for n in 1..5 {
        assert_eq!(tab.delivery(n), Some(Delivery::Uploaded), "{n}");
    }
}

#[test]
fn a_captive_portal_takes_nothing_away_whatever_it_answers() {
    let world = World::at_noon();
    let (phone, tab) = full(&world);
    // What an epoch of the server that nobody has met does not have may wait again; here it is all the same.
    let held = |shelf: Shelf| {
        let sent = shelf.sent.into_iter().map(|(_, item)| item.bytes);
        let mut commands: Vec<String> = sent.chain(shelf.outbox.into_iter().map(|item| item.bytes)).collect();
        commands.sort();
        (shelf.records, commands, shelf.blobs)
    };
    let before = held(phone.shelf(Who::Watcher));
    let somebody = || Some(Epoch("somebody else's".to_owned()));
    for failure in [
        Failure::SignInNeeded { epoch: None },
        Failure::SignInNeeded { epoch: somebody() },
        Failure::Forbidden { epoch: None, community: Some(community()) },
        Failure::Forbidden { epoch: somebody(), community: Some(community()) },
        Failure::NotOurAnswer,
    ] {
        phone.network.forget_orders();
        phone.network.order(Asked::Push, [Fate::Fails(failure.clone())]);
        phone.network.order(Asked::Push, vec![Fate::Lost; 100]);
        tab.replica.reconnected();
        world.pass(Span::from_millis(500));
        assert_eq!(held(phone.shelf(Who::Watcher)), before, "{failure:?}");
    }
}

#[test]
fn the_servers_403_takes_the_community_that_it_names() {
    let world = World::at_noon();
    let (phone, tab) = full(&world);
    phone.network.forget_orders();
    phone.network.order(Asked::Offset, vec![Fate::Fails(Failure::Internal); 100]);
    let forbidden = Failure::Forbidden { epoch: Some(world.site.epoch()), community: Some(community()) };
    phone.network.order(Asked::Push, vec![Fate::Fails(forbidden); 1]);
    phone.network.order(Asked::Push, vec![Fate::Lost; 100]);
    tab.replica.reconnected();
    world.pass(Span::from_millis(500));
    only_what_may_stay(&phone.shelf(Who::Watcher));
    assert_eq!(tab.lines(3), ["还没传"]);
}

#[test]
fn at_the_first_start_after_thirty_days_the_copies_go_before_anything_is_drawn() {
    let world = World::at_noon();
    let (phone, tab) = full(&world);
    tab.kill();
    phone.network.set_always(Fate::Lost);
    phone.network.forget_orders();
    world.pass(Span::days(29));
    let tab = phone.open();
    assert_eq!(tab.lines(1), ["灯不亮"], "a watcher may be in hospital for a month");
    tab.kill();
    world.pass(Span::days(2));
    let tab = phone.open();
    assert!(tab.lines(1).is_empty());
    only_what_may_stay(&phone.shelf(Who::Watcher));
    tab.write(4, "照样写");
    assert_eq!(tab.lines(3), ["还没传"]);
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::SignInNeeded, "a session that nobody used for a month is over");
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(1));
    assert_eq!(tab.lines(1), ["灯不亮"], "read anew");
    assert!(tab.outbox_is_empty());
}

#[test]
fn whoever_reads_for_many_loses_the_copies_after_seven_days() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    tab.kill();
    let (tablet, desk) = world.phone_of(Who::SocialWorker);
    desk.kill();
    tablet.network.set_always(Fate::Lost);
    world.pass(Span::days(8));
    let desk = tablet.open();
    assert!(desk.lines(1).is_empty());
    assert!(tablet.shelf(Who::SocialWorker).records.keys().all(|key| key.kind != Note::KIND));
}

#[test]
fn a_device_that_cannot_let_go_shows_nothing_and_tries_again_at_the_next_start() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    tab.kill();
    phone.network.set_always(Fate::Lost);
    world.pass(Span::days(31));
    let refused = LocalError::Unavailable("blocked".to_owned());
    phone.disk.order([LocalFault::Nothing, LocalFault::Refused(refused.clone())]);
    assert_eq!(phone.try_open().map(|tab| tab.lines(1)), Err(refused));
    let tab = phone.open();
    assert!(tab.lines(1).is_empty());
    assert!(!phone.shelf(Who::Watcher).records.contains_key(&note_key(1)));
}

#[test]
fn an_acknowledged_command_whose_effect_has_not_come_back_goes_with_the_rest() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Pull, vec![Fate::Lost; 100]);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert!(matches!(tab.states()[..], [QueuedState::Acknowledged { .. }]));
    assert_eq!(tab.sign_out(), 0);
    assert!(phone.shelf(Who::Watcher).outbox.is_empty());
}
