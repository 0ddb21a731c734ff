//! Two tabs of one device: one talks, the other hears.

use crate::neighbourhood::{Who, community, note_key, other_community};
use crate::site::{begin_session, holds_session};
use crate::world::{A_MOMENT, Phone, Tab, World};
use domain::kernel::{Role, Span};
use domain::memory::{Asked, Fate, Tabs};
use domain::sync::{Delivery, Link, News};
use std::rc::Rc;

#[test]
fn what_one_tab_saves_the_other_shows_and_it_goes_once() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    phone.network.order(Asked::Push, [Fate::Slow(Span::seconds(5))]);
    first.write(1, "这边写的");
    world.pass(Span::from_millis(300));
    assert_eq!(second.lines(1), ["这边写的"], "it hears of it before the server does");
    second.write(2, "那边写的");
    world.pass(Span::seconds(20));
    for tab in [&first, &second] {
        assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
        assert_eq!(tab.delivery(2), Some(Delivery::Uploaded));
        assert!(tab.outbox_is_empty());
    }
    assert_eq!(world.site.accepted().len(), 2);
    assert_eq!(phone.shelf(Who::Watcher).sent.len(), 2);
}

#[test]
fn when_the_tab_that_talks_is_closed_in_the_middle_the_other_goes_on() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    phone.network.order(Asked::Push, [Fate::Slow(Span::minutes(10))]);
    first.write(1, "一切平安");
    world.pass(Span::seconds(1));
    assert!(matches!(second.delivery(1), Some(Delivery::OnDevice { .. })));
    first.kill();
    world.pass(Span::seconds(10));
    assert_eq!(second.delivery(1), Some(Delivery::Uploaded));
    assert_eq!(second.link(), Link::Reached);
}

#[test]
fn a_person_who_signs_out_in_one_tab_is_out_in_the_other() {
    let world = World::at_noon();
    let (_, first, second) = world.two_tabs_of(Who::Watcher);
    first.sign_out();
    world.pass(A_MOMENT);
    assert!(second.replica.person().is_none() && second.lines(1).is_empty());
    second.sign_in(Who::Neighbour).unwrap();
    world.pass(A_MOMENT);
    assert!(first.replica.is(Who::Neighbour.id()));
}

#[test]
fn a_page_that_is_just_being_opened_signs_nobody_in_again_who_signs_out_in_another_tab() {
    for millis in 0..40 {
        let world = World::at_noon();
        let (phone, first) = world.phone_of(Who::Watcher);
        world.pass(A_MOMENT);
        let second = phone.opening();
        world.pass(Span::from_millis(millis));
        first.sign_out();
        world.pass(Span::minutes(1));
        assert_eq!(phone.disk.identity().signed_in, None, "after {millis} ms");
        assert_eq!(second.replica.person(), None, "after {millis} ms");
    }
}

#[test]
fn a_page_that_was_on_its_way_at_sign_out_brings_nothing_back() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    let (_, neighbour) = world.phone_of(Who::Watcher);
    neighbour.write(1, "一切平安");
    world.pass(A_MOMENT);
    phone.network.order(Asked::Pull, [Fate::Slow(Span::seconds(3)), Fate::Slow(Span::seconds(3))]);
    first.replica.talk_soon();
    world.pass(Span::from_millis(500));
    second.sign_out();
    world.pass(Span::minutes(1));
    assert!(!phone.shelf(Who::Watcher).records.contains_key(&note_key(1)));
    assert!(first.replica.person().is_none() && first.lines(1).is_empty());
}

#[test]
fn drafts_are_seen_in_both_and_the_newest_stroke_holds() {
    let world = World::at_noon();
    let (_, first, second) = world.two_tabs_of(Who::Watcher);
    first.keep_draft("write/1", "灯");
    world.pass(A_MOMENT);
    assert_eq!(second.replica.draft("write/1").as_deref(), Some("灯"));
    second.keep_draft("write/1", "灯不亮");
    world.pass(A_MOMENT);
    assert_eq!(first.replica.draft("write/1").as_deref(), Some("灯不亮"));
    let command = second.writing(1, "灯不亮", Vec::new());
    second.submit(command, Some("write/1")).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(first.replica.draft("write/1"), None);
}

