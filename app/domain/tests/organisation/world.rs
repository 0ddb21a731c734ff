//! A small community to act in: 和平新村 with two grids, a yard in the first, and two stairwells in it.

use domain::kernel::{
    Actor, Command, CommunityId, Day, DeviceId, Effects, FieldChange, Head, Known, Look, Membership, PersonId, PlaceId,
    PlaceKind, Record, RecordKey, Refusal, Rights, Role, ServerSide, Sha256, Shared, Span, Standing, Timestamp, Tree,
    json,
};
use domain::kinds::Kinds;
use domain::organisation::{self, Community, Directory, Door, DoorLabel, Person, Place};
use proptest::prelude::ProptestConfig;
use serde::Serialize;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};
use uuid::Uuid;

pub const FIRST_GRID: u128 = 10;
pub const SECOND_GRID: u128 = 20;
pub const YARD: u128 = 11;
pub const STAIRWELL_1: u128 = 12;
pub const STAIRWELL_3: u128 = 13;

pub const SECRETARY_LI: u128 = 101;
pub const GRID_WORKER_WANG: u128 = 102;
pub const WATCHER_ZHANG: u128 = 103;
pub const SOCIAL_WORKER_SUN: u128 = 104;
pub const BRANCH_ZHAO: u128 = 105;

/// What a server knows, without a database.
#[derive(Clone)]
pub struct World {
    pub kinds: Kinds,
    pub now: Cell<Timestamp>,
    pub directories: BTreeMap<CommunityId, Directory>,
    records: BTreeMap<RecordKey, Shared>,
    serials: RefCell<BTreeMap<String, u32>>,
    nothing: Tree,
    next: Cell<u128>,
}

pub fn community() -> CommunityId {
    Uuid::from_u128(1).into()
}

pub fn person(number: u128) -> PersonId {
    Uuid::from_u128(number).into()
}

pub fn place(number: u128) -> PlaceId {
    Uuid::from_u128(number).into()
}

pub fn label(raw: &str) -> DoorLabel {
    DoorLabel::parse(raw).unwrap()
}

pub fn by(number: u128) -> Actor {
    Actor::Person(person(number))
}

pub fn key(kind: &'static str, number: u128) -> RecordKey {
    RecordKey::new(community(), kind, Uuid::from_u128(number))
}

pub fn place_key(number: u128) -> RecordKey {
    key(Place::KIND, number)
}

pub fn person_key(number: u128) -> RecordKey {
    key(Person::KIND, number)
}

pub fn root_key() -> RecordKey {
    Community::key_of(community())
}

pub fn change(field: &str, from: Option<&str>, to: Option<&str>) -> FieldChange {
    FieldChange::new(field, from, to)
}

pub fn make_place(kind: PlaceKind, name: &str) -> organisation::Act {
    organisation::Act::MakePlace {
        kind,
        name: name.to_owned(),
        code: None,
        floors: Vec::new(),
        water_valve: None,
        power_switch: None,
    }
}

/// A stairwell of three floors with three doors each.
pub fn make_stairwell(name: &str) -> organisation::Act {
    let floor = |floor: u8| (1..=3).map(|flat| Door::new(label(&format!("{floor}-{flat}")))).collect();
    let organisation::Act::MakePlace { kind, name, .. } = make_place(PlaceKind::Stairwell, name) else { panic!() };
    organisation::Act::MakePlace {
        kind,
        name,
        code: None,
        floors: vec![floor(3), floor(2), floor(1)],
        water_valve: None,
        power_switch: None,
    }
}

impl World {
    pub fn empty() -> Self {
        let start = Day::from_numbers(2025, 11, 17).unwrap().at(9, 0);
        Self {
            kinds: Kinds::all(),
            now: Cell::new(start),
            directories: BTreeMap::new(),
            records: BTreeMap::new(),
            serials: RefCell::default(),
            nothing: Tree::new(community()),
            next: Cell::new(1),
        }
    }

