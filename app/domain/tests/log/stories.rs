//! Any story: whatever anybody sends, in whatever order, is taken or refused with a reason, never a panic; what was taken
//! stays; phone and server agree.

use crate::neighbourhood::*;
use domain::kernel::{Command, FieldChange, Job, Refusal, Sha256, Span, Timestamp};
use domain::log::{Act, Did, Entry, EntryContent, EntryField, EntryForm, Part, Step, Template};
use proptest::prelude::*;

/// Forms as people fill them in, right and wrong.
fn any_form() -> impl Strategy<Value = EntryForm> {
    let category = prop::sample::select(vec!["01", "03", "06", "09", "09", "13", ""]);
    let spot = prop::sample::select(vec!["5-2", "7-3", "stairwell", "yard", "9-9", ""]);
    let problem = prop::sample::select(vec!["一切平安", "下水返味", "灯不亮\n三楼", " ", "漏\u{202E}水"]);
    let template = prop::option::of(0..Template::ALL.len());
    let happened = prop::option::of(-100_000_000_i64..600_000);
    let photos = prop::collection::vec((0_u8..20).prop_map(photo), 0..3);
    (category, spot, problem, template, happened, "[1-5]", photos).prop_map(
        |(category, spot, problem, template, happened, urgency, attachments)| EntryForm {
            category: category.into(),
            template: template.map(|index| Template::ALL[index].code.to_owned()).unwrap_or_default(),
            spot: spot.into(),
            problem: problem.into(),
            measures: "已登记".into(),
            feedback: String::new(),
            urgency,
            happened: happened.map(|millis| NOON.plus(Span::from_millis(millis))),
            subjects: Vec::new(),
            attachments,
        },
    )
}

/// Changes as phones make them, and such as none makes.
fn any_changes() -> impl Strategy<Value = Vec<FieldChange>> {
    let key = prop::sample::select(EntryField::ALL.to_vec()).prop_map(EntryField::key);
    let value = || {
        let words =
            vec!["", "09", "4", "5-2", "yard", "一切平安", "下水返味", "已登记", "1763352000000", "漏\u{202E}水"];
        let words = prop::sample::select(words).prop_map(str::to_owned);
        prop::option::of(prop_oneof![words, (0_u8..9).prop_map(photo)])
    };
    let wild = (key, value(), value()).prop_map(|(key, from, to)| FieldChange { field: key.to_owned(), from, to });
    let wild = prop::collection::vec(wild, 0..4);
    prop_oneof![wild, (any_form(), any_form()).prop_map(|(from, to)| from.changes_to(&to))]
}

/// Anything that could be asked about an entry and the first `commands` commands.
fn any_act(commands: usize) -> impl Strategy<Value = Act> {
    let earlier = move || (0..commands).prop_map(command_id);
    let part = prop::sample::select(Part::ALL.to_vec());
    let text = || prop::sample::select(vec!["记录清楚", "紧急联系人？", "", "女儿\u{200B}"]);
    prop_oneof![
        6 => any_form().prop_map(|form| Act::WriteEntry { form }),
        8 => (earlier(), any_changes()).prop_map(|(seen, changes)| Act::AmendEntry { seen, changes }),
        2 => Just(Act::WithdrawEntry {}),
        2 => earlier().prop_map(|version| Act::MarkRead { version }),
        2 => (earlier(), text()).prop_map(|(version, text)| Act::Comment { version, text: text.into() }),
        4 => (earlier(), part, text())
            .prop_map(|(version, part, question)| Act::SendBack { version, part, question: question.into() }),
        4 => (earlier(), text()).prop_map(|(question, text)| Act::Answer { question, text: text.into() }),
        2 => (0_u8..20).prop_map(|n| Act::TakeBlob { sha256: Sha256::of(&[n]) }),
        1 => text().prop_map(|why| Act::SetAsideEntry { why: why.into() }),
        1 => text().prop_map(|why| Act::EraseEntry { why: why.into() }),
    ]
}

/// A story of up to `most` commands by anybody, in the order in which they were given.
fn any_story(most: usize) -> impl Strategy<Value = Vec<Command>> {
    let who = prop::sample::select(vec![
        Who::Watcher,
        Who::Watcher,
        Who::Watcher,
        Who::StandIn,
        Who::SocialWorker,
        Who::SocialWorker,
        Who::GridWorker,
        Who::Both,
        Who::Neighbour,
        Who::Former,
    ]);
    let command = |(n, (who, entry, act, is_system)): (usize, (Who, u8, Act, bool))| {
        let is_the_systems = matches!(act, Act::TakeBlob { .. } | Act::SetAsideEntry { .. } | Act::EraseEntry { .. });
        if is_the_systems && is_system {
            by_the_system(n, Job::Operator, entry, &act)
        } else {
            command(n, who, entry, &act)
        }
    };
    prop::collection::vec((who, 1_u8..=2, any_act(most), prop::bool::weighted(0.9)), 0..=most)
        .prop_map(move |acts| acts.into_iter().enumerate().map(command).collect())
}

