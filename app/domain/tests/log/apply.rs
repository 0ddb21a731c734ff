//! What commands do: the same everywhere and at every replay, and nothing that was written ever goes away.

use crate::neighbourhood::*;
use domain::kernel::{
    Actor, Command, Field, Job, Problem, Record, Refusal, Rejection, Span, Times, Timestamp, Unreadable,
};
use domain::log::{Act, EntryFilter, EntryForm, Part, field, reason};
use domain::organisation::Place;
use std::sync::Arc;

/// 记下的时间, which the kernel looks at.
const WRITTEN: Field = Field {
    says: &[
        ("too_early", "手机上的日期太早了，到手机设置里把日期改对，再点保存。"),
        ("in_future", "手机上的时间走快了，到手机设置里把时间改对，再点保存。"),
    ],
    ..Field::chosen("written", "记下的时间")
};

#[test]
fn an_entry_that_was_taken_back_stays_and_takes_nothing_more() {
    let (world, results) = story([
        (Who::Watcher, write("写错了单元")),
        (Who::Watcher, Act::WithdrawEntry {}),
        (Who::SocialWorker, comment(0, "请补充")),
        (Who::Watcher, change(0, "feedback", "", "改一改")),
        (Who::Watcher, Act::WithdrawEntry {}),
        (Who::Watcher, answer(2, "女儿")),
    ]);
    let entry = world.entry(1);
    assert!(entry.withdrawn().is_some());
    assert_eq!(entry.content.part(Part::Problem), Some("写错了单元"));
    assert_eq!(entry.row().state, "withdrawn");
    assert_eq!(results[2..5], [(); 3].map(|()| rejected(reason::WITHDRAWN)));
    assert_eq!(results[5], rejected(reason::NO_SUCH_QUESTION));
    assert!(!EntryFilter::default().matches(entry, world.directory.tree()));
}

#[test]
fn an_entry_that_somebody_reacted_to_cannot_be_taken_back() {
    let (world, results) =
        story([(Who::Watcher, write("楼道有杂物")), (Who::GridWorker, read(0)), (Who::Watcher, Act::WithdrawEntry {})]);
    assert_eq!(results[2], rejected(reason::ALREADY_REVIEWED));
    assert_eq!(world.entry(1).withdrawn(), None);
}

#[test]
fn a_question_is_answered_once_and_only_by_the_author() {
    let (_, results) = story([
        (Who::Watcher, write("老人不舒服")),
        (Who::SocialWorker, send_back(0, "体温多少？")),
        (Who::Neighbour, answer(1, "三十七度")),
        (Who::SocialWorker, answer(1, "三十七度")),
        (Who::Watcher, answer(0, "三十七度")),
        (Who::Watcher, answer(1, "三十七度")),
        (Who::Watcher, answer(1, "三十八度")),
    ]);
    assert_eq!(results[2..4], [(); 2].map(|()| rejected(Rejection::NO_RIGHT)));
    assert_eq!(results[4], rejected(reason::NO_SUCH_QUESTION));
    assert!(results[5].is_ok());
    assert_eq!(results[6], rejected(reason::ALREADY_ANSWERED));
}

#[test]
fn work_on_an_entry_that_has_not_arrived_waits_for_it() {
    let late = command(1, Who::SocialWorker, 1, &comment(0, "好"));
    let waits = Err(Refusal::WaitsFor(late.head.first().clone()));
    assert_eq!(World::new().take(&late), waits);
}

#[test]
fn what_can_never_be_right_waits_for_nothing() {
    let mut world = World::new();
    let mut take = |who, act| world.take(&command(1, who, 1, &act));
    assert_eq!(take(Who::Watcher, comment(0, "好")), rejected(Rejection::NO_RIGHT), "reviews nowhere");
    assert_eq!(take(Who::SocialWorker, answer(0, "好")), rejected(Rejection::NO_RIGHT), "writes nowhere");
    assert_eq!(take(Who::SocialWorker, comment(0, " ")), wrong(field::COMMENT, Problem::Missing));
    assert_eq!(take(Who::Watcher, change(0, "urgency", "4", "很急")), wrong(field::URGENCY, Problem::Unknown));
    assert_eq!(take(Who::Watcher, change(0, "weather", "", "雨")), Err(Refusal::UnknownAct));
    let nothing = Act::AmendEntry { seen: command_id(0), changes: Vec::new() };
    assert_eq!(take(Who::Watcher, nothing), rejected(Rejection::MALFORMED));
}

