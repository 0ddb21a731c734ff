//! The 44 entries against the table they come from (`entries.csv`, as the field gave it).

use super::{World, awkward_moments, commands, noon, said};
use crate::demo::{calendar::Calendar, communities, entries};
use domain::kernel::{Role, Timestamp};
use domain::log::{Entry, Part, ReviewState, Spot};
use domain::organisation::Place;
use domain::store::PushBatch;
use std::collections::{BTreeMap, BTreeSet};

/// The day after the last entry of the table: nothing moves.
const UNMOVED: &str = "2025-11-17";

struct Row {
    category: &'static str,
    place: &'static str,
    text: &'static str,
    urgency: &'static str,
}

fn table() -> Vec<Row> {
    let rows = include_str!("entries.csv").lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split(',').collect();
        assert_eq!(columns.len(), 8, "{line}");
        Row { category: columns[1], place: columns[3], text: columns[4], urgency: columns[5] }
    });
    rows.collect()
}

fn played(now: Timestamp) -> (Vec<PushBatch>, World) {
    let seeds = communities(now);
    let pushes = entries(&seeds, now);
    let mut world = World::of(&seeds);
    world.replay(&pushes);
    (pushes, world)
}

/// The whole text of an entry.
fn text(entry: &Entry) -> String {
    Part::ALL.iter().filter_map(|part| entry.content.part(*part)).collect::<String>()
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['，', '。', '！', '；', '：', '（', '）']).filter(|clause| !clause.is_empty())
}

/// The entry whose text holds all clauses of a row, in their order.
fn told<'a>(world: &'a World, row: &Row) -> Vec<&'a Entry> {
    let in_order = |entry: &&Entry| {
        // Where a sentence of the table was split into parts, a full stop has come in.
        let text = text(entry).replace('。', "");
        let mut rest = text.as_str();
        clauses(row.text).all(|clause| match rest.split_once(clause) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    };
    world.entries().filter(in_order).collect()
}

#[test]
fn all_44_entries_say_what_the_table_says() {
    let (_, world) = played(noon(UNMOVED));
    assert_eq!((table().len(), world.entries().count()), (44, 44));
    let mut found = BTreeSet::new();
    for row in table() {
        let [entry] = told(&world, &row)[..] else { panic!("{} is not told once", row.text) };
        assert!(found.insert(entry.id));
        let category = match row.category {
            "意见建议" => "议事协商",
            other => other,
        };
        assert_eq!(entry.content.category().title(), category, "{}", row.text);
        assert!(row.urgency.starts_with(entry.content.urgency().title()), "{}", row.text);
    }
}

#[test]
fn entries_hang_where_the_table_says_and_their_authors_may_write_there() {
    let (_, world) = played(noon(UNMOVED));
    let mut written_by = BTreeMap::<Role, usize>::new();
    for row in table() {
        let [entry] = told(&world, &row)[..] else { panic!("{} is not told once", row.text) };
        let home = world.home(entry);
        let yard = world.get::<Place>(&Place::key_of(entry.community, home.parent));
        let author = &world.author(entry).memberships[0];
        *written_by.entry(author.role).or_default() += 1;
        let place = row.place.split('(').next().unwrap_or_default();
        let rest = place.trim_start_matches("抚顺新抚区");
        let Some(rest) = rest.strip_prefix(yard.name.as_str()) else {
            assert!(["妈妈厨房", "示例社区邻里客厅"].contains(&rest), "{place}");
            continue;
        };
        match (rest.strip_suffix("单元"), rest.split_once('-')) {
            (Some(unit), _) => {
                assert_eq!(home.name, format!("{unit}单元"));
                assert_eq!((entry.content.spot(), author.role), (&Spot::Stairwell, Role::Watcher));
            }
            (None, Some((unit, door))) => {
                assert_eq!(home.name, format!("{unit}单元"));
                assert_eq!((entry.content.spot().form_value(), author.role), (door, Role::Watcher));
            }
            (None, None) => {
                assert!(["", "议事厅"].contains(&rest), "{place}");
                assert_eq!((entry.content.spot(), author.role), (&Spot::Yard, Role::GridWorker));
            }
        }
    }
    assert_eq!(written_by.len(), 2, "{written_by:?}");
}

#[test]
fn two_entries_belong_to_the_second_tenant() {
    let (_, world) = played(noon(UNMOVED));
    let second = communities(noon(UNMOVED))[1].community.id;
    let xinfu = world.entries().filter(|entry| entry.community == second);
    let texts: Vec<String> = xinfu.map(text).collect();
    assert_eq!(texts.len(), 2);
    assert!(
        texts.iter().any(|text| text.contains("重新铺装完工")) && texts.iter().any(|text| text.contains("邻里客厅"))
    );
}

