//! What commands do: the same everywhere and at every replay, and nothing that was written ever goes away.

use crate::neighbourhood::*;
use crate::server_model::{Server, received};
use app::domain::{
    Act, Change, Command, Entry, EntryFilter, Field, FieldError, Known, Part, Problem, Records, Refusal, Rejection,
    ReviewState, Timestamp, apply, as_meant,
};
use app::sync::Outcome;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn take(records: &mut Records, command: &Command) -> Result<Entry, Refusal> {
    let entry = apply(records, command, Some(received(command)))?;
    records.absorb(Change::Entry(entry.clone()));
    Ok(entry)
}

fn rejected(why: Rejection) -> Result<Entry, Refusal> {
    Err(Refusal::Rejected(why))
}

fn story(acts: impl IntoIterator<Item = (Who, Act)>) -> (Records, Vec<Result<Entry, Refusal>>) {
    let mut records = neighbourhood();
    let commands = acts.into_iter().enumerate().map(|(n, (who, act))| command(n, who, act));
    let results = commands.map(|command| take(&mut records, &command)).collect();
    (records, results)
}

/// Every version and every review of `before` is in `after`, unchanged and in the same order.
fn has_grown(before: &Entry, after: &Entry) -> bool {
    let versions = after.amendments.get(..before.amendments.len());
    let reviews = after.reviews.get(..before.reviews.len());
    after.first == before.first
        && versions == Some(&before.amendments[..])
        && reviews == Some(&before.reviews[..])
        && (before.number.is_none() || after.number == before.number)
        && (before.withdrawn.is_none() || after.withdrawn == before.withdrawn)
        && (after.author, &after.micro_grid) == (before.author, &before.micro_grid)
}

#[test]
fn a_conversation_about_an_entry_goes_its_way() {
    let (records, results) = story([
        (Who::Watcher, write(1, "张大娘感冒两天")),
        (Who::SocialWorker, Act::MarkRead { entry: entry_id(1) }),
        (Who::SocialWorker, send_back(1, "紧急联系人？")),
        (Who::Watcher, answer(1, 2, "女儿，已告知")),
        (Who::SocialWorker, comment(1, "记录清楚")),
    ]);
    let states = results.iter().map(|entry| entry.as_ref().unwrap().review_state());
    let expected = [
        ReviewState::New,
        ReviewState::Read,
        ReviewState::AwaitingAnswer,
        ReviewState::Answered,
        ReviewState::Commented,
    ];
    assert!(states.eq(expected));
    let entry = records.entry(entry_id(1)).unwrap();
    assert!(entry.is_read_by(Who::SocialWorker.id()) && entry.is_read_by(Who::Watcher.id()));
    assert!(!entry.is_read_by(Who::GridWorker.id()));
}

#[test]
fn what_changed_after_somebody_looked_is_unread_again() {
    let read = Act::MarkRead { entry: entry_id(1) };
    let (_, results) = story([
        (Who::Watcher, write(1, "灯不亮")),
        (Who::SocialWorker, read.clone()),
        (Who::Watcher, amend(1, 0, "灯不亮，已换")),
        (Who::SocialWorker, read),
    ]);
    let read = results.iter().map(|entry| entry.as_ref().unwrap().is_read_by(Who::SocialWorker.id()));
    assert!(read.eq([false, true, false, true]));
}

#[test]
fn an_entry_that_was_taken_back_stays_and_takes_nothing_more() {
    let withdraw = Act::WithdrawEntry { entry: entry_id(1) };
    let (records, results) = story([
        (Who::Watcher, write(1, "写错了单元")),
        (Who::Watcher, withdraw.clone()),
        (Who::SocialWorker, comment(1, "请补充")),
        (Who::Watcher, amend(1, 0, "改一改")),
        (Who::Watcher, withdraw),
        (Who::Watcher, answer(1, 2, "女儿")),
    ]);
    let entry = records.entry(entry_id(1)).unwrap();
    assert!(entry.withdrawn.is_some() && texts(entry).contains(&"写错了单元".to_owned()));
    assert_eq!(results[2..5], [(); 3].map(|()| rejected(Rejection::Withdrawn)));
    assert_eq!(results[5], rejected(Rejection::NoSuchQuestion));
    assert!(!EntryFilter::default().matches(entry, &stairwell(STAIRWELL)));
}

