//! What the server told is kept as text, read when it is asked for, and newer states take the place of older ones.

use crate::neighbourhood::*;
use crate::notebook::{Line, NOTEBOOK, Note};
use domain::kernel::{Got, Known, Look, Record};
use domain::kinds::Kinds;
use domain::organisation::{self, Person, Place};
use domain::sync::{Cursor, PullReplyHead, Records, as_type};

fn note(text: &str) -> Note {
    Note {
        community: community(),
        id: note_key(1).id,
        place: stairwell(1),
        author: Who::Watcher.id(),
        written: NOON,
        number: None,
        lines: vec![Line { id: command_id(1), by: Who::Watcher.id(), text: text.to_owned() }],
        ticks: Vec::new(),
        attachments: Vec::new(),
        arrived: Vec::new(),
        taken_off: Vec::new(),
        erased: false,
    }
}

fn text_of(records: &Records) -> Option<String> {
    match records.get::<Note>(&note_key(1)) {
        Got::Here(note) => Some(note.texts().join("/")),
        Got::Nowhere | Got::Unread => None,
    }
}

#[test]
fn a_newer_state_takes_the_place_of_an_older_one_and_never_the_other_way_round() {
    let mut records = neighbourhood();
    assert!(matches!(records.get::<Note>(&note_key(1)), Got::Nowhere));
    records.take_in([envelope(&note("新的"), 7)]);
    assert_eq!(text_of(&records).as_deref(), Some("新的"));
    records.take_in([envelope(&note("旧的"), 6)]);
    assert_eq!((text_of(&records).as_deref(), records.position(&note_key(1))), (Some("新的"), Some(7)));
    records.take_in([envelope(&note("更新的"), 8)]);
    assert_eq!(text_of(&records).as_deref(), Some("更新的"));
}

#[test]
fn tree_and_posts_follow_the_feed_page_by_page() {
    let mut records = Records::new(kinds());
    assert!(records.memberships(community(), Who::Watcher.id()).is_empty());
    records.take_in(founding(community()));
    assert!(records.tree(community()).node(stairwell(2)).is_some());
    assert_eq!(records.memberships(community(), Who::Watcher.id()).len(), 1);
    let mut moved = place(community(), 2);
    moved.name = "新2单元".to_owned();
    records.take_in([envelope(&moved, 9)]);
    let name = |records: &Records| records.tree(community()).node(stairwell(2)).map(|node| node.name.clone());
    assert_eq!(name(&records).as_deref(), Some("新2单元"));
    let copy = records.clone();
    records.forget(community());
    assert_eq!((name(&records), name(&copy).as_deref()), (None, Some("新2单元")));
}

#[test]
fn two_communities_are_told_apart_and_each_can_be_forgotten() {
    let mut records = neighbourhood();
    records.take_in(founding(other_community()));
    assert_eq!(records.all::<Person>().filter(|person| person.id == Who::Watcher.id()).count(), 2);
    let cursor = |community| Cursor { community, position: 1, scope: String::new() };
    let page = |cursors, start_over| PullReplyHead { server: server_mark(), cursors, start_over, more: false };
    let both = || vec![cursor(community()), cursor(other_community())];
    assert_eq!(records.taken_away_by(&page(both(), vec![])), []);
    assert_eq!(records.taken_away_by(&page(both(), vec![other_community()])), [other_community()], "told anew");
    assert_eq!(
        records.taken_away_by(&page(vec![cursor(community())], vec![])),
        [other_community()],
        "not told any more"
    );
    records.forget(other_community());
    assert_eq!((records.all::<Place>().count(), records.all::<Person>().count()), (2, 4));
}

#[test]
fn what_cannot_be_read_is_kept_and_read_when_its_part_of_the_program_is_there() {
    let mut records = Records::new(Kinds::of(&[&organisation::MODULE]));
    records.take_in(founding(community()).into_iter().chain([envelope(&note("灯不亮"), 7)]));
    assert!(matches!(records.look(&note_key(1)), Look::Unread));
    assert_eq!(records.unread_of_kind(Note::KIND).collect::<Vec<_>>(), [&note_key(1)]);
    records.learn(&NOTEBOOK);
    assert_eq!(text_of(&records).as_deref(), Some("灯不亮"));
    assert_eq!(records.unread_of_kind(Note::KIND).count(), 0);
}

#[test]
fn a_record_can_be_kept_as_what_it_is() {
    let mut records = neighbourhood();
    records.take_in([envelope(&note("灯不亮"), 7)]);
    let shared = records.of_kind("note").next().unwrap();
    assert_eq!(as_type::<Note>(shared).map(|note| note.texts() == ["灯不亮"]), Some(true));
    assert!(as_type::<Place>(shared).is_none());
}
