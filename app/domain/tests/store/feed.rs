//! What a pull brings: pages, cursors, two communities, the grace period, a backup.

use super::notes::Note;
use super::world::*;
use domain::kernel::{
    Audience, Bytes, Kind, PlaceKind, Record, RecordKey, Role, Row, Span, StoredRecord, Timestamp, Topics,
};
use domain::kinds::topic;
use domain::organisation::Person;
use domain::store::{PageLimit, Store, StoreError};
use domain::sync::{Cursor, Epoch, PAGE_BYTES};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Pulls until there is no more; the newest state of each record, and the cursors.
pub fn pull_all(
    world: &World,
    person: u128,
    mut cursors: Vec<Cursor>,
    records: u32,
    now: Timestamp,
) -> (BTreeMap<RecordKey, String>, Vec<Cursor>) {
    let mut seen = BTreeMap::new();
    loop {
        let page = world.pull(person, cursors, records, now);
        assert!(page.envelopes.len() <= records as usize);
        assert!(!(page.more && page.envelopes.is_empty()), "every page goes on");
        seen.extend(page.envelopes.into_iter().map(|envelope| (envelope.head.key, envelope.text)));
        cursors = page.cursors;
        if !page.more {
            return (seen, cursors);
        }
    }
}

fn ids(seen: &BTreeMap<RecordKey, String>, kind: &'static str) -> Vec<u128> {
    seen.keys().filter(|key| key.kind == kind).map(|key| key.id.as_u128()).collect()
}

#[test]
fn pages_of_any_size_bring_the_same_and_then_only_what_is_new() {
    let world = World::new();
    for number in 100..120 {
        world.push_one(WANG, &write(WANG, number));
    }
    let (all, cursors) = pull_all(&world, LI, Vec::new(), 1_000, MORNING);
    assert_eq!(ids(&all, Note::KIND), (100..120).collect::<Vec<_>>());
    for records in [1, 3, 7] {
        assert_eq!(pull_all(&world, LI, Vec::new(), records, MORNING), (all.clone(), cursors.clone()));
    }
    assert!(world.pull(LI, cursors.clone(), 10, MORNING).envelopes.is_empty());
    world.push(WANG, &[append(WANG, 105, "一"), write(WANG, 200)]);
    let page = world.pull(LI, cursors, 10, MORNING);
    let told: Vec<u128> = page.envelopes.iter().map(|envelope| envelope.head.key.id.as_u128()).collect();
    assert_eq!((told, page.more, page.start_over.len()), (vec![105, 200], false, 0));
}

#[test]
fn a_page_is_cut_by_bytes_as_well() {
    let world = World::new();
    for number in 100..110 {
        world.push_one(WANG, &write(WANG, number));
    }
    let pull = |bytes: u64, cursors| {
        let limit = PageLimit { records: 1_000, bytes: Bytes::new(bytes), horizon: Timestamp::EARLIEST };
        at_once(world.store.pull(id(LI), cursors, limit, MORNING)).expect("a page")
    };
    let whole = pull(1_000_000, Vec::new());
    let (mut cursors, mut told) = (Vec::new(), Vec::new());
    loop {
        let page = pull(1_500, cursors);
        let bytes: u64 = page.envelopes.iter().map(|envelope| envelope.size().get()).sum();
        assert!(page.envelopes.len() > 1 && bytes <= 1_500, "{bytes}");
        told.extend(page.envelopes);
        cursors = page.cursors;
        if !page.more {
            break;
        }
    }
    assert_eq!(told, whole.envelopes);
    assert_eq!(pull(1, Vec::new()).envelopes.len(), 1, "a record that is larger than a page holds up nobody");
}

#[test]
fn a_record_that_only_a_newer_version_knows_stops_the_pull_and_is_not_passed_over() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    world.store.put_unread(StoredRecord {
        key: RecordKey { community: community(), kind: Kind::parse("song").expect("a word"), id: Uuid::from_u128(1) },
        text: "{}".to_owned(),
        audience: Audience::down(id(STAIRWELL), Topics::number(topic::FIRST_CLASS)),
        author: None,
        row: Row::default(),
        stays_open: true,
        attachments: Vec::new(),
    });
    let limit = PageLimit { records: 10, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
    let pulled = at_once(world.store.pull(id(LI), Vec::new(), limit, MORNING));
    assert!(matches!(pulled, Err(StoreError::Unavailable(_))), "its reader would never hear of it again");
}

#[test]
fn another_scope_is_told_from_the_start() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let (_, cursors) = pull_all(&world, LI, Vec::new(), 100, MORNING);
    world.settle(COMMUNITY, 14, PlaceKind::Grid, COMMUNITY);
    world.settle(COMMUNITY, STAIRWELL, PlaceKind::Stairwell, 14);
    let page = world.pull(LI, cursors, 100, MORNING);
    assert_eq!(page.start_over, [community()]);
    assert!(
        page.envelopes.iter().all(|envelope| envelope.head.key.kind != Note::KIND),
        "the stairwell has left the grid"
    );
}

