//! Photos go up after their words, oldest record first, and leave the phone only when the server has them.

use crate::neighbourhood::*;
use crate::notebook::Note;
use domain::kernel::{Attachment, AttachmentKind, Bytes, Span};
use domain::sync::{
    AfterUpload, Failure, Kept, Outbox, PART_BYTES, QueuedState, Records, Upload, UploadStep, after_failed_upload,
    kept_for, still_awaited, to_upload,
};
use proptest::prelude::*;

/// A note of 王某兰, n minutes after noon.
fn note(n: u8, photos: &[u8], arrived: &[u8], taken_off: &[u8]) -> Note {
    let hashes = |numbers: &[u8]| numbers.iter().map(|n| photo(*n).sha256).collect();
    Note {
        community: community(),
        id: note_key(n).id,
        place: stairwell(1),
        author: Who::Watcher.id(),
        written: minutes(n.into()),
        number: None,
        lines: Vec::new(),
        ticks: Vec::new(),
        attachments: photos.iter().copied().map(photo).collect(),
        arrived: hashes(arrived),
        taken_off: hashes(taken_off),
        erased: false,
    }
}

fn told(notes: &[Note]) -> Records {
    let mut records = neighbourhood();
    records.take_in(notes.iter().map(|note| envelope(note, 5)));
    records
}

fn wanted(records: &Records, outbox: &Outbox) -> Vec<Attachment> {
    to_upload(Who::Watcher.id(), records, outbox, &[])
}

#[test]
fn photos_wait_for_their_words_and_then_go_the_oldest_first() {
    let records = told(&[note(2, &[3, 4], &[], &[]), note(1, &[1, 2], &[1], &[])]);
    assert_eq!(wanted(&records, &Outbox::default()), [2, 3, 4].map(photo));

    let states = [QueuedState::Waiting, parked(9), acknowledged(9)].into_iter().zip(5_u8..);
    let items =
        states.map(|(state, n)| (command(usize::from(n), Who::Watcher, write_with(n, "漏水", &[n, 2, 1])), state));
    assert_eq!(wanted(&records, &outbox_in(items)), [2, 3, 4, 7].map(photo));
}

#[test]
fn only_ones_own_photos_are_on_ones_own_phone() {
    let records = told(&[note(1, &[1], &[], &[])]);
    assert_eq!(to_upload(Who::Neighbour.id(), &records, &Outbox::default(), &[]), []);
    let why = kept_for(&photo(1).sha256, Who::Neighbour.id(), &records, &Outbox::default(), &[], []);
    assert_eq!(why, Kept::ForNothing);
}

#[test]
fn a_photo_that_two_records_name_goes_up_once() {
    let records = told(&[note(1, &[1], &[], &[]), note(2, &[1, 2], &[], &[])]);
    assert_eq!(wanted(&records, &Outbox::default()), [1, 2].map(photo));
}

#[test]
fn why_a_photo_is_kept_follows_from_what_names_it() {
    let records = told(&[note(1, &[1, 2], &[1], &[])]);
    let waiting = outbox([command(5, Who::Watcher, write_with(5, "漏水", &[3, 1]))]);
    // As another version may have written it.
    let draft = format!("{{\"new\":[\"{}\"]}}", [4, 2, 3].map(|n| photo(n).word()).join("+"));
    let why = |n| kept_for(&photo(n).sha256, Who::Watcher.id(), &records, &waiting, &[], [draft.as_str()]);
    assert_eq!(
        [1, 2, 3, 4, 5].map(why),
        [Kept::AfterWords, Kept::ToUpload, Kept::AfterWords, Kept::ForDraft, Kept::ForNothing]
    );
    let alone = kept_for(&photo(1).sha256, Who::Watcher.id(), &records, &Outbox::default(), &[], []);
    assert_eq!(alone, Kept::Uploaded);
}

#[test]
fn nothing_that_the_server_waits_for_or_may_still_want_ever_goes_from_the_phone() {
    for never in [Kept::ForDraft, Kept::AfterWords, Kept::ToUpload] {
        assert!(!never.may_go(Span::from_millis(i64::MAX)), "{never:?}");
    }
    let (day, month) = (Span::days(1), Span::days(30));
    let more = |span: Span| span.plus(Span::from_millis(1));
    assert!(!Kept::ForNothing.may_go(day) && Kept::ForNothing.may_go(more(day)));
    assert!(!Kept::Uploaded.may_go(month) && Kept::Uploaded.may_go(more(month)));
    // A clock that was set back.
    assert!(!Kept::ForNothing.may_go(day.negated()) && !Kept::Uploaded.may_go(Span::from_millis(i64::MIN)));
}

#[test]
fn what_its_author_took_off_before_it_was_uploaded_is_not_uploaded() {
    let records = told(&[note(1, &[1, 2, 3], &[2], &[1])]);
    assert_eq!(wanted(&records, &Outbox::default()), [photo(3)]);
    let why = |n| kept_for(&photo(n).sha256, Who::Watcher.id(), &records, &Outbox::default(), &[], []);
    assert_eq!([1, 2, 3].map(why), [Kept::ForNothing, Kept::Uploaded, Kept::ToUpload]);
}

