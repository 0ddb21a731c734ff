//! Nothing that a person can send makes an entry grow until nobody can read it, and nobody can freeze one by filling it.

use crate::neighbourhood::*;
use domain::kernel::{Bytes, Job, Record, Refusal, Rejection, json};
use domain::log::{Act, Entry, EntryForm, PART_LIMIT};

fn size(entry: &Entry) -> Bytes {
    Bytes::of(json::write(entry).unwrap().as_bytes())
}

fn is_full(refused: &Result<Entry, Refusal>) -> bool {
    *refused == rejected(Rejection::FULL)
}

/// Two devices of one person that never hear of each other change the same field in turn.
fn conflicting(world: &mut World, changes: usize, text: &dyn Fn(usize) -> String) -> Vec<Result<Entry, Refusal>> {
    let mut last = [(command_id(0), String::new()), (command_id(0), String::new())];
    let change = |n: usize| {
        let (seen, from) = last[n % 2].clone();
        let before = EntryForm { feedback: from, ..form("灯不亮") };
        let after = EntryForm { feedback: text(n), ..form("灯不亮") };
        last[n % 2] = (command_id(n), text(n));
        world.take(&command(n, Who::Watcher, 1, &amend(seen, &before, &after)))
    };
    (2..2 + changes).map(change).collect()
}

#[test]
fn hundreds_of_conflicting_changes_stay_within_bounds_and_then_say_so() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮")), (Who::SocialWorker, send_back(0, "换了吗？"))]);
    let results = conflicting(&mut world, 300, &|n| format!("第{n}次"));
    let taken = results.iter().take_while(|result| result.is_ok()).count();
    assert_eq!(taken, 79, "the hundred steps of one person without their last fifth, and the one that wrote");
    assert!(results[taken..].iter().all(is_full));
    assert!(size(world.entry(1)) < Bytes::kib(64));
    assert_eq!(world.entry(1).clashes.len(), 1, "each device has taken back what it said before");
    // What ends something meets no bound, and others go on.
    assert!(world.take(&command(1_002, Who::Watcher, 1, &answer(1, "换了"))).is_ok());
    assert!(world.take(&command(1_003, Who::StandIn, 1, &change(0, "measures", "", "已报修"))).is_ok());
    let aside = Act::SetAsideEntry { why: "试过了".to_owned() };
    assert!(world.take(&by_the_system(1_004, Job::Operator, 1, &aside)).is_ok());
}

#[test]
fn the_phone_says_so_already() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    conflicting(&mut world, 100, &|n| format!("第{n}次"));
    let more = command(1_002, Who::Watcher, 1, &change(0, "measures", "", "已报修"));
    assert!(is_full(&world.see(&more)));
    assert!(world.take(&command(1_003, Who::Watcher, 1, &Act::WithdrawEntry {})).is_ok());
}

#[test]
fn the_longest_texts_fill_an_entry_by_bytes_and_it_still_fits_a_page() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    let results = conflicting(&mut world, 30, &|n| {
        let mut text = "\u{2000B}".repeat(PART_LIMIT - 4);
        text.push_str(&n.to_string());
        text
    });
    let taken = results.iter().take_while(|result| result.is_ok()).count();
    assert!((10..20).contains(&taken), "{taken}");
    assert!(results[taken..].iter().all(is_full));
    assert!(size(world.entry(1)) <= Bytes::kib(205));
}

#[test]
fn an_entry_names_a_hundred_photos_in_all_its_versions_and_then_says_so() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    let swap = |n: usize| {
        let word = |n: usize| domain::kernel::Attachment {
            kind: domain::kernel::AttachmentKind::Photo,
            bytes: Bytes::new(250_000),
            sha256: domain::kernel::Sha256::of(&n.to_be_bytes()),
        };
        let nine = |from: usize| (from..from + 9).map(move |n| word(n).word());
        let (gone, new) = (nine(9 * n.saturating_sub(1)), nine(9 * n));
        let field = "attachments";
        let gone = gone.filter(|_| n > 0).map(|word| domain::kernel::FieldChange::new(field, Some(&word), None));
        let new = new.map(|word| domain::kernel::FieldChange::new(field, None, Some(&word)));
        Act::AmendEntry { seen: command_id(n), changes: gone.chain(new).collect() }
    };
    let taken = (0..33).take_while(|n| world.take(&command(n + 1, Who::Watcher, 1, &swap(*n))).is_ok()).count();
    assert_eq!(taken, 11, "nine each time");
    assert!(is_full(&world.take(&command(39, Who::Watcher, 1, &swap(taken)))));
    assert_eq!(world.entry(1).all_attachments().len(), 99);
    assert!(world.take(&command(40, Who::Watcher, 1, &change(0, "feedback", "", "换好了"))).is_ok());
}

#[test]
fn the_words_have_two_hundred_versions_at_most_without_the_last_fifth() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    let mut n = 0;
    let mut change_as = |world: &mut World, who: Who| {
        n += 1;
        let before = world.entry(1).content.to_form();
        let after = EntryForm { feedback: format!("第{n}次"), ..before.clone() };
        world.take(&command(n, who, 1, &amend(world.entry(1).version(), &before, &after)))
    };
    let mut taken = Vec::new();
    for who in [Who::Watcher, Who::StandIn, Who::Both] {
        taken.push((0..100).take_while(|_| change_as(&mut world, who).is_ok()).count());
    }
    assert_eq!(taken, [79, 80, 0], "two people as often as they can, and nobody after them");
    assert!(world.take(&command(900, Who::SocialWorker, 1, &send_back(0, "换了吗？"))).is_ok(), "reviews go on");
    assert!(world.take(&command(901, Who::Watcher, 1, &answer(900, "换了"))).is_ok(), "and so do their answers");
}

#[test]
fn twenty_questions_are_open_at_most_and_their_answers_fit() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    let long = "\u{2000B}".repeat(500);
    let asked: Vec<_> =
        (1..30).filter(|n| world.take(&command(*n, Who::SocialWorker, 1, &send_back(0, &long))).is_ok()).collect();
    assert_eq!(asked, (1..17).collect::<Vec<_>>(), "twenty without the last fifth");
    for question in asked {
        assert!(world.take(&command(100 + question, Who::Watcher, 1, &answer(question, &long))).is_ok());
    }
    assert!(world.take(&command(200, Who::SocialWorker, 1, &send_back(116, &long))).is_ok());
    assert!(size(world.entry(1)) <= Bytes::kib(205));
}

#[test]
fn a_step_costs_what_it_changes() {
    let (mut world, _) = story([(Who::Watcher, Act::WriteEntry { form: form(&"水".repeat(2_000)) })]);
    let mut sizes = vec![size(world.entry(1)).get()];
    let mut feedback = String::new();
    for n in 1..60 {
        let (from, to) = (feedback.clone(), format!("第{n:02}次"));
        let entry = world.take(&command(n, Who::Watcher, 1, &change(n - 1, "feedback", &from, &to))).unwrap();
        sizes.push(size(&entry).get());
        feedback = to;
    }
    let steps: Vec<u64> = sizes.windows(2).skip(1).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps.iter().all(|step| *step < 450), "{steps:?}");
    assert!(steps.iter().max().unwrap() - steps.iter().min().unwrap() < 20, "{steps:?}");
    assert_eq!(world.entry(1).weight(domain::kernel::Actor::Person(Who::Watcher.id())).steps_of_one, 60);
}