#[test]
fn what_is_old_and_closed_is_left_out_of_the_first_reading_and_of_no_other() {
    let world = World::new();
    world.push_at(WANG, &[write(WANG, 100), numbered(WANG, 101)], later(0));
    world.push_at(WANG, &[write(WANG, 102)], later(100));
    let limit = PageLimit { records: 1, bytes: Bytes::kib(512), horizon: later(50) };
    let pull =
        |person: u128, cursors| at_once(world.store.pull(id(person), cursors, limit, later(200))).expect("a page");
    let mut told = Vec::new();
    let mut page = pull(LI, Vec::new());
    let started = page.cursors.clone();
    loop {
        told.extend(page.envelopes.iter().map(|one| one.head.key.clone()).filter(|key| key.kind == Note::KIND));
        if !page.more {
            break;
        }
        page = pull(LI, page.cursors);
    }
    assert_eq!(told, [note_key(101), note_key(102)], "100 is old; 101 stays open");
    // Old, but changed beyond what the first reading began with: told to whoever is still at it, and to whoever is not.
    let mut old = append(WANG, 100, "一");
    old.head.written = later(1);
    world.push_at(WANG, &[old], later(2));
    for cursors in [started, page.cursors] {
        let mut page = pull(LI, cursors);
        let mut told = page.envelopes.clone();
        while page.more {
            page = pull(LI, page.cursors);
            told.extend(page.envelopes.clone());
        }
        assert!(told.iter().any(|envelope| envelope.head.key == note_key(100)));
    }
}

#[test]
fn somebody_with_posts_in_two_communities_has_a_cursor_for_each_and_sees_both() {
    let world = World::new();
    world.found(20);
    world.settle(20, 21, PlaceKind::Grid, 20);
    world.appoint(20, LI, vec![post(Role::GridWorker, 21)]);
    world.appoint(20, 3, vec![post(Role::GridWorker, 21)]);
    world.push_one(WANG, &write(WANG, 100));
    let (seen, cursors) = pull_all(&world, LI, Vec::new(), 2, MORNING);
    assert_eq!(cursors.iter().map(|cursor| cursor.community).collect::<Vec<_>>(), [community(), id(20)]);
    assert!(seen.contains_key(&note_key(100)) && seen.contains_key(&Person::key_of(id(20), id(3))));
    let (seen, cursors) = pull_all(&world, WANG, Vec::new(), 100, MORNING);
    assert_eq!(cursors.len(), 1);
    assert!(seen.keys().all(|key| key.community == community()), "and nobody else does");
    let before = cursors;
    world.appoint(20, 3, Vec::new());
    assert_eq!(world.pull(WANG, before.clone(), 10, MORNING).cursors, before, "a commit in one is no news in another");
}

#[test]
fn after_the_last_post_one_hears_of_ones_own_until_the_grace_period_is_over() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    world.push_one(LI, &write(LI, 101));
    let (seen, cursors) = pull_all(&world, WANG, Vec::new(), 100, MORNING);
    assert_eq!(ids(&seen, Note::KIND), [100, 101]);
    let mut membership = post(Role::Watcher, STAIRWELL);
    membership.until = Some(later(60));
    world.appoint(COMMUNITY, WANG, vec![membership]);
    let within = later(60).plus(Span::days(29));
    let page = world.pull(WANG, cursors, 100, within);
    assert_eq!(page.start_over, [community()], "what others wrote goes");
    let told: Vec<_> = page.envelopes.iter().map(|envelope| envelope.head.key.clone()).collect();
    assert_eq!(
        told,
        [note_key(100), Person::key_of(community(), id(WANG))],
        "what became of their own, and their card"
    );
    world.push_one(LI, &append(LI, 100, "谢谢"));
    assert_eq!(world.pull(WANG, page.cursors, 100, within).envelopes.len(), 1);
    let after = world.pull(WANG, Vec::new(), 100, later(60).plus(Span::days(30)));
    assert!(after.cursors.is_empty() && after.envelopes.is_empty());
}

#[test]
fn a_restored_backup_is_another_epoch_without_sessions_and_takes_in_again_what_came_after_it() {
    let world = World::new();
    let (kept, lost) = (write(WANG, 100), write(WANG, 101));
    world.push_one(WANG, &kept);
    let token = at_once(world.store.sign_in_without_password(id(WANG), MORNING)).expect("a session");
    let backup = world.store.back_up();
    world.push_one(WANG, &lost);
    let (_, ahead) = pull_all(&world, WANG, Vec::new(), 100, MORNING);
    world.store.restore(backup, Epoch("2".to_owned())).expect("restored");
    assert_eq!(world.store.epoch(), Epoch("2".to_owned()));
    assert!(at_once(world.store.signed_in(&token, MORNING)).expect("a look").is_none());
    assert_eq!(world.pull(WANG, ahead, 100, MORNING).start_over, [community()], "a cursor beyond the feed");
    assert_eq!(words(&world.push(WANG, &[kept, lost])), ["duplicate", "accepted"]);
}
