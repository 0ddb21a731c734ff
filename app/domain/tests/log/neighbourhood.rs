//! A neighbourhood of two stairwells in two grids, the people who look after it, and the commands they give.

use domain::kernel::{
    Actor, AnyRecord, Command, CommandId, CommunityId, Day, DeviceId, EntryId, Field, FieldChange, FieldError, Head,
    Job, Known, Look, Membership, PersonId, PlaceId, PlaceKind, Problem, Reason, RecordKey, Refusal, Rejection, Rights,
    Role, ServerSide, Sha256, Shared, Span, Times, Timestamp, Tree,
};
use domain::kinds::Kinds;
use domain::log::{Act, Category, Entry, EntryForm, Part, Urgency};
use domain::organisation::{Directory, Door, DoorLabel, Person, Place};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// 2025-11-17 12:00 in Shanghai.
pub const NOON: Timestamp = Timestamp::from_millis(1_763_352_000_000);

pub fn minutes(minutes: i64) -> Timestamp {
    NOON.plus(Span::minutes(minutes))
}

pub fn community() -> CommunityId {
    Uuid::from_u128(0x0C0).into()
}

/// The places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Community = 0x0C0,
    Grid = 0xF1,
    OtherGrid = 0xF2,
    Yard = 0xF3,
    /// 八经街46号院3单元
    Stairwell = 0xF4,
    /// Another one in the same yard.
    NextDoor = 0xF5,
    /// One in the other grid.
    OtherStairwell = 0xF6,
}

impl Where {
    pub const ALL: [Self; 7] = [
        Self::Community,
        Self::Grid,
        Self::OtherGrid,
        Self::Yard,
        Self::Stairwell,
        Self::NextDoor,
        Self::OtherStairwell,
    ];

    pub fn id(self) -> PlaceId {
        Uuid::from_u128(self as u128).into()
    }

    fn place(self) -> Option<Place> {
        let (kind, parent, name) = match self {
            Self::Community => return None,
            Self::Grid => (PlaceKind::Grid, Self::Community, "第三网格"),
            Self::OtherGrid => (PlaceKind::Grid, Self::Community, "第四网格"),
            Self::Yard => (PlaceKind::Yard, Self::Grid, "八经街46号院"),
            Self::Stairwell => (PlaceKind::Stairwell, Self::Yard, "3单元"),
            Self::NextDoor => (PlaceKind::Stairwell, Self::Yard, "4单元"),
            Self::OtherStairwell => (PlaceKind::Stairwell, Self::OtherGrid, "1单元"),
        };
        let floors = (1..=7).rev().map(|floor| (1..=3).map(move |flat| Door::new(label(&format!("{floor}-{flat}")))));
        let floors = floors.map(Iterator::collect).collect();
        Some(Place {
            id: self.id(),
            community: community(),
            kind,
            parent: parent.id(),
            name: name.to_owned(),
            code: None,
            floors: if kind == PlaceKind::Stairwell { floors } else { Vec::new() },
            water_valve: None,
            power_switch: None,
            closed: None,
            made: long_ago(),
            changed: long_ago(),
        })
    }
}

pub fn label(text: &str) -> DoorLabel {
    DoorLabel::parse(text).unwrap()
}

fn long_ago() -> Times {
    Times { written: Timestamp::EARLIEST, clock_offset: None, received: Some(Timestamp::EARLIEST) }
}

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
    /// 钱某, another social worker of the grid.
    Colleague,
    /// 孙某, whose post as watcher here ended an hour before noon.
    Former,
    /// 周某, second watcher of the stairwell (代班).
    StandIn,
    /// 吴某, who stands in and is social worker of the grid.
    Both,
}

impl Who {
    pub const ALL: [Self; 8] = [
        Self::Watcher,
        Self::Neighbour,
        Self::GridWorker,
        Self::SocialWorker,
        Self::Colleague,
        Self::Former,
        Self::StandIn,
        Self::Both,
    ];

    pub fn id(self) -> PersonId {
        Uuid::from_u128(0xA000 + self as u128).into()
    }

