//! The log itself: its list, its numbers, its calendar, its one-tap entries, its visits and its words.

use crate::neighbourhood::*;
use app::domain::{
    Act, CareGroup, Category, Change, Day, DoorLabel, Entry, EntryContent, EntryForm, EntryNumber, Field, FieldError,
    Known, MicroGridCode, Problem, Rejection, Resident, Template, Timestamp, Urgency, VisitFrequency, apply, last_seen,
    visits_due,
};
use proptest::prelude::*;
use uuid::Uuid;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn visit(n: u8, door: &str, template: &str, at: Timestamp) -> Entry {
    let minute = at.since(NOON) / 60_000;
    entry(n, minute, EntryForm { spot: door.into(), template: template.into(), ..form("看望") })
}

fn resident(n: u8, door: &str, born: u16, care: &[CareGroup]) -> Resident {
    Resident {
        id: Uuid::from_u128(n.into()).into(),
        micro_grid: MicroGridCode::parse(STAIRWELL).unwrap(),
        door: DoorLabel::parse(door).unwrap(),
        name: "张某兰".into(),
        birth_year: Some(born),
        care: care.to_vec(),
        phone: None,
    }
}

#[test]
fn every_one_tap_entry_can_be_saved_as_it_is() {
    let micro_grid = stairwell(STAIRWELL);
    for template in Template::ALL {
        let form = EntryForm {
            category: template.category.code().into(),
            template: template.code.into(),
            spot: "5-2".into(),
            problem: template.title.into(),
            measures: template.measures.into(),
            urgency: template.urgency.code().into(),
            ..EntryForm::default()
        };
        let content = EntryContent::parse(&form, &micro_grid, NOON).unwrap();
        assert_eq!(content.template(), Some(template.code));
        assert_eq!(content.to_form(), EntryForm { happened: Some(NOON), ..form });
        assert_eq!(Template::ALL.iter().filter(|other| other.code == template.code).count(), 1);
    }
    assert!(Template::ALL.iter().any(|template| template.code == Template::NOBODY_HOME));
    let gas = Template::parse("gas_smell").unwrap().unwrap();
    assert!(gas.danger && gas.urgency == Urgency::Extreme, "first protect yourself (DOMAIN.md 8.3)");
}

#[test]
fn nobody_home_is_a_visit_at_which_nobody_was_seen() {
    let entries = [
        visit(1, "5-2", "all_well", NOON),
        visit(2, "5-2", Template::NOBODY_HOME, NOON.plus_minutes(60)),
        visit(3, "7-1", Template::NOBODY_HOME, NOON),
        entry(4, 0, EntryForm { category: Category::Sanitation.code().into(), ..form("垃圾") }),
    ];
    let seen = last_seen(&entries);
    let doors: Vec<_> = seen.iter().map(|(door, at)| (door.as_str(), *at)).collect();
    assert_eq!(doors, [("5-2", NOON)]);
}

#[test]
fn a_visit_that_was_taken_back_does_not_count() {
    let mut records = neighbourhood();
    records.absorb(Change::Entry(visit(1, "5-2", "all_well", NOON)));
    let withdraw = command(2, Who::Watcher, Act::WithdrawEntry { entry: entry_id(1) });
    let entry = apply(&records, &withdraw, None).unwrap();
    assert!(last_seen([&entry]).is_empty());
}

#[test]
fn visits_fall_due_on_the_day_and_the_most_overdue_come_first() {
    let people = [
        resident(1, "1-1", 1943, &[CareGroup::LivingAlone]),
        resident(2, "2-1", 1960, &[CareGroup::LivingAlone]),
        resident(3, "3-1", 1960, &[CareGroup::Aged]),
        resident(4, "4-1", 1990, &[]),
        resident(5, "5-1", 1960, &[CareGroup::Dementia]),
    ];
    let today = NOON.day();
    let frequencies = people.iter().map(|resident| resident.visit_frequency(today));
    let (weekly, monthly) = (VisitFrequency::Weekly, VisitFrequency::Monthly);
    let expected = [Some(weekly), Some(monthly), Some(VisitFrequency::Quarterly), None, Some(weekly)];
    assert!(frequencies.eq(expected));

    let all = [1, 2, 3, 4].map(|n| visit(n, &format!("{n}-1"), "all_well", NOON));
    let seen = last_seen(&all);
    let due = |days: i64| -> Vec<&str> {
        visits_due(&people, &seen, today.plus_days(days)).iter().map(|resident| resident.door.as_str()).collect()
    };
    assert_eq!(due(0), ["5-1"], "never seen");
    assert_eq!(due(6), ["5-1"]);
    assert_eq!(due(7), ["5-1", "1-1"]);
    assert_eq!(due(29), ["5-1", "1-1"]);
    assert_eq!(due(30), ["5-1", "1-1", "2-1"]);
    assert_eq!(due(90), ["5-1", "1-1", "2-1", "3-1"], "over the turn of the year");
    assert_eq!(visits_due(&people, &seen, today.plus_days(-3)).len(), 1, "seen later than today is not due");
}