#[test]
fn an_entry_that_somebody_reacted_to_cannot_be_taken_back() {
    let (records, results) = story([
        (Who::Watcher, write(1, "楼道有杂物")),
        (Who::GridWorker, Act::MarkRead { entry: entry_id(1) }),
        (Who::Watcher, Act::WithdrawEntry { entry: entry_id(1) }),
    ]);
    assert_eq!(results[2], rejected(Rejection::AlreadyReviewed));
    assert_eq!(records.entry(entry_id(1)).unwrap().withdrawn, None);
}

#[test]
fn a_question_is_answered_once_and_only_by_the_author() {
    let (_, results) = story([
        (Who::Watcher, write(1, "老人不舒服")),
        (Who::SocialWorker, send_back(1, "体温多少？")),
        (Who::Neighbour, answer(1, 1, "三十七度")),
        (Who::SocialWorker, answer(1, 1, "三十七度")),
        (Who::Watcher, answer(1, 0, "三十七度")),
        (Who::Watcher, answer(1, 1, "三十七度")),
        (Who::Watcher, answer(1, 1, "三十八度")),
    ]);
    assert_eq!(results[2], rejected(Rejection::NoRight));
    assert_eq!(results[3], rejected(Rejection::NoRight));
    assert_eq!(results[4], rejected(Rejection::NoSuchQuestion));
    assert!(results[5].is_ok());
    assert_eq!(results[6], rejected(Rejection::AlreadyAnswered));
}

#[test]
fn work_on_an_entry_that_has_not_arrived_waits_for_it() {
    let late = command(1, Who::SocialWorker, comment(1, "好"));
    let waits = Err(Refusal::WaitsFor(entry_id(1)));
    assert_eq!(apply(&neighbourhood(), &late, None), waits);
}

#[test]
fn nobody_writes_in_another_persons_stairwell() {
    let (_, results) = story([
        (Who::Neighbour, write(1, "一切平安")),
        (Who::SocialWorker, write(1, "一切平安")),
        (Who::Former, write(1, "一切平安")),
        (Who::GridWorker, write(1, "一切平安")),
        (Who::Watcher, write(1, "一切平安")),
    ]);
    assert_eq!(results[..3], [(); 3].map(|()| rejected(Rejection::NoRight)));
    assert!(results[3].is_ok());
    assert_eq!(results[4], rejected(Rejection::EntryExists));
}

#[test]
fn what_was_written_before_a_post_ended_still_counts() {
    let mut written = command(0, Who::Former, write(1, "一切平安"));
    written.written = NOON.plus_minutes(-61);
    assert!(apply(&neighbourhood(), &written, Some(NOON)).is_ok());
}

#[test]
fn impossible_times_are_named_at_their_field() {
    let records = neighbourhood();
    let at = |written: Timestamp, happened: Option<Timestamp>, offset| {
        let mut act = write(1, "一切平安");
        if let Act::WriteEntry { form, .. } = &mut act {
            form.happened = happened;
        }
        let command = Command { written, clock_offset: offset, ..command(0, Who::Watcher, act) };
        apply(&records, &command, Some(NOON))
    };
    let wrong = |field, problem| rejected(FieldError::new(field, problem).into());
    let (hour, years) = (3_600_000, 30 * 365 * 86_400_000_i64);
    let long_ago = NOON.plus_millis(-years);
    assert!(at(NOON, None, None).is_ok());
    assert_eq!(at(long_ago, None, None), wrong(Field::Written, Problem::TooEarly));
    assert_eq!(at(NOON, Some(long_ago), None), wrong(Field::Happened, Problem::TooEarly));
    assert_eq!(at(NOON.plus_millis(hour), None, None), wrong(Field::Written, Problem::InFuture));
    let soon = Some(NOON.plus_millis(hour));
    assert_eq!(at(NOON, soon, None), wrong(Field::Happened, Problem::InFuture));
    let corrected = at(long_ago, None, Some(years)).map(|entry| entry.written());
    assert_eq!(corrected, Ok(NOON), "a clock that is known to be wrong stops nobody");
}