    fn person(self) -> Person {
        let (name, posts) = match self {
            Self::Watcher => ("王某兰", vec![post(Role::Watcher, Where::Stairwell)]),
            Self::Neighbour => ("于某芳", vec![post(Role::Watcher, Where::OtherStairwell)]),
            Self::GridWorker => ("赵某", vec![post(Role::GridWorker, Where::Grid)]),
            Self::SocialWorker => ("李某", vec![post(Role::SocialWorker, Where::Grid)]),
            Self::Colleague => ("钱某", vec![post(Role::SocialWorker, Where::Grid)]),
            Self::Former => {
                let until = Some(minutes(-60));
                ("孙某", vec![Membership { until, ..post(Role::Watcher, Where::Stairwell) }])
            }
            Self::StandIn => ("周某", vec![post(Role::Watcher, Where::Stairwell)]),
            Self::Both => ("吴某", vec![post(Role::Watcher, Where::Stairwell), post(Role::SocialWorker, Where::Grid)]),
        };
        Person {
            id: self.id(),
            community: community(),
            name: name.to_owned(),
            agency: None,
            memberships: posts,
            made: long_ago(),
            changed: long_ago(),
        }
    }
}

pub fn post(role: Role, place: Where) -> Membership {
    Membership { role, place: place.id(), from: Timestamp::EARLIEST, until: None }
}

/// What phone or server know.
#[derive(Clone)]
pub struct World {
    pub records: BTreeMap<RecordKey, Shared>,
    pub directory: Directory,
}

impl World {
    /// What everybody knows before anything is written.
    pub fn new() -> Self {
        let mut world = Self { records: BTreeMap::new(), directory: Directory::new(community()) };
        for place in Where::ALL.into_iter().filter_map(Where::place) {
            world.absorb(Arc::new(place));
        }
        for who in Who::ALL {
            world.absorb(Arc::new(who.person()));
        }
        world
    }

    pub fn absorb(&mut self, record: Shared) {
        self.directory.take_in(&*record);
        self.records.insert(record.key(), record);
    }

    /// Applies as the server does, a minute after it was written, and keeps what came out.
    pub fn take(&mut self, command: &Command) -> Result<Entry, Refusal> {
        let server = Server::at(command.head.corrected().plus(Span::minutes(1)));
        self.take_at(command, &server)
    }

    pub fn take_at(&mut self, command: &Command, server: &Server) -> Result<Entry, Refusal> {
        let effects = Kinds::all().apply(self, command, Some(server))?;
        for record in effects.into_records() {
            self.absorb(record);
        }
        Ok(self.entry_of(command.head.first()).clone())
    }

    /// Applies as a phone does.
    pub fn see(&mut self, command: &Command) -> Result<Entry, Refusal> {
        let effects = Kinds::all().apply(self, command, None)?;
        for record in effects.into_records() {
            self.absorb(record);
        }
        Ok(self.entry_of(command.head.first()).clone())
    }

    pub fn entry(&self, n: u8) -> &Entry {
        self.entry_of(&Entry::key_of(community(), entry_id(n)))
    }

    pub fn has_entry(&self, n: u8) -> bool {
        self.records.contains_key(&Entry::key_of(community(), entry_id(n)))
    }

    fn entry_of(&self, key: &RecordKey) -> &Entry {
        let record: &dyn AnyRecord = &**self.records.get(key).unwrap();
        record.as_any().downcast_ref().unwrap()
    }

    pub fn stairwell(&self) -> &Place {
        let key = Place::key_of(community(), Where::Stairwell.id());
        let record: &dyn AnyRecord = &*self.records[&key];
        record.as_any().downcast_ref().unwrap()
    }

    /// The words of an entry as the author's phone meant them, whether the rules take them or not.
    pub fn as_meant(&self, command: &Command) -> Option<Entry> {
        let effects = Kinds::all().as_meant(self, command)?;
        effects.records()[0].as_any().downcast_ref().cloned()
    }
}

impl Known for World {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        self.records.get(key).map_or(Look::Nowhere, |record| Look::Here(&**record))
    }

    fn tree(&self, _: CommunityId) -> &Tree {
        self.directory.tree()
    }

    fn memberships(&self, _: CommunityId, person: PersonId) -> &[Membership] {
        self.directory.memberships(person)
    }
}

/// What only the server knows.
pub struct Server {
    pub received: Timestamp,
    pub blobs: Vec<Sha256>,
    pub is_decided: bool,
    pub numbers: Cell<u32>,
}

impl Server {
    pub fn at(received: Timestamp) -> Self {
        Self { received, blobs: Vec::new(), is_decided: false, numbers: Cell::new(0) }
    }

    pub fn numbers_given(&self) -> u32 {
        self.numbers.get()
    }
}

