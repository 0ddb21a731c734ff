//! How the dates of the demo move: all by the same number of days, and the dates inside of texts with them.

use domain::kernel::{Day, Timestamp};

/// The year of the dates in the data files.
const YEAR: i32 = 2025;
/// The day of the last entry of `data/entries.tsv`.
const LAST: (u8, u8) = (11, 16);

/// A calendar moved by whole days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    shift: i64,
}

impl Calendar {
    /// The one in which the last entry of the demo was written on the day before `now`.
    pub(super) fn ending_before(now: Timestamp) -> Option<Self> {
        let last = Day::from_numbers(YEAR, LAST.0, LAST.1)?;
        Some(Self { shift: now.day().days_since(last) - 1 })
    }

    /// `11-03`, moved.
    pub(super) fn day(self, date: &str) -> Option<Day> {
        let (month, day) = date.split_once('-')?;
        Some(Day::from_numbers(YEAR, month.parse().ok()?, day.parse().ok()?)?.plus_days(self.shift))
    }

    /// `11-03 09:30`, moved.
    pub(super) fn at(self, when: &str) -> Option<Timestamp> {
        let (date, clock) = when.split_once(' ')?;
        let (hour, minute) = clock.split_once(':')?;
        Some(self.day(date)?.at(hour.parse().ok()?, minute.parse().ok()?))
    }

    /// A text with its dates moved: `{11-01}` becomes `11月1日`, `{11-19周}` its weekday (`周三`), and
    /// `{10-31月底}` stays `月底` as long as the moved day is the last of its month, and is `7日` otherwise.
    pub(super) fn text(self, text: &str) -> Option<String> {
        let mut moved = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (date, after) = after.split_once('}')?;
            moved.push_str(before);
            moved.push_str(&self.word(date)?);
            rest = after;
        }
        moved.push_str(rest);
        Some(moved)
    }

    fn word(self, date: &str) -> Option<String> {
        if let Some(date) = date.strip_suffix("周") {
            return Some(self.day(date)?.weekday_name().replace("星期", "周"));
        }
        if let Some(date) = date.strip_suffix("月底") {
            let day = self.day(date)?;
            let last_of_month = day.plus_days(1).numbers().2 == 1;
            return Some(if last_of_month { "月底".to_owned() } else { format!("{}日", day.numbers().2) });
        }
        let (_, month, day) = self.day(date)?.numbers();
        Some(format!("{month}月{day}日"))
    }
}
