//! Times as people say them.

use domain::kernel::{Day, Timestamp};

/// `今天`, `昨天`, `前天`, `11月3日 星期一`, with the year where it is another one.
#[must_use]
pub fn spoken_day(day: Day, today: Day) -> String {
    match today.days_since(day) {
        0 => "今天".to_owned(),
        1 => "昨天".to_owned(),
        2 => "前天".to_owned(),
        _ if day.numbers().0 == today.numbers().0 => day.spoken(),
        _ => format!("{}年{}", day.numbers().0, day.spoken()),
    }
}

/// `09:30` today, `昨天 18:40`, `11月3日 09:30`, `2025年11月3日 09:30`.
#[must_use]
pub fn spoken_time(at: Timestamp, now: Timestamp) -> String {
    let (day, today) = (at.day(), now.day());
    let (year, month, date) = day.numbers();
    match today.days_since(day) {
        0 => at.clock(),
        1 => format!("昨天 {}", at.clock()),
        2 => format!("前天 {}", at.clock()),
        _ if year == today.numbers().0 => format!("{month}月{date}日 {}", at.clock()),
        _ => format!("{year}年{month}月{date}日 {}", at.clock()),
    }
}

/// How long somebody has not been seen: `今天见过`, `昨天见过`, `3天没见`, `还没记过`.
#[must_use]
pub fn days_unseen(seen: Option<Timestamp>, today: Day) -> String {
    match seen.map(|at| today.days_since(at.day())) {
        None => "还没记过".to_owned(),
        Some(..=0) => "今天见过".to_owned(),
        Some(1) => "昨天见过".to_owned(),
        Some(days) => format!("{days}天没见"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_days_have_names_and_far_ones_a_date() {
        let today = Day::from_numbers(2025, 11, 17).unwrap();
        assert_eq!(spoken_day(today, today), "今天");
        assert_eq!(spoken_day(today.plus_days(-1), today), "昨天");
        assert_eq!(spoken_day(today.plus_days(-14), today), "11月3日 星期一");
        assert_eq!(spoken_day(Day::from_numbers(2024, 12, 31).unwrap(), today), "2024年12月31日 星期二");
        let now = today.at(9, 0);
        assert_eq!(spoken_time(today.plus_days(-1).at(18, 40), now), "昨天 18:40");
        assert_eq!(days_unseen(Some(today.plus_days(-3).at(23, 59)), today), "3天没见");
    }
}
