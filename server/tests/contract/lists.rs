//! Lists answer what [`EntryFilter::matches`] answers, newest first.

use crate::engine::Engine;
use crate::neighbourhood::*;
use domain::kernel::json;
use domain::kernel::{Command, Day, EntryId, PlaceId};
use domain::log::{self, Category, Entry, EntryFilter, EntryForm, ListMark, Part, ReviewState, Urgency};
use domain::organisation::{Directory, Place};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use tokio::runtime::Runtime;

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
    "水漏了 Ｗｉ－Ｆｉ",
];

/// Entries that differ in everything a filter asks about. Some arrive long after they were written.
pub async fn varied(here: &Neighbourhood) -> Vec<Entry> {
    let mut notes = Vec::new();
    for index in 0..60_usize {
        let (who, place) = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR), (SUN, FIRST)][index % 4];
        let written = minutes(-i64::try_from(index / 2 * 400).unwrap());
        let form = EntryForm {
            urgency: Urgency::ALL[index * 3 % 4].code().to_owned(),
            feedback: if index % 3 == 0 { "已反馈，灯亮了".to_owned() } else { String::new() },
            ..form(Category::ALL[index * 5 % 12].code(), TEXTS[index % TEXTS.len()])
        };
        notes.push((index, who, write_form(who, place, written, form)));
    }
    // Not in the order of writing.
    notes.sort_by_key(|(index, ..)| index * 7 % 60);
    for (index, who, note) in &notes {
        here.accept(who, std::slice::from_ref(note)).await;
        let (version, entry) = (note.head.id, entry_of(note));
        let review = match index % 7 {
            0 => Some(log::Act::MarkRead { version }),
            1 => Some(log::Act::Comment { version, text: "辛苦了".to_owned() }),
            2 => Some(log::Act::SendBack { version, part: Part::Problem, question: "几楼？".to_owned() }),
            _ => None,
        };
        if let Some(act) = review {
            here.accept(CHEN, &[act_on(CHEN, entry, &act)]).await;
        }
        if index % 7 == 3 {
            here.accept(who, &[act_on(who, entry, &log::Act::WithdrawEntry {})]).await;
        }
        if index % 7 == 4 {
            here.accept(who, &[amend(who, note, TEXTS[index % TEXTS.len()], "改成：下水道堵了")]).await;
        }
    }
    let mut all = Vec::new();
    for (.., note) in &notes {
        all.push(here.entry(CHEN, entry_of(note)).await.unwrap());
    }
    all.sort_by_key(|entry| std::cmp::Reverse(entry.place_in_list()));
    all
}

async fn directory(here: &Neighbourhood) -> Directory {
    let mut directory = Directory::new(id(HERE));
    for envelope in here.everything(CHEN).await {
        if envelope.head.key.kind == "place" {
            directory.take_in(&json::read::<Place>(envelope.text.as_bytes()).unwrap());
        }
    }
    directory
}

/// Which of the entries each person may see.
pub type Seen = BTreeMap<&'static str, BTreeSet<EntryId>>;

async fn seen(here: &Neighbourhood, all: &[Entry]) -> Seen {
    let mut seen = Seen::new();
    for who in EVERYBODY {
        for entry in all {
            let is_seen = here.entry(who, entry.id).await.is_some();
            seen.entry(who).or_default().extend(is_seen.then_some(entry.id));
        }
    }
    seen
}

fn filters() -> impl Strategy<Value = EntryFilter> {
    let places = [HERE, FIRST_GRID, SECOND_GRID, YARD, FAR_YARD, FIRST, SECOND, FAR, OTHER, 0x77].map(id::<PlaceId>);
    let words = [
        "",
        "水",
        "漏水",
        "灯 不亮",
        "ABC",
        "abc-12",
        "\"引",
        "σας",
        "下水道",
        "没有的词",
        "𠮷",
        "wi-fi",
        "HPXC-2025",
        "灯亮",
        "x' ; DROP",
    ];
    let days = (1..=20_u8).map(|day| Day::from_numbers(2025, 11, day).unwrap()).collect::<Vec<_>>();
    (
        prop::option::of(prop::sample::select(places.to_vec())),
        prop::option::of(prop::sample::select(Category::ALL.to_vec())),
        prop::option::of(prop::sample::select(Urgency::ALL.to_vec())),
        prop::option::of(prop::sample::select(ReviewState::ALL.to_vec())),
        prop::option::of(prop::sample::select(days.clone())),
        prop::option::of(prop::sample::select(days)),
        prop::option::of(prop::sample::select(vec![WANG, SUN, CHEN, HE])),
        prop::sample::select(words.to_vec()),
    )
        .prop_map(|(place, category, urgency, state, from, until, author, words)| EntryFilter {
            place,
            category,
            urgency,
            state,
            from,
            until,
            author: author.map(person),
            words: words.to_owned(),
        })
}

fn a_list_is_what_the_filter_matches(engine: Engine) {
    let runtime = Runtime::new().unwrap();
    let (here, all, directory, seen) = runtime.block_on(async {
        let here = Neighbourhood::new(engine).await;
        let all = varied(&here).await;
        let (directory, seen) = (directory(&here).await, seen(&here, &all).await);
        (here, all, directory, seen)
    });
    everybody_lists(&runtime, &here, &all, &directory, &seen);
}

