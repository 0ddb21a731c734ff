//! Two changes of one entry that did not know of each other: different fields become one version, the same field is shown
//! from both, and no word goes anywhere without a word.

use crate::neighbourhood::*;
use domain::kernel::{Clash, Command, CommandId, Problem, Refusal, Rejection, Span};
use domain::log::{Act, Entry, EntryContent, EntryField, EntryForm, Part, field};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The entry as it was first written.
pub fn first() -> (World, EntryForm) {
    let mut world = World::new();
    let form = EntryForm { measures: "已登记".into(), ..form("灯不亮") };
    let entry = world.take(&command(0, Who::Watcher, 1, &Act::WriteEntry { form })).unwrap();
    (world, entry.content.to_form())
}

pub fn with(form: &EntryForm, change: impl FnOnce(&mut EntryForm)) -> EntryForm {
    let mut form = form.clone();
    change(&mut form);
    form
}

/// What becomes of the entry, one change after the other: (number, who, number of the version seen, from, to).
pub fn after(changes: &[(usize, Who, usize, &EntryForm, &EntryForm)]) -> (World, Entry) {
    let (mut world, _) = first();
    for (n, who, seen, from, to) in changes {
        world.take(&command(*n, *who, 1, &amend(command_id(*seen), from, to))).unwrap();
    }
    let entry = world.entry(1).clone();
    (world, entry)
}

fn clash(field: EntryField, with: CommandId) -> Clash {
    Clash { field: field.key().to_owned(), with }
}

fn parts(entry: &Entry) -> [Option<&str>; 3] {
    Part::ALL.map(|part| entry.content.part(part))
}

#[test]
fn different_fields_become_one() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.problem = "灯不亮，三楼".into());
    let (_, entry) = after(&[(1, Who::Watcher, 0, &form, &one), (2, Who::Watcher, 0, &form, &other)]);
    assert_eq!(parts(&entry), [Some("灯不亮，三楼"), Some("已登记"), Some("明天换")]);
    assert_eq!(entry.clashes, []);
}

#[test]
fn the_same_field_is_kept_from_both_and_named() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.feedback = "已经换好".into());
    let (_, entry) = after(&[(1, Who::Watcher, 0, &form, &one), (2, Who::StandIn, 0, &form, &other)]);
    assert_eq!(entry.content.part(Part::Feedback), Some("已经换好"));
    assert_eq!(entry.clashes, [clash(EntryField::Feedback, command_id(1))]);
    assert_eq!(entry.said(command_id(1), EntryField::Feedback), "明天换");
    let versions = entry.versions();
    let by: Vec<_> = versions.iter().map(|version| version.by.person().unwrap()).collect();
    assert_eq!(by, [Who::Watcher, Who::Watcher, Who::StandIn].map(Who::id));
    assert_eq!(versions[1].content.part(Part::Feedback), Some("明天换"));
}

#[test]
fn whoever_has_seen_both_settles_it() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.feedback = "已经换好".into());
    let (world, entry) = after(&[(1, Who::Watcher, 0, &form, &one), (2, Who::Watcher, 0, &form, &other)]);
    for (settled, holds) in [(&one, "明天换"), (&other, "已经换好")] {
        let changes = entry.content.to_form().changes_of(EntryField::Feedback, settled);
        let settle = command(3, Who::Watcher, 1, &Act::AmendEntry { seen: entry.version(), changes });
        let entry = world.clone().take(&settle).unwrap();
        assert_eq!(entry.content.part(Part::Feedback), Some(holds));
        assert_eq!(entry.clashes, []);
    }
    // Whoever has not seen both settles nothing, and neither does a change of another field.
    let changes = other.changes_of(EntryField::Feedback, &other);
    let blind = command(3, Who::Watcher, 1, &Act::AmendEntry { seen: command_id(2), changes });
    assert_eq!(world.clone().take(&blind).unwrap().clashes, entry.clashes);
    let elsewhere = with(&entry.content.to_form(), |form| form.urgency = "2".into());
    let elsewhere = amend(entry.version(), &entry.content.to_form(), &elsewhere);
    assert_eq!(world.clone().take(&command(3, Who::Watcher, 1, &elsewhere)).unwrap().clashes, entry.clashes);
}

