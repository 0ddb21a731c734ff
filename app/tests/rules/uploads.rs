//! Photos go up after their words, oldest entry first, and leave the phone only when the server has them.

use crate::neighbourhood::*;
use app::domain::{Act, Attachment, Change, EntryForm, Records, Sha256Hex, apply};
use app::sync::{Kept, Outbox, QueuedState, kept_for, to_upload};

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
    let draft = with(&[4, 2, 3]);
    let why = |n| kept_for(&hash(n), Who::Watcher.id(), &records, &waiting, [&draft]);
    assert_eq!(
        [1, 2, 3, 4, 5].map(why),
        [Kept::AfterWords, Kept::ToUpload, Kept::AfterWords, Kept::ForDraft, Kept::ForNothing,]
    );
    let alone = kept_for(&hash(1), Who::Watcher.id(), &records, &Outbox::default(), []);
    assert_eq!(alone, Kept::Uploaded);
}
