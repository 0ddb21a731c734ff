//! What a device learns from each reply about the server itself: its clock, and whether it is still the same life.

use app::domain::{PersonId, Timestamp};
use app::sync::{Cursor, Epoch, PROTOCOL, ServerMark, SyncMarks};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn server(epoch: &str, now: i64) -> ServerMark {
    let person = PersonId::from_parts(0, [1; 10]);
    ServerMark { epoch: Epoch(epoch.to_owned()), protocol: PROTOCOL, now: at(now), person }
}

#[test]
fn half_of_the_round_trip_is_taken_off_the_measured_clock() {
    for (now, offset) in [(61_200, 60_000), (700, -500)] {
        let mut marks = SyncMarks::default();
        marks.meet(&server("one", now), at(1_000), at(1_400));
        assert_eq!((marks.clock_offset, marks.last_contact), (Some(offset), Some(at(now))));
    }
}

#[test]
fn a_first_meeting_is_no_other_life() {
    let mut marks = SyncMarks::default();
    assert!(!marks.meet(&server("one", 0), at(0), at(0)));
    assert_eq!(marks.epoch, Some(Epoch("one".to_owned())));
}

#[test]
fn in_another_life_the_feed_is_read_anew_and_until_then_lists_are_incomplete() {
    let read = Cursor { position: 7, scope: "scope".to_owned() };
    let mut marks = SyncMarks { cursor: Some(read.clone()), first_sync_done: true, ..SyncMarks::default() };
    marks.meet(&server("one", 0), at(0), at(0));
    assert!(!marks.meet(&server("one", 1), at(1), at(1)));
    assert_eq!((&marks.cursor, marks.first_sync_done), (&Some(read), true));
    assert!(marks.meet(&server("two", 2), at(2), at(2)));
    assert_eq!((&marks.cursor, marks.first_sync_done), (&None, false));
    assert!(!marks.meet(&server("two", 3), at(3), at(3)), "offered again once");
}

#[test]
fn the_servers_time_follows_from_a_wrong_clock_and_does_not_move_with_every_talk() {
    let noon = at(1_763_352_000_000);
    let with = |offset| SyncMarks { clock_offset: offset, ..SyncMarks::default() };
    let years_behind = noon.plus_millis(-7 * 365 * 86_400_000);
    assert_eq!(with(Some(noon.since(years_behind))).server_time(years_behind), noon);
    for offset in [None, Some(0), Some(12_345), Some(-29_999)] {
        assert_eq!(with(offset).server_time(noon), noon, "{offset:?}");
    }
    assert_eq!(with(Some(-61_000)).server_time(noon), noon.plus_minutes(-1));
    assert!(with(Some(i64::MAX)).server_time(noon) > noon, "nonsense wraps nowhere");
}

#[test]
fn a_clock_that_was_put_right_without_signal_is_not_corrected_once_more() {
    const DAY: i64 = 86_400_000;
    let noon = at(1_763_352_000_000);
    let talked =
        |offset: i64| SyncMarks { clock_offset: Some(offset), last_contact: Some(noon), ..SyncMarks::default() };
    for off in [7 * 365 * DAY, -3 * DAY] {
        let marks = talked(off);
        let wrong = noon.plus_millis(-off);
        assert_eq!(marks.offset_at(wrong.plus_millis(5 * 60_000)), Some(off), "it runs on as it did");
        let right = noon.plus_millis(60_000);
        assert_eq!(marks.offset_at(right), None, "{off}: it was put right");
        assert_eq!(marks.server_time(right), right);
    }
    // A clock that is as good as right stays so, whatever it is set to by seconds.
    assert_eq!(talked(2_000).offset_at(noon.plus_millis(DAY)), Some(2_000));
    assert_eq!(talked(-2_000).offset_at(noon), Some(-2_000));
}

#[test]
fn how_many_photos_were_left_at_sign_out_is_known_until_the_log_is_read_again() {
    let next = |position| Cursor { position, scope: String::new() };
    let left = SyncMarks { blobs_left: 2, ..SyncMarks::default() };
    let half = left.read_on(next(1), true, true);
    assert_eq!((half.blobs_left, half.first_sync_done), (2, false));
    let whole = half.read_on(next(2), false, false);
    assert_eq!((whole.blobs_left, whole.first_sync_done), (0, true));
    assert!(whole.read_on(next(3), true, false).first_sync_done, "more news is no first reading");
    assert!(!whole.read_on(next(1), true, true).first_sync_done);
}
