//! A person in two communities: a cursor for each, and what happens to one leaves the other alone.

use crate::neighbourhood::{Who, community, note_key, other_community, stairwell};
use crate::notebook::{Note, NoteAct};
use crate::world::{A_MOMENT, Phone, Tab, World};
use domain::kernel::{Attachment, RecordKey, Span};
use domain::memory::{Asked, Fate};
use domain::organisation::{Person, Place};
use domain::sync::{Delivery, Failure};
use std::collections::BTreeSet;

fn other_note() -> RecordKey {
    Note::key_of(other_community(), note_key(1).id)
}

/// 王某兰 in both, with a note in each.
fn in_two() -> (World, Phone, Tab) {
    let world = World::at_noon();
    world.site.found(other_community(), &[Who::Watcher]);
    let (phone, tab) = world.phone_of(Who::Watcher);
    tab.write(1, "这边");
    let about = vec![other_note(), Place::key_of(other_community(), stairwell(1))];
    let there = tab.command(about, &NoteAct::WriteNote { text: "那边".to_owned(), attachments: Vec::new() });
    tab.submit(there, None).unwrap();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
    assert_eq!(tab.replica.with(|state| state.marks.cursors.len()), 2);
    (world, phone, tab)
}

#[test]
fn both_are_read_and_written() {
    let (world, _, tab) = in_two();
    let (_, second) = world.phone_of(Who::Watcher);
    for tab in [&tab, &second] {
        assert_eq!((tab.lines(1), tab.lines_of(&other_note())), (vec!["这边".to_owned()], vec!["那边".to_owned()]));
    }
}

#[test]
fn a_403_for_one_takes_its_copies_and_no_others() {
    let (world, phone, tab) = in_two();
    let forbidden = Failure::Forbidden { epoch: Some(world.site.epoch()), community: Some(other_community()) };
    phone.network.order(Asked::Pull, [Fate::Fails(forbidden)]);
    phone.network.set_always(Fate::Lost);
    tab.replica.talk_soon();
    world.pass(A_MOMENT);
    assert!(tab.lines_of(&other_note()).is_empty() && tab.lines(1) == ["这边"]);
    let shelf = phone.shelf(Who::Watcher);
    assert!(!shelf.records.contains_key(&other_note()) && shelf.records.contains_key(&note_key(1)));
    let kept: Vec<_> = shelf.sent.iter().filter_map(|(_, item)| item.record().cloned()).collect();
    assert_eq!(kept, [note_key(1)]);
}

#[test]
fn a_community_that_tells_somebody_nothing_any_more_is_forgotten() {
    let (world, phone, tab) = in_two();
    world.site.dismiss(Who::Watcher, other_community());
    world.pass(Span::minutes(1));
    assert!(tab.lines_of(&other_note()).is_empty() && tab.lines(1) == ["这边"]);
    let shelf = phone.shelf(Who::Watcher);
    assert!(shelf.records.keys().all(|key| key.community == community()), "{:?}", shelf.records.keys());
    assert_eq!(shelf.marks.cursors.len(), 1);
}

/// 王某兰's note 2 in the other community, with a photo that does not get through.
fn with_a_photo_that_waits(world: &World, phone: &Phone, tab: &Tab) -> (RecordKey, Attachment) {
    phone.network.order(Asked::Offset, vec![Fate::Fails(Failure::Internal); 10_000]);
    let photo = tab.take_photo(Who::Watcher, vec![7; 300]).unwrap();
    let key = Note::key_of(other_community(), note_key(2).id);
    let about = vec![key.clone(), Place::key_of(other_community(), stairwell(1))];
    let act = NoteAct::WriteNote { text: "灯不亮".to_owned(), attachments: vec![photo.clone()] };
    let (command, sha256) = (tab.command(about, &act), photo.sha256);
    tab.does(move |replica| async move { replica.submit(command, None, &[sha256]).await }).unwrap();
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty());
    (key, photo)
}

