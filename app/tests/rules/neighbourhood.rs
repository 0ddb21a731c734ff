//! A neighbourhood of two stairwells in two grids, the people who look after it, and the commands they give.

use app::domain::{
    Act, Category, Change, Command, CommandId, DeviceId, Door, DoorLabel, Entry, EntryForm, EntryId, Membership,
    MicroGrid, MicroGridCode, Part, PersonCard, PersonId, PlaceCode, Records, Role, Sha256Hex, Template, Timestamp,
    Urgency, YardCode, apply,
};
use app::sync::{Outbox, Queued, QueuedState};
use proptest::prelude::*;
use uuid::Uuid;

pub const COMMUNITY: &str = "210102025900";
pub const GRID: &str = "210102025900003";
pub const STAIRWELL: &str = "210102025900003017";
pub const OTHER_STAIRWELL: &str = "210102025900004001";

/// 2025-11-17 12:00 in Shanghai.
pub const NOON: Timestamp = Timestamp::from_millis(1_763_352_000_000);

/// The people, in the order of the demo's ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// 王某兰, watcher of the stairwell.
    Watcher,
    /// 于某芳, watcher of the other stairwell.
    Neighbour,
    /// 赵某, grid worker.
    GridWorker,
    /// 李某, social worker of the grid.
    SocialWorker,
    /// 孙某, who is nothing here any more.
    Former,
    /// 周某, second watcher of the stairwell (代班, DOMAIN.md 1).
    StandIn,
}

impl Who {
    pub const ALL: [Self; 6] =
        [Self::Watcher, Self::Neighbour, Self::GridWorker, Self::SocialWorker, Self::Former, Self::StandIn];

    pub fn id(self) -> PersonId {
        Uuid::from_u128(0xA000 + self as u128).into()
    }

    pub fn card(self) -> PersonCard {
        let (name, role, place) = match self {
            Self::Watcher => ("王某兰", Role::Watcher, STAIRWELL),
            Self::Neighbour => ("于某芳", Role::Watcher, OTHER_STAIRWELL),
            Self::GridWorker => ("赵某", Role::GridWorker, GRID),
            Self::SocialWorker => ("李某", Role::SocialWorker, GRID),
            Self::Former => ("孙某", Role::Watcher, STAIRWELL),
            Self::StandIn => ("周某", Role::Watcher, STAIRWELL),
        };
        let until = (self == Self::Former).then(|| NOON.plus_minutes(-60));
        let post = Membership { until, ..membership(role, place) };
        PersonCard { id: self.id(), name: name.into(), agency: None, memberships: vec![post] }
    }
}

pub fn membership(role: Role, place: &str) -> Membership {
    Membership { role, place: PlaceCode::parse(place).unwrap(), from: Timestamp::EARLIEST, until: None }
}

pub fn stairwell(code: &str) -> MicroGrid {
    let floors = (1..=7).rev().map(|floor| (1..=3).map(move |flat| door(&format!("{floor}-{flat}"))));
    MicroGrid {
        code: MicroGridCode::parse(code).unwrap(),
        yard: YardCode::parse("Y02").unwrap(),
        yard_name: "八经街46号院".into(),
        unit_name: "3单元".into(),
        floors: floors.map(Iterator::collect).collect(),
        water_valve: None,
        power_switch: None,
    }
}

fn door(label: &str) -> Door {
    Door { label: DoorLabel::parse(label).unwrap(), vacant: false }
}

/// What everybody knows before anything is written.
pub fn neighbourhood() -> Records {
    let mut records = Records::default();
    for code in [STAIRWELL, OTHER_STAIRWELL] {
        records.absorb(Change::MicroGrid(stairwell(code)));
    }
    for who in Who::ALL {
        records.absorb(Change::Person(who.card()));
    }
    records
}

pub fn entry_id(n: u8) -> EntryId {
    Uuid::from_u128(0xE000 + u128::from(n)).into()
}

pub fn command_id(n: usize) -> CommandId {
    Uuid::from_u128(0xC000 + n as u128).into()
}

pub fn form(problem: &str) -> EntryForm {
    EntryForm {
        category: Category::CareVisit.code().into(),
        spot: "5-2".into(),
        problem: problem.into(),
        urgency: Urgency::Ordinary.code().into(),
        ..EntryForm::default()
    }
}

pub fn write(entry: u8, problem: &str) -> Act {
    let micro_grid = STAIRWELL.into();
    Act::WriteEntry { entry: entry_id(entry), micro_grid, form: form(problem) }
}

pub fn amend(entry: u8, replaces: usize, problem: &str) -> Act {
    let (entry, replaces) = (entry_id(entry), command_id(replaces));
    Act::AmendEntry { entry, replaces, form: form(problem) }
}

pub fn send_back(entry: u8, question: &str) -> Act {
    Act::SendBack { entry: entry_id(entry), part: Part::Feedback, question: question.into() }
}

