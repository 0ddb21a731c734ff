//! The server is lost with its disk, and restored from a backup: another epoch of the same database.

use crate::neighbourhood::{Who, note_key};
use crate::site::begin_session;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::{Asked, Fate, LocalFault};
use domain::sync::{Delivery, Failure, Link, LocalError};

#[test]
fn what_the_backup_lacks_of_the_last_thirty_days_is_offered_again() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "在备份里");
    world.pass(A_MOMENT);
    world.site.back_up();
    tab.write(2, "不在备份里");
    world.pass(A_MOMENT);
    world.site.restore();
    tab.write(3, "还没传");
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::SignInNeeded, "a restore brings data, never access");
    assert_eq!(
        phone.shelf(Who::Watcher).outbox.len(),
        3,
        "another epoch's 401 takes nothing: it may lack what is here"
    );
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    for n in 1..4 {
        assert!(world.site.note(&note_key(n)).is_some(), "{n}");
        assert_eq!(tab.delivery(n), Some(Delivery::Uploaded), "{n}");
    }
    assert_eq!(world.site.accepted().len(), 3, "and nothing twice");
    assert!(tab.outbox_is_empty());
}

#[test]
fn a_photo_that_another_epoch_may_lack_outlasts_a_sign_out_although_its_words_are_in_the_backup() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Offset, [Fate::Fails(Failure::Internal)]);
    let photo = tab.take_photo(Who::Watcher, vec![7; 300]).unwrap();
    tab.write_with_photo(1, &photo);
    world.pass(A_MOMENT);
    // Signed out and in again: the words are no longer among what was sent from here.
    tab.sign_out();
    world.pass(A_MOMENT);
    world.site.back_up();
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(6));
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
    world.site.restore();
    tab.replica.talk_soon();
    world.pass(A_MOMENT);
    assert_eq!(tab.link(), Link::SignInNeeded);
    tab.sign_out();
    world.pass(A_MOMENT);
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(6));
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
}

#[test]
fn what_a_sign_out_took_before_another_epoch_was_heard_of_is_covered_by_the_backup_alone() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "在备份里");
    world.pass(A_MOMENT);
    world.site.back_up();
    tab.write(2, "不在备份里");
    world.pass(A_MOMENT);
    world.site.restore();
    tab.sign_out();
    world.pass(A_MOMENT);
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(tab.lines(1), ["在备份里"]);
    assert!(world.site.note(&note_key(2)).is_none() && tab.lines(2).is_empty(), "nothing is shown as if it were safe");
}

#[test]
fn what_was_sent_while_the_clock_was_wrong_is_offered_again_all_the_same() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.host.set_clock_ahead(Span::days(-2_000));
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    tab.host.set_clock_ahead(Span::ZERO);
    tab.write(2, "一切平安");
    world.pass(A_MOMENT);
    world.site.restore();
    world.pass(Span::minutes(1));
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    for n in [1, 2] {
        assert!(world.site.note(&note_key(n)).is_some(), "{n}");
    }
}

#[test]
fn what_another_epoch_may_lack_outlasts_a_sign_out_before_it_was_offered_again() {
    for is_somebody_else_next in [false, true] {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        tab.write(1, "不在备份里");
        world.pass(A_MOMENT);
        world.site.restore();
        tab.replica.talk_soon();
        world.pass(A_MOMENT);
        // The server's 401 has named its epoch; nothing could be offered to it yet.
        assert_eq!(tab.link(), Link::SignInNeeded);
        assert!(matches!(tab.delivery(1), Some(Delivery::OnDevice { .. })), "it is no safer than it is");
        if is_somebody_else_next {
            tab.sign_in(Who::Neighbour).unwrap();
        } else {
            assert_eq!(tab.sign_out(), 1);
        }
        world.pass(A_MOMENT);
        assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1, "somebody else next: {is_somebody_else_next}");
        tab.sign_in(Who::Watcher).unwrap();
        world.pass(A_MOMENT);
        assert!(world.site.note(&note_key(1)).is_some() && tab.outbox_is_empty());
    }
}

#[test]
fn what_another_epoch_may_lack_outlasts_a_sign_out_right_after_a_sign_in() {
    for is_somebody_else_next in [false, true] {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        tab.write(1, "不在备份里");
        world.pass(A_MOMENT);
        world.site.restore();
        // No request was refused: the answer to the sign-in is the first that the phone hears of this epoch.
        if is_somebody_else_next {
            tab.sign_in(Who::Neighbour).unwrap();
        } else {
            tab.sign_in(Who::Watcher).unwrap();
            tab.sign_out();
        }
        world.pass(A_MOMENT);
        assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1, "somebody else next: {is_somebody_else_next}");
        tab.sign_in(Who::Watcher).unwrap();
        world.pass(A_MOMENT);
        assert!(world.site.note(&note_key(1)).is_some() && tab.outbox_is_empty());
    }
}

#[test]
fn what_was_sent_more_than_thirty_days_ago_is_covered_by_the_backup_alone() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    // In a pocket it asks nobody; each day it is looked at once, and so its session holds.
    for _ in 0..31 {
        tab.goes_into_a_pocket();
        world.pass(Span::days(1));
        tab.is_looked_at();
        world.pass(A_MOMENT);
    }
    assert_eq!(tab.link(), Link::Reached, "an active phone never meets the end of its session");
    tab.write(2, "一切平安");
    world.pass(A_MOMENT);
    world.site.restore();
    world.pass(Span::minutes(1));
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert!(world.site.note(&note_key(1)).is_none() && world.site.note(&note_key(2)).is_some());
    assert!(tab.lines(1).is_empty(), "what the server does not have is not shown as if it had");
}

#[test]
fn a_phone_that_dies_while_it_offers_again_offers_all_of_it_after_the_next_start() {
    for faults in 0..6 {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        for n in 1..4 {
            tab.write(n, "一切平安");
        }
        world.pass(A_MOMENT);
        world.site.restore();
        world.pass(Span::minutes(1));
        let refused = LocalFault::Refused(LocalError::Unavailable("blocked".to_owned()));
        tab.sign_in(Who::Watcher).unwrap();
        phone.disk.order(vec![if faults % 2 == 0 { LocalFault::AnswerLost } else { refused }; 1 + faults / 2]);
        world.pass(Span::from_millis(100));
        tab.kill();
        phone.disk.forget_orders();
        let tab = phone.open();
        world.pass(Span::minutes(6));
        assert_eq!(world.site.accepted().len(), 3, "{faults}");
        assert!(tab.outbox_is_empty(), "{faults}");
    }
}

#[test]
fn what_another_tab_saves_while_everything_is_offered_again_stays_behind_it() {
    for millis in (0..120).step_by(5) {
        let world = World::at_noon();
        let (phone, first, second) = world.two_tabs_of(Who::Watcher);
        first.write(1, "一切平安");
        world.pass(A_MOMENT);
        // Restored, and the session came with it: no sign-in is in the way.
        world.site.restore();
        begin_session(&phone.browser, Who::Watcher);
        first.replica.talk_soon();
        world.pass(Span::from_millis(80 + millis));
        second.write(2, "一切平安");
        second.kill();
        first.kill();
        let tab = phone.open();
        world.pass(Span::minutes(1));
        assert_eq!(world.site.accepted().len(), 2, "{millis} ms");
        assert!(tab.outbox_is_empty(), "{millis} ms");
    }
}