/// What the server adds, left out.
fn without_server(entry: &Entry) -> Entry {
    let mut entry = Entry { number: None, arrived: Vec::new(), ..entry.clone() };
    for step in &mut entry.steps {
        step.times.received = None;
    }
    entry
}

/// What the newest of its versions says.
fn newest(entry: &Entry) -> EntryContent {
    entry.versions().pop().unwrap().content
}

/// The second time such an act changes nothing; the arrival of bytes is never a step.
fn may_leave_no_step(command: &Command) -> bool {
    ["mark_read", "take_blob", "set_aside_entry", "erase_entry"].contains(&command.act_name())
}

/// What stays of a step when the words of its entry are erased.
fn without_words(entry: &Entry) -> Vec<Step> {
    entry.steps.iter().map(|step| Step { did: Did::Unknown {}, ..step.clone() }).collect()
}

proptest! {
    #![proptest_config(many_cases())]

    #[test]
    fn any_story_replays_to_the_same_entries_and_nothing_written_goes_away(story in any_story(14)) {
        let (mut world, mut phone) = (World::new(), World::new());
        let mut accepted = Vec::new();
        for command in &story {
            let before = world.clone();
            let once = world.take(command);
            let seen = phone.see(command);
            let bare = |taken: Result<Entry, Refusal>| taken.map(|entry| without_server(&entry));
            prop_assert_eq!(bare(once.clone()), bare(seen), "phone and server agree");
            prop_assert_eq!(&once, &before.clone().take(command), "the same again");
            let Ok(after) = once else { continue };
            accepted.push(command.clone());
            prop_assert!(after.has_step(command.head.id) || may_leave_no_step(command));
            prop_assert_eq!(newest(&after), after.content.clone());
            for n in [1, 2] {
                if !before.has_entry(n) {
                    continue;
                }
                let (was, now) = (before.entry(n), world.entry(n));
                prop_assert!(without_words(now).starts_with(&without_words(was)), "steps only grow");
                if was.erased().is_some() || now.erased().is_none() {
                    prop_assert!(now.steps.starts_with(&was.steps), "and keep their words");
                }
                prop_assert_eq!((was.author, was.place, &was.number), (now.author, now.place, &now.number));
                if n != u8::try_from(command.head.first().id.as_u128() & 0xFF).unwrap() {
                    prop_assert_eq!(was, now);
                }
            }
        }
        let mut replayed = World::new();
        for command in &accepted {
            prop_assert!(replayed.take(command).is_ok());
        }
        for n in [1, 2] {
            prop_assert!(!world.has_entry(n) || world.entry(n) == replayed.entry(n));
        }
    }

    #[test]
    fn what_was_refused_is_still_shown_to_its_author(story in any_story(10)) {
        let mut world = World::new();
        for command in &story {
            let Err(refusal) = world.take(command) else { continue };
            prop_assert!(matches!(refusal, Refusal::Rejected(_) | Refusal::WaitsFor(_) | Refusal::UnknownAct), "{refusal:?}");
            if let Some(entry) = world.as_meant(command) {
                prop_assert!(entry.has_step(command.head.id));
                prop_assert_eq!(newest(&entry), entry.content);
            }
        }
    }

    #[test]
    fn absurd_clocks_never_panic(written in any::<i64>(), offset in any::<Option<i64>>(), received in any::<i64>()) {
        let (world, _) = story([(Who::Watcher, write("一切平安"))]);
        let server = Server::at(Timestamp::from_millis(received));
        for (entry, who, act) in [
            (2, Who::Watcher, write("一切平安")),
            (1, Who::SocialWorker, comment(0, "好")),
            (1, Who::Watcher, change(0, "happened", "1763352000000", "1763352000000")),
        ] {
            let mut command = command(1, who, entry, &act);
            command.head.written = Timestamp::from_millis(written);
            command.head.offset = offset.map(Span::from_millis);
            if let Ok(entry) = world.clone().take_at(&command, &server) {
                prop_assert!(entry.written() >= Timestamp::EARLIEST);
                let step = entry.steps.last().unwrap();
                let _ = (entry.written().day().spoken(), step.times.is_late_upload());
            }
            let _ = world.as_meant(&command);
        }
    }
}
