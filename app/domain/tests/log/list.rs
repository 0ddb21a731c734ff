//! The tablet's list: a filter means what each of its fields means.

use crate::neighbourhood::*;
use domain::kernel::Span;
use domain::log::{Act, Category, EntryFilter, EntryForm, Part, ReviewState, Urgency};
use proptest::prelude::*;

/// Ten entries that differ in everything a filter can ask about.
fn some_entries() -> World {
    let words = ["下水返味", "灯不亮", "Ｗi-Fi 杂物", "张大娘感冒", "楼道有杂物"];
    let mut world = World::new();
    for n in 0..10_u8 {
        let index = usize::from(n);
        let form = EntryForm {
            category: Category::ALL[index % 4].code().into(),
            urgency: Urgency::ALL[index % 3].code().into(),
            feedback: if n % 2 == 0 { "已处理".into() } else { String::new() },
            ..form(words[index % 5])
        };
        let mut written = command(index, Who::Watcher, n, &Act::WriteEntry { form });
        written.head.written = minutes(i64::from(n) * 400 - 1_440);
        world.take(&written).unwrap();
        if n % 3 == 1 {
            let mut marked = command(50 + index, Who::GridWorker, n, &read(index));
            marked.head.written = written.head.written.plus(Span::minutes(1));
            world.take(&marked).unwrap();
        }
    }
    world
}

fn any_filter() -> impl Strategy<Value = EntryFilter> {
    let place = prop::option::of(prop::sample::select(Where::ALL.to_vec()));
    let choice = |most: usize| prop::option::weighted(0.3, 0..most);
    let dates = prop::option::weighted(0.3, -2_i64..5);
    let words = prop::sample::select(vec![
        "",
        "杂物",
        " wi-fi　 杂物 ",
        "ＷＩ－ＦＩ",
        "已处理",
        "处理 灯",
        "没有的词",
        "hpxc-2025",
    ]);
    (place, (choice(4), choice(4), choice(5), choice(2)), (dates.clone(), dates), words).prop_map(
        |(place, (category, urgency, state, author), (from, until), words)| EntryFilter {
            place: place.map(Where::id),
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
    #![proptest_config(many_cases())]

    #[test]
    fn a_filter_shows_exactly_what_each_of_its_fields_would_show(filter in any_filter()) {
        let world = some_entries();
        let here = [Where::Community, Where::Grid, Where::Yard, Where::Stairwell].map(Where::id);
        for n in 0..10 {
            let entry = world.entry(n);
            let content = &entry.content;
            let parts = Part::ALL.into_iter().filter_map(|part| content.part(part));
            let text = parts.chain([entry.number.as_ref().unwrap().as_str()]).collect::<Vec<_>>().join("\n");
            let text = text.replace('Ｗ', "w").to_lowercase();
            let words = filter.words.replace("ＷＩ－ＦＩ", "wi-fi");
            let naive = [
                filter.place.is_none_or(|place| here.contains(&place)),
                filter.category.is_none_or(|category| category.title() == content.category().title()),
                filter.urgency.is_none_or(|urgency| urgency.title() == content.urgency().title()),
                filter.state.is_none_or(|state| state.title() == entry.review_state().title()),
                filter.from.is_none_or(|from| entry.written().day() >= from),
                filter.until.is_none_or(|until| entry.written().day() <= until),
                filter.author.is_none_or(|author| author == entry.author),
                words.split_whitespace().all(|word| text.contains(word)),
            ];
            prop_assert_eq!(filter.matches(entry, world.directory.tree()), naive.iter().all(|wanted| *wanted));
        }
        let json = serde_json::to_string(&filter).unwrap();
        prop_assert_eq!(serde_json::from_str::<EntryFilter>(&json).unwrap(), filter);
    }
}

#[test]
fn no_word_is_found_across_two_parts() {
    let form = EntryForm { measures: "物业".into(), ..form("有杂") };
    let (world, _) = story([(Who::Watcher, Act::WriteEntry { form })]);
    let found = |words: &str| {
        let filter = EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
        filter.matches(world.entry(1), world.directory.tree())
    };
    assert!(found("杂 物业") && !found("杂物"));
}
