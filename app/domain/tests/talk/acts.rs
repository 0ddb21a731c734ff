//! What people do with what they wrote: refused at once, mended, given up, tried again, export files.

use crate::neighbourhood::{Who, note_key};
use crate::world::{A_MOMENT, World};
use domain::kernel::{Rejection, Span};
use domain::memory::{Fate, LocalFault};
use domain::sync::{Delivery, ExportFileError, LocalError, NotSaved, NotTakenIn, Outcome, QueuedState, TakenIn};

/// The server refuses whatever says this.
fn refuses(world: &World, words: &'static str) {
    let refused = Outcome::Rejected { reason: Rejection::NO_RIGHT.into() };
    world.site.say(move |command| command.act.contains(words), refused);
}

#[test]
fn what_the_rules_refuse_is_not_saved() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::SocialWorker);
    let command = tab.writing(1, "别人的单元", Vec::new());
    let refused = tab.submit(command, None);
    assert!(matches!(&refused, Err(NotSaved::Refused(reason)) if reason.is(Rejection::NO_RIGHT)), "{refused:?}");
    assert!(tab.outbox_is_empty() && phone.shelf(Who::SocialWorker).outbox.is_empty());
}

#[test]
fn a_refused_command_is_mended_in_its_place() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    refuses(&world, "错的");
    let bad = tab.write(1, "错的");
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::NeedsPerson));
    assert_eq!(tab.lines(1), ["错的"], "its words stay in sight");
    let better = tab.writing(1, "对的", Vec::new());
    tab.does(move |replica| async move { replica.mend(bad, better, None, &[]).await }).unwrap();
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1);
    world.pass(A_MOMENT);
    assert_eq!(tab.lines(1), ["对的"]);
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
}

#[test]
fn a_phone_that_dies_while_mending_has_both() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    refuses(&world, "错的");
    let bad = tab.write(1, "错的");
    world.pass(A_MOMENT);
    let better = tab.writing(1, "对的", Vec::new());
    // The better one is kept, and the bad one is not taken out.
    phone.disk.order([LocalFault::AnswerLost]);
    let outcome = tab.does(move |replica| async move { replica.mend(bad, better, None, &[]).await });
    assert!(outcome.is_err());
    tab.kill();
    let tab = phone.open();
    world.pass(A_MOMENT);
    assert_eq!(world.site.note(&note_key(1)).unwrap().texts(), ["对的"]);
    assert!(matches!(tab.states()[..], [QueuedState::NeedsPerson { .. }]));
    tab.does(move |replica| async move { replica.give_up(bad).await }).unwrap();
    assert!(tab.outbox_is_empty() && phone.shelf(Who::Watcher).outbox.is_empty());
}

#[test]
fn giving_up_takes_along_what_waits_for_it_alone_and_nothing_that_may_still_go() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    refuses(&world, "错的");
    phone.network.set_always(Fate::Lost);
    let bad = tab.write(1, "错的");
    tab.add(1, "补充");
    let good = tab.write(2, "一切平安");
    tab.does(move |replica| async move { replica.give_up(good).await }).unwrap();
    assert_eq!(tab.states().len(), 3, "what waits for signal is not given up");
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(1));
    assert!(matches!(tab.states()[..], [QueuedState::NeedsPerson { .. }, QueuedState::Parked { .. }]));
    phone.disk.order([LocalFault::Refused(LocalError::Full)]);
    assert_eq!(tab.does(move |replica| async move { replica.give_up(bad).await }), Err(LocalError::Full));
    assert_eq!((tab.states().len(), phone.shelf(Who::Watcher).outbox.len()), (2, 2), "all or nothing");
    tab.does(move |replica| async move { replica.give_up(bad).await }).unwrap();
    assert!(tab.outbox_is_empty() && phone.shelf(Who::Watcher).outbox.is_empty());
}

#[test]
fn what_the_server_parks_just_now_is_either_given_up_with_its_record_or_stays_in_sight() {
    for millis in (0..120).step_by(5) {
        let world = World::at_noon();
        let (phone, tab) = world.phone_of(Who::Watcher);
        refuses(&world, "错的");
        let bad = tab.write(1, "错的");
        world.pass(A_MOMENT);
        tab.add(1, "补充");
        world.pass(Span::from_millis(millis));
        tab.does(move |replica| async move { replica.give_up(bad).await }).unwrap();
        world.pass(A_MOMENT);
        let kept: Vec<QueuedState> = phone.shelf(Who::Watcher).outbox.into_iter().map(|item| item.state).collect();
        assert_eq!(tab.states(), kept, "{millis} ms");
    }
}

#[test]
fn trying_again_can_succeed() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    refuses(&world, "一切平安");
    let id = tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    let try_again = move |replica: std::rc::Rc<domain::sync::Replica>| async move { replica.try_again(id).await };
    tab.does(try_again).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::NeedsPerson), "nothing has changed");
    // The right is given back.
    world.site.server.behave();
    tab.does(try_again).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert!(phone.shelf(Who::Watcher).outbox.is_empty());
}

#[test]
fn a_file_of_everything_unsent_is_taken_in_by_its_author_on_another_phone() {
    let world = World::at_noon();
    let (broken, tab) = world.phone_of(Who::Watcher);
    broken.network.set_always(Fate::Lost);
    let photo = tab.take_photo(Who::Watcher, vec![5; 300]).unwrap();
    tab.write_with_photo(1, &photo);
    tab.write(2, "一切平安");
    tab.keep_draft("write/3", "没写完");
    let export = tab.does(|replica| async move { replica.export_file(None).await }).unwrap();
    let file = export.to_text().into_bytes();
    let (other, elsewhere) = world.phone_of(Who::Watcher);
    let take_in = |tab: &crate::world::Tab, file: &[u8]| {
        let file = file.to_vec();
        tab.does(move |replica| async move { replica.take_in(&file).await })
    };
    assert_eq!(take_in(&elsewhere, &file), Ok(TakenIn { taken: 3, left_out: 0 }));
    assert_eq!(take_in(&elsewhere, &file), Ok(TakenIn::default()), "once more does no harm");
    world.pass(Span::minutes(2));
    assert!(other.shelf(Who::Watcher).outbox.is_empty() && elsewhere.replica.status().all_uploaded());
    assert_eq!(world.site.note(&note_key(1)).unwrap().arrived, [photo.sha256]);
    assert_eq!(elsewhere.replica.draft("write/3").as_deref(), Some("没写完"));
    // And the broken one comes back after all.
    broken.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(6));
    assert_eq!(world.site.accepted().len(), 2);
    let (_, stranger) = world.phone_of(Who::Neighbour);
    assert_eq!(take_in(&stranger, &file), Err(NotTakenIn::File(ExportFileError::NotTheirs)));
}

#[test]
fn there_is_no_file_where_nothing_is_unsent() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "一切平安");
    world.pass(Span::minutes(1));
    assert_eq!(tab.does(|replica| async move { replica.export_file(None).await }), None);
}
