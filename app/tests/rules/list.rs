//! The tablet's list: a filter means what each of its fields means.

use crate::neighbourhood::*;
use app::domain::{
    Act, Category, Change, Entry, EntryFilter, EntryForm, MicroGridCode, ReviewState, Urgency, YardCode, apply,
};
use proptest::prelude::*;

/// Ten entries that differ in everything a filter can ask about.
fn some_entries() -> Vec<Entry> {
    let words = ["下水返味", "灯不亮", "Wi-Fi 杂物", "张大娘感冒", "楼道有杂物"];
    (0..10_u8)
        .map(|n| {
            let index = usize::from(n);
            let form = EntryForm {
                category: Category::ALL[index % 4].code().into(),
                urgency: Urgency::ALL[index % 3].code().into(),
                feedback: if n % 2 == 0 { "已处理".into() } else { String::new() },
                ..form(words[index % 5])
            };
            let mut entry = entry(n, i64::from(n) * 400 - 1_440, form);
            if n % 3 == 1 {
                let mut records = neighbourhood();
                records.absorb(Change::Entry(entry));
                let read = command(50, Who::GridWorker, Act::MarkRead { entry: entry_id(n) });
                entry = apply(&records, &read, None).unwrap();
            }
            entry
        })
        .collect()
}

fn any_filter() -> impl Strategy<Value = EntryFilter> {
    let yard = prop::option::of(prop::sample::select(vec!["Y02", "Y03"]));
    let micro_grid = prop::option::of(prop::sample::select(vec![STAIRWELL, OTHER_STAIRWELL]));
    let choice = |most: usize| prop::option::weighted(0.3, 0..most);
    let dates = prop::option::weighted(0.3, -2_i64..5);
    let words = prop::sample::select(vec!["", "杂物", " wi-fi  杂物 ", "已处理", "处理 灯", "没有的词"]);
    (yard, micro_grid, (choice(4), choice(4), choice(5), choice(2)), (dates.clone(), dates), words).prop_map(
        |(yard, micro_grid, (category, urgency, state, author), (from, until), words)| EntryFilter {
            yard: yard.map(|code| YardCode::parse(code).unwrap()),
            micro_grid: micro_grid.map(|code| MicroGridCode::parse(code).unwrap()),
            category: category.map(|index| Category::ALL[index]),
            urgency: urgency.map(|index| Urgency::ALL[index]),
            state: state.map(|index| ReviewState::ALL[index]),
            from: from.map(|days| NOON.day().plus_days(days)),
            until: until.map(|days| NOON.day().plus_days(days)),
            author: author.map(|index| [Who::Watcher, Who::GridWorker][index].id()),
            words: words.into(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_filter_shows_exactly_what_each_of_its_fields_would_show(filter in any_filter()) {
        let micro_grid = stairwell(STAIRWELL);
        for entry in some_entries() {
            let content = entry.content();
            let text = format!("{:?}", texts(&entry)).to_lowercase();
            let naive = [
                filter.yard.as_ref().is_none_or(|yard| yard.as_str() == "Y02"),
                filter.micro_grid.as_ref().is_none_or(|code| code.as_str() == STAIRWELL),
                filter.category.is_none_or(|category| category.title() == content.category().title()),
                filter.urgency.is_none_or(|urgency| urgency.title() == content.urgency().title()),
                filter.state.is_none_or(|state| state.title() == entry.review_state().title()),
                filter.from.is_none_or(|from| entry.written().day() >= from),
                filter.until.is_none_or(|until| entry.written().day() <= until),
                filter.author.is_none_or(|author| author == entry.author),
                filter.words.split(' ').all(|word| text.contains(word)),
            ];
            prop_assert_eq!(filter.matches(&entry, &micro_grid), naive.iter().all(|wanted| *wanted));
        }
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(serde_json::from_str::<EntryFilter>(&json).unwrap(), filter);
    }
}