impl ServerSide for Server {
    fn received(&self) -> Timestamp {
        self.received
    }

    fn is_decided(&self) -> bool {
        self.is_decided
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        self.numbers.set(self.numbers.get() + 1);
        format!("HPXC-{}-{series}{:04}", day.compact(), self.numbers.get())
    }

    fn serial(&self, _: &str) -> u32 {
        1
    }

    fn has_blob(&self, _: PersonId, sha256: &Sha256) -> bool {
        self.blobs.contains(sha256)
    }
}

pub fn entry_id(n: u8) -> EntryId {
    Uuid::from_u128(0xE000 + u128::from(n)).into()
}

pub fn command_id(n: usize) -> CommandId {
    Uuid::from_u128(0xC000_0000 + n as u128).into()
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

pub fn write(problem: &str) -> Act {
    Act::WriteEntry { form: form(problem) }
}

/// A change in sight of version `seen`, from one form to another.
pub fn amend(seen: CommandId, from: &EntryForm, to: &EntryForm) -> Act {
    Act::AmendEntry { seen, changes: from.changes_to(to) }
}

pub fn change(seen: usize, field: &str, from: &str, to: &str) -> Act {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let change = FieldChange { field: field.to_owned(), from: some(from), to: some(to) };
    Act::AmendEntry { seen: command_id(seen), changes: vec![change] }
}

pub fn read(version: usize) -> Act {
    Act::MarkRead { version: command_id(version) }
}

pub fn comment(version: usize, text: &str) -> Act {
    Act::Comment { version: command_id(version), text: text.into() }
}

pub fn send_back(version: usize, question: &str) -> Act {
    Act::SendBack { version: command_id(version), part: Part::Feedback, question: question.into() }
}

pub fn answer(question: usize, text: &str) -> Act {
    Act::Answer { question: command_id(question), text: text.into() }
}

/// The `n`-th command of a story about an entry in the stairwell, given `n` minutes after noon.
pub fn command(n: usize, who: Who, entry: u8, act: &Act) -> Command {
    command_of(n, Actor::Person(who.id()), entry, Where::Stairwell, act)
}

pub fn by_the_system(n: usize, job: Job, entry: u8, act: &Act) -> Command {
    command_of(n, Actor::System(job), entry, Where::Stairwell, act)
}

pub fn command_of(n: usize, actor: Actor, entry: u8, place: Where, act: &Act) -> Command {
    let mut about = vec![Entry::key_of(community(), entry_id(entry))];
    if matches!(act, Act::WriteEntry { .. } | Act::AmendEntry { .. }) {
        about.push(Place::key_of(community(), place.id()));
    }
    let head = Head {
        id: command_id(n),
        actor,
        device: DeviceId::from(Uuid::from_u128(0xD0)),
        written: minutes(i64::try_from(n).unwrap()),
        offset: None,
        about,
    };
    Command::new(head, act).unwrap()
}

/// A story about entry 1.
pub fn story(acts: impl IntoIterator<Item = (Who, Act)>) -> (World, Vec<Result<Entry, Refusal>>) {
    let mut world = World::new();
    let commands = acts.into_iter().enumerate().map(|(n, (who, act))| command(n, who, 1, &act));
    let results = commands.map(|command| world.take(&command)).collect();
    (world, results)
}

pub fn rejected(reason: Reason) -> Result<Entry, Refusal> {
    Err(Refusal::Rejected(Rejection::from(reason)))
}

pub fn wrong(field: Field, problem: Problem) -> Result<Entry, Refusal> {
    Err(Refusal::Rejected(FieldError::new(field, problem).into()))
}

/// The rights of somebody who holds one post, at noon.
pub fn rights<'t>(world: &'t World, who: Who, posts: &[Membership]) -> Rights<'t> {
    Rights::now(who.id(), community(), posts, world.directory.tree(), NOON)
}

/// The `n`-th photo, as a form names it.
pub fn photo(n: u8) -> String {
    format!("photo:250000:{}", Sha256::of(&[n]))
}

/// How often what comes from outside is tried: 150 times with each test run, `WATCHLOG_CASES` times in `make soak`.
pub fn many_cases() -> proptest::prelude::ProptestConfig {
    let cases = std::env::var("WATCHLOG_CASES").ok().map_or(150, |cases| cases.parse().unwrap());
    proptest::prelude::ProptestConfig::with_cases(cases)
}
