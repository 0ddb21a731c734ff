//! A community with a stairwell, 王某兰 (watcher there) and 李某 (grid worker above it), and what they send.

use super::notes::{Act, NOTES, Note};
use domain::kernel::{
    Actor, Attachment, Command, CommandId, CommunityId, DeviceId, Head, Job, Membership, PersonId, PlaceId, PlaceKind,
    Record, RecordKey, Role, Span, Timestamp, Topics, json,
};
use domain::kinds::{Kinds, topic};
use domain::memory::MemoryStore;
use domain::organisation::{Community, Person, Place};
use domain::store::{FeedPage, PageLimit, PushBatch, Store};
use domain::sync::{CommandReply, Cursor, Outcome, PAGE_BYTES};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use uuid::Uuid;

/// Some morning in November 2025, in Shanghai.
pub const MORNING: Timestamp = Timestamp::from_millis(1_763_337_600_000);
pub const WANG: u128 = 1;
pub const LI: u128 = 2;
pub const STAIRWELL: u128 = 12;
pub const GRID: u128 = 11;
pub const COMMUNITY: u128 = 10;

/// The store in memory never waits.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the store in memory never waits"),
    }
}

pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub fn community() -> CommunityId {
    id(COMMUNITY)
}

pub fn note_key(number: u128) -> RecordKey {
    RecordKey::new(community(), Note::KIND, Uuid::from_u128(number))
}

pub fn later(minutes: i64) -> Timestamp {
    MORNING.plus(Span::minutes(minutes))
}

