//! Reviews name the version that they were made on: what was changed or answered meanwhile is unread again.

use crate::neighbourhood::*;
use domain::kernel::{Record, Role};
use domain::log::{Act, Did, Entry, MayReview, ReviewState, reason};

fn states(acts: Vec<(Who, Act)>) -> Vec<ReviewState> {
    story(acts).1.into_iter().map(|entry| entry.unwrap().review_state()).collect()
}

#[test]
fn a_conversation_about_an_entry_goes_its_way() {
    let acts = vec![
        (Who::Watcher, write("张大娘感冒两天")),
        (Who::SocialWorker, read(0)),
        (Who::SocialWorker, send_back(0, "紧急联系人？")),
        (Who::Watcher, answer(2, "女儿，已告知")),
        (Who::SocialWorker, comment(3, "记录清楚")),
    ];
    let expected = [
        ReviewState::New,
        ReviewState::Read,
        ReviewState::AwaitingAnswer,
        ReviewState::Answered,
        ReviewState::Commented,
    ];
    assert_eq!(states(acts), expected);
}

#[test]
fn what_changed_after_somebody_looked_is_unread_again() {
    use ReviewState::{Commented, New, Read};
    let changed = |from: &str, to: &str| (Who::Watcher, change(0, "feedback", from, to));
    let acts = vec![
        (Who::Watcher, write("灯不亮")),
        (Who::SocialWorker, read(0)),
        changed("", "已换"),
        (Who::GridWorker, read(0)),
        (Who::GridWorker, read(2)),
        (Who::SocialWorker, comment(2, "好")),
        (Who::GridWorker, read(2)),
        changed("已换", "已换，三楼"),
    ];
    assert_eq!(states(acts), [New, Read, New, New, Read, Commented, Commented, New]);
}

#[test]
fn a_comment_counts_for_the_words_that_it_was_made_on_and_stays_whatever_is_said_after_it() {
    use ReviewState::{Commented, New};
    let (world, results) = story([
        (Who::Watcher, write("灯不亮")),
        (Who::Watcher, change(0, "feedback", "", "已换")),
        (Who::SocialWorker, comment(0, "换了吗？")),
        (Who::SocialWorker, comment(1, "好")),
        (Who::Watcher, change(1, "feedback", "已换", "已换，三楼")),
    ]);
    let entries: Vec<_> = results.into_iter().map(Result::unwrap).collect();
    assert_eq!(entries.iter().map(Entry::review_state).collect::<Vec<_>>(), [New, New, New, Commented, New]);
    assert_eq!(entries[2].row().state, "new", "lists of what is unread have it");
    let comments = |entry: &Entry| entry.steps.iter().filter(|step| matches!(step.did, Did::Commented(_))).count();
    assert_eq!(comments(world.entry(1)), 2);
    assert_eq!(entries.iter().map(Entry::is_commented).collect::<Vec<_>>(), [false, false, true, true, true]);
}

#[test]
fn whoever_read_the_entry_before_an_answer_has_not_read_the_answer() {
    use ReviewState::{Answered, AwaitingAnswer, New, Read};
    let acts = vec![
        (Who::Watcher, write("老人不舒服")),
        (Who::SocialWorker, send_back(0, "体温多少？")),
        (Who::Watcher, answer(1, "三十七度")),
        (Who::GridWorker, read(0)),
        (Who::GridWorker, comment(0, "好")),
        (Who::SocialWorker, read(2)),
    ];
    assert_eq!(states(acts), [New, AwaitingAnswer, Answered, Answered, Answered, Read]);
}

#[test]
fn read_stands_once_per_version_and_role() {
    let (world, results) = story([
        (Who::Watcher, write("灯不亮")),
        (Who::SocialWorker, read(0)),
        (Who::Colleague, read(0)),
        (Who::SocialWorker, read(0)),
        (Who::GridWorker, read(0)),
        (Who::Watcher, change(0, "feedback", "", "已换")),
        (Who::Colleague, read(5)),
    ]);
    assert!(results.iter().all(Result::is_ok));
    let entry = world.entry(1);
    let reads: Vec<_> = entry.steps.iter().filter_map(|step| Some((step.id, step.reviewed()?.1))).collect();
    let expected = [(1, Role::SocialWorker), (4, Role::GridWorker), (6, Role::SocialWorker)];
    assert_eq!(reads, expected.map(|(n, role)| (command_id(n), role)));
    assert!(entry.is_read_as(Role::SocialWorker) && !entry.is_read_as(Role::GridWorker));
}

