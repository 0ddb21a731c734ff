//! Lists answer what [`EntryFilter::matches`] answers, newest first.

use super::fixture::*;
use app::domain::*;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use server::store::Seed;

const TEXTS: [&str; 10] = [
    "三楼水管漏水，已关总阀",
    "水",
    "楼道灯不亮 ABC-12",
    "\"引号\" AND (括号)* OR NEAR^2",
    "老人不舒服，陪去了医院",
    "Straße İstanbul ΣΑΣ",
    "第一行\n第二行漏 水",
    "😀表情和𠮷字",
    "100% 'x' ; DROP TABLE entry --",
    "水漏了",
];

/// Entries that differ in everything a filter asks about.
async fn varied() -> (Neighbourhood, Vec<Entry>) {
    let here = Neighbourhood::new().await;
    let mut ids = Vec::new();
    for index in 0..60_usize {
        let (who, place) = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR), (SUN, FIRST)][index % 4];
        let minutes = i64::try_from(index / 2 * 400).unwrap();
        let category = Category::ALL[index * 5 % 12].code();
        let mut note = here.note_at(who, place, category, now().plus_minutes(-minutes), TEXTS[index % TEXTS.len()]);
        let Act::WriteEntry { entry, form: filled, .. } = &mut note.act else { unreachable!() };
        filled.urgency = Urgency::ALL[index * 3 % 4].code().into();
        filled.feedback = if index % 3 == 0 { "已反馈，灯亮了".into() } else { String::new() };
        let entry = *entry;
        ids.push(entry);
        here.accept(who, std::slice::from_ref(&note)).await;
        let review = match index % 7 {
            0 => Some(Act::MarkRead { entry }),
            1 => Some(Act::Comment { entry, text: "辛苦了".into() }),
            2 => Some(Act::SendBack { entry, part: Part::Problem, question: "几楼？".into() }),
            _ => None,
        };
        if let Some(act) = review {
            here.accept(CHEN, &[here.act(CHEN, act)]).await;
        }
        if index % 7 == 3 {
            here.accept(who, &[here.act(who, Act::WithdrawEntry { entry })]).await;
        }
        if index % 7 == 4 {
            let form = self::form("09", "改成：下水道堵了");
            let replaces = note.id;
            here.accept(who, &[here.act(who, Act::AmendEntry { entry, replaces, form })]).await;
        }
    }
    let mut all = Vec::new();
    for id in ids {
        all.push(here.entry(CHEN, id).await.unwrap());
    }
    all.sort_by_key(|entry| std::cmp::Reverse(entry.written()));
    (here, all)
}

fn expected<'a>(all: &'a [Entry], seed: &Seed, rights: &Rights, filter: &EntryFilter) -> Vec<&'a Entry> {
    let place = |entry: &Entry| seed.micro_grids.iter().find(|one| one.code == entry.micro_grid).unwrap();
    all.iter().filter(|entry| rights.may_read(entry) && filter.matches(entry, place(entry))).collect()
}