#[test]
fn a_photo_that_waits_still_goes_up_when_its_community_tells_nothing_any_more() {
    let (world, phone, tab) = in_two();
    let (key, photo) = with_a_photo_that_waits(&world, &phone, &tab);
    world.site.dismiss(Who::Watcher, other_community());
    world.pass(Span::minutes(6));
    tab.goes_into_a_pocket();
    world.pass(Span::days(2));
    assert!(tab.lines_of(&key).is_empty());
    assert_eq!(tab.replica.status().attachments, 1, "it is not called uploaded");
    tab.kill();
    let tab = phone.open();
    world.pass(Span::minutes(1));
    assert!(phone.shelf(Who::Watcher).blobs.contains_key(&photo.sha256));
    phone.network.forget_orders();
    world.pass(Span::minutes(6));
    assert_eq!(world.site.note(&key).unwrap().arrived, [photo.sha256]);
    assert!(tab.replica.status().all_uploaded() && phone.shelf(Who::Watcher).marks.still_awaited.is_empty());
    tab.kill();
    world.pass(Span::days(2));
    phone.open();
    world.pass(Span::minutes(1));
    assert!(phone.shelf(Who::Watcher).blobs.is_empty(), "nobody will ask for it");
}

#[test]
fn a_photo_that_waits_goes_with_the_erased_words_that_named_it_though_the_post_has_ended() {
    let (world, phone, tab) = in_two();
    let (key, photo) = with_a_photo_that_waits(&world, &phone, &tab);
    world.site.dismiss_at(Who::Watcher, other_community(), world.simulation.now());
    world.site.erase(&key);
    world.pass(Span::minutes(1));
    assert_eq!(tab.lines_of(&key), [""], "that there was something is still told");
    let shelf = phone.shelf(Who::Watcher);
    assert!(!shelf.blobs.contains_key(&photo.sha256) && shelf.marks.still_awaited.is_empty());
    assert!(tab.replica.status().all_uploaded());
}

#[test]
fn a_photo_that_waits_outlives_the_sign_out_and_the_end_of_the_post() {
    let (world, phone, tab) = in_two();
    let (key, photo) = with_a_photo_that_waits(&world, &phone, &tab);
    tab.sign_out();
    world.site.dismiss(Who::Watcher, other_community());
    tab.sign_in(Who::Watcher).unwrap();
    world.pass(Span::minutes(6));
    tab.goes_into_a_pocket();
    world.pass(Span::days(2));
    assert_eq!(tab.replica.status().attachments, 1);
    phone.network.forget_orders();
    tab.is_looked_at();
    world.pass(Span::minutes(6));
    assert_eq!(world.site.note(&key).unwrap().arrived, [photo.sha256]);
    assert!(tab.replica.status().all_uploaded());
}

#[test]
fn whoever_has_lost_the_last_post_in_one_community_keeps_only_their_own_words_there_and_then_nothing() {
    let (world, phone, tab) = in_two();
    let there = || {
        let kept = phone.shelf(Who::Watcher).records;
        kept.into_keys().filter(|key| key.community == other_community()).collect::<BTreeSet<_>>()
    };
    assert!(there().contains(&Place::key_of(other_community(), stairwell(1))));
    world.site.dismiss_at(Who::Watcher, other_community(), world.simulation.now());
    world.pass(Span::minutes(1));
    let own_card = Person::key_of(other_community(), Who::Watcher.id());
    assert_eq!(there(), [other_note(), own_card].into(), "within the time in which late work counts");
    assert_eq!(tab.lines_of(&other_note()), ["那边"]);
    // In a pocket, and looked at once a day.
    for _ in 0..31 {
        tab.goes_into_a_pocket();
        world.pass(Span::days(1));
        tab.is_looked_at();
        world.pass(A_MOMENT);
    }
    // No 403 is needed for it: the pull does not name the community any more.
    assert_eq!(there(), BTreeSet::new());
    assert!(tab.lines_of(&other_note()).is_empty());
    assert_eq!((tab.lines(1), tab.delivery(1)), (vec!["这边".to_owned()], Some(Delivery::Uploaded)));
}