pub fn answer(entry: u8, question: usize, text: &str) -> Act {
    let (entry, question) = (entry_id(entry), command_id(question));
    Act::Answer { entry, question, text: text.into() }
}

pub fn comment(entry: u8, text: &str) -> Act {
    Act::Comment { entry: entry_id(entry), text: text.into() }
}

/// The `n`-th command of a story, given `n` minutes after noon.
pub fn command(n: usize, who: Who, act: Act) -> Command {
    Command {
        id: command_id(n),
        author: who.id(),
        device: DeviceId::from(Uuid::from_u128(0xD0)),
        written: NOON.plus_minutes(i64::try_from(n).unwrap()),
        clock_offset: None,
        act,
    }
}

/// The watcher's entry number `n`, written in the minute `minute` after noon.
pub fn entry(n: u8, minute: i64, form: EntryForm) -> Entry {
    let act = Act::WriteEntry { entry: entry_id(n), micro_grid: STAIRWELL.into(), form };
    let mut command = command(usize::from(n), Who::Watcher, act);
    command.written = NOON.plus_minutes(minute);
    apply(&neighbourhood(), &command, None).unwrap()
}

pub fn queued(command: Command) -> Queued {
    Queued::new(command).unwrap()
}

pub fn outbox(commands: impl IntoIterator<Item = Command>) -> Outbox {
    Outbox::restored(commands.into_iter().map(queued).collect())
}

pub fn outbox_in(items: impl IntoIterator<Item = (Command, QueuedState)>) -> Outbox {
    let queued = |(command, state)| Queued { state, ..queued(command) };
    Outbox::restored(items.into_iter().map(queued).collect())
}

/// The `n`-th photo, as a form names it.
pub fn photo(n: u8) -> String {
    ["photo:250000:", &Sha256Hex::of(&[n]).0].concat()
}

/// Every text of an entry, in its order.
pub fn texts(entry: &Entry) -> Vec<String> {
    let parts = entry
        .versions()
        .flat_map(|version| Part::ALL.into_iter().filter_map(|part| version.content.part(part).map(str::to_owned)));
    let reviews = entry.reviews.iter().map(|event| serde_json::to_string(&event.act).unwrap());
    parts.chain(reviews).collect()
}

/// How often what comes from outside is tried: 10,000 times with each test run, `WATCHLOG_CASES` times in `make soak`.
pub fn many_cases() -> ProptestConfig {
    let cases = std::env::var("WATCHLOG_CASES").ok().map_or(10_000, |cases| cases.parse().unwrap());
    ProptestConfig::with_cases(cases)
}

/// Forms as people fill them in, right and wrong.
pub fn any_form() -> impl Strategy<Value = EntryForm> {
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
            happened: happened.map(|millis| NOON.plus_millis(millis)),
            subjects: Vec::new(),
            attachments,
        },
    )
}

/// Anything that could be asked about three entries and the first `commands` commands.
pub fn any_act(commands: usize) -> impl Strategy<Value = Act> {
    let entry = || (1_u8..=3).prop_map(entry_id);
    let earlier = || (0..commands).prop_map(command_id);
    let place = prop::sample::select(vec![STAIRWELL, STAIRWELL, STAIRWELL, OTHER_STAIRWELL, "1"]);
    let part = prop::sample::select(Part::ALL.to_vec());
    let text = || prop::sample::select(vec!["记录清楚", "紧急联系人？", "", "女儿\u{200B}"]);
    prop_oneof![
        3 => (entry(), place, any_form()).prop_map(|(entry, place, form)| Act::WriteEntry {
            entry,
            micro_grid: place.into(),
            form,
        }),
        2 => (entry(), earlier(), any_form())
            .prop_map(|(entry, replaces, form)| Act::AmendEntry { entry, replaces, form }),
        1 => entry().prop_map(|entry| Act::WithdrawEntry { entry }),
        1 => entry().prop_map(|entry| Act::MarkRead { entry }),
        1 => (entry(), text()).prop_map(|(entry, text)| Act::Comment { entry, text: text.into() }),
        2 => (entry(), part, text())
            .prop_map(|(entry, part, question)| Act::SendBack { entry, part, question: question.into() }),
        2 => (entry(), earlier(), text())
            .prop_map(|(entry, question, text)| Act::Answer { entry, question, text: text.into() }),
    ]
}

/// A story of up to `most` commands by anybody, in the order in which they were given.
pub fn any_story(most: usize) -> impl Strategy<Value = Vec<Command>> {
    let who = prop::sample::select(vec![
        Who::Watcher,
        Who::Watcher,
        Who::Watcher,
        Who::SocialWorker,
        Who::SocialWorker,
        Who::GridWorker,
        Who::Neighbour,
        Who::Former,
    ]);
    prop::collection::vec((who, any_act(most)), 0..=most)
        .prop_map(|acts| acts.into_iter().enumerate().map(|(n, (who, act))| command(n, who, act)).collect())
}
