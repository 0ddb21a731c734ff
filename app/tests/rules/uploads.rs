//! Photos go up after their words, oldest entry first, and leave the phone only when the server has them.

use crate::neighbourhood::*;
use app::domain::{Act, Attachment, AttachmentKind, Change, EntryForm, Records, Sha256Hex, apply};
use app::error::AppError;
use app::sync::{
    AfterUpload, Kept, Outbox, PART_BYTES, QueuedState, Upload, UploadStep, after_failed_upload, kept_for, to_upload,
};
use proptest::prelude::*;

fn with(photos: &[u8]) -> EntryForm {
    EntryForm { attachments: photos.iter().copied().map(photo).collect(), ..form("三楼水管漏水") }
}

fn written(n: u8, photos: &[u8]) -> Act {
    Act::WriteEntry { entry: entry_id(n), micro_grid: STAIRWELL.into(), form: with(photos) }
}

fn hash(n: u8) -> Sha256Hex {
    Sha256Hex::of(&[n])
}

/// The log with the watcher's entries, each with its photos; those of `arrived` are on the server.
fn log(entries: &[(u8, &[u8])], arrived: &[u8]) -> Records {
    let mut records = neighbourhood();
    for (n, photos) in entries {
        let command = command(usize::from(*n), Who::Watcher, written(*n, photos));
        let mut entry = apply(&records, &command, None).unwrap();
        for n in arrived {
            entry.take_arrival(&hash(*n));
        }
        records.absorb(Change::Entry(entry));
    }
    records
}

fn wanted(records: &Records, outbox: &Outbox) -> Vec<String> {
    to_upload(Who::Watcher.id(), records, outbox).iter().map(Attachment::word).collect()
}

#[test]
fn photos_wait_for_their_words_and_then_go_the_oldest_first() {
    let records = log(&[(2, &[3, 4]), (1, &[1, 2])], &[1]);
    assert_eq!(wanted(&records, &Outbox::default()), [photo(2), photo(3), photo(4)]);

    let states = [
        QueuedState::Waiting,
        QueuedState::Held { waits_for: entry_id(9) },
        QueuedState::Acknowledged { position: 9, number: None },
    ];
    let items = states
        .into_iter()
        .zip(5_u8..)
        .map(|(state, n)| (command(usize::from(n), Who::Watcher, written(n, &[n, 2])), state));
    assert_eq!(wanted(&records, &outbox_in(items)), [photo(2), photo(3), photo(4), photo(7)]);
}

#[test]
fn only_ones_own_photos_are_on_ones_own_phone() {
    let records = log(&[(1, &[1])], &[]);
    assert_eq!(to_upload(Who::Neighbour.id(), &records, &Outbox::default()), []);
    assert_eq!(kept_for(&hash(1), Who::Neighbour.id(), &records, &Outbox::default(), []), Kept::ForNothing);
}

#[test]
fn a_photo_that_two_entries_name_goes_up_once() {
    let records = log(&[(1, &[1]), (2, &[1, 2])], &[]);
    assert_eq!(wanted(&records, &Outbox::default()), [photo(1), photo(2)]);
}

#[test]
fn why_a_photo_is_kept_follows_from_what_names_it() {
    let records = log(&[(1, &[1, 2])], &[1]);
    let waiting = outbox([command(5, Who::Watcher, written(5, &[3, 1]))]);
    // As another version may have written it.
    let draft = format!("{{\"new\":[\"{}\"]}}", [4, 2, 3].map(photo).join("+"));
    let why = |n| kept_for(&hash(n), Who::Watcher.id(), &records, &waiting, [draft.as_str()]);
    assert_eq!(
        [1, 2, 3, 4, 5].map(why),
        [Kept::AfterWords, Kept::ToUpload, Kept::AfterWords, Kept::ForDraft, Kept::ForNothing,]
    );
    let alone = kept_for(&hash(1), Who::Watcher.id(), &records, &Outbox::default(), []);
    assert_eq!(alone, Kept::Uploaded);
}

#[test]
fn nothing_that_the_server_waits_for_or_may_still_want_ever_goes_from_the_phone() {
    const DAY: i64 = 24 * 3_600_000;
    for never in [Kept::ForDraft, Kept::AfterWords, Kept::ToUpload] {
        assert!(!never.may_go(i64::MAX), "{never:?}");
    }
    assert!(!Kept::ForNothing.may_go(DAY) && Kept::ForNothing.may_go(DAY + 1));
    assert!(!Kept::Uploaded.may_go(30 * DAY) && Kept::Uploaded.may_go(30 * DAY + 1));
    // A clock that was set back.
    assert!(!Kept::ForNothing.may_go(-DAY) && !Kept::Uploaded.may_go(i64::MIN));
}

fn upload(bytes: u64) -> Upload {
    Upload::new(&Attachment { kind: AttachmentKind::Photo, bytes, sha256: hash(1) })
}

#[test]
fn an_upload_goes_in_parts_and_asks_only_where_it_does_not_know_how_far_it_is() {
    let part = PART_BYTES as u64;
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

#[test]
fn what_its_author_took_off_before_it_was_uploaded_is_not_uploaded() {
    let mut records = log(&[(1, &[1, 2])], &[2]);
    let amended = Act::AmendEntry { entry: entry_id(1), replaces: command_id(1), form: with(&[3]) };
    let entry = apply(&records, &command(9, Who::Watcher, amended), None).unwrap();
    records.absorb(Change::Entry(entry));
    assert_eq!(wanted(&records, &Outbox::default()), [photo(3)]);
    let why = |n| kept_for(&hash(n), Who::Watcher.id(), &records, &Outbox::default(), []);
    assert_eq!([1, 2, 3].map(why), [Kept::ForNothing, Kept::Uploaded, Kept::ToUpload]);
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
                        Some((at, heard)) => (at.index(usize::try_from(range.end - range.start).unwrap() + 1) as u64, heard),
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
        (AppError::Unreachable, AfterUpload::Stop),
        (AppError::Unavailable { retry_after_seconds: 5 }, AfterUpload::Stop),
        (AppError::SignInNeeded, AfterUpload::Stop),
        (AppError::NotFound, AfterUpload::PassOver),
        (AppError::Internal, AfterUpload::PassOver),
        (AppError::BadRequest { detail: String::new() }, AfterUpload::Refused),
    ];
    for (error, after) in table {
        assert_eq!(after_failed_upload(&error), after, "{error}");
    }
}
