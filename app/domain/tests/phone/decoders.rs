//! What comes in from outside never panics, and what is read is written again as it was.

use crate::neighbourhood::*;
use domain::kernel::{Known, Look, json};
use domain::sync::{
    CommandReply, Cursor, ExportFile, Failure, PullReply, PullReplyHead, PushReply, PushRequest, Queued, QueuedState,
    Records, Stash, SyncMarks,
};
use proptest::prelude::*;

/// Everything on a phone that reads text from outside, by the reader of phones where there is a choice.
fn read_all(text: &str) {
    let _ = PushReply::read(text);
    let _ = PushRequest::read(text);
    let _ = PullReply::read(text);
    let _ = QueuedState::read(text);
    let _ = ExportFile::read(text.as_bytes());
    let _ = Stash::read(text);
    let _ = Queued::restored(text.to_owned(), QueuedState::Waiting).attached();
    let _ = json::read_small::<Failure>(text.as_bytes());
    let _ = json::read_small::<SyncMarks>(text.as_bytes());
    let _ = json::read_small::<PullReplyHead>(text.as_bytes());
    let _ = json::read_small::<CommandReply>(text.as_bytes());
}

fn page() -> PullReply {
    let cursors = vec![Cursor { community: community(), position: 9, scope: "s".to_owned() }];
    let head = PullReplyHead { server: server_mark(), cursors, start_over: vec![community()], more: true };
    PullReply { head, envelopes: founding(community()) }
}

#[test]
fn a_page_is_read_as_it_was_written() {
    let written = page().write().unwrap();
    assert_eq!(PullReply::read(&written), Ok(page()));
}

#[test]
fn deeply_nested_input_is_an_error_and_no_crash() {
    // The small reader goes as deep as its text; what our server sends is flat.
    for text in ["[".repeat(40_000), "{\"head\":".repeat(5_000)] {
        let _ = (
            PushReply::read(&text),
            PullReply::read(&text),
            QueuedState::read(&text),
            ExportFile::read(text.as_bytes()),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_damaged_page_is_taken_in_or_not_and_never_stops_a_phone(
        at in any::<prop::sample::Index>(), with in "\\PC{0,3}|\n", cut in 0_usize..40,
    ) {
        let mut characters: Vec<char> = page().write().unwrap().chars().collect();
        let at = at.index(characters.len());
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, with.chars());
        let damaged: String = characters.into_iter().collect();
        read_all(&damaged);
        if let Ok(page) = PullReply::read(&damaged) {
            let mut records = Records::new(kinds());
            records.take_in(page.envelopes);
            let unread = records.keys().filter(|key| matches!(records.look(key), Look::Unread)).count();
            prop_assert!(unread <= 2, "damage stays where it is: {unread}");
            let _ = records.tree(community());
        }
    }
}