#[test]
fn what_a_record_that_goes_was_waiting_for_still_goes_up_until_a_record_that_is_here_says_otherwise() {
    let records = told(&[note(1, &[1, 2, 3], &[2], &[3])]);
    let sent = outbox_in([(command(5, Who::Watcher, write_with(5, "漏水", &[5])), acknowledged(9))]);
    let after = |before: &[Attachment], goes: bool| still_awaited(Who::Watcher.id(), &records, &sent, before, |_| goes);
    assert_eq!(after(&[photo(4)], true), [4, 1, 5].map(photo), "neither what has arrived nor what was taken off");
    assert_eq!(after(&[photo(4), photo(1), photo(3)], false), [photo(4)], "the record says it");
    let (nothing, forgotten) = (neighbourhood(), [photo(1)]);
    assert_eq!(to_upload(Who::Watcher.id(), &nothing, &Outbox::default(), &forgotten), forgotten);
    let why = |records| kept_for(&photo(1).sha256, Who::Watcher.id(), records, &Outbox::default(), &forgotten, []);
    assert_eq!(why(&nothing), Kept::ToUpload);
    let arrived = told(&[note(1, &[1], &[1], &[])]);
    assert_eq!(why(&arrived), Kept::Uploaded);
    assert_eq!(to_upload(Who::Watcher.id(), &arrived, &Outbox::default(), &forgotten), []);
}

fn upload(bytes: u64) -> Upload {
    Upload::new(&Attachment { kind: AttachmentKind::Photo, bytes: Bytes::new(bytes), sha256: photo(1).sha256 })
}

#[test]
fn an_upload_goes_in_parts_and_asks_only_where_it_does_not_know_how_far_it_is() {
    let part = PART_BYTES.get();
    let mut fresh = upload(part + 7);
    assert_eq!(fresh.step(), UploadStep::Ask);
    fresh.asked(0);
    assert_eq!(fresh.step(), UploadStep::Send(0..part));
    fresh.sent(part, false);
    assert_eq!(fresh.step(), UploadStep::Send(part..part + 7));
    fresh.cut();
    assert_eq!(fresh.step(), UploadStep::Ask);
    fresh.asked(part + 3);
    assert_eq!(fresh.step(), UploadStep::Send(part + 3..part + 7));
    // All of it is there, but the server was stopped before it looked.
    fresh.sent(part + 7, false);
    assert_eq!(fresh.step(), UploadStep::Send(part + 7..part + 7));
    fresh.sent(part + 7, true);
    assert_eq!(fresh.step(), UploadStep::Done);
}

#[test]
fn an_upload_that_gets_no_further_rests() {
    let mut damaged = upload(9);
    damaged.asked(0);
    for _ in 0..3 {
        assert_eq!(damaged.step(), UploadStep::Send(0..9));
        damaged.sent(0, false);
    }
    assert_eq!(damaged.step(), UploadStep::Rest);
    // The question gets through, and no part ever does.
    let mut broken = upload(9);
    for _ in 0..3 {
        broken.asked(0);
        assert_eq!(broken.step(), UploadStep::Send(0..9));
        broken.cut();
    }
    assert_eq!(broken.step(), UploadStep::Rest);
}

proptest! {
    /// A server that keeps any beginning of what is sent, and a network that cuts anywhere. An upload that rests is begun
    /// anew.
    #[test]
    fn whatever_the_network_cuts_every_byte_arrives_once_and_in_its_place(
        bytes in 1_u64..3_000_000,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..12),
    ) {
        let (mut there, mut one, mut cuts) = (0_u64, upload(bytes), cuts.into_iter());
        for _ in 0..80 {
            match one.step() {
                UploadStep::Ask => one.asked(there),
                UploadStep::Send(range) => {
                    prop_assert!(range.start == there, "{range:?} after {there}");
                    let (came, heard) = match cuts.next() {
                        Some((at, heard)) => {
                            (at.index(usize::try_from(range.end - range.start).unwrap() + 1) as u64, heard)
                        }
                        None => (range.end - range.start, true),
                    };
                    there += came;
                    if heard { one.sent(there, there == bytes) } else { one.cut() }
                }
                UploadStep::Done => {
                    prop_assert_eq!(there, bytes);
                    return Ok(());
                }
                UploadStep::Rest => one = upload(bytes),
            }
        }
        prop_assert!(false, "not there after 80 steps: {there} of {bytes}");
    }
}

#[test]
fn what_stops_one_upload_stops_the_others_only_where_nothing_gets_through() {
    let table = [
        (Failure::Unreachable, AfterUpload::Stop),
        (Failure::of_status(503), AfterUpload::Stop),
        (Failure::of_status(401), AfterUpload::Stop),
        (Failure::NotFound, AfterUpload::PassOver),
        (Failure::of_status(403), AfterUpload::PassOver),
        (Failure::Internal, AfterUpload::PassOver),
        (Failure::BadRequest { detail: String::new() }, AfterUpload::Refused),
    ];
    for (failure, after) in table {
        assert_eq!(after_failed_upload(&failure), after, "{failure}");
    }
}
