//! A device that is full, blocked, emptied, or that dies in between.

use crate::neighbourhood::{Who, note_key, queued};
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::{Fate, LocalFault};
use domain::sync::{Link, LocalError, LocalStore, NotSaved, Queued, QueuedState, Trouble};

fn blocked() -> LocalError {
    LocalError::Unavailable("blocked".to_owned())
}

#[test]
fn what_the_device_does_not_keep_is_not_saved_and_its_draft_stays() {
    for error in [LocalError::Full, blocked()] {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        tab.keep_draft("write/1", "灯不亮");
        phone.disk.order([LocalFault::Refused(error.clone())]);
        let command = tab.writing(1, "灯不亮", Vec::new());
        assert_eq!(tab.submit(command, Some("write/1")), Err(NotSaved::Device(error)));
        assert!(tab.outbox_is_empty() && phone.shelf(Who::Watcher).outbox.is_empty());
        assert_eq!(tab.replica.draft("write/1").as_deref(), Some("灯不亮"));
        world.pass(Span::minutes(1));
        assert!(world.site.accepted().is_empty());
        // Space was freed.
        let command = tab.writing(1, "灯不亮", Vec::new());
        tab.submit(command, Some("write/1")).unwrap();
        assert_eq!(tab.replica.draft("write/1"), None);
        assert!(phone.shelf(Who::Watcher).drafts.get("write/1").is_none());
        world.pass(A_MOMENT);
        assert_eq!(world.site.accepted().len(), 1);
    }
}

#[test]
fn a_page_that_dies_after_the_disk_has_it_has_lost_and_doubled_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.disk.order([LocalFault::AnswerLost]);
    let command = tab.writing(1, "灯不亮", Vec::new());
    assert!(tab.submit(command, None).is_err());
    tab.kill();
    let tab = phone.open();
    world.pass(A_MOMENT);
    assert_eq!(tab.lines(1), ["灯不亮"]);
    assert_eq!(world.site.accepted().len(), 1);
}

#[test]
fn a_page_of_the_feed_that_is_not_kept_is_read_again_and_not_shown_before() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    let (tablet, desk) = world.phone_of(Who::SocialWorker);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    tablet.disk.order([LocalFault::Refused(LocalError::Full)]);
    desk.replica.talk_soon();
    world.pass(A_MOMENT);
    assert!(desk.lines(1).is_empty() && desk.link() == Link::Unknown);
    world.pass(Span::minutes(5));
    assert_eq!(desk.lines(1), ["一切平安"]);
}

#[test]
fn a_device_whose_every_write_fails_now_and_then_loses_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    for n in 1..30 {
        let fault = if n % 2 == 0 { LocalFault::AnswerLost } else { LocalFault::Refused(blocked()) };
        phone.disk.forget_orders();
        tab.write(n, "一切平安");
        phone.disk.order([fault]);
        world.pass(Span::from_millis(i64::from(n) * 7));
    }
    world.pass(Span::minutes(10));
    assert_eq!(world.site.accepted().len(), 29);
    tab.kill();
    let tab = phone.open();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
    assert!((1..30).all(|n| world.site.note(&note_key(n)).is_some()));
}

#[test]
fn an_emptied_storage_is_filled_again_from_the_open_page() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "已经传了");
    world.pass(A_MOMENT);
    phone.network.set_always(Fate::Lost);
    tab.write(2, "还没传");
    tab.keep_draft("write/3", "没写完");
    phone.disk.empty();
    tab.replica.storage_closed();
    world.pass(A_MOMENT);
    let shelf = phone.shelf(Who::Watcher);
    assert_eq!(shelf.outbox.len(), 1);
    assert_eq!(shelf.drafts.get("write/3").map(String::as_str), Some("没写完"));
    assert!(phone.disk.identity().signed_in.is_some());
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(2));
    assert!(tab.outbox_is_empty());
    assert!(phone.shelf(Who::Watcher).records.contains_key(&note_key(1)), "the log is read anew");
    tab.kill();
    let tab = phone.open();
    assert_eq!((tab.lines(1), tab.lines(2)), (vec!["已经传了".to_owned()], vec!["还没传".to_owned()]));
}

#[test]
fn a_page_that_finds_the_storage_empty_by_itself_fills_it_too() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.disk.empty();
    tab.write(1, "一切平安");
    world.pass(Span::minutes(10));
    assert!(phone.disk.identity().signed_in.is_some());
    assert_eq!(world.site.accepted().len(), 1);
    assert!(phone.shelf(Who::Watcher).records.contains_key(&note_key(1)));
}

#[test]
fn what_is_given_up_leaves_the_disk_by_its_bytes_and_only_where_it_still_may() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let needs_person = |item: &Queued| {
        let trouble = Trouble::Conflict;
        Queued { state: QueuedState::NeedsPerson { trouble }, ..item.clone() }
    };
    let bad = tab.writing(1, "编号撞了", Vec::new());
    let mut twin = tab.writing(2, "还没传", Vec::new());
    twin.head.id = bad.head.id;
    let (bad, twin) = (queued(bad), queued(twin));
    let (store, turned) = (phone.disk.tab(), (bad.clone(), twin.clone()));
    let kept = tab.does(move |_| async move {
        store.turn_to(Some(Who::Watcher.id()));
        let (bad, twin) = turned;
        store.append(&bad, None, &[]).await?;
        store.append(&twin, None, &[]).await?;
        store.settle(&[needs_person(&bad)]).await?;
        // As a tab has them that has not heard yet: the second one was sent again in another one.
        store.remove(&[needs_person(&bad), needs_person(&twin)]).await?;
        store.snapshot().await
    });
    assert_eq!(kept.unwrap().outbox, [twin]);
}
