//! Made-up entries: accepted, in order, before today, and as the season has them.

use super::{World, awkward_moments, commands, noon, said};
use crate::demo::{communities, synthetic};
use domain::kernel::{Role, Timestamp};
use domain::log::{Category, Did, Entry, Part};
use domain::store::PushBatch;
use std::collections::{BTreeMap, BTreeSet};

fn told(now: Timestamp, seed: u64, count: usize) -> Vec<PushBatch> {
    synthetic(&communities(now), now, seed).take(count).collect()
}

fn played(now: Timestamp, count: usize) -> (Vec<PushBatch>, World) {
    let pushes = told(now, 7, count);
    let mut world = World::of(&communities(now));
    world.replay(&pushes);
    (pushes, world)
}

fn share(world: &World, wanted: impl Fn(&Entry) -> bool) -> f64 {
    let count = |wanted: &dyn Fn(&Entry) -> bool| {
        u32::try_from(world.entries().filter(|entry| wanted(entry)).count()).map_or(0.0, f64::from)
    };
    100.0 * count(&wanted) / count(&|_| true)
}

#[test]
fn five_thousand_entries_are_accepted_in_the_order_of_receipt() {
    let (pushes, world) = played(noon("2026-03-05"), 5_000);
    assert_eq!(world.entries().count(), 5_000);
    assert!(pushes.is_sorted_by_key(|push| push.received));
    assert!(pushes.iter().all(|push| push.commands.len() == 1));
    for entry in world.entries() {
        let own = &world.author(entry).memberships[0];
        assert_eq!((own.role, own.place), (Role::Watcher, entry.place), "its own watcher, not a stand-in");
    }
}

#[test]
fn everything_lies_within_the_year_before_today() {
    for now in awkward_moments() {
        let seeds = communities(now);
        let (first, last) = (now.day().plus_days(-365).start(), now.day().start());
        for count in [1, 1_000] {
            let pushes: Vec<_> = synthetic(&seeds, now, 1).take(count).collect();
            for push in &pushes {
                let [command] = &commands(push)[..] else { panic!("one command") };
                assert!(first <= command.head.written && command.head.written <= push.received);
                assert!(push.received < last);
            }
            let days: BTreeSet<_> = pushes.iter().map(|push| push.received.day()).collect();
            let spread = days.len() > 300 && days.contains(&now.day().plus_days(-1));
            assert!(count == 1 || spread, "a thousand entries reach into every week");
        }
    }
}

#[test]
fn the_mixture_is_plausible() {
    let (_, world) = played(noon("2026-03-05"), 5_000);
    for category in Category::ALL {
        let share = share(&world, |entry| entry.content.category() == *category);
        assert!((1.0..30.0).contains(&share), "{category:?}: {share} %");
    }
    let three_parts = share(&world, |entry| Part::ALL.iter().all(|part| entry.content.part(*part).is_some()));
    assert!((25.0..45.0).contains(&three_parts), "three parts: {three_parts} %");
    let late = share(&world, |entry| entry.steps[0].times.is_late_upload());
    assert!((3.5..6.5).contains(&late), "离线补传: {late} %");
    let reviewed = |wanted: fn(&Did) -> bool| share(&world, |entry| entry.steps.iter().any(|step| wanted(&step.did)));
    let sent_back = reviewed(|did| matches!(did, Did::SentBack(_)));
    assert!((2.0..4.0).contains(&sent_back), "退回补充: {sent_back} %");
    let commented = reviewed(|did| matches!(did, Did::Commented(_)));
    assert!((8.0..12.0).contains(&commented), "点评: {commented} %");
    let open = share(&world, |entry| entry.open_questions().next().is_some());
    assert!((0.2..1.5).contains(&open), "待补充: {open} %");
}

#[test]
fn seasons_show() {
    let (_, world) = played(noon("2026-03-05"), 5_000);
    let months = |word: &str| {
        let mut months = BTreeMap::<u8, usize>::new();
        for entry in world.entries() {
            let said = Part::ALL.iter().filter_map(|part| entry.content.part(*part)).any(|text| text.contains(word));
            *months.entry(entry.happened().day().numbers().1).or_default() += usize::from(said);
        }
        months.retain(|_, count| *count > 0);
        months.into_keys().collect::<Vec<_>>()
    };
    assert_eq!(months("冰溜子"), [1, 2, 12]);
    assert_eq!(months("暖气不热"), [1, 2, 3, 11, 12]);
    assert_eq!(months("漏雨"), [7, 8]);
}

#[test]
fn texts_are_short_varied_and_without_gaps() {
    let (_, world) = played(noon("2026-03-05"), 5_000);
    let mut texts = BTreeSet::new();
    for entry in world.entries() {
        let text: Vec<&str> = Part::ALL.iter().filter_map(|part| entry.content.part(*part)).collect();
        let text = text.join("—");
        assert!(!text.contains(['[', ']', '{', '}', '/']), "{text}");
        assert!((2..=60).contains(&text.chars().count()), "{text}");
        texts.insert(text);
    }
    assert!(texts.len() > 2_000, "{} different texts", texts.len());
    for (word, most) in [("漏水", 12.0), ("下水", 12.0), ("大娘", 30.0), ("网格", 12.0), ("冰溜", 3.0), ("返味", 3.0)]
    {
        let share = share(&world, |entry| {
            Part::ALL.iter().filter_map(|part| entry.content.part(*part)).any(|text| text.contains(word))
        });
        assert!(0.05 < share && share < most, "{word}: {share} %");
    }
}

#[test]
fn equal_seeds_tell_the_same_and_others_do_not() {
    let now = noon("2026-03-05");
    assert_eq!(said(&told(now, 3, 500)), said(&told(now, 3, 500)));
    assert_ne!(said(&told(now, 3, 500)), said(&told(now, 4, 500)));
    let all: Vec<_> = told(now, 3, 5_000).iter().flat_map(commands).collect();
    let ids: BTreeSet<_> = all.iter().map(|command| command.head.id).collect();
    assert_eq!(ids.len(), all.len());
    assert!(told(now, 3, 0).is_empty());
    assert!(synthetic(&[], now, 3).take(10).next().is_none());
}

#[test]
fn every_phrase_and_remark_can_be_read() {
    use crate::demo::phrases::Phrasebook;
    let rows = |file: &str| file.lines().filter(|line| !line.starts_with('#')).count();
    let (phrases, remarks) = Phrasebook::open().sizes();
    assert_eq!(phrases, rows(include_str!("../data/phrases.tsv")));
    assert_eq!(remarks, rows(include_str!("../data/remarks.tsv")));
}
