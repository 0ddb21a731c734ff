//! Photos and voice notes as entries name them: what is taken, what is missing, and that no version loses any.

use crate::neighbourhood::*;
use app::domain::{
    Act, AttachmentForm, AttachmentKind, Change, Entry, EntryForm, Field, FieldError, Known, Problem, Rejection,
    Sha256Hex, apply,
};

fn with(attachments: Vec<AttachmentForm>) -> EntryForm {
    EntryForm { attachments, ..form("三楼水管漏水") }
}

fn refused(attachments: Vec<AttachmentForm>) -> Problem {
    let act = Act::WriteEntry { entry: entry_id(1), micro_grid: STAIRWELL.into(), form: with(attachments) };
    match apply(&neighbourhood(), &command(1, Who::Watcher, act), None) {
        Err(app::domain::Refusal::Rejected(Rejection::Field(FieldError { field: Field::Attachments, problem }))) => {
            problem
        }
        other => panic!("{other:?}"),
    }
}

fn names(entry: &Entry) -> Vec<&str> {
    entry.attachments().iter().map(|one| one.sha256.0.as_str()).collect()
}

#[test]
fn what_is_no_attachment_is_refused_at_its_field() {
    let odd = |change: &dyn Fn(&mut AttachmentForm)| {
        let mut form = photo(1);
        change(&mut form);
        refused(vec![form])
    };
    assert_eq!(odd(&|form| form.kind = "film".into()), Problem::Unknown);
    assert_eq!(odd(&|form| form.sha256.make_ascii_uppercase()), Problem::Unknown);
    assert_eq!(odd(&|form| form.sha256 = "../../etc/passwd".into()), Problem::Unknown);
    assert_eq!(odd(&|form| form.bytes = 0), Problem::Unknown);
    assert_eq!(odd(&|form| form.bytes = 10_000_001), Problem::TooLarge { limit: 10_000_000 });
    assert_eq!(refused(vec![photo(1), photo(1)]), Problem::Unknown);
    assert_eq!(refused((0..10).map(photo).collect()), Problem::TooMany { limit: AttachmentKind::Photo.most() });
}

#[test]
fn nine_photos_and_three_voice_notes_fit_into_a_command() {
    let voice = |n: u8| AttachmentForm { kind: "voice".into(), ..photo(100 + n) };
    let form = with((0..9).map(photo).chain((0..3).map(voice)).collect());
    let entry = entry(1, 0, form.clone());
    assert_eq!(entry.content().attachments().len(), 12);
    assert_eq!(entry.content().to_form().attachments, form.attachments);
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
    let [first, second, third] = [1, 2, 3].map(|n| photo(n).sha256);
    assert_eq!(names(&amended), [first.as_str(), second.as_str(), third.as_str()]);

    let missing = |entry: &Entry| entry.missing().map(|one| one.sha256.0.clone()).collect::<Vec<_>>();
    assert_eq!(missing(&amended), [second.clone(), third.clone()]);
    for (sha256, is_news) in [(&second, true), (&second, false), (&first, true)] {
        assert_eq!(amended.take_arrival(&Sha256Hex(sha256.clone())), is_news);
    }
    assert!(!amended.take_arrival(&Sha256Hex::of(b"somebody else's")), "it names no such blob");
    assert_eq!(missing(&amended), [third]);
    known.absorb(Change::Entry(amended.clone()));
    assert_eq!(known.entry(entry_id(1)), Some(&amended));
}