#[test]
fn on_any_day_everything_is_accepted_and_the_last_entry_is_of_yesterday() {
    for now in awkward_moments() {
        let (pushes, world) = played(now);
        assert!(pushes.is_sorted_by_key(|push| push.received));
        for push in &pushes {
            assert!(push.received < now.day().start(), "{:?}", push.received.day());
            for command in commands(push) {
                assert!(command.head.written <= push.received && push.sent_at <= push.received);
            }
        }
        let last = world.entries().map(|entry| entry.written().day()).max();
        assert_eq!(last, Some(now.day().plus_days(-1)));
        let first = world.entries().map(|entry| entry.written().day()).min();
        assert_eq!(first, Some(now.day().plus_days(-118)), "22 July of the table");
    }
}

#[test]
fn dates_inside_texts_move_along() {
    let moved = |now: &str, text: &str| Calendar::ending_before(noon(now)).and_then(|calendar| calendar.text(text));
    let text = "住到{10-31月底}，{11-01}再去，{11-19周}同去";
    assert_eq!(moved(UNMOVED, text).as_deref(), Some("住到月底，11月1日再去，周三同去"));
    assert_eq!(moved("2025-11-18", text).as_deref(), Some("住到1日，11月2日再去，周四同去"));
    assert_eq!(moved("2026-01-01", text).as_deref(), Some("住到15日，12月16日再去，周六同去"));
    let (_, world) = played(noon("2026-01-01"));
    assert!(world.entries().any(|entry| text_of(entry).contains("二次走访定在12月16日")));
}

fn text_of(entry: &Entry) -> String {
    let text = text(entry);
    assert!(!text.contains(['{', '}']), "{text}");
    text
}

#[test]
fn some_entries_arrive_late_some_are_sent_back_some_are_unread() {
    let (pushes, world) = played(noon("2026-06-01"));
    let entries: Vec<_> = world.entries().collect();
    let late = entries.iter().filter(|entry| entry.steps[0].times.is_late_upload()).count();
    assert_eq!(late, 2, "about 5 % of 44");
    assert!(pushes.iter().any(|push| push.commands.len() == 2), "they were sent together");
    let count = |state| entries.iter().filter(|entry| entry.review_state() == state).count();
    let states: Vec<usize> = ReviewState::ALL.iter().map(|state| count(*state)).collect();
    let [new, awaiting, answered, commented, read] = states[..] else { panic!("five states") };
    assert_eq!(awaiting, 2);
    assert!(new >= 8 && answered >= 1 && commented >= 8 && read >= 10, "{states:?}");
    let questions = pushes.iter().flat_map(commands).filter(|command| command.act_name() == "send_back");
    assert_eq!(questions.count(), 6);
    let samples = [
        "记录清楚，请补充老人紧急联系人和下次走访时间。",
        "隐患处置及时，照片里有人脸，已打码。",
        "两条写的是同一件事，已并单。",
    ];
    let all = said(&pushes);
    assert!(samples.iter().all(|sample| all.contains(sample)) && all.contains("情绪低落两周以上，建议转介，我周"));
}

#[test]
fn every_review_of_the_table_is_given() {
    let (pushes, world) = played(noon("2026-06-01"));
    let rows = include_str!("../data/reviews.tsv").lines().filter(|line| !line.starts_with('#')).count();
    let steps = world.entries().map(|entry| entry.steps.len()).sum::<usize>();
    let amended = world.entries().filter(|entry| entry.times_changed() > 0).count();
    assert_eq!(steps, 44 + rows + amended);
    assert!(amended >= 15, "what came of a matter is added later: {amended}");
    assert_eq!(pushes.iter().map(|push| push.commands.len()).sum::<usize>(), 44 + rows + amended);
}

#[test]
fn entries_that_name_somebody_concern_them() {
    let (_, world) = played(noon(UNMOVED));
    let rows = include_str!("../data/entries.tsv").lines().filter(|line| !line.starts_with('#'));
    let named: usize = rows
        .filter_map(|row| row.rsplit('\t').next())
        .filter(|names| *names != "-")
        .map(|names| names.split(' ').count())
        .sum();
    let subjects: Vec<_> = world.entries().flat_map(|entry| entry.content.subjects().to_vec()).collect();
    assert_eq!(subjects.len(), named);
    let seeds = communities(noon(UNMOVED));
    let living: BTreeSet<_> = seeds.iter().flat_map(|seed| &seed.residents).map(|one| one.id).collect();
    assert!(subjects.iter().all(|id| living.contains(id)));
}

#[test]
fn ids_are_unique_and_two_runs_are_equal() {
    let now = noon("2026-06-01");
    let (pushes, _) = played(now);
    assert_eq!(said(&pushes), said(&played(now).0));
    let all: Vec<_> = pushes.iter().flat_map(commands).collect();
    let ids: BTreeSet<_> = all.iter().map(|command| command.head.id).collect();
    assert_eq!(ids.len(), all.len());
}