#[test]
fn what_is_written_while_nobody_is_signed_in_is_whose_signs_in() {
    let world = World::at_noon();
    let phone = world.phone();
    let tab = phone.open();
    tab.keep_draft("write/1", "先写着");
    tab.sign_in(Who::Watcher).unwrap();
    assert_eq!(tab.replica.draft("write/1").as_deref(), Some("先写着"));
    assert_eq!(phone.shelf(Who::Watcher).drafts.get("write/1").map(String::as_str), Some("先写着"));
}

#[test]
fn an_emptied_storage_with_two_tabs_gets_what_both_know() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    first.write(1, "这边写的");
    world.pass(A_MOMENT);
    phone.disk.empty();
    second.write(2, "那边写的");
    first.replica.storage_closed();
    second.replica.storage_closed();
    world.pass(A_MOMENT);
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 2);
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(2));
    assert!(first.outbox_is_empty() && second.outbox_is_empty());
    assert_eq!(world.site.accepted().len(), 2);
}

#[test]
fn what_one_tab_leaves_beside_an_emptied_storage_the_other_takes_in() {
    for millis in 0..60 {
        let world = World::at_noon();
        let (phone, first, second) = world.two_tabs_of(Who::Watcher);
        phone.network.set_always(Fate::Lost);
        phone.disk.empty();
        // The stroke and the emptying come at once: the first tab hears of no stroke, and the second one of nothing.
        second.replica.note_draft("write/1", "没写完".to_owned());
        first.replica.storage_closed();
        world.pass(Span::from_millis(millis));
        second.replica.leaving();
        second.kill();
        world.pass(A_MOMENT);
        assert_eq!(first.replica.draft("write/1").as_deref(), Some("没写完"), "{millis}");
        assert_eq!(phone.open().replica.draft("write/1").as_deref(), Some("没写完"), "{millis}");
    }
}

#[test]
fn a_tab_that_is_asked_who_is_signed_in_while_the_storage_is_empty_forgets_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "还没传");
    tab.keep_draft("write/2", "没写完");
    phone.disk.empty();
    // Where tabs cannot tell each other, one that is looked at again asks; and no browser has said that it was emptied.
    tab.replica.hear(News::Person);
    tab.replica.hear(News::Changed);
    world.pass(A_MOMENT);
    assert!(tab.replica.is(Who::Watcher.id()));
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1);
    assert_eq!(phone.shelf(Who::Watcher).drafts.get("write/2").map(String::as_str), Some("没写完"));
}

#[test]
fn whoever_has_signed_in_on_the_emptied_device_stays_its_person_and_nothing_of_the_other_is_lost() {
    let world = World::at_noon();
    let (phone, first) = world.phone_of(Who::Watcher);
    first.keep_draft("write/2", "没写完");
    phone.network.set_always(Fate::Lost);
    first.write(1, "还没传");
    phone.network.set_always(Fate::Arrives);
    phone.disk.empty();
    let second = phone.open();
    assert_eq!(second.replica.person(), None);
    second.sign_in(Who::Neighbour).unwrap();
    first.replica.storage_closed();
    world.pass(A_MOMENT);
    for tab in [&first, &second] {
        assert!(tab.replica.is(Who::Neighbour.id()) && tab.lines(1).is_empty());
        assert_eq!(tab.replica.draft("write/2"), None);
    }
    assert_eq!(phone.disk.identity().signed_in.map(|card| card.person), Some(Who::Neighbour.id()));
    assert!(world.site.accepted().is_empty(), "nothing is sent in another one's name");
    second.sign_out();
    second.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(second.replica.draft("write/2").as_deref(), Some("没写完"));
    assert_eq!(world.site.accepted().len(), 1);
}