#[test]
fn late_uploads_are_marked_and_keep_the_time_of_writing() {
    let write = command(0, Who::Watcher, write(1, "一切平安"));
    let entry = |minutes| apply(&neighbourhood(), &write, Some(NOON.plus_minutes(minutes))).unwrap();
    assert!(!entry(9).first.times.is_late_upload());
    assert!(entry(10).first.times.is_late_upload());
    assert_eq!(entry(60 * 24 * 40).written(), NOON);
}

#[test]
fn refused_words_are_still_there_as_they_were_meant() {
    let records = neighbourhood();
    let mut act = write(1, "漏\u{202E}水");
    if let Act::WriteEntry { form, micro_grid, .. } = &mut act {
        *micro_grid = "not a code".into();
        form.category = "99".into();
        form.spot = "12-9".into();
    }
    let refused = command(0, Who::Neighbour, act);
    assert!(apply(&records, &refused, None).is_err());
    let entry = as_meant(&records, &refused).unwrap();
    assert_eq!(entry.content().part(Part::Problem), Some("漏水"));
    assert_eq!(entry.content().spot().title(), "12-9");
    assert_eq!(entry.author, Who::Neighbour.id());
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn any_story_replays_to_the_same_entries_and_nothing_written_goes_away(story in any_story(14)) {
        let mut records = neighbourhood();
        let mut accepted = Vec::new();
        for command in &story {
            let before = records.clone();
            let id = command.act.entry();
            let once = apply(&records, command, Some(received(command)));
            prop_assert_eq!(&once, &apply(&records, command, Some(received(command))));
            let Ok(after) = once else { continue };
            accepted.push(command.clone());
            prop_assert!(after.has_step(command.id));
            if let Some(entry) = before.entry(id) {
                prop_assert!(has_grown(entry, &after));
                prop_assert!(texts(&after).len() >= texts(entry).len());
            }
            records.absorb(Change::Entry(after));
            let others = |records: &Records| records.entries.iter().filter(|(other, _)| **other != id).count();
            prop_assert_eq!(others(&before), others(&records));
        }
        let mut replayed = neighbourhood();
        for command in &accepted {
            prop_assert!(take(&mut replayed, command).is_ok());
        }
        prop_assert_eq!(replayed, records);
    }

    #[test]
    fn the_same_push_again_leaves_what_was_taken_and_gets_the_same_answers(
        story in any_story(12),
        turn in 0_usize..12,
    ) {
        let mut batch: Vec<String> = story.iter().map(|command| command.to_bytes().unwrap()).collect();
        batch.rotate_left(turn.min(story.len()));
        let mut server = Server::knowing(neighbourhood());
        server.push(&batch);
        let (first, position) = (server.push(&batch), server.position);
        let second = server.push(&batch);
        for (one, other) in first.iter().zip(&second) {
            // Only what was refused may be taken later, when what it lacked has come.
            let refused = matches!(one.outcome, Outcome::Rejected { .. });
            prop_assert!(one == other || refused, "{one:?}, then {other:?}");
        }
        let refused_again = first == second;
        prop_assert!(!refused_again || server.position == position);
        let ids = server.accepted.iter().map(|command| command.id);
        prop_assert_eq!(ids.clone().collect::<BTreeSet<_>>().len(), ids.count(), "nothing is doubled");
    }

    #[test]
    fn absurd_clocks_never_panic(written in any::<i64>(), offset in any::<Option<i64>>(), received in any::<Option<i64>>()) {
        let records = neighbourhood();
        for act in [write(1, "一切平安"), comment(1, "好")] {
            let at = Timestamp::from_millis(written);
            let command = Command { written: at, clock_offset: offset, ..command(0, Who::Watcher, act) };
            let entry = apply(&records, &command, received.map(Timestamp::from_millis));
            if let Ok(entry) = entry {
                prop_assert!(entry.written() >= Timestamp::EARLIEST);
                let _ = (entry.written().day().spoken(), entry.first.times.is_late_upload());
            }
            let _ = as_meant(&records, &command);
        }
    }
}