#[test]
fn two_changes_in_a_row_that_saw_nothing_of_another_ones_overwrite_nothing() {
    let (_, form) = first();
    let theirs = with(&form, |form| (form.measures, form.feedback) = ("已报修".into(), "明天换".into()));
    let mine = with(&form, |form| form.feedback = "已经换好".into());
    let mine_again = with(&mine, |form| form.problem = "灯全不亮".into());
    let (_, entry) = after(&[
        (1, Who::StandIn, 0, &form, &theirs),
        (2, Who::Watcher, 0, &form, &mine),
        (3, Who::Watcher, 2, &mine, &mine_again),
    ]);
    assert_eq!(parts(&entry), [Some("灯全不亮"), Some("已报修"), Some("已经换好")]);
    assert_eq!(entry.clashes, [clash(EntryField::Feedback, command_id(1))]);
}

#[test]
fn what_was_not_settled_stays_open_through_a_third_change() {
    let (_, form) = first();
    let feedback = |text: &str| with(&form, |form| form.feedback = text.into());
    let (one, other) = (feedback("明天换"), feedback("已经换好"));
    let third = with(&one, |form| form.measures = "已报修".into());
    let (_, entry) = after(&[
        (1, Who::Watcher, 0, &form, &one),
        (2, Who::StandIn, 0, &form, &other),
        (3, Who::Watcher, 1, &one, &third),
    ]);
    assert_eq!(parts(&entry), [Some("灯不亮"), Some("已报修"), Some("已经换好")]);
    assert_eq!(entry.clashes, [clash(EntryField::Feedback, command_id(1))]);
}

#[test]
fn what_its_author_took_back_clashes_no_more() {
    let (_, form) = first();
    let feedback = |text: &str| with(&form, |form| form.feedback = text.into());
    let (one, other) = (feedback("明天换"), feedback("已经换好"));
    let once_more = feedback("后天换");
    let (mut world, entry) = after(&[
        (1, Who::Watcher, 0, &form, &one),
        (2, Who::StandIn, 0, &form, &other),
        (3, Who::Watcher, 1, &one, &once_more),
    ]);
    assert_eq!(entry.content.part(Part::Feedback), Some("后天换"));
    let says = |clash: &Clash| entry.said(clash.with, EntryField::Feedback);
    assert_eq!(entry.clashes.iter().map(says).collect::<Vec<_>>(), ["已经换好"], "nobody says 明天换 any more");
    // And where both come to say the same, nothing is left to settle.
    let same = amend(command_id(3), &once_more, &other);
    assert_eq!(world.take(&command(4, Who::Watcher, 1, &same)).unwrap().clashes, []);
}

#[test]
fn photos_of_both_are_there_and_what_one_took_off_is_not() {
    let attach = |photos: &[u8]| photos.iter().copied().map(photo).collect::<Vec<_>>();
    let form = EntryForm { attachments: attach(&[1, 2]), ..form("灯不亮") };
    let one = with(&form, |form| form.attachments = attach(&[1, 2, 3]));
    let other = with(&form, |form| form.attachments = attach(&[2, 4]));
    let (world, _) = story([
        (Who::Watcher, Act::WriteEntry { form: form.clone() }),
        (Who::Watcher, amend(command_id(0), &form, &one)),
        (Who::Watcher, amend(command_id(0), &form, &other)),
    ]);
    assert_eq!(world.entry(1).content.to_form().attachments, attach(&[2, 3, 4]));
    assert_eq!(world.entry(1).clashes, []);
}