#[test]
fn the_head_names_what_the_act_needs_and_nothing_else() {
    let mut world = World::new();
    let written = command(0, Who::Watcher, 1, &write("一切平安"));
    let mut without = written.clone();
    without.head.about.truncate(1);
    let mut with_more = written.clone();
    with_more.head.about.push(domain::organisation::Place::key_of(community(), Where::NextDoor.id()));
    let mut turned = written.clone();
    turned.head.about.reverse();
    for command in [without, with_more, turned] {
        assert_eq!(world.see_err(&command), Refusal::Rejected(Rejection::MALFORMED.into()));
    }
    world.take(&written).unwrap();
    let elsewhere = change(0, "feedback", "", "好");
    let elsewhere = command_of(1, Actor::Person(Who::Watcher.id()), 1, Where::NextDoor, &elsewhere);
    assert_eq!(world.take(&elsewhere), rejected(Rejection::MALFORMED));
}

impl World {
    fn see_err(&self, command: &Command) -> Refusal {
        self.clone().see(command).unwrap_err()
    }
}

#[test]
fn nobody_writes_in_another_persons_stairwell() {
    let (_, results) = story([
        (Who::Neighbour, write("一切平安")),
        (Who::SocialWorker, write("一切平安")),
        (Who::Former, write("一切平安")),
        (Who::GridWorker, write("一切平安")),
        (Who::Watcher, write("一切平安")),
    ]);
    assert_eq!(results[..3], [(); 3].map(|()| rejected(Rejection::NO_RIGHT)));
    assert!(results[3].is_ok());
    assert_eq!(results[4], rejected(Rejection::EXISTS));
}

#[test]
fn an_entry_hangs_on_a_stairwell() {
    let at = |place| {
        let actor = Actor::Person(Who::GridWorker.id());
        World::new().take(&command_of(0, actor, 1, place, &write("一切平安"))).map(|entry| entry.place)
    };
    assert_eq!(at(Where::NextDoor), Ok(Where::NextDoor.id()));
    let problem = wrong(field::PLACE, Problem::Unknown).map(|entry| entry.place);
    assert_eq!((at(Where::Yard), at(Where::Grid)), (problem.clone(), problem));
    assert_eq!(at(Where::OtherStairwell), rejected(Rejection::NO_RIGHT).map(|entry| entry.place));
}

#[test]
fn what_was_written_before_a_post_ended_still_counts_until_nobody_can_check_it() {
    let mut written = command(0, Who::Former, 1, &write("一切平安"));
    written.head.written = minutes(-61);
    let at = |days, is_decided| {
        let server = Server { is_decided, ..Server::at(NOON.plus(Span::days(days))) };
        World::new().take_at(&written, &server).map(|entry| entry.author)
    };
    assert_eq!(at(1, false), Ok(Who::Former.id()));
    assert_eq!(at(31, false), Err(Refusal::Held));
    assert_eq!(at(31, true), Ok(Who::Former.id()));
}

#[test]
fn impossible_times_are_named_at_their_field() {
    let at = |written: Timestamp, happened: Option<Timestamp>, offset| {
        let act = Act::WriteEntry { form: EntryForm { happened, ..form("一切平安") } };
        let mut command = command(0, Who::Watcher, 1, &act);
        (command.head.written, command.head.offset) = (written, offset);
        World::new().take_at(&command, &Server::at(NOON))
    };
    let years = Span::days(30 * 365);
    let (long_ago, soon) = (NOON.plus(years.negated()), minutes(60));
    assert!(at(NOON, None, None).is_ok());
    assert_eq!(at(long_ago, None, None), wrong(WRITTEN, Problem::TooEarly));
    assert_eq!(at(NOON, Some(long_ago), None), wrong(field::HAPPENED, Problem::TooEarly));
    assert_eq!(at(soon, None, None), wrong(WRITTEN, Problem::InFuture));
    assert_eq!(at(NOON, Some(soon), None), wrong(field::HAPPENED, Problem::InFuture));
    let corrected = at(long_ago, None, Some(years)).map(|entry| (entry.written(), entry.happened()));
    assert_eq!(corrected, Ok((NOON, NOON)), "a clock that is known to be wrong stops nobody");
}

#[test]
fn nothing_is_dated_before_what_it_works_on() {
    let mut world = World::new();
    world.take(&command(5, Who::Watcher, 1, &write("灯不亮"))).unwrap();
    let mut early = command(6, Who::SocialWorker, 1, &comment(5, "好"));
    early.head.written = minutes(-10_000);
    let step = world.take(&early).unwrap().steps.pop().unwrap();
    assert_eq!(step.times.corrected(), minutes(5));
    // Not even with a clock that is set to when a post still held.
    let mut early = command(7, Who::Former, 1, &change(5, "feedback", "", "换了"));
    early.head.written = minutes(-61);
    assert_eq!(world.take(&early), rejected(Rejection::NO_RIGHT));
}

