//! Two changes of one entry that did not know of each other: different fields become one version, the same field is shown
//! from both, and no word goes anywhere without a word.

use crate::neighbourhood::*;
use app::domain::{
    Act, Change, Clash, CommandId, Entry, EntryForm, Field, Part, Problem, Records, Refusal, Rejection, apply,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn written() -> Act {
    let form = EntryForm { measures: "已登记".into(), ..form("灯不亮") };
    Act::WriteEntry { entry: entry_id(1), micro_grid: STAIRWELL.into(), form }
}

/// The entry as it was first written.
fn first() -> (Records, EntryForm) {
    let mut records = neighbourhood();
    let entry = apply(&records, &command(0, Who::Watcher, written()), None).unwrap();
    let form = entry.content().to_form();
    records.absorb(Change::Entry(entry));
    (records, form)
}

/// A change in sight of command number `seen`.
fn amend(seen: usize, form: &EntryForm) -> Act {
    Act::AmendEntry { entry: entry_id(1), replaces: command_id(seen), form: form.clone() }
}

fn with(form: &EntryForm, change: impl FnOnce(&mut EntryForm)) -> EntryForm {
    let mut form = form.clone();
    change(&mut form);
    form
}

/// What becomes of the entry, one change after the other.
fn after(changes: &[(usize, Who, Act)]) -> (Records, Entry) {
    let (mut records, _) = first();
    for (n, who, act) in changes {
        let entry = apply(&records, &command(*n, *who, act.clone()), None).unwrap();
        records.absorb(Change::Entry(entry));
    }
    let entry = (*records.entries[&entry_id(1)]).clone();
    (records, entry)
}

#[test]
fn different_fields_become_one() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.problem = "灯不亮，三楼".into());
    let (_, entry) = after(&[(1, Who::Watcher, amend(0, &one)), (2, Who::Watcher, amend(0, &other))]);
    let content = entry.content();
    let parts = Part::ALL.map(|part| content.part(part));
    assert_eq!(parts, [Some("灯不亮，三楼"), Some("已登记"), Some("明天换")]);
    assert_eq!(entry.current().clashes, []);
}

#[test]
fn the_same_field_is_kept_from_both_and_named() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.feedback = "已经换好".into());
    let (_, entry) = after(&[(1, Who::Watcher, amend(0, &one)), (2, Who::StandIn, amend(0, &other))]);
    assert_eq!(entry.content().part(Part::Feedback), Some("已经换好"));
    assert_eq!(entry.current().clashes, [Clash { field: Field::Feedback, with: command_id(1) }]);
    let other = entry.version(command_id(1)).unwrap();
    assert_eq!(other.content.part(Part::Feedback), Some("明天换"));
    assert_eq!((entry.current().by, other.by), (Some(Who::StandIn.id()), None));
}

#[test]
fn whoever_has_seen_both_settles_it() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.feedback = "已经换好".into());
    let both = [(1, Who::Watcher, amend(0, &one)), (2, Who::Watcher, amend(0, &other))];
    let (records, entry) = after(&both);
    let mut settled = other;
    settled.take(Field::Feedback, &one);
    let settle = Act::AmendEntry { entry: entry_id(1), replaces: entry.current().id, form: settled };
    let entry = apply(&records, &command(3, Who::Watcher, settle), None).unwrap();
    assert_eq!(entry.content().part(Part::Feedback), Some("明天换"));
    assert_eq!(entry.current().clashes, []);
    // Both as they were written, what they say together, and what was settled.
    assert_eq!(entry.versions().count(), 5);
}

#[test]
fn two_changes_in_a_row_that_saw_nothing_of_another_ones_overwrite_nothing() {
    let (_, form) = first();
    let theirs = with(&form, |form| (form.measures, form.feedback) = ("已报修".into(), "明天换".into()));
    let mine = with(&form, |form| form.feedback = "已经换好".into());
    let mine_again = with(&mine, |form| form.problem = "灯全不亮".into());
    let changes = [
        (1, Who::StandIn, amend(0, &theirs)),
        (2, Who::Watcher, amend(0, &mine)),
        (3, Who::Watcher, amend(2, &mine_again)),
    ];
    let (_, entry) = after(&changes);
    let parts = Part::ALL.map(|part| entry.content().part(part));
    assert_eq!(parts, [Some("灯全不亮"), Some("已报修"), Some("已经换好")]);
    assert_eq!(entry.current().clashes, [Clash { field: Field::Feedback, with: command_id(1) }]);
}

#[test]
fn what_was_not_settled_stays_open_through_a_third_change() {
    let (_, form) = first();
    let feedback = |text: &str| with(&form, |form| form.feedback = text.into());
    let third = with(&feedback("明天换"), |form| form.measures = "已报修".into());
    let changes = [
        (1, Who::Watcher, amend(0, &feedback("明天换"))),
        (2, Who::StandIn, amend(0, &feedback("已经换好"))),
        (3, Who::Watcher, amend(1, &third)),
    ];
    let (_, entry) = after(&changes);
    assert_eq!(entry.content().part(Part::Feedback), Some("已经换好"));
    assert_eq!(entry.content().part(Part::Measures), Some("已报修"));
    assert_eq!(entry.current().clashes, [Clash { field: Field::Feedback, with: command_id(1) }]);
}