    /// 和平新村, with one person in each role.
    pub fn new() -> Self {
        use PlaceKind::{Grid, Yard};
        let mut world = Self::empty();
        let make = organisation::Act::MakeCommunity {
            name: "和平新村社区".to_owned(),
            abbreviation: "HPXC".to_owned(),
            code: Some("210102025900".to_owned()),
            numbers: Vec::new(),
        };
        world.operator(&[root_key()], &make);
        world.operator(&[place_key(FIRST_GRID), root_key()], &make_place(Grid, "第一网格"));
        world.operator(&[place_key(SECOND_GRID), root_key()], &make_place(Grid, "第二网格"));
        world.operator(&[place_key(YARD), place_key(FIRST_GRID)], &make_place(Yard, "八经街46号院"));
        world.operator(&[place_key(STAIRWELL_1), place_key(YARD)], &make_stairwell("1单元"));
        world.operator(&[place_key(STAIRWELL_3), place_key(YARD)], &make_stairwell("3单元"));
        world.employ(SECRETARY_LI, "李书记", Role::PartyCommittee, root_key());
        world.employ(GRID_WORKER_WANG, "王某兰", Role::GridWorker, place_key(FIRST_GRID));
        world.employ(WATCHER_ZHANG, "张某华", Role::Watcher, place_key(STAIRWELL_3));
        world.employ(SOCIAL_WORKER_SUN, "孙某婷", Role::SocialWorker, place_key(FIRST_GRID));
        world.employ(BRANCH_ZHAO, "赵某福", Role::PartyBranch, place_key(FIRST_GRID));
        world
    }

    /// Adds somebody with a post.
    pub fn employ(&mut self, number: u128, name: &str, role: Role, place: RecordKey) {
        let add = organisation::Act::AddPerson { name: name.to_owned(), agency: None };
        self.operator(&[person_key(number)], &add);
        let from = self.now.get();
        self.operator(&[person_key(number), place], &organisation::Act::GivePost { role, from, until: None });
    }

    /// Somebody does something, and the server hears of it at once. Returns how many records changed.
    pub fn act(&mut self, actor: Actor, about: &[RecordKey], act: &impl Serialize) -> Result<usize, Refusal> {
        let written = self.now.get();
        self.act_late(actor, written, about, act)
    }

    /// Somebody did something at `written`, and the server hears of it now.
    pub fn act_late(
        &mut self,
        actor: Actor,
        written: Timestamp,
        about: &[RecordKey],
        act: &impl Serialize,
    ) -> Result<usize, Refusal> {
        self.now.set(self.now.get().plus(Span::minutes(1)));
        let effects = self.try_act(actor, written, about, act, true)?;
        for record in effects.records() {
            let stored = record.stored().unwrap();
            assert!(stored.text.len() < 400_000);
            // What is stored must be readable, by the server and by a phone.
            self.put(self.kinds.read(&stored.key, &stored.text).unwrap());
        }
        Ok(effects.records().len())
    }

    /// What a command would do, on the server or on a phone.
    pub fn try_act(
        &self,
        actor: Actor,
        written: Timestamp,
        about: &[RecordKey],
        act: &impl Serialize,
        on_server: bool,
    ) -> Result<Effects, Refusal> {
        let command = self.command(actor, written, about, act);
        let server: &dyn ServerSide = self;
        self.kinds.apply(self, &command, on_server.then_some(server))
    }

    /// A command, read back from its bytes.
    pub fn command(&self, actor: Actor, written: Timestamp, about: &[RecordKey], act: &impl Serialize) -> Command {
        self.next.set(self.next.get() + 1);
        let id = Uuid::from_u128(1_000_000 + self.next.get()).into();
        let about = about.to_vec();
        let head = Head { id, actor, device: DeviceId::SERVER, written, offset: Some(Span::ZERO), about };
        let command = Command::new(head, act).unwrap();
        let read = Command::read(&command.to_bytes().unwrap()).unwrap();
        assert_eq!(read, command);
        read
    }