#[test]
fn an_entry_is_not_dated_before_its_stairwell_and_its_clock_stops_nobody() {
    let written = |at: Timestamp, happened: Timestamp, who: Who| {
        let mut world = World::new();
        let made = Times { written: NOON, clock_offset: None, received: Some(NOON) };
        world.absorb(Arc::new(Place { made, changed: made, ..world.stairwell().clone() }));
        let act = Act::WriteEntry { form: EntryForm { happened: Some(happened), ..form("一切平安") } };
        let mut command = command(0, who, 1, &act);
        command.head.written = at;
        world.take_at(&command, &Server::at(minutes(60))).map(|entry| (entry.written(), entry.happened()))
    };
    let years = Span::days(4 * 365);
    let (years_ago, ten_before) = (NOON.plus(years.negated()), minutes(-10).plus(years.negated()));
    assert_eq!(written(years_ago, ten_before, Who::Watcher), Ok((NOON, minutes(-10))), "by the same clock");
    assert_eq!(written(minutes(5), minutes(1), Who::Watcher), Ok((minutes(5), minutes(1))));
    // Not even with a clock that is set to when a post still held.
    let refused = rejected(Rejection::NO_RIGHT).map(|entry| (entry.written(), entry.happened()));
    assert_eq!(written(minutes(-61), minutes(-61), Who::Former), refused);
}

#[test]
fn an_entry_is_set_aside_and_erased_not_before_its_newest_words() {
    for act in [Act::SetAsideEntry { why: "别人的隐私".to_owned() }, Act::EraseEntry { why: "本人要求".to_owned() }]
    {
        let (mut world, _) =
            story([(Who::Watcher, write("灯不亮")), (Who::Watcher, change(0, "feedback", "", "换了"))]);
        let mut early = by_the_system(2, Job::Operator, 1, &act);
        early.head.written = minutes(-5);
        let step = world.take_at(&early, &Server::at(minutes(60))).unwrap().steps.pop().unwrap();
        assert_eq!(step.times.corrected(), minutes(1), "{act:?}");
    }
}

#[test]
fn words_are_not_taken_back_before_they_were_written() {
    let mut world = World::new();
    world.take(&command(5, Who::Watcher, 1, &write("灯不亮"))).unwrap();
    world.take(&command(9, Who::StandIn, 1, &change(5, "feedback", "", "换了"))).unwrap();
    let mut early = command(10, Who::Watcher, 1, &Act::WithdrawEntry {});
    early.head.written = minutes(6);
    assert_eq!(world.take(&early).unwrap().withdrawn().unwrap().times.corrected(), minutes(9));
}

#[test]
fn a_stairwell_that_is_no_more_takes_what_was_written_before_and_nothing_after() {
    let mut world = World::new();
    let closed = Times { written: minutes(10), clock_offset: None, received: Some(minutes(10)) };
    let place = Place { closed: Some(closed), ..world.stairwell().clone() };
    world.absorb(Arc::new(place));
    let mut take = |n: usize| {
        let command = command(n, Who::Watcher, u8::try_from(n).unwrap(), &write("一切平安"));
        world.take_at(&command, &Server::at(minutes(60))).map(|entry| entry.author)
    };
    assert_eq!(take(9), Ok(Who::Watcher.id()), "written without signal");
    let refused = rejected(domain::organisation::reasons::CLOSED).map(|entry| entry.author);
    assert_eq!([take(10), take(11)], [refused.clone(), refused]);
}

#[test]
fn late_uploads_are_marked_and_keep_the_time_of_writing() {
    let written = command(0, Who::Watcher, 1, &write("一切平安"));
    let entry = |minute| World::new().take_at(&written, &Server::at(minutes(minute))).unwrap();
    assert!(!entry(9).steps[0].times.is_late_upload());
    assert!(entry(10).steps[0].times.is_late_upload());
    assert_eq!(entry(60 * 24 * 40).written(), NOON);
}

#[test]
fn the_server_gives_one_number_to_what_it_takes_and_none_to_what_it_does_not() {
    let server = Server::at(NOON);
    let mut world = World::new();
    let entry = world.take_at(&command(0, Who::Watcher, 1, &write("一切平安")), &server).unwrap();
    assert_eq!(entry.number.unwrap().as_str(), "HPXC-20251117-0001");
    assert!(world.take_at(&command(0, Who::Neighbour, 2, &write("一切平安")), &server).is_err());
    assert!(world.take_at(&command(0, Who::Watcher, 1, &write("一切平安")), &server).is_err());
    assert_eq!(server.numbers_given(), 1);
    assert_eq!(World::new().see(&command(0, Who::Watcher, 1, &write("一切平安"))).unwrap().number, None);
}

