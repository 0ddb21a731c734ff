//! The 365 days before today, as busy as they are: by season, by day of the week, by hour.

use super::random::Random;
use domain::kernel::{Day, Span, Timestamp};

const DAYS: i64 = 365;
/// How busy the hours from 6:00 to 22:00 are.
const HOURS: [u64; 16] = [2, 4, 8, 11, 11, 7, 4, 5, 8, 9, 8, 6, 5, 5, 4, 2];
/// The sum of [`HOURS`].
const BUSY: u64 = 99;
const FIRST_HOUR: u64 = 6;
const HOUR: u64 = 3_600_000;
/// Parts of a unit of work: so fine that a hundred thousand events a day keep their order.
const FINE: u64 = 1 << 20;

/// A year, to be walked through once.
#[derive(Debug)]
pub(super) struct Year {
    days: Vec<Busy>,
    today: usize,
}

#[derive(Debug)]
struct Busy {
    start: Timestamp,
    month: u8,
    /// Work before this day.
    before: u64,
    /// Work of this day.
    work: u64,
}

impl Year {
    /// The year whose last day is the one before `now`.
    pub(super) fn before(now: Timestamp) -> Self {
        let mut before = 0;
        let days = (1..=DAYS).rev().map(|ago| {
            let day = now.day().plus_days(-ago);
            let work = work(day);
            before += work;
            Busy { start: day.start(), month: day.numbers().1, before: before - work, work }
        });
        Self { days: days.collect(), today: 0 }
    }

    /// The first instant after the year.
    pub(super) fn end(&self) -> Timestamp {
        self.days.last().map_or(Timestamp::EARLIEST, |day| day.start.plus(Span::days(1)))
    }

    /// When the `index`-th of `count` events happened, and in which month. To be asked in the order of `index`; the
    /// answers are in the same order.
    pub(super) fn moment(&mut self, index: usize, count: usize, random: &mut Random) -> (Timestamp, u8) {
        let all = self.days.last().map_or(0, |day| day.before + day.work);
        let (index, count) = (index as u64, count.max(1) as u64);
        let within = random.below(FINE as usize) as u64;
        let share = u128::from(all) * (u128::from(index) * u128::from(FINE) + u128::from(within));
        let place = u64::try_from(share / u128::from(count)).unwrap_or(u64::MAX);
        while self.today + 1 < self.days.len() && self.days[self.today + 1].before * FINE <= place {
            self.today += 1;
        }
        let day = &self.days[self.today];
        let of_day = place.saturating_sub(day.before * FINE);
        (day.start.plus(clock(of_day * BUSY / day.work)), day.month)
    }
}

/// The time since midnight at which so much of [`BUSY`] (in parts of [`FINE`]) is done.
fn clock(mut done: u64) -> Span {
    let mut start = FIRST_HOUR * HOUR;
    for work in HOURS {
        if done < work * FINE {
            start += done * HOUR / (work * FINE);
            break;
        }
        done -= work * FINE;
        start += HOUR;
    }
    Span::from_millis(i64::try_from(start).unwrap_or_default())
}

/// More in the heating season and in the rains, less at weekends.
fn work(day: Day) -> u64 {
    let season = match day.numbers().1 {
        11 | 12 | 1..=3 => 125,
        7 | 8 => 115,
        _ => 95,
    };
    let weekend = matches!(day.weekday_name(), "星期六" | "星期日");
    if weekend { season * 7 / 10 } else { season }
}