#[test]
fn two_changes_that_fit_and_do_not_fit_together_are_named_at_their_field() {
    let attach = |photos: std::ops::Range<u8>| photos.map(photo).collect::<Vec<_>>();
    let form = EntryForm { attachments: attach(0..5), ..form("灯不亮") };
    let more = |photos| with(&form, |form| form.attachments.extend(attach(photos)));
    let (_, results) = story([
        (Who::Watcher, Act::WriteEntry { form: form.clone() }),
        (Who::Watcher, amend(command_id(0), &form, &more(5..9))),
        (Who::Watcher, amend(command_id(0), &form, &more(9..10))),
    ]);
    assert_eq!(results[2], wrong(domain::kernel::ATTACHMENTS, Problem::TooMany { limit: 9 }));
}

fn with_offset(mut command: Command, millis: i64) -> Command {
    command.head.offset = Some(Span::from_millis(millis));
    command
}

#[test]
fn a_clock_that_was_measured_anew_changes_no_time() {
    let (mut world, form) = first();
    let offset = |millis| Some(Span::from_millis(millis));
    let content = world.entry(1).content.clone();
    let on_the_phone = content.form_on(offset(300));
    assert_eq!(on_the_phone.happened, Some(NOON.plus(Span::from_millis(-300))));
    let one = content.changes_to(&with(&on_the_phone, |form| form.feedback = "明天换".into()), offset(40));
    assert_eq!(one.len(), 1);
    let moved = with(&form, |form| form.happened = Some(minutes(-30)));
    let other = content.changes_to(&moved, offset(40));
    let seen = command_id(0);
    world.take(&with_offset(command(1, Who::Watcher, 1, &Act::AmendEntry { seen, changes: one }), 40)).unwrap();
    let act = Act::AmendEntry { seen, changes: other };
    let entry = world.take(&with_offset(command(2, Who::Watcher, 1, &act), 40)).unwrap();
    assert_eq!(entry.clashes, []);
    assert_eq!(entry.happened(), minutes(-30).plus(Span::from_millis(40)), "by the clock of the server");
    // That a time holds is said in the record's own words, whatever the clock of the device.
    let holds = entry.content.to_form();
    let changes = holds.changes_of(EntryField::Happened, &holds);
    let act = Act::AmendEntry { seen: entry.version(), changes };
    let settled = world.take(&with_offset(command(3, Who::Watcher, 1, &act), 90_000)).unwrap();
    assert_eq!(settled.happened(), entry.happened());
}

#[test]
fn that_something_holds_is_looked_at_like_everything_else() {
    let (mut world, _) = first();
    for (key, garbage, field) in [("category", "入户", field::CATEGORY), ("happened", "noon", field::HAPPENED)] {
        let refused = world.take(&command(1, Who::Watcher, 1, &change(0, key, garbage, garbage)));
        assert_eq!(refused, wrong(field, Problem::Unknown));
    }
    let refused = world.take(&command(1, Who::Watcher, 1, &change(0, "spot", "5-2", "9-9")));
    assert_eq!(refused, wrong(field::SPOT, Problem::Unknown));
    let refused = world.take(&command(1, Who::Watcher, 1, &change(0, "problem", "灯不亮", "")));
    assert_eq!(refused, wrong(field::PROBLEM, Problem::Missing));
}

#[test]
fn a_change_in_sight_of_what_the_server_never_took_overwrites_nothing_without_a_word() {
    let (_, form) = first();
    let mine = with(&form, |form| form.problem = "灯不亮，太长了".into());
    let mended = with(&form, |form| form.problem = "灯不亮，改短了".into());
    // Number 1 was refused: nobody but its author knows of it.
    let (_, entry) = after(&[(2, Who::Watcher, 1, &mine, &mended)]);
    assert_eq!(entry.content.part(Part::Problem), Some("灯不亮，改短了"));
    assert_eq!(entry.clashes, [clash(EntryField::Problem, command_id(0))]);
}

#[test]
fn an_answer_comes_between_no_change_and_its_sight() {
    let (world, results) = story([
        (Who::Watcher, write("老人不舒服")),
        (Who::SocialWorker, send_back(0, "体温多少？")),
        (Who::Watcher, answer(1, "三十七度")),
        (Who::Watcher, change(0, "feedback", "", "退烧了")),
        (Who::Watcher, change(3, "feedback", "退烧了", "全退了")),
    ]);
    assert!(results.iter().all(Result::is_ok));
    assert!(world.entry(1).versions().iter().all(|version| !version.is_merged));
}