/// Everybody lists what the filter matches of what they see. Each choice alone is rare among random ones: of two filters,
/// the one narrows the other.
pub fn everybody_lists(runtime: &Runtime, here: &Neighbourhood, all: &[Entry], directory: &Directory, seen: &Seen) {
    let masks = (filters(), any::<u8>(), 0..EVERYBODY.len(), 1_u32..9);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() });
    let outcome = runner.run(&masks, |(filter, mask, reader, limit)| {
        let keep = |bit: u8| mask & (1 << bit) != 0;
        let filter = EntryFilter {
            place: filter.place.filter(|_| keep(0)),
            category: filter.category.filter(|_| keep(1) && keep(6)),
            urgency: filter.urgency.filter(|_| keep(2)),
            state: filter.state.filter(|_| keep(3)),
            from: filter.from.filter(|_| keep(4)),
            until: filter.until.filter(|_| keep(5)),
            author: filter.author.filter(|_| keep(7) && keep(5)),
            words: if keep(6) { filter.words } else { String::new() },
        };
        let who = EVERYBODY[reader];
        let found = runtime.block_on(here.pages(who, &filter, limit));
        let wanted =
            all.iter().filter(|entry| seen[who].contains(&entry.id) && filter.matches(entry, directory.tree()));
        let wanted: Vec<EntryId> = wanted.map(|entry| entry.id).collect();
        prop_assert_eq!(found.iter().map(|entry| entry.id).collect::<Vec<_>>(), wanted, "{} {:?}", who, filter);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_list_is_what_the_filter_matches_in_memory() {
    a_list_is_what_the_filter_matches(Engine::Memory);
}

#[test]
fn a_list_is_what_the_filter_matches_on_sqlite() {
    a_list_is_what_the_filter_matches(Engine::Sqlite);
}

promises! {
    async fn whatever_is_typed_into_the_search_is_only_text(here) {
        let all = varied(here).await;
        let directory = directory(here).await;
        for words in [
            "\"", "\"\"", "'", "\0", "漏\0水", "NEAR(", "a OR b", "NOT 水", "words:水", "水*", "^水", "{水}", "-水", "%", "_",
            "\\", "水\u{202E}漏", &"水".repeat(5_000),
        ] {
            let filter = EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
            // Small pages: the newest entries alone are no answer, and the index is asked.
            let found = here.pages(CHEN, &filter, 1).await;
            let wanted = all.iter().filter(|entry| filter.matches(entry, directory.tree())).count();
            assert_eq!(found.len(), wanted, "{words:?}");
        }
    }

    async fn words_follow_the_newest_version(here) {
        let note = write_at(WANG, FIRST, "04", minutes(-60), "暖气不热");
        here.accept(WANG, std::slice::from_ref(&note)).await;
        // Single characters are first looked for among the newest; only the index knows of this one.
        let newer: Vec<Command> = (0..20).map(|_| crate::neighbourhood::note("一切平安")).collect();
        here.accept(WANG, &newer).await;
        let count = async |words: &str| {
            let filter = EntryFilter { words: words.to_owned(), ..EntryFilter::default() };
            here.pages(CHEN, &filter, 1).await.len()
        };
        assert_eq!((count("不热").await, count("漏水").await, count("气").await), (1, 0, 1));
        here.accept(WANG, &[amend(WANG, &note, "暖气不热", "暖气漏水")]).await;
        assert_eq!((count("不热").await, count("漏水").await, count("水").await), (0, 1, 1));
        assert_eq!((count("热").await, count("暖气漏水").await), (0, 1));
    }

    async fn hits_come_by_time_of_writing_however_late_they_arrived(here) {
        let mut notes = Vec::new();
        for index in 0..30_i64 {
            let note = write_at(WANG, FIRST, "04", minutes(-index * 37 % 30 * 60), "管子漏水");
            here.accept(WANG, std::slice::from_ref(&note)).await;
            notes.push(note);
        }
        notes.sort_by_key(|note| std::cmp::Reverse((note.head.corrected(), entry_of(note))));
        let filter = EntryFilter { words: "漏水".to_owned(), ..EntryFilter::default() };
        for limit in [1, 4, 29, 30, 31] {
            let found: Vec<_> = here.pages(CHEN, &filter, limit).await.iter().map(|entry| entry.id).collect();
            assert_eq!(found, notes.iter().map(entry_of).collect::<Vec<_>>(), "{limit} at once");
        }
    }

    async fn a_single_character_is_found_among_the_newest_and_beyond_them_each_entry_once(here) {
        let with_water = [5, 17, 20, 23];
        let mut ids = Vec::new();
        for index in 0..24_i64 {
            let text = if with_water.contains(&index) { "管子漏水" } else { "一切平安" };
            let note = write_at(WANG, FIRST, "04", minutes(-index), text);
            ids.extend(with_water.contains(&index).then(|| entry_of(&note)));
            here.accept(WANG, &[note]).await;
        }
        let filter = EntryFilter { words: "水".to_owned(), ..EntryFilter::default() };
        for limit in 1..=5 {
            let found: Vec<_> = here.pages(CHEN, &filter, limit).await.iter().map(|entry| entry.id).collect();
            assert_eq!(found, ids, "{limit} at once");
        }
    }

    async fn a_mark_whose_entry_is_unknown_still_counts_by_its_time(here) {
        let all = varied(here).await;
        let mark = ListMark { written: all[9].written(), entry: EntryId::from_parts(0, [9; 10]) };
        let page = here.store.find_entries(person(CHEN), &EntryFilter::default(), Some(mark), 5, now()).await.unwrap();
        assert_eq!(page.entries.len(), 5);
        assert!(page.entries.iter().all(|entry| entry.written() < mark.written));
    }

    async fn nobody_lists_what_they_may_not_read(here) {
        here.accept(WANG, &[note("灯不亮")]).await;
        for (who, count) in [(WANG, 1), (ZHAO, 0), (QIAN, 0), (HE, 0), (SUN, 1), (CHEN, 1), (ZHOU, 1), (LI, 1)] {
            assert_eq!(here.list(who, &EntryFilter::default()).await.len(), count, "{who}");
        }
    }
}
