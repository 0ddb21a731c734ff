//! What a device learns from each reply about the server itself: its clock, and whether its epoch is still the same.

use crate::neighbourhood::{community, other_community, server_mark_of};
use domain::kernel::{CommunityId, Span, Timestamp, json};
use domain::sync::{Cursor, Epoch, PullReplyHead, ServerMark, SyncMarks};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn server(epoch: &str, now: i64) -> ServerMark {
    ServerMark { now: at(now), ..server_mark_of(epoch, "0.1.0") }
}

fn cursor(community: CommunityId, position: i64) -> Cursor {
    Cursor { community, position, scope: "scope".to_owned() }
}

fn millis(millis: i64) -> Span {
    Span::from_millis(millis)
}

#[test]
fn half_of_the_round_trip_is_taken_off_the_measured_clock() {
    for (now, offset) in [(61_200, 60_000), (700, -500)] {
        let mut marks = SyncMarks::default();
        marks.meet(&server("one", now), at(1_000), at(1_400));
        assert_eq!((marks.clock_offset, marks.last_contact), (Some(millis(offset)), Some(at(now))));
    }
}

#[test]
fn a_first_meeting_is_no_other_epoch() {
    let mut marks = SyncMarks::default();
    assert!(!marks.meet(&server("one", 0), at(0), at(0)));
    assert_eq!(marks.epoch, Some(Epoch("one".to_owned())));
}

#[test]
fn in_another_epoch_the_feed_is_read_anew_and_until_then_lists_are_incomplete() {
    let read = vec![cursor(community(), 7), cursor(other_community(), 3)];
    let mut marks = SyncMarks { cursors: read.clone(), first_sync_done: true, ..SyncMarks::default() };
    marks.meet(&server("one", 0), at(0), at(0));
    assert!(!marks.meet(&server("one", 1), at(1), at(1)));
    assert_eq!((&marks.cursors, marks.first_sync_done), (&read, true));
    assert!(marks.meet(&server("two", 2), at(2), at(2)));
    assert_eq!((&marks.cursors, marks.first_sync_done), (&Vec::new(), false));
    assert!(!marks.meet(&server("two", 3), at(3), at(3)), "offered again once");
}

#[test]
fn the_servers_time_follows_from_a_wrong_clock_and_does_not_move_with_every_talk() {
    let noon = at(1_763_352_000_000);
    let with = |offset| SyncMarks { clock_offset: offset, ..SyncMarks::default() };
    let years_behind = noon.plus(Span::days(-7 * 365));
    assert_eq!(with(Some(noon.since(years_behind))).server_time(years_behind), noon);
    for offset in [None, Some(millis(0)), Some(millis(12_345)), Some(millis(-29_999))] {
        assert_eq!(with(offset).server_time(noon), noon, "{offset:?}");
    }
    assert_eq!(with(Some(millis(-61_000))).server_time(noon), noon.plus(Span::minutes(-1)));
    assert!(with(Some(millis(i64::MAX))).server_time(noon) > noon, "nonsense wraps nowhere");
}

#[test]
fn a_clock_that_was_put_right_without_signal_is_not_corrected_once_more() {
    let noon = at(1_763_352_000_000);
    let talked =
        |offset: Span| SyncMarks { clock_offset: Some(offset), last_contact: Some(noon), ..SyncMarks::default() };
    for off in [Span::days(7 * 365), Span::days(-3)] {
        let marks = talked(off);
        let wrong = noon.plus(off.negated());
        assert_eq!(marks.offset_at(wrong.plus(Span::minutes(5))), Some(off), "it runs on as it did");
        let right = noon.plus(Span::minutes(1));
        assert_eq!(marks.offset_at(right), None, "{off:?}: it was put right");
        assert_eq!(marks.server_time(right), right);
    }
    // A clock that is as good as right stays so, whatever it is set to by seconds.
    assert_eq!(talked(millis(2_000)).offset_at(noon.plus(Span::days(1))), Some(millis(2_000)));
    assert_eq!(talked(millis(-2_000)).offset_at(noon), Some(millis(-2_000)));
}

fn page(position: i64, more: bool, from_the_start: bool) -> PullReplyHead {
    let start_over = if from_the_start { vec![community()] } else { Vec::new() };
    PullReplyHead { server: server("one", 0), cursors: vec![cursor(community(), position)], start_over, more }
}

#[test]
fn how_many_photos_were_left_at_sign_out_is_known_until_the_log_is_read_again() {
    let left = SyncMarks { blobs_left: 2, ..SyncMarks::default() };
    let half = left.read_on(&page(1, true, true));
    assert_eq!((half.blobs_left, half.first_sync_done), (2, false));
    let whole = half.read_on(&page(2, false, false));
    assert_eq!((whole.blobs_left, whole.first_sync_done), (0, true));
    assert!(whole.read_on(&page(3, true, false)).first_sync_done, "more news is no first reading");
    assert!(!whole.read_on(&page(1, true, true)).first_sync_done);
}

#[test]
fn a_community_that_was_forgotten_is_read_anew_and_the_others_go_on() {
    let cursors = vec![cursor(community(), 7), cursor(other_community(), 3)];
    let marks = SyncMarks { cursors, first_sync_done: true, ..SyncMarks::default() };
    let one = marks.forgot(Some(&[community()]), 1, Vec::new());
    assert_eq!((one.cursors, one.first_sync_done, one.blobs_left), (vec![cursor(other_community(), 3)], false, 1));
    assert_eq!(marks.forgot(None, 0, Vec::new()).cursors, []);
}

#[test]
fn marks_are_read_back_by_a_phone_as_it_kept_them() {
    let mut marks = SyncMarks { cursors: vec![cursor(community(), 7)], ..SyncMarks::default() };
    marks.meet(&server("one", 5), at(0), at(0));
    let text = json::write(&marks).unwrap();
    assert_eq!(json::read_small::<SyncMarks>(text.as_bytes()), Ok(marks.clone()));
    assert_eq!((marks.epoch, marks.server_version), (Some(Epoch("one".into())), Some("0.1.0".into())));
}