#[test]
fn category_and_template_change_together() {
    let form = EntryForm { template: "all_well".into(), ..form("一切平安") };
    let light = with(&form, |form| (form.category, form.template) = ("04".into(), "light_out".into()));
    let dirt = with(&form, |form| (form.category, form.template) = ("07".into(), String::new()));
    let (world, _) = story([
        (Who::Watcher, Act::WriteEntry { form: form.clone() }),
        (Who::Watcher, amend(command_id(0), &form, &light)),
        (Who::StandIn, amend(command_id(0), &form, &dirt)),
    ]);
    let entry = world.entry(1);
    assert_eq!((entry.content.category().code(), entry.content.template()), ("07", None));
    assert_eq!(entry.clashes, [clash(EntryField::Category, command_id(1))]);
}

#[test]
fn a_stand_in_goes_on_with_an_entry_takes_none_back_and_adds_no_photo() {
    let (mut world, form) = first();
    let mut take = |who, act: &Act| world.take(&command(5, who, 1, act));
    assert_eq!(take(Who::StandIn, &Act::WithdrawEntry {}), rejected(Rejection::NO_RIGHT));
    let photo = with(&form, |form| form.attachments = vec![photo(1)]);
    let refused = take(Who::StandIn, &amend(command_id(0), &form, &photo));
    assert_eq!(refused, wrong(domain::kernel::ATTACHMENTS, Problem::Unknown));
    let fixed = with(&form, |form| form.feedback = "已换".into());
    for nobody in [Who::Neighbour, Who::SocialWorker, Who::Former, Who::GridWorker] {
        let refused = take(nobody, &amend(command_id(0), &form, &fixed));
        assert_eq!(refused, rejected(Rejection::NO_RIGHT), "{nobody:?}");
    }
    assert!(take(Who::StandIn, &amend(command_id(0), &form, &fixed)).is_ok());
}

#[test]
fn a_field_is_named_once_in_a_change() {
    let (mut world, form) = first();
    let mut changes = form.changes_to(&with(&form, |form| form.feedback = "已换".into()));
    changes.push(changes[0].clone());
    let twice = Act::AmendEntry { seen: command_id(0), changes };
    assert_eq!(world.take(&command(1, Who::Watcher, 1, &twice)), rejected(Rejection::MALFORMED));
}

/// A form in which any field may have been changed, to one of few values, so that both changes often meet.
fn changed(form: EntryForm) -> impl Strategy<Value = EntryForm> {
    let text = || prop::sample::select(vec!["", "甲", "乙", "丙"]);
    let problem = prop::sample::select(vec!["甲", "乙", "丙"]);
    let urgency = prop::sample::select(vec!["1", "2", "3"]);
    let category = prop::sample::select(vec![("01", "nobody_home"), ("04", ""), ("04", "light_out")]);
    let photos = prop::collection::btree_set(0_u8..4, 0..4);
    (problem, text(), text(), urgency, category, prop::bool::ANY, photos).prop_map(
        move |(problem, measures, feedback, urgency, (category, template), yard, photos)| EntryForm {
            problem: problem.into(),
            measures: measures.into(),
            feedback: feedback.into(),
            urgency: urgency.into(),
            category: category.into(),
            template: template.into(),
            spot: if yard { "yard" } else { "stairwell" }.into(),
            attachments: photos.into_iter().map(photo).collect(),
            ..form.clone()
        },
    )
}

fn two_changes() -> impl Strategy<Value = (EntryForm, EntryForm)> {
    let (_, form) = first();
    (changed(form.clone()), changed(form))
}

fn sorted(content: &EntryContent) -> EntryForm {
    let mut form = content.to_form();
    form.attachments.sort();
    form
}