#[test]
fn what_is_being_saved_while_another_tab_signs_in_somebody_else_is_kept_for_its_author_alone() {
    for millis in 0..40 {
        let world = World::at_noon();
        let (phone, first, second) = world.two_tabs_of(Who::Watcher);
        phone.network.set_always(Fate::Lost);
        let (command, writes) = (first.writing(1, "王某兰写的", Vec::new()), Rc::clone(&first.replica));
        begin_session(&phone.browser, Who::Neighbour);
        phone.network.order(Asked::Me, [Fate::Arrives]);
        let enters = Rc::clone(&second.replica);
        world.simulation.begin(async move { enters.signed_in().await.unwrap() });
        world.pass(Span::from_millis(75 + millis));
        world.simulation.begin(async move { drop(writes.submit(command, None, &[]).await) });
        world.pass(A_MOMENT);
        assert!(first.replica.is(Who::Neighbour.id()) && second.replica.is(Who::Neighbour.id()), "{millis}");
        for tab in [&first, &second] {
            assert!(tab.outbox_is_empty() && tab.lines(1).is_empty(), "{millis}");
        }
        assert!(phone.shelf(Who::Neighbour).outbox.is_empty(), "{millis}");
        assert!(phone.shelf(Who::Watcher).outbox.len() <= 1, "{millis}");
    }
}

#[test]
fn what_the_server_takes_away_goes_from_every_tab() {
    let world = World::at_noon();
    let (_, first, second) = world.two_tabs_of(Who::Watcher);
    first.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(second.lines(1), ["一切平安"]);
    world.site.end_all_sessions();
    first.replica.talk_soon();
    world.pass(A_MOMENT);
    assert!(first.lines(1).is_empty() && second.lines(1).is_empty());
    first.sign_in(Who::Watcher).unwrap();
    world.pass(Span::seconds(35));
    for tab in [&first, &second] {
        assert_eq!((tab.lines(1), tab.link()), (vec!["一切平安".to_owned()], Link::Reached));
    }
}

#[test]
fn whoever_is_still_shown_is_whose_stroke_it_is_and_whose_page_comes() {
    for millis in 0..60 {
        let world = World::at_noon();
        let (phone, first, second) = world.two_tabs_of(Who::Watcher);
        first.write(1, "王某兰写的");
        world.pass(A_MOMENT);
        // It hears of it late, as a tab does that nobody can tell anything.
        first.host.hear(|_| {});
        second.sign_in(Who::Neighbour).unwrap();
        first.replica.talk_soon();
        world.pass(Span::from_millis(60));
        first.replica.hear(News::Person);
        world.pass(Span::from_millis(millis));
        let (shown, writes) = (first.replica.person(), Rc::clone(&first.replica));
        world.simulation.begin(async move { drop(writes.keep_draft("write/9", "没写完".to_owned()).await) });
        world.pass(A_MOMENT);
        let has = |who: Who| phone.shelf(who).drafts.get("write/9").is_some();
        let expected = (shown == Some(Who::Watcher.id()), shown == Some(Who::Neighbour.id()));
        assert_eq!((has(Who::Watcher), has(Who::Neighbour)), expected, "{millis}");
        assert!(!phone.shelf(Who::Neighbour).records.contains_key(&note_key(1)), "{millis}");
        assert!(first.replica.is(Who::Neighbour.id()) && first.lines(1).is_empty(), "{millis}");
    }
}

#[test]
fn a_new_card_signs_nobody_in_again_who_signs_out_in_another_tab() {
    for millis in 60..120 {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        tab.kill();
        // Her card says something else by now; the first tab will hear of it from the server.
        world.site.found(other_community(), &[Who::Watcher]);
        let (first, second) = (phone.open(), phone.open());
        first.host.hear(|_| {});
        world.pass(Span::from_millis(millis));
        second.sign_out();
        world.pass(Span::minutes(1));
        assert!(phone.disk.identity().signed_in.is_none(), "{millis}");
        assert!(!holds_session(&phone.browser), "{millis}");
        first.replica.hear(News::Person);
        world.pass(A_MOMENT);
        assert!(first.replica.person().is_none(), "{millis}");
    }
}