#[test]
fn people_grow_older_with_the_year() {
    let born = resident(1, "1-1", 1946, &[CareGroup::EmptyNest]);
    let frequency = |text| born.visit_frequency(day(text));
    assert_eq!(frequency("2025-12-31"), Some(VisitFrequency::Quarterly));
    assert_eq!(frequency("2026-01-01"), Some(VisitFrequency::Weekly));
}

#[test]
fn numbers_turn_with_the_day_in_shanghai() {
    let new_year = day("2026-01-01").start();
    let number = |at: Timestamp| EntryNumber::new("HPXC", EntryNumber::day_of(at), 1).to_string();
    assert_eq!(number(new_year.plus_millis(-1)), "HPXC-20251231-0001");
    assert_eq!(number(new_year), "HPXC-20260101-0001");
    assert_eq!(number(day("2028-02-29").at(23, 59)), "HPXC-20280229-0001");
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
        "",
    ] {
        assert_eq!(Day::parse(wrong), None, "{wrong}");
    }
    assert_eq!(day("2025-11-17").plus_days(i64::MAX).plus_days(i64::MIN).weekday_name().chars().count(), 3);
}

#[test]
fn every_problem_says_what_to_do() {
    let too_long = FieldError::new(Field::Problem, Problem::TooLong { limit: 2_000, actual: 2_105 });
    assert_eq!(too_long.spoken(), "字太多了：最多 2000 个字，现在 2105 个。");
    assert_eq!(Rejection::Field(too_long.clone()).spoken(), format!("“问题”：{}", too_long.spoken()));
    let fields = [
        Field::MicroGrid,
        Field::Category,
        Field::Template,
        Field::Spot,
        Field::Problem,
        Field::Measures,
        Field::Feedback,
        Field::Urgency,
        Field::Happened,
        Field::Written,
        Field::Subjects,
        Field::Comment,
        Field::Question,
        Field::Answer,
    ];
    let problems = [
        Problem::Missing,
        Problem::TooLong { limit: 500, actual: 501 },
        Problem::ForbiddenCharacter { code: 0x202E },
        Problem::Unknown,
        Problem::TooEarly,
        Problem::InFuture,
        Problem::TooMany { limit: 100 },
    ];
    let at_fields =
        fields.iter().flat_map(|field| problems.iter().map(|problem| FieldError::new(*field, problem.clone())));
    let rejections = [
        Rejection::Malformed { detail: "x".into() },
        Rejection::NoRight,
        Rejection::AnotherAuthor,
        Rejection::EntryExists,
        Rejection::Withdrawn,
        Rejection::NoSuchQuestion,
        Rejection::AlreadyAnswered,
        Rejection::AlreadyReviewed,
    ];
    let all: Vec<String> = at_fields.map(Rejection::Field).chain(rejections).map(|reason| reason.spoken()).collect();
    for spoken in all {
        let length = spoken.chars().count();
        assert!(spoken.ends_with('。') && (8..=45).contains(&length), "{length}: {spoken}");
        assert!(!spoken.contains(['！', '!']), "never exclaim: {spoken}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn numbers_sort_like_their_day_and_serial(days in (0_i64..20_000, 0_i64..20_000), serials in (1_u32..10_000, 1_u32..10_000)) {
        let at = |days| Timestamp::EARLIEST.day().plus_days(days);
        let number = |days, serial| EntryNumber::new("HPXC", at(days), serial);
        let (one, other) = (number(days.0, serials.0), number(days.1, serials.1));
        prop_assert_eq!(one.cmp(&other), (days.0, serials.0).cmp(&(days.1, serials.1)));
        prop_assert_eq!(one.as_str().len(), "HPXC-20251117-0042".len());
    }

    #[test]
    fn the_calendar_counts_without_gaps(days in -3_000_i64..30_000, step in -400_i64..400) {
        let day = Timestamp::EARLIEST.day().plus_days(days);
        prop_assert_eq!(day.plus_days(step).days_since(day), step);
        prop_assert_eq!(day.plus_days(1).start().since(day.start()), 86_400_000);
        prop_assert_eq!(day.span().end().plus_millis(1), day.plus_days(1).start());
        prop_assert_eq!(Day::parse(&day.to_string()), Some(day));
        let (year, month, number) = day.numbers();
        prop_assert_eq!(Day::from_numbers(year, month, number), Some(day));
    }
}

#[test]
fn the_neighbourhood_of_these_tests_is_what_it_says() {
    assert_eq!(neighbourhood().micro_grid(&MicroGridCode::parse(STAIRWELL).unwrap()).unwrap().doors().count(), 21);
}