/// What the phone that wrote a change holds, before it hears of any other.
fn own_view(form: &EntryForm, changes: &[EntryForm]) -> World {
    let (mut world, _) = first();
    let mut before = form.clone();
    for (n, to) in changes.iter().enumerate() {
        let seen = world.entry(1).version();
        let act = amend(seen, &before, to);
        if !matches!(&act, Act::AmendEntry { changes, .. } if changes.is_empty()) {
            world.see(&command(n + 1, Who::Watcher, 1, &act)).unwrap();
        }
        before = to.clone();
    }
    world
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn whatever_two_people_change_every_word_is_in_the_entry_or_beside_it((one, other) in two_changes()) {
        let (mut world, form) = first();
        let mut written = vec![command_id(0)];
        for (n, to) in [(1, &one), (2, &other)] {
            let act = amend(command_id(0), &form, to);
            if matches!(&act, Act::AmendEntry { changes, .. } if changes.is_empty()) {
                continue;
            }
            world.take(&command(n, Who::Watcher, 1, &act)).unwrap();
            written.push(command_id(n));
        }
        let entry = world.entry(1);
        let now = entry.content.to_form();
        let fields = EntryField::ALL.into_iter().filter(|one| !one.is_list() && *one == one.together()[0]);
        for field in fields {
            // What a form says there and nowhere else.
            let said = |from: &EntryForm| with(&EntryForm::default(), |into| into.take(field, from));
            let found = entry.clashes.iter().find(|clash| clash.field == field.key());
            let (before, one, other, now) = (said(&form), said(&one), said(&other), said(&now));
            if one == before || one == other {
                prop_assert_eq!((&now, found), (&other, None));
            } else if other == before {
                prop_assert_eq!((&now, found), (&one, None));
            } else {
                prop_assert_eq!(&now, &other);
                prop_assert_eq!(found, Some(&clash(field, command_id(1))));
            }
        }
        let both: BTreeSet<_> = one.attachments.iter().chain(&other.attachments).collect();
        prop_assert_eq!(now.attachments.iter().collect::<BTreeSet<_>>(), both, "the first version had none");
        prop_assert_eq!(entry.steps.iter().map(|step| step.id).collect::<Vec<_>>(), written);
        let versions: BTreeSet<_> = entry.versions().into_iter().map(|version| version.id).collect();
        prop_assert_eq!(versions.len(), entry.steps.len());
    }

    #[test]
    fn every_version_can_be_rebuilt_from_the_newest(
        changes in { let (_, form) = first(); prop::collection::vec((changed(form), 0_usize..6), 1..6) },
    ) {
        let (mut world, form) = first();
        let mut said = vec![world.entry(1).content.clone()];
        for (n, (to, seen)) in changes.iter().enumerate() {
            let seen = said.len().saturating_sub(1).min(*seen);
            let versions = world.entry(1).versions();
            let act = amend(versions[seen].id, &said[seen].to_form(), to);
            if matches!(&act, Act::AmendEntry { changes, .. } if changes.is_empty()) {
                continue;
            }
            match world.take(&command(n + 1, Who::Watcher, 1, &act)) {
                Ok(entry) => said.push(entry.content),
                Err(refusal) => prop_assert!(matches!(refusal, Refusal::Rejected(_)), "{refusal:?}"),
            }
        }
        let versions = world.entry(1).versions();
        let rebuilt: Vec<_> = versions.iter().map(|version| sorted(&version.content)).collect();
        prop_assert_eq!(rebuilt, said.iter().map(sorted).collect::<Vec<_>>());
        let _ = form;
    }

    #[test]
    fn a_form_and_its_changes_mean_the_same((one, other) in two_changes()) {
        let (_, form) = first();
        let phone = own_view(&form, &[one, other.clone()]);
        let mut wanted = other;
        wanted.attachments.sort();
        prop_assert_eq!(sorted(&phone.entry(1).content), wanted);
        prop_assert_eq!(&phone.entry(1).clashes, &[]);
        prop_assert!(phone.entry(1).versions().iter().all(|version| !version.is_merged));
    }
}
