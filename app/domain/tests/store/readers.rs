//! Over random trees, posts and records: what `ReadScope::admits` says is what pull, record and blob show.

use super::feed::pull_all;
use super::notes::{Act, Note};
use super::world::*;
use domain::kernel::{
    Actor, Attachment, AttachmentKind, Audience, Membership, Node, PersonId, PlaceKind, Reach, Reader, Record,
    RecordKey, Rights, Role, Span, Timestamp, Topics, Tree, json,
};
use domain::store::Store;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const ROOT: u128 = COMMUNITY;

#[derive(Clone, Debug)]
struct Neighbourhood {
    /// Places 30.., each in the root or in one of those before it.
    parents: Vec<usize>,
    /// Posts of the persons 1..=4.
    posts: Vec<(usize, usize, usize, i64, Option<i64>)>,
    notes: Vec<(usize, u8, bool, usize, Option<usize>)>,
    /// A place that goes somewhere else in the end.
    moves: (usize, usize),
}

fn neighbourhood() -> impl Strategy<Value = Neighbourhood> {
    let place = 0..7_usize;
    let post = (0..4_usize, 0..Role::ALL.len(), place.clone(), -50..50_i64, prop::option::of(-50..50_i64));
    let note = (place.clone(), 0..20_u8, any::<bool>(), 0..4_usize, prop::option::of(0..4_usize));
    let parents = (0..1_usize, 0..2_usize, 0..3_usize, 0..4_usize, 0..5_usize, 0..6_usize)
        .prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f]);
    let posts = prop::collection::vec(post, 0..8);
    let notes = prop::collection::vec(note, 0..12);
    (parents, posts, notes, (1..7_usize, 0..7_usize)).prop_map(|(parents, posts, notes, moves)| Neighbourhood {
        parents,
        posts,
        notes,
        moves,
    })
}

const fn place_of(index: usize) -> u128 {
    if index == 0 { ROOT } else { 30 + index as u128 }
}

fn days(days: i64) -> Timestamp {
    MORNING.plus(Span::days(days))
}

/// Whoever writes notes here does so by a post that nobody reads with.
fn build(place: &Neighbourhood) -> (World, Tree, BTreeMap<usize, Vec<Membership>>) {
    let world = World::empty();
    world.found(COMMUNITY);
    let mut tree = Tree::new(community());
    let mut settle = |index: usize, parent: usize| {
        world.settle(COMMUNITY, place_of(index), PlaceKind::Yard, place_of(parent));
        let node = Node {
            id: id(place_of(index)),
            kind: PlaceKind::Yard,
            parent: Some(id(place_of(parent))),
            name: "1".to_owned(),
        };
        tree.put(node);
    };
    for (index, parent) in place.parents.iter().enumerate() {
        settle(index + 1, *parent);
    }
    let mut posts: BTreeMap<usize, Vec<Membership>> = (0..4).map(|person| (person, Vec::new())).collect();
    for (person, role, at, from, until) in &place.posts {
        let (from, until) = (days(*from), until.map(days));
        posts.entry(*person).or_default().push(Membership {
            role: Role::ALL[*role],
            place: id(place_of(*at)),
            from,
            until,
        });
    }
    for person in 0..4_usize {
        // To write with: a post on one day that has long been over.
        let long_ago = Membership { role: Role::Watcher, place: id(ROOT), from: days(-90), until: Some(days(-89)) };
        posts.entry(person).or_default().push(long_ago);
        world.appoint(COMMUNITY, 1 + person as u128, posts[&person].clone());
    }
    for (index, (at, topic, through, author, reader)) in place.notes.iter().enumerate() {
        let readers = reader.iter().map(|reader| id::<PersonId>(1 + *reader as u128)).collect();
        let photo = Some(photo_of(index));
        let act = Act::Write {
            place: id(place_of(*at)),
            topics: Topics::number(*topic),
            through: *through,
            readers,
            photo,
            numbered: false,
        };
        let mut note = command(Actor::Person(id(1 + *author as u128)), 1, vec![note_key(100 + index as u128)], &act);
        note.head.written = days(-90).plus(Span::hours(1));
        let replies = world.push_at(1 + *author as u128, &[note], days(-89));
        assert_eq!(word(&replies[0].outcome), "accepted");
        at_once(world.store.blob_arrived(id(1 + *author as u128), &photo_of(index), MORNING)).expect("done");
    }
    let (moved, to) = place.moves;
    if !tree.covers(id(place_of(moved)), id(place_of(to))) {
        world.settle(COMMUNITY, place_of(moved), PlaceKind::Yard, place_of(to));
        tree.put(Node {
            id: id(place_of(moved)),
            kind: PlaceKind::Yard,
            parent: Some(id(place_of(to))),
            name: "1".to_owned(),
        });
    }
    (world, tree, posts)
}

fn photo_of(note: usize) -> Attachment {
    Attachment::of(AttachmentKind::Photo, format!("photo {note}").as_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everybody_is_told_what_the_domain_admits_and_nothing_else(place in neighbourhood()) {
        let (world, tree, posts) = build(&place);
        for person in 0..4_usize {
            let who: PersonId = id(1 + person as u128);
            let held = &posts[&person];
            let scope = Rights::now(who, community(), held, &tree, MORNING).read_scope().expect("a person's");
            // Within the grace period of 30 days after a post, one still hears of one's own.
            let hears = held.iter().any(|one| one.from <= MORNING && one.until.is_none_or(|until| MORNING < until.plus(Span::days(30))));
            let (told, cursors) = pull_all(&world, 1 + person as u128, Vec::new(), 3, MORNING);
            prop_assert_eq!(cursors.len(), usize::from(hears));
            for (index, (at, topic, through, author, reader)) in place.notes.iter().enumerate() {
                let audience = Audience {
                    place: id(place_of(*at)),
                    reach: if *through { Reach::Through } else { Reach::Down },
                    topics: Topics::number(*topic),
                    readers: reader.iter().map(|reader| Reader::Person(id(1 + *reader as u128))).collect(),
                };
                let author: PersonId = id(1 + *author as u128);
                let admits = hears && scope.admits(Some(author), &audience);
                let key: RecordKey = RecordKey::new(community(), Note::KIND, Uuid::from_u128(100 + index as u128));
                prop_assert_eq!(told.contains_key(&key), admits, "pull of note {} for {}", index, person);
                let seen = at_once(world.store.record(who, &key, MORNING)).expect("a look");
                prop_assert_eq!(seen.as_ref().map(|envelope| &envelope.text), told.get(&key), "one and all alike");
                let blob = at_once(world.store.readable_blob(who, &photo_of(index).sha256, MORNING)).expect("a look");
                prop_assert_eq!(blob.is_some(), admits, "photo of note {}", index);
                if let Some(envelope) = seen {
                    let note: Note = json::read(envelope.text.as_bytes()).expect("a note");
                    prop_assert_eq!(note.author, author);
                }
            }
        }
    }
}

#[test]
fn what_is_masked_is_masked_in_pull_and_record_alike() {
    let world = World::new();
    world.push(WANG, &[write(WANG, 100), append(WANG, 100, "只给自己")]);
    for (person, lines) in [(WANG, 2), (LI, 1)] {
        let (told, _) = pull_all(&world, person, Vec::new(), 100, MORNING);
        let seen = at_once(world.store.record(id(person), &note_key(100), MORNING)).expect("a look").expect("readable");
        assert_eq!(told.get(&note_key(100)), Some(&seen.text));
        let note: Note = json::read(seen.text.as_bytes()).expect("a note");
        assert_eq!(note.lines.len(), lines);
    }
}