#[test]
fn a_stroke_on_its_way_while_the_copies_go_is_not_taken_back() {
    for millis in 0..200 {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        world.site.end_all_sessions();
        tab.replica.talk_soon();
        world.pass(Span::from_millis(millis));
        let writes = Rc::clone(&tab.replica);
        world.simulation.begin(async move { drop(writes.keep_draft("write/1", "灯不亮".to_owned()).await) });
        world.pass(Span::from_millis(40));
        assert_eq!(tab.replica.draft("write/1").as_deref(), Some("灯不亮"), "{millis}");
        world.pass(A_MOMENT);
        assert_eq!(phone.shelf(Who::Watcher).drafts.get("write/1").map(String::as_str), Some("灯不亮"), "{millis}");
    }
}

/// Two tabs in a browser that cannot keep them apart, and that hear nothing of each other.
fn apart(world: &World) -> (Phone, Tab, Tab) {
    let phone = world.phone_with(Tabs::without_locks());
    let first = phone.open();
    first.sign_in(Who::Watcher).unwrap();
    let second = phone.open();
    world.pass(A_MOMENT);
    for tab in [&first, &second] {
        tab.host.hear(|_| {});
    }
    (phone, first, second)
}

#[test]
fn where_tabs_cannot_be_kept_apart_an_older_page_does_not_take_the_place_of_a_newer_one() {
    let world = World::at_noon();
    let (phone, first, second) = apart(&world);
    let (_, elsewhere) = world.phone_of(Who::Watcher);
    elsewhere.write(1, "灯不亮");
    world.pass(A_MOMENT);
    phone.network.order(Asked::Pull, [Fate::AnswerSlow(Span::seconds(3))]);
    second.replica.talk_soon();
    world.pass(Span::from_millis(300));
    elsewhere.add(1, "换好了");
    world.pass(A_MOMENT);
    first.replica.talk_soon();
    world.pass(Span::from_millis(300));
    let newest = phone.shelf(Who::Watcher);
    world.pass(Span::seconds(4));
    let after = phone.shelf(Who::Watcher);
    assert_eq!(after.marks.cursors, newest.marks.cursors);
    assert_eq!(after.records[&note_key(1)], newest.records[&note_key(1)]);
    for tab in [&first, &second] {
        assert_eq!(tab.lines(1), ["灯不亮", "换好了"]);
    }
}

#[test]
fn where_tabs_cannot_be_kept_apart_reading_anew_leaves_no_hole() {
    let world = World::at_noon();
    let (phone, first, second) = apart(&world);
    phone.network.set_always(Fate::Lost);
    for n in 0..120 {
        first.write(n, "一切平安");
    }
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(2));
    // The second tab has a bad network, and reads in small pages.
    phone.network.order(Asked::Pull, vec![Fate::Lost; 8]);
    for _ in 0..8 {
        second.replica.reconnected();
        world.pass(A_MOMENT);
    }
    phone.network.forget_orders();
    world.site.promote(Who::Watcher, community(), Role::SocialWorker);
    phone.network.order(Asked::Pull, [Fate::AnswerSlow(Span::seconds(2))]);
    second.replica.reconnected();
    world.pass(Span::from_millis(200));
    first.replica.reconnected();
    world.pass(A_MOMENT);
    assert!(first.lines(119) == ["一切平安"]);
    // The first page of the second tab begins anew what the first one has read to its end; then that tab is closed.
    world.pass(Span::from_millis(400));
    second.kill();
    world.pass(Span::minutes(2));
    let kept = phone.shelf(Who::Watcher).records;
    let missing: Vec<u8> = (0..120).filter(|n| !kept.contains_key(&note_key(*n))).collect();
    assert_eq!(missing, Vec::<u8>::new());
}
