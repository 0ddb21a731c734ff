//! Photos and voice notes as entries name them: what is taken, what is missing, and that no version loses any.

use crate::neighbourhood::*;
use domain::kernel::{ATTACHMENTS, Arrival, AttachmentKind, Job, Problem, Record, Rejection, Sha256, json};
use domain::log::{Act, Entry, EntryForm};

fn with(attachments: Vec<String>) -> EntryForm {
    EntryForm { attachments, ..form("三楼水管漏水") }
}

fn written(attachments: Vec<String>) -> Result<Entry, domain::kernel::Refusal> {
    World::new().take(&command(0, Who::Watcher, 1, &Act::WriteEntry { form: with(attachments) }))
}

fn hash(n: u8) -> Sha256 {
    Sha256::of(&[n])
}

#[test]
fn what_is_no_attachment_is_refused_at_its_field() {
    let hash = Sha256::of(b"").to_string();
    for word in [
        String::new(),
        "photo".to_owned(),
        format!("Photo:1:{hash}"),
        format!("photo:0:{hash}"),
        format!("photo:-1:{hash}"),
        format!("photo:+1:{hash}"),
        format!("photo:01:{hash}"),
        format!("photo:1:{}", hash.to_uppercase()),
        format!("photo:1:{hash}:"),
        "photo:1:../../etc/passwd".to_owned(),
    ] {
        assert_eq!(written(vec![word.clone()]), wrong(ATTACHMENTS, Problem::Unknown), "{word}");
    }
    let too_large = Problem::TooLong { limit: 10_000_000, actual: 10_000_001 };
    assert_eq!(written(vec![format!("photo:10000001:{hash}")]), wrong(ATTACHMENTS, too_large));
    assert_eq!(written(vec![photo(1), photo(1)]), wrong(ATTACHMENTS, Problem::Unknown));
    let too_many = Problem::TooMany { limit: AttachmentKind::Photo.most() };
    assert_eq!(written((0..10).map(photo).collect()), wrong(ATTACHMENTS, too_many));
}

#[test]
fn nine_photos_and_three_voice_notes_fit_into_a_command() {
    let voice = |n: u8| photo(100 + n).replace("photo", "voice");
    let words: Vec<String> = (0..9).map(photo).chain((0..3).map(voice)).collect();
    let entry = written(words.clone()).unwrap();
    assert_eq!(entry.content.attachments().len(), 12);
    assert_eq!(entry.content.to_form().attachments, words);
    let text = json::write(&entry).unwrap();
    assert_eq!(json::read::<Entry>(text.as_bytes()), Ok(entry.clone()));
    assert_eq!(json::read_small::<Entry>(text.as_bytes()), Ok(entry));
}

#[test]
fn an_entry_without_attachments_says_nothing_of_them() {
    let text = json::write(&written(Vec::new()).unwrap()).unwrap();
    assert!(!text.contains("attachments") && !text.contains("arrived"), "{text}");
}

#[test]
fn a_photo_that_a_later_version_leaves_out_still_belongs_to_the_entry() {
    let photos = [photo(1), photo(2)].to_vec();
    let (mut world, _) = story([
        (Who::Watcher, Act::WriteEntry { form: with(photos.clone()) }),
        (Who::Watcher, amend(command_id(0), &with(photos), &with(vec![photo(2), photo(3)]))),
    ]);
    let words = |entry: &Entry| entry.attachments().iter().map(|one| one.word()).collect::<Vec<_>>();
    assert_eq!(words(world.entry(1)), [photo(2), photo(3), photo(1)]);

    let missing = |entry: &Entry| entry.missing().map(|one| one.word()).collect::<Vec<_>>();
    assert_eq!(missing(world.entry(1)), [photo(2), photo(3)]);
    for (n, arrived) in [(2, 1), (2, 1), (1, 2), (9, 2)] {
        let arrival = by_the_system(10, Job::Blobs, 1, &Act::TakeBlob { sha256: hash(n) });
        assert_eq!(world.take(&arrival).unwrap().arrived.len(), arrived, "{n}");
    }
    assert_eq!(missing(world.entry(1)), [photo(3)]);
}

#[test]
fn only_the_server_says_that_bytes_have_arrived() {
    let (mut world, _) = story([(Who::Watcher, Act::WriteEntry { form: with(vec![photo(1)]) })]);
    let act = Act::TakeBlob { sha256: hash(1) };
    assert_eq!(world.take(&command(1, Who::Watcher, 1, &act)), rejected(Rejection::NO_RIGHT));
    // Also of an entry that was taken back: its photos are still to come.
    world.take(&command(2, Who::Watcher, 1, &Act::WithdrawEntry {})).unwrap();
    assert_eq!(world.take(&by_the_system(3, Job::Blobs, 1, &act)).unwrap().arrived, [hash(1)]);
}

#[test]
fn nobody_waits_for_the_photos_of_an_entry_that_was_set_aside() {
    let (mut world, _) = story([(Who::Watcher, Act::WriteEntry { form: with(vec![photo(1), photo(2)]) })]);
    world.take(&by_the_system(1, Job::Blobs, 1, &Act::TakeBlob { sha256: hash(1) })).unwrap();
    assert_eq!([1, 2].map(|n| world.entry(1).arrival(&hash(n))), [Arrival::Arrived, Arrival::Awaited]);
    let why = Act::SetAsideEntry { why: "别人的隐私".to_owned() };
    world.take(&by_the_system(2, Job::Operator, 1, &why)).unwrap();
    assert_eq!([1, 2].map(|n| world.entry(1).arrival(&hash(n))), [Arrival::Arrived, Arrival::LetGo]);
    assert!(!world.entry(1).stays_open());
    let act = Act::TakeBlob { sha256: hash(2) };
    assert_eq!(world.take(&by_the_system(3, Job::Blobs, 1, &act)), rejected(Rejection::SET_ASIDE));
}

#[test]
fn bytes_that_were_sent_before_the_words_are_there_at_once() {
    let server = Server { blobs: vec![hash(1), hash(3)], ..Server::at(NOON) };
    let mut world = World::new();
    let form = with(vec![photo(1), photo(2)]);
    let act = Act::WriteEntry { form: form.clone() };
    let entry = world.take_at(&command(0, Who::Watcher, 1, &act), &server).unwrap();
    assert_eq!(entry.arrived, [hash(1)]);
    let more = amend(command_id(0), &form, &with(vec![photo(1), photo(2), photo(3)]));
    let entry = world.take_at(&command(1, Who::Watcher, 1, &more), &server).unwrap();
    assert_eq!(entry.arrived, [hash(1), hash(3)]);
}

#[test]
fn more_attachments_named_in_a_change_than_an_entry_can_hold_are_refused_at_their_field() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    let photos = |n: usize| (0..n).map(|n| format!("photo:250000:{}", Sha256::of(&n.to_be_bytes()))).collect();
    let many = amend(command_id(0), &form("灯不亮"), &EntryForm { attachments: photos(300), ..form("灯不亮") });
    let too_many = Problem::TooMany { limit: AttachmentKind::Photo.most() };
    assert_eq!(world.take(&command(1, Who::Watcher, 1, &many)), wrong(ATTACHMENTS, too_many));
}
