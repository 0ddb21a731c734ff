//! A person in two communities: a cursor for each, and what happens to one leaves the other alone.

use crate::neighbourhood::{Who, community, note_key, other_community, stairwell};
use crate::notebook::{Note, NoteAct};
use crate::world::{A_MOMENT, Phone, Tab, World};
use domain::kernel::{RecordKey, Span};
use domain::memory::{Asked, Fate};
use domain::organisation::Place;
use domain::sync::Failure;

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
