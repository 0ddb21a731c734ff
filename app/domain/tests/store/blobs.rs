//! Who may send bytes, who sees them.

use super::world::*;
use domain::kernel::{Attachment, AttachmentKind};
use domain::store::Store;

fn photo() -> Attachment {
    Attachment::of(AttachmentKind::Photo, b"a photo")
}

fn arrived(world: &World, person: u128) -> Option<bool> {
    at_once(world.store.named_blob(id(person), &photo().sha256)).expect("a look").map(|named| named.arrived)
}

fn readable(world: &World, person: u128) -> bool {
    at_once(world.store.readable_blob(id(person), &photo().sha256, MORNING)).expect("a look").is_some()
}

#[test]
fn bytes_that_nobody_names_are_wanted_of_nobody() {
    let world = World::new();
    assert_eq!(arrived(&world, WANG), None);
    world.push_one(WANG, &with_photo(WANG, 100, &photo()));
    assert_eq!((arrived(&world, WANG), arrived(&world, LI)), (Some(false), None));
    let other = Attachment::of(AttachmentKind::Photo, b"another").sha256;
    assert_eq!(at_once(world.store.orphans(vec![other, photo().sha256])).expect("a list"), [other]);
}

#[test]
fn when_bytes_arrive_every_record_of_their_sender_says_so_once() {
    let world = World::new();
    world.push(WANG, &[with_photo(WANG, 100, &photo()), with_photo(WANG, 101, &photo())]);
    world.push_one(LI, &with_photo(LI, 102, &photo()));
    let before = world.head();
    at_once(world.store.blob_arrived(id(WANG), &photo(), MORNING)).expect("done");
    assert_eq!(world.head(), before + 2, "two records are told anew");
    at_once(world.store.blob_arrived(id(WANG), &photo(), MORNING)).expect("done");
    assert_eq!(world.head(), before + 2, "once more changes nothing");
    let has = |note| world.note(note).is_some_and(|note| note.arrived == [photo().sha256]);
    assert!(has(100) && has(101) && !has(102), "to name a hash that one has heard of is not enough");
    assert_eq!((arrived(&world, WANG), arrived(&world, LI)), (Some(true), Some(false)));
}

#[test]
fn what_is_written_after_its_bytes_arrived_knows_it_also_from_a_queue() {
    let world = World::new();
    world.push_one(WANG, &with_photo(WANG, 100, &photo()));
    at_once(world.store.blob_arrived(id(WANG), &photo(), MORNING)).expect("done");
    world.push_one(WANG, &with_photo(WANG, 101, &photo()));
    let mut parked = with_photo(WANG, 102, &photo());
    parked.head.about.push(note_key(200));
    assert_eq!(word(&world.push_one(WANG, &parked)), "parked");
    world.push_one(LI, &write(LI, 200));
    for number in [101, 102] {
        assert_eq!(world.note(number).map(|note| note.arrived), Some(vec![photo().sha256]), "{number}");
    }
}

#[test]
fn bytes_are_shown_to_whoever_reads_a_record_whose_author_sent_them() {
    let world = World::new();
    world.appoint(COMMUNITY, 3, Vec::new());
    world.push_one(WANG, &with_photo(WANG, 100, &photo()));
    assert!(!readable(&world, WANG), "not before they are here");
    at_once(world.store.blob_arrived(id(WANG), &photo(), MORNING)).expect("done");
    assert!(readable(&world, WANG) && readable(&world, LI) && !readable(&world, 3));
}
