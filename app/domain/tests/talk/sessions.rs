//! Whose session it is: ended while offline, ended by sign-out, somebody else's, or nobody's.

use crate::neighbourhood::{Who, note_key};
use crate::site::{begin_session, holds_session};
use crate::world::{A_MOMENT, World};
use domain::kernel::{Actor, Span};
use domain::memory::{Asked, Fate};
use domain::sync::{Link, LocalError, NotSaved};

#[test]
fn a_session_that_ended_while_offline_waits_for_the_same_person() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "没信号写的");
    world.pass(Span::hours(2));
    world.site.end_all_sessions();
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::SignInNeeded);
    tab.write(2, "写还能写");
    world.pass(Span::hours(1));
    assert!(world.site.accepted().is_empty());
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 2);
    assert!(tab.outbox_is_empty() && tab.link() == Link::Reached);
}

#[test]
fn another_person_neither_sees_nor_sends_what_waits_here() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "王某兰写的");
    world.pass(A_MOMENT);
    world.site.end_all_sessions();
    phone.network.set_always(Fate::Arrives);
    tab.sign_in(Who::Neighbour).unwrap();
    world.pass(Span::minutes(1));
    assert!(tab.replica.is(Who::Neighbour.id()) && tab.lines(1).is_empty() && tab.outbox_is_empty());
    assert!(world.site.accepted().is_empty());
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1);
    tab.sign_out();
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 1);
    assert_eq!(world.site.accepted()[0].head.actor, Actor::Person(Who::Watcher.id()));
}

#[test]
fn somebody_who_signed_in_past_this_page_gets_their_own_part_and_nothing_else() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "王某兰写的");
    world.pass(A_MOMENT);
    begin_session(&phone.browser, Who::Neighbour);
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(Span::minutes(1));
    assert!(tab.replica.is(Who::Neighbour.id()));
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1);
    assert!(world.site.note(&note_key(1)).is_none() && tab.lines(1).is_empty());
    assert!(phone.shelf(Who::Neighbour).records.len() > 4);
}

#[test]
fn a_command_of_one_person_is_never_kept_for_another() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let command = tab.writing(1, "王某兰写的", Vec::new());
    tab.sign_in(Who::Neighbour).unwrap();
    assert_eq!(tab.submit(command, None), Err(NotSaved::Device(LocalError::AnotherPerson)));
    assert!(phone.shelf(Who::Watcher).outbox.is_empty() && phone.shelf(Who::Neighbour).outbox.is_empty());
}

#[test]
fn signing_out_without_signal_ends_the_session_as_soon_as_there_is_one() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.sign_out();
    world.pass(Span::hours(1));
    assert!(holds_session(&phone.browser) && phone.disk.identity().sign_out_owed.is_some());
    tab.kill();
    let tab = phone.open();
    assert!(tab.replica.person().is_none());
    phone.network.set_always(Fate::Arrives);
    tab.replica.reconnected();
    world.pass(A_MOMENT);
    assert!(!holds_session(&phone.browser) && phone.disk.identity().sign_out_owed.is_none());
    assert!(tab.replica.person().is_none());
}

#[test]
fn a_page_asked_for_before_a_sign_out_is_no_page_of_what_is_read_anew_after_it() {
    for seconds in [1, 20] {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        tab.write(1, "一切平安");
        world.pass(A_MOMENT);
        phone.network.order(Asked::Pull, [Fate::Slow(Span::seconds(seconds))]);
        tab.write(2, "灯不亮");
        world.pass(Span::from_millis(500));
        // Out and in again while that answer is on its way: everything is to be read anew.
        tab.sign_out();
        tab.sign_in(Who::Watcher).unwrap();
        world.pass(Span::minutes(1));
        assert_eq!((tab.lines(1), tab.lines(2)), (vec!["一切平安".to_owned()], vec!["灯不亮".to_owned()]));
        assert!(phone.shelf(Who::Watcher).records.contains_key(&note_key(1)), "{seconds} s");
    }
}

#[test]
fn an_owed_sign_out_does_not_end_the_session_of_whoever_came_after() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.sign_out();
    phone.network.set_always(Fate::Arrives);
    tab.sign_in(Who::Neighbour).unwrap();
    world.pass(Span::minutes(10));
    assert!(holds_session(&phone.browser) && tab.replica.is(Who::Neighbour.id()));
}

#[test]
fn whoever_signs_in_again_while_their_old_session_is_being_ended_keeps_the_new_one() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.sign_out();
    world.pass(A_MOMENT);
    phone.network.set_always(Fate::Arrives);
    phone.network.order(Asked::Me, [Fate::Slow(Span::seconds(2))]);
    tab.replica.reconnected();
    world.pass(Span::from_millis(200));
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(1));
    assert!(holds_session(&phone.browser) && tab.replica.is(Who::Watcher.id()));
    assert_eq!((tab.link(), phone.network.count(Asked::SignOut)), (Link::Reached, 0));
}

#[test]
fn an_emptied_browser_signs_nobody_in_again_by_itself() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.kill();
    phone.disk.empty();
    let tab = phone.open();
    world.pass(Span::hours(1));
    assert!(holds_session(&phone.browser));
    assert!(tab.replica.person().is_none() && phone.disk.shelf(Who::Watcher.id()).records.is_empty());
}

#[test]
fn a_start_without_signal_shows_everything_and_sends_when_it_can() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    tab.kill();
    phone.network.set_always(Fate::Lost);
    let tab = phone.open();
    assert!(tab.replica.is(Who::Watcher.id()));
    assert_eq!(tab.lines(1), ["一切平安"]);
    tab.add(1, "又看了一次");
    world.pass(Span::minutes(20));
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(5));
    assert!(tab.outbox_is_empty());
    assert_eq!(phone.network.count(Asked::SignOut), 0);
}