pub fn fresh_id() -> CommandId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    id(0xC0FF_EE00_0000_0000 + u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

pub fn kinds() -> Kinds {
    Kinds::of(&[&NOTES, &domain::organisation::MODULE])
}

/// A watcher's post at the stairwell since long ago.
pub fn post(role: Role, place: u128) -> Membership {
    Membership { role, place: id(place), from: Timestamp::EARLIEST, until: None }
}

pub fn command(actor: Actor, device: u128, about: Vec<RecordKey>, act: &Act) -> Command {
    let head = Head { id: fresh_id(), actor, device: id(device), written: MORNING, offset: None, about };
    Command::new(head, act).expect("a command")
}

/// By a person on their own device, which has their number.
pub fn by(person: u128, about: Vec<RecordKey>, act: &Act) -> Command {
    command(Actor::Person(id(person)), person, about, act)
}

pub fn plain() -> Act {
    let topics = Topics::number(topic::FIRST_CLASS);
    Act::Write { place: id(STAIRWELL), topics, through: false, readers: Vec::new(), photo: None, numbered: false }
}

pub fn write(person: u128, note: u128) -> Command {
    by(person, vec![note_key(note)], &plain())
}

pub fn numbered(person: u128, note: u128) -> Command {
    let topics = Topics::number(topic::FIRST_CLASS);
    let act =
        Act::Write { place: id(STAIRWELL), topics, through: false, readers: Vec::new(), photo: None, numbered: true };
    by(person, vec![note_key(note)], &act)
}

pub fn with_photo(person: u128, note: u128, photo: &Attachment) -> Command {
    let topics = Topics::number(topic::FIRST_CLASS);
    let photo = Some(photo.clone());
    let act = Act::Write { place: id(STAIRWELL), topics, through: false, readers: Vec::new(), photo, numbered: false };
    by(person, vec![note_key(note)], &act)
}

pub fn append(person: u128, note: u128, line: &str) -> Command {
    by(person, vec![note_key(note)], &Act::Append { line: line.to_owned() })
}

/// Something about `note` that needs `other`.
pub fn append_with(person: u128, note: u128, other: u128, line: &str) -> Command {
    by(person, vec![note_key(note), note_key(other)], &Act::Append { line: line.to_owned() })
}

pub struct World {
    pub store: MemoryStore,
}

impl World {
    /// An empty store.
    pub fn empty() -> Self {
        Self { store: MemoryStore::of(kinds(), |password, hash| password == hash) }
    }

    /// The community with its people.
    pub fn new() -> Self {
        let world = Self::empty();
        world.found(COMMUNITY);
        world.settle(COMMUNITY, GRID, PlaceKind::Grid, COMMUNITY);
        world.settle(COMMUNITY, STAIRWELL, PlaceKind::Stairwell, GRID);
        world.appoint(COMMUNITY, WANG, vec![post(Role::Watcher, STAIRWELL)]);
        world.appoint(COMMUNITY, LI, vec![post(Role::GridWorker, GRID)]);
        world
    }

    pub fn act(&self, about: RecordKey, act: &Act) -> Outcome {
        let command = command(Actor::System(Job::Operator), 0, vec![about], act);
        at_once(self.store.act(vec![command], MORNING)).expect("a reply").remove(0).outcome
    }

    fn accept(&self, about: RecordKey, act: &Act) {
        let outcome = self.act(about, act);
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }

    pub fn found(&self, community: u128) {
        self.accept(Community::key_of(id(community)), &Act::Found { abbreviation: "HPXC".to_owned() });
    }

    pub fn settle(&self, community: u128, place: u128, kind: PlaceKind, parent: u128) {
        self.accept(Place::key_of(id(community), id(place)), &Act::Settle { kind, parent: id::<PlaceId>(parent) });
    }

    pub fn appoint(&self, community: u128, person: u128, memberships: Vec<Membership>) {
        self.accept(Person::key_of(id(community), id(person)), &Act::Appoint { memberships });
    }

    /// One push, received when it was sent.
    pub fn push_at(&self, sender: u128, commands: &[Command], received: Timestamp) -> Vec<CommandReply> {
        self.push_bytes(sender, commands.iter().map(|one| one.to_bytes().expect("bytes")).collect(), received)
    }

    pub fn push_bytes(&self, sender: u128, commands: Vec<String>, received: Timestamp) -> Vec<CommandReply> {
        let device: DeviceId = id(sender);
        let batch = PushBatch { sender: id(sender), device, sent_at: received, received, commands };
        at_once(self.store.push(batch)).expect("replies")
    }

    pub fn push(&self, sender: u128, commands: &[Command]) -> Vec<Outcome> {
        self.push_at(sender, commands, MORNING).into_iter().map(|reply| reply.outcome).collect()
    }

    pub fn push_one(&self, sender: u128, command: &Command) -> Outcome {
        self.push(sender, std::slice::from_ref(command)).remove(0)
    }

    /// A note as it is stored.
    pub fn note(&self, number: u128) -> Option<Note> {
        let stored = at_once(self.store.stored(&note_key(number))).expect("a look")?;
        Some(json::read(stored.text.as_bytes()).expect("a note"))
    }

    pub fn lines(&self, number: u128) -> Vec<String> {
        self.note(number).map(|note| note.lines.into_iter().skip(1).map(|(_, line)| line).collect()).unwrap_or_default()
    }

    pub fn position(&self, number: u128) -> Option<i64> {
        at_once(self.store.stored(&note_key(number))).expect("a look").map(|envelope| envelope.head.position)
    }

    pub fn head(&self) -> i64 {
        let heads = at_once(self.store.heads()).expect("heads");
        heads.into_iter().find(|(one, _)| *one == community()).map_or(0, |(_, head)| head)
    }

    pub fn pull(&self, person: u128, cursors: Vec<Cursor>, records: u32, now: Timestamp) -> FeedPage {
        let limit = PageLimit { records, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
        at_once(self.store.pull(id::<PersonId>(person), cursors, limit, now)).expect("a page")
    }
}

/// Each outcome in one word, for tests that look at many.
pub fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { .. } => "accepted".to_owned(),
        Outcome::Duplicate { .. } => "duplicate".to_owned(),
        Outcome::Conflict => "conflict".to_owned(),
        Outcome::Rejected { reason } => reason.code.to_string(),
        Outcome::Parked { .. } => "parked".to_owned(),
        Outcome::Held => "held".to_owned(),
        Outcome::Later => "later".to_owned(),
        Outcome::UnknownAct => "unknown_act".to_owned(),
    }
}

pub fn words(outcomes: &[Outcome]) -> Vec<String> {
    outcomes.iter().map(word).collect()
}
