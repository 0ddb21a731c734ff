//! Photos and voice notes as entries name them: what is taken, what is missing, and that no version loses any.

use crate::neighbourhood::*;
use app::domain::{
    Act, AttachmentKind, Change, Entry, EntryForm, Field, Known, Problem, Refusal, Rejection, Sha256Hex, apply,
};

fn with(attachments: Vec<String>) -> EntryForm {
    EntryForm { attachments, ..form("三楼水管漏水") }
}

fn problem(attachments: Vec<String>) -> Option<Problem> {
    let act = Act::WriteEntry { entry: entry_id(1), micro_grid: STAIRWELL.into(), form: with(attachments) };
    match apply(&neighbourhood(), &command(1, Who::Watcher, act), None) {
        Err(Refusal::Rejected(Rejection::Field(error))) if error.field == Field::Attachments => Some(error.problem),
        _ => None,
    }
}

fn names(entry: &Entry) -> Vec<String> {
    entry.attachments().iter().map(|one| one.word()).collect()
}

#[test]
fn what_is_no_attachment_is_refused_at_its_field() {
    let hash = Sha256Hex::of(b"").0;
    for word in [
        String::new(),
        "photo".to_owned(),
        format!("film:1:{hash}"),
        format!("photo:0:{hash}"),
        format!("photo:-1:{hash}"),
        format!("photo:+1:{hash}"),
        format!("photo:01:{hash}"),
        format!("photo:1:{}", hash.to_uppercase()),
        format!("photo:1:{hash}:"),
        "photo:1:../../etc/passwd".to_owned(),
    ] {
        assert_eq!(problem(vec![word.clone()]), Some(Problem::Unknown), "{word}");
    }
    let too_large = Problem::TooLong { limit: 10_000_000, actual: 10_000_001 };
    assert_eq!(problem(vec![format!("photo:10000001:{hash}")]), Some(too_large));
    assert_eq!(problem(vec![photo(1), photo(1)]), Some(Problem::Unknown));
    assert_eq!(problem((0..10).map(photo).collect()), Some(Problem::TooMany { limit: AttachmentKind::Photo.most() }));
}

#[test]
fn nine_photos_and_three_voice_notes_fit_into_a_command() {
    let voice = |n: u8| photo(100 + n).replace("photo", "voice");
    let form = with((0..9).map(photo).chain((0..3).map(voice)).collect());
    let entry = entry(1, 0, form.clone());
    assert_eq!(entry.content().attachments().len(), 12);
    assert_eq!(entry.content().to_form().attachments, form.attachments);
    let json = serde_json::to_string(&entry).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
    assert_eq!(app::json::read_small::<Entry>(json.as_bytes()).ok(), Some(entry));
}

#[test]
fn an_entry_without_attachments_is_written_as_before() {
    let text = serde_json::to_string(&entry(1, 0, form("楼道灯不亮"))).unwrap();
    assert!(!text.contains("attachments") && !text.contains("arrived"), "{text}");
}

#[test]
fn a_photo_that_a_later_version_leaves_out_still_belongs_to_the_entry() {
    let mut known = neighbourhood();
    known.absorb(Change::Entry(entry(1, 0, with(vec![photo(1), photo(2)]))));
    let act = Act::AmendEntry { entry: entry_id(1), replaces: command_id(1), form: with(vec![photo(2), photo(3)]) };
    let mut amended = apply(&known, &command(2, Who::Watcher, act), None).unwrap();
    assert_eq!(names(&amended), [photo(1), photo(2), photo(3)]);

    let missing = |entry: &Entry| entry.missing().map(|one| one.word()).collect::<Vec<_>>();
    assert_eq!(missing(&amended), [photo(2), photo(3)]);
    let hash = |n| Sha256Hex::of(&[n]);
    for (n, is_news) in [(2, true), (2, false), (1, true)] {
        assert_eq!(amended.take_arrival(&hash(n)), is_news);
    }
    assert!(!amended.take_arrival(&hash(9)), "it names no such blob");
    assert_eq!(missing(&amended), [photo(3)]);
    known.absorb(Change::Entry(amended.clone()));
    assert_eq!(known.entry(entry_id(1)), Some(&amended));
}