#[test]
fn an_entry_that_was_set_aside_is_kept_and_takes_nothing_more() {
    let why = Act::SetAsideEntry { why: "别人的隐私".to_owned() };
    let (mut world, _) = story([(Who::Watcher, write("灯不亮")), (Who::SocialWorker, send_back(0, "几楼？"))]);
    assert_eq!(world.take(&command(2, Who::GridWorker, 1, &why)), rejected(Rejection::NO_RIGHT));
    let entry = world.take(&by_the_system(3, Job::Operator, 1, &why)).unwrap();
    assert_eq!(entry.set_aside().map(|why| why.as_str()), Some("别人的隐私"));
    assert_eq!((entry.row().state, entry.stays_open()), ("set_aside", false));
    assert!(!EntryFilter::default().matches(&entry, world.directory.tree()));
    for (who, act) in [
        (Who::Watcher, answer(1, "三楼")),
        (Who::Watcher, change(0, "feedback", "", "换了")),
        (Who::Watcher, Act::WithdrawEntry {}),
        (Who::SocialWorker, read(0)),
        (Who::SocialWorker, comment(0, "好")),
    ] {
        assert_eq!(world.take(&command(4, who, 1, &act)), rejected(Rejection::SET_ASIDE), "{act:?}");
    }
    assert_eq!(world.take(&by_the_system(5, Job::Operator, 1, &why)), Ok(entry), "once more changes nothing");
}

#[test]
fn refused_words_are_still_there_as_they_were_meant() {
    let world = World::new();
    let form = EntryForm { category: "99".into(), spot: "12-9".into(), ..form("漏\u{202E}水") };
    let refused = command(0, Who::Neighbour, 1, &Act::WriteEntry { form });
    assert!(world.clone().see(&refused).is_err());
    let entry = world.as_meant(&refused).unwrap();
    assert_eq!(entry.content.part(Part::Problem), Some("漏水"));
    assert_eq!(entry.content.spot().title(), "12-9");
    assert_eq!(entry.author, Who::Neighbour.id());
}

#[test]
fn a_refused_change_never_hides_the_newer_one_that_mended_it() {
    let (world, results) = story([
        (Who::Watcher, write("灯不亮")),
        (Who::Watcher, change(0, "problem", "灯不亮", &"水".repeat(2_001))),
        (Who::Watcher, change(0, "problem", "灯不亮", "灯全不亮")),
    ]);
    assert!(results[1].is_err());
    let long = Act::AmendEntry {
        seen: command_id(0),
        changes: form("灯不亮")
            .changes_to(&EntryForm { feedback: "明天\u{200B}换".into(), ..form(&"水".repeat(2_001)) }),
    };
    let entry = world.as_meant(&command(1, Who::Watcher, 1, &long)).unwrap();
    assert_eq!(entry.content.part(Part::Problem), Some("灯全不亮"));
    assert_eq!(entry.content.part(Part::Feedback), Some("明天换"));
    let said: Vec<_> = entry.versions().into_iter().map(|one| one.content.part(Part::Problem).unwrap().len()).collect();
    assert_eq!(said, ["灯不亮".len(), 3 * 2_001, "灯全不亮".len()]);
    assert_eq!(entry.version(), command_id(2));
}

#[test]
fn what_carries_no_words_means_nothing_more() {
    let (world, _) = story([(Who::Watcher, write("灯不亮"))]);
    for act in [Act::WithdrawEntry {}, read(0)] {
        assert!(world.as_meant(&command(1, Who::Neighbour, 1, &act)).is_none());
    }
    let question = world.as_meant(&command(1, Who::Neighbour, 1, &send_back(0, "几楼\u{200B}？"))).unwrap();
    assert_eq!(question.open_questions().next().unwrap().asked.question.as_str(), "几楼？");
}

#[test]
fn an_act_of_a_newer_version_is_told_from_a_broken_one() {
    let world = World::new();
    let with = |act: &str| Command { act: act.to_owned(), ..command(0, Who::Watcher, 1, &write("一切平安")) };
    let newer = world.see_err(&with(r#"{"withdraw_entry":{"why":"写错了"}}"#));
    assert_eq!(newer, Refusal::UnknownAct);
    assert_eq!(world.see_err(&with(r#"{"fold_entry":{}}"#)), Refusal::UnknownAct);
    let broken: Refusal = Unreadable::malformed("").into();
    assert_eq!(world.see_err(&with(r#"{"mark_read":{}}"#)), broken);
    let part = r#"{"send_back":{"version":"01890000-0000-7000-8000-000000000001","part":"weather","question":"雨？"}}"#;
    assert_eq!(world.see_err(&with(part)), Refusal::UnknownAct);
}