/// All pages, and that each but the last is full.
async fn listed(here: &Neighbourhood, who: &str, filter: &EntryFilter, limit: u32) -> Vec<Entry> {
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let page = here.store.find_entries(&here.rights(who), filter, after, limit).await.unwrap();
        assert!(page.next.is_none() || page.entries.len() == limit as usize);
        all.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

fn filters() -> impl Strategy<Value = EntryFilter> {
    fn maybe<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Option<T>> {
        prop_oneof![2 => Just(None), 1 => proptest::sample::select(values).prop_map(Some)]
    }
    let words = [
        "",
        "水",
        "漏",
        "水管",
        "漏水",
        "水 漏",
        "三楼水管漏水",
        "abc",
        "灯亮 已反馈",
        "\"引",
        "and (",
        ")*",
        "near^2",
        "ß",
        "i̇",
        "σας",
        "😀",
        "𠮷字",
        "--",
        "'x'",
        "%",
        "*",
        "下水道",
        "没有的词",
        "行第",
        "漏 水",
    ];
    let days: Vec<Day> = (0..10).map(|back| now().day().plus_days(-back)).collect();
    let yards = ["Y01", "Y02", "Y77"].map(|code| YardCode::parse(code).unwrap()).to_vec();
    let micro_grids = [FIRST, SECOND, FAR].map(|code| MicroGridCode::parse(code).unwrap()).to_vec();
    let choices = (
        maybe(yards),
        maybe(micro_grids),
        maybe(Category::ALL.to_vec()),
        maybe(Urgency::ALL.to_vec()),
        maybe(ReviewState::ALL.to_vec()),
        maybe(days.clone()),
        maybe(days),
        proptest::sample::select(words.to_vec()),
    );
    choices.prop_map(|(yard, micro_grid, category, urgency, state, from, until, words)| EntryFilter {
        yard,
        micro_grid,
        category,
        urgency,
        state,
        from,
        until,
        author: None,
        words: words.into(),
    })
}

#[test]
fn a_list_is_what_the_filter_matches() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (here, all) = runtime.block_on(varied());
    let seed = seed();
    let authors = [None, Some(WANG), Some(SUN), Some(CHEN)];
    let cases = (filters(), 0..authors.len(), 0..EVERYBODY.len(), 1_u32..9);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&cases, |(mut filter, author, reader, limit)| {
        filter.author = authors[author].map(|name| here.card(name).id);
        let found = runtime.block_on(listed(&here, EVERYBODY[reader], &filter, limit));
        let wanted = expected(&all, &seed, &here.rights(EVERYBODY[reader]), &filter);
        let times = |entry: &Entry| entry.written();
        prop_assert!(found.iter().map(times).is_sorted_by(|a, b| a >= b), "newest first");
        let (mut found, mut wanted): (Vec<_>, Vec<_>) = (found.iter().collect(), wanted);
        found.sort_by_key(|entry| entry.id);
        wanted.sort_by_key(|entry| entry.id);
        prop_assert_eq!(found, wanted);
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn whatever_is_typed_into_the_search_is_only_text() {
    let (here, all) = varied().await;
    let seed = seed();
    for words in [
        "\"",
        "\"\"",
        "'",
        "\0",
        "漏\0水",
        "NEAR(",
        "a OR b",
        "NOT 水",
        "words:水",
        "水*",
        "^水",
        "{水}",
        "-水",
        "%",
        "_",
        "\\",
        "水\u{202E}漏",
        &"水".repeat(5_000),
    ] {
        let filter = EntryFilter { words: words.into(), ..EntryFilter::default() };
        // Small pages: the newest entries alone are no answer, and the index is asked.
        let found = listed(&here, CHEN, &filter, 1).await;
        assert_eq!(found.len(), expected(&all, &seed, &here.rights(CHEN), &filter).len(), "{words:?}");
    }
}

#[tokio::test]
async fn words_follow_the_newest_version() {
    let here = Neighbourhood::new().await;
    let note = here.note_at(WANG, FIRST, "04", now().plus_minutes(-60), "暖气不热");
    let amend = Act::AmendEntry { entry: note.act.entry(), replaces: note.id, form: form("04", "暖气漏水") };
    here.accept(WANG, std::slice::from_ref(&note)).await;
    // Single characters are first looked for among the newest; only the index knows of this one.
    let newer: Vec<_> = (0..20).map(|_| here.note("一切平安")).collect();
    here.accept(WANG, &newer).await;
    let count = async |words: &str| {
        let filter = EntryFilter { words: words.into(), ..EntryFilter::default() };
        listed(&here, WANG, &filter, 1).await.len()
    };
    assert_eq!((count("不热").await, count("漏水").await, count("气").await), (1, 0, 1));
    here.accept(WANG, &[here.act(WANG, amend)]).await;
    assert_eq!((count("不热").await, count("漏水").await, count("水").await), (0, 1, 1));
    assert_eq!((count("热").await, count("暖气漏水").await), (0, 1));
}

#[tokio::test]
async fn a_single_character_is_found_among_the_newest_and_beyond_them_each_entry_once() {
    let here = Neighbourhood::new().await;
    let with_water = [5, 17, 20, 23];
    let mut ids = Vec::new();
    for minutes in 0..24_i64 {
        let text = if with_water.contains(&minutes) { "管子漏水" } else { "一切平安" };
        let note = here.note_at(WANG, FIRST, "04", now().plus_minutes(-minutes), text);
        ids.extend(with_water.contains(&minutes).then(|| note.act.entry()));
        here.accept(WANG, &[note]).await;
    }
    let filter = EntryFilter { words: "水".into(), ..EntryFilter::default() };
    for limit in 1..=5 {
        let found: Vec<_> = listed(&here, CHEN, &filter, limit).await.iter().map(|entry| entry.id).collect();
        assert_eq!(found, ids, "{limit} at once");
    }
}

#[tokio::test]
async fn a_mark_whose_entry_is_unknown_still_counts_by_its_time() {
    let (here, all) = varied().await;
    let mark = ListMark { written: all[9].written(), entry: EntryId::from_parts(0, [9; 10]) };
    let page = here.store.find_entries(&here.rights(CHEN), &EntryFilter::default(), Some(mark), 5).await.unwrap();
    assert_eq!(page.entries.len(), 5);
    assert!(page.entries.iter().all(|entry| entry.written() < mark.written));
}
