//! Instants and days. The product's time zone is Asia/Shanghai: UTC+8 without summer time since 1991, so a
//! fixed offset is right for every day a log can hold, and the browser needs no time-zone tables.

use super::Span;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive};
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset, Weekday};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 2000-01-01 in Shanghai: nothing in the log is older.
    pub const EARLIEST: Self = Self(946_656_000_000);

    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Later by `span` (earlier where it is negative); stays at the ends of the number range instead of wrapping.
    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.millis()))
    }

    /// From `earlier` to this; negative when it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        Span::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The day in Shanghai. Instants beyond the calendar give its first day: no form lets them pass.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.local().map_or(Date::MIN, OffsetDateTime::date))
    }

    /// Hour and minute in Shanghai.
    #[must_use]
    pub fn hour_minute(self) -> (u8, u8) {
        self.local().map_or((0, 0), |at| (at.hour(), at.minute()))
    }

    /// `09:05`.
    #[must_use]
    pub fn clock(self) -> String {
        let (hour, minute) = self.hour_minute();
        format!("{hour:02}:{minute:02}")
    }

    fn local(self) -> Option<OffsetDateTime> {
        let shanghai = UtcOffset::from_hms(8, 0, 0).ok()?;
        let at = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000)).ok()?;
        at.checked_to_offset(shanghai)
    }
}

/// A day of the calendar in Shanghai. Written `2025-11-17` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// A day from its numbers; `None` when the calendar has no such day.
    #[must_use]
    pub fn from_numbers(year: i32, month: u8, day: u8) -> Option<Self> {
        Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok().map(Self)
    }

    /// Reads `2025-11-17`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return None;
        }
        let mut numbers = text.split('-');
        let year = numbers.next().filter(|part| part.len() == 4)?.parse().ok()?;
        let month = numbers.next().filter(|part| part.len() == 2)?.parse().ok()?;
        let day = numbers.next().filter(|part| part.len() == 2)?.parse().ok()?;
        numbers.next().is_none().then(|| Self::from_numbers(year, month, day))?
    }

    /// Year, month, day.
    #[must_use]
    pub fn numbers(self) -> (i32, u8, u8) {
        let (year, month, day) = self.0.to_calendar_date();
        (year, month.into(), day)
    }

    /// The first instant of the day.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let days = i64::from(self.0.to_julian_day()) - 2_440_588;
        Timestamp(days * DAY - 8 * 60 * MINUTE)
    }

    /// From the first to the last millisecond of the day.
    #[must_use]
    pub fn span(self) -> RangeInclusive<Timestamp> {
        self.start()..=self.start().plus(Span::from_millis(DAY - 1))
    }

    /// The instant at which a clock in Shanghai shows `hour:minute` on this day.
    #[must_use]
    pub fn at(self, hour: u8, minute: u8) -> Timestamp {
        self.start().plus(Span::minutes(i64::from(hour) * 60 + i64::from(minute)))
    }

    /// This many days later (earlier when negative); stays at the end of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        /// More days than the calendar has: a larger number would not fit into a duration.
        const BEYOND: i64 = 10_000_000;
        Self(self.0.saturating_add(Duration::days(days.clamp(-BEYOND, BEYOND))))
    }

    /// Whole days from `earlier` to this.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.0.to_julian_day()) - i64::from(earlier.0.to_julian_day())
    }

    /// `星期一`.
    #[must_use]
    pub fn weekday_name(self) -> &'static str {
        match self.0.weekday() {
            Weekday::Monday => "星期一",
            Weekday::Tuesday => "星期二",
            Weekday::Wednesday => "星期三",
            Weekday::Thursday => "星期四",
            Weekday::Friday => "星期五",
            Weekday::Saturday => "星期六",
            Weekday::Sunday => "星期日",
        }
    }

    /// `11月17日 星期一`.
    #[must_use]
    pub fn spoken(self) -> String {
        let (_, month, day) = self.numbers();
        format!("{month}月{day}日 {}", self.weekday_name())
    }

    /// `20251117`, as entry numbers carry it.
    #[must_use]
    pub fn compact(self) -> String {
        let (year, month, day) = self.numbers();
        format!("{year:04}{month:02}{day:02}")
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.numbers();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a day such as 2025-11-17"))
    }
}