#[test]
fn an_act_on_an_older_version_counts_for_that_and_one_on_none_is_refused() {
    let (world, results) = story([
        (Who::Watcher, write("灯不亮")),
        (Who::Watcher, change(0, "feedback", "", "已换")),
        (Who::SocialWorker, comment(0, "换了吗？")),
        (Who::SocialWorker, read(7)),
        (Who::SocialWorker, comment(2, "好")),
    ]);
    assert!(results[2].is_ok());
    let reviewed = world.entry(1).steps.last().unwrap().reviewed();
    assert_eq!(reviewed, Some((command_id(0), Role::SocialWorker)));
    assert_eq!(results[3..], [(); 2].map(|()| rejected(reason::NO_SUCH_VERSION)), "a comment is no version");
}

#[test]
fn who_wrote_some_of_the_words_does_not_review_them() {
    let may = |world: &World, entry: &Entry| {
        let posts = world.directory.memberships(Who::Both.id());
        MayReview::find(&rights(world, Who::Both, posts), entry).is_some()
    };
    let (mut world, _) = story([(Who::Watcher, write("灯不亮"))]);
    assert!(may(&world, world.entry(1)));
    world.take(&command(1, Who::Both, 1, &change(0, "feedback", "", "已换"))).unwrap();
    assert!(!may(&world, world.entry(1)));
    let refused = world.take(&command(2, Who::Both, 1, &read(1)));
    assert_eq!(refused, rejected(domain::kernel::Rejection::NO_RIGHT));
    assert!(world.take(&command(3, Who::SocialWorker, 1, &read(1))).is_ok());
}

#[test]
fn whoever_reads_a_version_under_the_name_that_its_device_gives_it_has_read_it() {
    let (_, form) = crate::amend::first();
    let one = crate::amend::with(&form, |form| form.feedback = "明天换".into());
    let other = crate::amend::with(&form, |form| form.measures = "已报修".into());
    let changes = [(1, Who::StandIn, 0, &form, &one), (2, Who::Watcher, 0, &form, &other)];
    let (mut world, entry) = crate::amend::after(&changes);
    assert_ne!(entry.version(), command_id(2), "both together have a name of their own");
    let read = world.take(&command(3, Who::SocialWorker, 1, &read(2))).unwrap();
    assert!(read.is_read_as(Role::SocialWorker));
    assert_eq!(read.steps.last().unwrap().reviewed(), Some((entry.version(), Role::SocialWorker)));
    let again = Act::MarkRead { version: entry.version() };
    assert_eq!(world.take(&command(4, Who::Colleague, 1, &again)).unwrap().steps, read.steps, "once is enough");
}

#[test]
fn a_question_waits_for_the_author_alone_and_for_nobody_once_the_entry_is_taken_back() {
    let (world, _) = story([(Who::Watcher, write("一切平安")), (Who::GridWorker, send_back(0, "几点？"))]);
    let mut entry = world.entry(1).clone();
    assert_eq!(Who::ALL.map(|who| entry.questions_to(who.id()).count()), [1, 0, 0, 0, 0, 0, 0, 0]);
    let mut step = entry.steps[0].clone();
    step.did = Did::Withdrew {};
    entry.steps.push(step);
    assert_eq!((entry.open_questions().count(), entry.questions_to(Who::Watcher.id()).count()), (1, 0));
}

#[test]
fn an_entry_stays_open_as_long_as_a_question_does() {
    let (_, results) = story([
        (Who::Watcher, write("老人不舒服")),
        (Who::SocialWorker, send_back(0, "体温多少？")),
        (Who::Watcher, answer(1, "三十七度")),
    ]);
    let open: Vec<_> = results.iter().map(|entry| entry.as_ref().unwrap().stays_open()).collect();
    assert_eq!(open, [false, true, false]);
    let asked = results[1].as_ref().unwrap();
    assert_eq!(asked.questions_to(Who::Watcher.id()).count(), 1);
    assert_eq!(asked.questions_to(Who::StandIn.id()).count(), 0);
}

#[test]
fn whoever_reviews_learns_whether_there_is_something_left_to_read() {
    let (mut world, _) = story([(Who::Watcher, write("灯不亮")), (Who::SocialWorker, read(0))]);
    let is_done = |world: &World, who: Who| {
        let posts = world.directory.memberships(who.id());
        MayReview::find(&rights(world, who, posts), world.entry(1)).unwrap().is_done()
    };
    assert!(is_done(&world, Who::Colleague) && !is_done(&world, Who::GridWorker));
    world.take(&command(2, Who::Watcher, 1, &change(0, "feedback", "", "已换"))).unwrap();
    assert!(!is_done(&world, Who::Colleague));
}
