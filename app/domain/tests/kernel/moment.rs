//! Instants and days.

use domain::kernel::{Day, Span, Timestamp};
use proptest::prelude::*;

#[test]
fn the_day_turns_at_midnight_in_shanghai() {
    let before = Timestamp::from_millis(1_763_308_799_999);
    assert_eq!(before.day().to_string(), "2025-11-16");
    assert_eq!(before.clock(), "23:59");
    assert_eq!(before.plus(Span::from_millis(1)).day().spoken(), "11月17日 星期一");
}

#[test]
fn year_and_month_edges_hold() {
    let new_year = Day::from_numbers(2026, 1, 1).map(Day::start);
    assert_eq!(new_year.map(|at| at.plus(Span::from_millis(-1)).day().compact()).as_deref(), Some("20251231"));
    assert_eq!(Day::parse("2024-02-29").map(|day| day.plus_days(1).to_string()).as_deref(), Some("2024-03-01"));
    assert_eq!(Day::parse("2025-02-29"), None);
    assert_eq!(Timestamp::EARLIEST.day().to_string(), "2000-01-01");
}

#[test]
fn days_are_read_strictly() {
    for wrong in [
        "2025-13-01",
        "2025-00-10",
        "2025-11-31",
        "+025-11-17",
        "2025-+1-17",
        "25-11-17",
        "2025-11-17-1",
        "2025-1-7",
        "2025-11-17 ",
        "2025/11/17",
        "２０２５-11-17",
        "",
    ] {
        assert_eq!(Day::parse(wrong), None, "{wrong}");
    }
    assert!(Day::parse("2025-11-17").is_some());
}

#[test]
fn absurd_instants_do_not_panic() {
    for millis in [i64::MIN, i64::MAX, -1, 0] {
        let at = Timestamp::from_millis(millis);
        let _ = (at.day().spoken(), at.clock(), at.plus(Span::minutes(i64::MAX)));
    }
}

proptest! {
    #[test]
    fn the_calendar_counts_without_gaps(days in -3_000_i64..30_000, step in -400_i64..400) {
        let day = Timestamp::EARLIEST.day().plus_days(days);
        prop_assert_eq!(day.plus_days(step).days_since(day), step);
        prop_assert_eq!(day.plus_days(1).start().since(day.start()), Span::days(1));
        prop_assert_eq!(day.span().end().plus(Span::from_millis(1)), day.plus_days(1).start());
        prop_assert_eq!(Day::parse(&day.to_string()), Some(day));
        let (year, month, number) = day.numbers();
        prop_assert_eq!(Day::from_numbers(year, month, number), Some(day));
    }

    #[test]
    fn days_sort_as_they_are_written(one in 0_i64..20_000, other in 0_i64..20_000) {
        let day = |days| Timestamp::EARLIEST.day().plus_days(days);
        prop_assert_eq!(day(one).compact().cmp(&day(other).compact()), one.cmp(&other));
        prop_assert_eq!(day(one).to_string().cmp(&day(other).to_string()), day(one).cmp(&day(other)));
    }

    #[test]
    fn every_instant_lies_in_its_day(millis in 946_656_000_000_i64..4_102_444_800_000) {
        let at = Timestamp::from_millis(millis);
        prop_assert!(at.day().span().contains(&at));
        prop_assert_eq!(Day::parse(&at.day().to_string()), Some(at.day()));
        let (hour, minute) = at.hour_minute();
        prop_assert!(at.since(at.day().at(hour, minute)) < Span::minutes(1));
    }
}
