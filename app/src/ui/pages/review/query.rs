//! The filter of the desk and how an address carries it, so that reload, back and sharing keep it.
//!
//! Choices travel in the query. Words to search for may be a resident's name, so they travel in the fragment, which
//! browsers keep to themselves: no server and no log ever reads it.

use domain::kernel::{Day, PlaceId};
use domain::log::{Category, EntryFilter, ReviewState, Urgency};

/// 时间, as a person chooses it. Near days stay relative: a shared “今天” is the reader's today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Period {
    /// Everything.
    #[default]
    Any,
    /// 今天
    Today,
    /// 近7天: today and the six days before.
    Week,
    /// 近30天
    Month,
    /// 选日期
    Dates {
        /// From this day on.
        from: Option<Day>,
        /// Up to this day.
        until: Option<Day>,
    },
}

impl Period {
    /// All kinds with their words, in the order of the choice.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Today, "今天"),
        (Self::Week, "近7天"),
        (Self::Month, "近30天"),
        (Self::Dates { from: None, until: None }, "选日期"),
    ];

    /// How an address names it; empty for everything.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Today => "today",
            Self::Week => "7",
            Self::Month => "30",
            Self::Dates { .. } => "dates",
        }
    }

    /// Reads [`Period::code`]; what it does not know is everything.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().map(|(period, _)| period).find(|period| period.code() == code).unwrap_or_default()
    }

    /// The first and the last day, seen from `today`.
    #[must_use]
    pub fn days(self, today: Day) -> (Option<Day>, Option<Day>) {
        match self {
            Self::Any => (None, None),
            Self::Today => (Some(today), None),
            Self::Week => (Some(today.plus_days(-6)), None),
            Self::Month => (Some(today.plus_days(-29)), None),
            Self::Dates { from, until } => (from, until),
        }
    }
}

/// What the person wants to see. `wanted` carries no days and no place of its own: those follow from the choices beside it,
/// and the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskFilter {
    /// 时间
    pub period: Period,
    /// 楼院
    pub yard: Option<PlaceId>,
    /// 微网格, of that yard where one is chosen.
    pub micro_grid: Option<PlaceId>,
    /// All the rest.
    pub wanted: EntryFilter,
}

impl DeskFilter {
    /// Reads an address. What it does not understand (an old link, a typing mistake) narrows nothing.
    #[must_use]
    pub fn read(query: impl Fn(&str) -> Option<String>, words: String) -> Self {
        let get = |key: &str| query(key).unwrap_or_default();
        let period = match Period::from_code(&get("period")) {
            Period::Dates { .. } => Period::Dates { from: Day::parse(&get("from")), until: Day::parse(&get("until")) },
            period => period,
        };
        let state = get("state");
        let wanted = EntryFilter {
            category: Category::parse(&get("category")).ok(),
            urgency: Urgency::parse(&get("urgency")).ok(),
            state: ReviewState::ALL.into_iter().find(|known| known.code() == state),
            author: get("author").parse().ok(),
            words,
            ..EntryFilter::default()
        };
        Self { period, yard: get("yard").parse().ok(), micro_grid: get("micro-grid").parse().ok(), wanted }
    }

    /// The query without its question mark; empty when nothing but words is chosen. Needs no escapes.
    #[must_use]
    pub fn query(&self) -> String {
        let Self { yard, micro_grid, .. } = self;
        let EntryFilter { category, urgency, state, author, .. } = &self.wanted;
        let mut query = String::new();
        let mut add = |key: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.push_str(if query.is_empty() { "" } else { "&" });
                query.push_str(key);
                query.push('=');
                query.push_str(&value);
            }
        };
        add("yard", yard.map(|yard| yard.to_string()));
        add("micro-grid", micro_grid.map(|micro_grid| micro_grid.to_string()));
        add("category", category.map(|category| category.code().to_owned()));
        add("urgency", urgency.map(|urgency| urgency.code().to_owned()));
        add("state", state.map(|state| state.code().to_owned()));
        add("author", author.map(|author| author.to_string()));
        add("period", Some(self.period.code().to_owned()));
        if let Period::Dates { from, until } = self.period {
            add("from", from.map(|day| day.to_string()));
            add("until", until.map(|day| day.to_string()));
        }
        query
    }

    /// The filter as stores know it, seen from `today`.
    #[must_use]
    pub fn on(&self, today: Day) -> EntryFilter {
        let (from, until) = self.period.days(today);
        EntryFilter { from, until, place: self.micro_grid.or(self.yard), ..self.wanted.clone() }
    }

    /// How many choices beside the words are set.
    #[must_use]
    pub fn choices(&self) -> usize {
        let EntryFilter { category, urgency, state, author, .. } = &self.wanted;
        let set = [
            self.yard.is_some(),
            self.micro_grid.is_some(),
            category.is_some(),
            urgency.is_some(),
            state.is_some(),
            author.is_some(),
            self.period != Period::Any,
        ];
        set.into_iter().filter(|set| *set).count()
    }

    /// Whether nothing is narrowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.choices() == 0 && self.wanted.words.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(address: &str) -> DeskFilter {
        let pairs: BTreeMap<_, _> = address.split('&').filter_map(|pair| pair.split_once('=')).collect();
        DeskFilter::read(|key| pairs.get(key).map(|value| (*value).to_owned()), String::new())
    }

    #[test]
    fn an_address_keeps_every_choice() {
        let address = "yard=019a8f5e-0000-7000-8000-000000000002&micro-grid=019a8f5e-0000-7000-8000-000000000003&category=09&urgency=2&state=awaiting_answer\
            &author=019a8f5e-0000-7000-8000-000000000001&period=dates&from=2025-11-01&until=2025-11-16";
        let filter = read(address);
        assert_eq!(filter.query(), address);
        assert_eq!(filter.choices(), 7);
        let today = Day::from_numbers(2025, 11, 17).unwrap();
        assert_eq!(filter.on(today).place, filter.micro_grid);
        assert_eq!(DeskFilter { micro_grid: None, ..filter.clone() }.on(today).place, filter.yard);
        for (period, _) in Period::ALL {
            let filter = DeskFilter { period, ..DeskFilter::default() };
            assert_eq!(read(&filter.query()), filter);
        }
    }

    #[test]
    fn an_address_that_nobody_understands_narrows_nothing() {
        let filter = read("yard=Y3&category=99&state=lost&author=me&period=fortnight&from=2025-02-30");
        assert!(filter.is_empty());
        assert_eq!(filter.query(), "");
    }

    #[test]
    fn near_days_are_seen_from_today_and_include_it() {
        let today = Day::from_numbers(2026, 1, 3).unwrap();
        let from = |period: Period| period.days(today).0.map(|day| day.to_string());
        assert_eq!(from(Period::Today).as_deref(), Some("2026-01-03"));
        assert_eq!(from(Period::Week).as_deref(), Some("2025-12-28"));
        assert_eq!(from(Period::Month).as_deref(), Some("2025-12-05"));
        assert_eq!(DeskFilter::default().on(today), EntryFilter::default());
    }

    #[test]
    fn words_never_stand_in_the_query() {
        let filter = DeskFilter::read(|_| None, "张大娘".to_owned());
        assert_eq!(filter.query(), "");
        assert!(!filter.is_empty());
    }
}