    /// Whoever runs the server does something, which must succeed.
    pub fn operator(&mut self, about: &[RecordKey], act: &impl Serialize) {
        self.act(Actor::OPERATOR, about, act).unwrap();
    }

    pub fn put(&mut self, record: Shared) {
        let community = record.key().community;
        self.directories.entry(community).or_insert_with(|| Directory::new(community)).take_in(&*record);
        self.records.insert(record.key(), record);
    }

    pub fn find(&self, key: &RecordKey) -> Option<&Shared> {
        self.records.get(key)
    }

    pub fn get<R: Record>(&self, key: &RecordKey) -> R {
        self.records[key].as_any().downcast_ref::<R>().unwrap().clone()
    }

    pub fn place(&self, number: u128) -> Place {
        self.get(&place_key(number))
    }

    pub fn person(&self, number: u128) -> Person {
        self.get(&person_key(number))
    }

    pub fn directory(&self) -> &Directory {
        &self.directories[&community()]
    }

    /// The rights of somebody now.
    pub fn rights(&self, actor: Actor) -> Rights<'_> {
        let directory = self.directory();
        let held = actor.person().map_or(&[][..], |person| directory.memberships(person));
        let when = Standing { at: self.now.get(), received: None, grace: Span::ZERO };
        Rights::of(actor, community(), held, directory.tree(), when)
    }

    /// What somebody is told of a record, if anything: first whether they may read it, then how much of it.
    pub fn told<R: Record>(&self, actor: Actor, key: &RecordKey) -> Option<R> {
        let rights = self.rights(actor);
        let stored = self.records[key].stored().unwrap();
        let author = stored.author.and_then(Actor::person);
        if !rights.read_scope().unwrap().admits(author, &stored.audience) {
            return None;
        }
        let told = (self.kinds.kind(&key.kind).unwrap().seen_with)(&stored.text, &rights).unwrap()?;
        Some(json::read_small(told.as_bytes()).unwrap())
    }
}

impl Known for World {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        self.records.get(key).map_or(Look::Nowhere, |record| Look::Here(&**record))
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.directories.get(&community).map_or(&self.nothing, Directory::tree)
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.directories.get(&community).map_or(&[], |directory| directory.memberships(person))
    }

    fn grace(&self, community: CommunityId) -> Span {
        self.directories.get(&community).map_or(Community::USUAL_GRACE, Directory::grace)
    }

    fn people(&self, community: CommunityId) -> usize {
        self.directories.get(&community).map_or(0, |directory| directory.people().count())
    }
}

impl ServerSide for World {
    fn received(&self) -> Timestamp {
        self.now.get()
    }

    fn is_decided(&self) -> bool {
        false
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        format!("HPXC-{}-{series}{:04}", day.compact(), self.serial(&format!("{series}/{}", day.compact())))
    }

    fn serial(&self, series: &str) -> u32 {
        let mut serials = self.serials.borrow_mut();
        let serial = serials.entry(series.to_owned()).or_default();
        *serial += 1;
        *serial
    }

    fn has_blob(&self, _sender: PersonId, _sha256: &Sha256) -> bool {
        false
    }
}

/// The word of the rejection; panics where it is none.
#[track_caller]
pub fn code<T: std::fmt::Debug>(outcome: Result<T, Refusal>) -> String {
    match outcome {
        Err(Refusal::Rejected(rejection)) => {
            assert!(!rejection.says.is_empty());
            let field = rejection.field.map(|field| format!("{field}/")).unwrap_or_default();
            format!("{field}{}", rejection.code)
        }
        other => panic!("not rejected: {other:?}"),
    }
}

/// How often what comes from outside is tried: so often with each test run, `WATCHLOG_CASES` times in `make soak`.
pub fn cases(with_each_run: u32) -> ProptestConfig {
    let cases = std::env::var("WATCHLOG_CASES").ok().map_or(with_each_run, |cases| cases.parse().unwrap());
    ProptestConfig::with_cases(cases)
}