#[test]
fn photos_of_both_are_there_and_what_one_took_off_is_not() {
    let mut records = neighbourhood();
    let attach = |photos: &[u8]| photos.iter().copied().map(photo).collect::<Vec<_>>();
    let form = EntryForm { attachments: attach(&[1, 2]), ..form("灯不亮") };
    let act = Act::WriteEntry { entry: entry_id(1), micro_grid: STAIRWELL.into(), form: form.clone() };
    for (n, act) in [
        (0, act),
        (1, amend(0, &with(&form, |form| form.attachments = attach(&[1, 2, 3])))),
        (2, amend(0, &with(&form, |form| form.attachments = attach(&[2, 4])))),
    ] {
        let entry = apply(&records, &command(n, Who::Watcher, act), None).unwrap();
        records.absorb(Change::Entry(entry));
    }
    let content = records.entries[&entry_id(1)].content().to_form();
    assert_eq!(content.attachments, attach(&[2, 4, 3]));
}

#[test]
fn a_clock_that_was_measured_anew_changes_no_time() {
    let (mut records, form) = first();
    let offset = |n, act, offset| {
        let mut command = command(n, Who::Watcher, act);
        command.clock_offset = offset;
        command
    };
    let one = offset(1, amend(0, &with(&form, |form| form.feedback = "明天换".into())), Some(300));
    let same_moment = form.happened.map(|at| at.plus_millis(-40));
    let other = with(&form, |form| (form.problem, form.happened) = ("灯全不亮".into(), same_moment));
    let other = offset(2, amend(0, &other), Some(40));
    for command in [one, other] {
        let entry = apply(&records, &command, None).unwrap();
        records.absorb(Change::Entry(entry));
    }
    let entry = &records.entries[&entry_id(1)];
    assert_eq!(entry.current().clashes, []);
    assert!(entry.happened().since(NOON).abs() < 60_000);
}

#[test]
fn a_change_in_sight_of_what_the_server_never_took_overwrites_nothing_without_a_word() {
    let (_, form) = first();
    let mended = with(&form, |form| form.problem = "灯不亮，改短了".into());
    // Number 1 was refused: nobody but its author knows of it.
    let (_, entry) = after(&[(2, Who::Watcher, amend(1, &mended))]);
    assert_eq!(entry.content().part(Part::Problem), Some("灯不亮，改短了"));
    assert_eq!(entry.current().clashes, [Clash { field: Field::Problem, with: command_id(0) }]);
}

#[test]
fn a_stand_in_goes_on_with_an_entry_and_takes_none_back() {
    let (records, form) = first();
    let refused = |act| apply(&records, &command(5, Who::StandIn, act), None);
    let no_right = Err(Refusal::Rejected(Rejection::NoRight));
    assert_eq!(refused(Act::WithdrawEntry { entry: entry_id(1) }), no_right);
    let photo = with(&form, |form| form.attachments = vec![photo(1)]);
    let unknown = app::domain::FieldError::new(Field::Attachments, Problem::Unknown);
    assert_eq!(refused(amend(0, &photo)), Err(Refusal::Rejected(Rejection::Field(unknown))));
    for nobody in [Who::Neighbour, Who::SocialWorker, Who::Former, Who::GridWorker] {
        assert_eq!(apply(&records, &command(5, nobody, amend(0, &form)), None), no_right, "{nobody:?}");
    }
}

/// A form in which any field may have been changed, to one of few values, so that both changes often meet.
fn changed(form: EntryForm) -> impl Strategy<Value = EntryForm> {
    let text = || prop::sample::select(vec!["", "甲", "乙", "丙"]);
    let problem = prop::sample::select(vec!["甲", "乙", "丙"]);
    let urgency = prop::sample::select(vec!["1", "2", "3"]);
    (problem, text(), text(), urgency, prop::bool::ANY).prop_map(move |(problem, measures, feedback, urgency, yard)| {
        let spot = if yard { "yard" } else { "stairwell" };
        EntryForm {
            problem: problem.into(),
            measures: measures.into(),
            feedback: feedback.into(),
            urgency: urgency.into(),
            spot: spot.into(),
            ..form.clone()
        }
    })
}

proptest! {
    #[test]
    fn whatever_two_people_change_every_word_is_in_the_entry_or_beside_it(
        (one, other) in { let (_, form) = first(); (changed(form.clone()), changed(form)) },
    ) {
        let (_, form) = first();
        let (_, entry) = after(&[(1, Who::Watcher, amend(0, &one)), (2, Who::StandIn, amend(0, &other))]);
        let now = entry.content().to_form();
        let fields = [Field::Problem, Field::Measures, Field::Feedback, Field::Urgency, Field::Spot];
        for field in fields {
            // What a form says there and nowhere else.
            let said = |from: &EntryForm| with(&EntryForm::default(), |into| into.take(field, from));
            let clash = entry.current().clashes.iter().find(|clash| clash.field == field);
            let (before, one, other, now) = (said(&form), said(&one), said(&other), said(&now));
            if one == before || one == other {
                prop_assert_eq!((&now, clash), (&other, None));
            } else if other == before {
                prop_assert_eq!((&now, clash), (&one, None));
            } else {
                prop_assert_eq!(&now, &other);
                prop_assert_eq!(clash, Some(&Clash { field, with: command_id(1) }));
            }
        }
        let written: Vec<CommandId> = entry.versions().filter(|one| one.merges.is_none()).map(|one| one.id).collect();
        prop_assert_eq!(written, [0, 1, 2].map(command_id));
        prop_assert!(entry.versions().map(|one| one.id).collect::<BTreeSet<_>>().len() == entry.versions().count());
    }
}
