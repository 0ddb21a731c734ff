//! What a page that goes leaves behind: nothing typed is lost with an emptied storage, and nothing that was ended comes back.

use crate::neighbourhood::Who;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::Fate;

#[test]
fn a_page_that_goes_before_the_emptied_storage_is_filled_again_leaves_its_words_to_the_next_one() {
    for millis in 0..40 {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        phone.network.set_always(Fate::Lost);
        tab.write(1, "还没传");
        tab.keep_draft("write/2", "没写完");
        phone.disk.empty();
        tab.replica.storage_closed();
        world.pass(Span::from_millis(millis));
        // Nobody tells a page that it is killed.
        if millis % 2 == 0 {
            tab.replica.hidden()
        } else {
            tab.replica.leaving()
        }
        tab.kill();
        phone.network.set_always(Fate::Arrives);
        let tab = phone.open();
        if tab.replica.person().is_none() {
            tab.sign_in(Who::Watcher).unwrap();
        }
        assert_eq!(tab.replica.draft("write/2").as_deref(), Some("没写完"), "{millis}");
        assert_eq!(phone.shelf(Who::Watcher).drafts.get("write/2").map(String::as_str), Some("没写完"), "{millis}");
        world.pass(Span::minutes(1));
        assert_eq!((tab.lines(1), world.site.accepted().len()), (vec!["还没传".to_owned()], 1), "{millis}");
        assert_eq!(phone.disk.stashed(Who::Watcher.id()), [], "{millis}");
    }
}

#[test]
fn what_a_page_has_left_is_shown_to_nobody_else_and_waits_for_its_writer() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.keep_draft("write/2", "没写完");
    phone.disk.empty();
    tab.replica.storage_closed();
    tab.replica.leaving();
    tab.kill();
    let tab = phone.open();
    tab.sign_in(Who::Neighbour).unwrap();
    assert_eq!(tab.replica.draft("write/2"), None);
    tab.sign_out();
    tab.sign_in(Who::Watcher).unwrap();
    assert_eq!(tab.replica.draft("write/2").as_deref(), Some("没写完"));
}

#[test]
fn a_page_that_goes_before_it_has_heard_that_its_storage_was_emptied_leaves_its_words_too() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.keep_draft("write/2", "没写完");
    phone.disk.empty();
    tab.replica.leaving();
    tab.kill();
    let tab = phone.open();
    tab.sign_in(Who::Watcher).unwrap();
    assert_eq!(tab.replica.draft("write/2").as_deref(), Some("没写完"));
}

#[test]
fn what_was_finished_after_a_page_had_left_it_does_not_come_back() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    first.keep_draft("write/1", "灯不亮");
    world.pass(A_MOMENT);
    first.replica.leaving();
    first.kill();
    second.submit(second.writing(1, "灯不亮", Vec::new()), Some("write/1")).unwrap();
    let third = phone.open();
    assert_eq!((third.replica.draft("write/1"), third.lines(1)), (None, vec!["灯不亮".to_owned()]));
    assert_eq!(phone.disk.stashed(Who::Watcher.id()), []);
}

#[test]
fn a_page_that_comes_back_has_left_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.keep_draft("write/1", "灯不亮");
    tab.replica.leaving();
    assert_eq!(phone.disk.stashed(Who::Watcher.id()).len(), 1);
    tab.replica.came_back();
    tab.submit(tab.writing(1, "灯不亮", Vec::new()), Some("write/1")).unwrap();
    // Much later.
    phone.disk.empty();
    tab.kill();
    let tab = phone.open();
    tab.sign_in(Who::Watcher).unwrap();
    assert_eq!(tab.replica.draft("write/1"), None);
}

#[test]
fn what_a_page_has_left_goes_with_the_sent_texts_when_somebody_signs_out() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    first.write(1, "后来传上去的");
    world.pass(A_MOMENT);
    second.replica.leaving();
    second.kill();
    assert_eq!(phone.disk.stashed(Who::Watcher.id())[0].commands.len(), 1);
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(5));
    assert!(first.outbox_is_empty());
    first.sign_out();
    assert_eq!(phone.disk.stashed(Who::Watcher.id()), []);
    assert!(phone.shelf(Who::Watcher).outbox.is_empty());
}

#[test]
fn what_a_page_has_left_takes_the_place_of_nothing_that_another_one_did_with_it_since() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    for key in ["write/1", "write/2", "write/3"] {
        first.keep_draft(key, "灯");
    }
    world.pass(A_MOMENT);
    second.replica.leaving();
    second.kill();
    world.pass(A_MOMENT);
    phone.network.set_always(Fate::Lost);
    first.keep_draft("write/1", "灯不亮");
    first.does(|replica| async move { replica.forget_draft("write/2").await }).unwrap();
    first.submit(first.writing(3, "灯不亮", Vec::new()), Some("write/3")).unwrap();
    phone.disk.empty();
    first.replica.storage_closed();
    world.pass(A_MOMENT);
    first.kill();
    let third = phone.open();
    let drafts = ["write/1", "write/2", "write/3"].map(|key| third.replica.draft(key));
    assert_eq!(drafts, [Some("灯不亮".to_owned()), None, None]);
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1);
}

#[test]
fn what_a_page_has_left_is_shown_by_the_one_that_fills_the_emptied_storage() {
    let world = World::at_noon();
    let (phone, first, second) = world.two_tabs_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    second.host.hear(|_| {});
    first.host.hear(|_| {});
    first.keep_draft("write/1", "没写完");
    first.write(2, "还没传");
    phone.disk.empty();
    first.replica.leaving();
    first.kill();
    second.replica.storage_closed();
    world.pass(A_MOMENT);
    assert_eq!(second.replica.draft("write/1").as_deref(), Some("没写完"));
    assert_eq!(second.lines(2), ["还没传"]);
}
