//! A small neighbourhood: two grids, three stairwells, people of every role, two residents; and a second community next
//! to it, in which one of them has a post as well.

use crate::engine::{Engine, Opened};
use domain::kernel::{
    Actor, Command, CommandId, CommunityId, Day, DeviceId, EntryId, Envelope, FieldChange, Head, PersonId, PlaceId,
    Reader, RecordKey, Role, Span, Timestamp, json,
};
use domain::kinds::Kinds;
use domain::log::{self, Entry, EntryFilter, EntryForm};
use domain::organisation::{self, Community, Person, Place};
use domain::residents;
use domain::store::{FeedPage, PageLimit, PushBatch, Store};
use domain::sync::{CommandReply, Cursor, Outcome, PAGE_BYTES};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

pub const HERE: u128 = 0x10;
pub const FIRST_GRID: u128 = 0x11;
pub const SECOND_GRID: u128 = 0x12;
/// In the first grid.
pub const YARD: u128 = 0x13;
/// In the second grid.
pub const FAR_YARD: u128 = 0x14;
/// 王某兰's stairwell.
pub const FIRST: u128 = 0x21;
/// 赵某芬's, next door.
pub const SECOND: u128 = 0x22;
/// 钱某英's, in the second grid.
pub const FAR: u128 = 0x23;
/// The other community, its grid and its stairwell.
pub const ELSEWHERE: u128 = 0x90;
pub const OTHER_GRID: u128 = 0x91;
pub const OTHER: u128 = 0x92;

pub const WANG: &str = "王某兰";
pub const ZHAO: &str = "赵某芬";
pub const QIAN: &str = "钱某英";
/// Social worker of the first grid, and of the other community's.
pub const LI: &str = "李某华";
/// Grid worker, branch and committee.
pub const SUN: &str = "孙某强";
pub const ZHOU: &str = "周某书";
pub const CHEN: &str = "陈某民";
/// Watcher in the other community.
pub const HE: &str = "何某秀";
pub const EVERYBODY: [&str; 8] = [WANG, ZHAO, QIAN, LI, SUN, ZHOU, CHEN, HE];

/// Monday, 17 November 2025, ten o'clock.
pub fn now() -> Timestamp {
    Day::from_numbers(2025, 11, 17).unwrap().at(10, 0)
}

pub fn minutes(minutes: i64) -> Timestamp {
    now().plus(Span::minutes(minutes))
}

pub fn days(days: i64) -> Timestamp {
    now().plus(Span::days(days))
}

/// Before everything: when the neighbourhood was made.
pub fn long_ago() -> Timestamp {
    days(-400)
}

pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub fn person(who: &str) -> PersonId {
    id(0x100 + EVERYBODY.iter().position(|name| *name == who).unwrap() as u128)
}

pub fn device_of(who: &str) -> DeviceId {
    id(0x200 + EVERYBODY.iter().position(|name| *name == who).unwrap() as u128)
}

pub fn fresh_command(at: Timestamp) -> CommandId {
    CommandId::from_parts(at.millis(), rand::random())
}

pub struct Neighbourhood {
    pub store: Arc<dyn Store>,
    opened: Opened,
}

impl Neighbourhood {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, Kinds::all()).await
    }

    /// With these modules.
    pub async fn with(engine: Engine, kinds: Kinds) -> Self {
        let opened = engine.open(kinds).await;
        let here = Self { store: Arc::clone(&opened.store), opened };
        here.found().await;
        here
    }

    /// The same neighbourhood, as a program with these modules opens it.
    pub async fn opened_by(&self, kinds: Kinds) -> Arc<dyn Store> {
        (self.opened.again)(kinds).await
    }

    /// Names readers of an entry, past all rules.
    pub async fn name_readers(&self, entry: &Entry, readers: Vec<Reader>) {
        (self.opened.name_readers)(entry.clone(), readers).await;
    }

    pub fn hash(&self, password: &str) -> String {
        (self.opened.hash)(password)
    }

    async fn found(&self) {
        self.operate(long_ago(), &crate::founding::founding()).await;
    }

    /// By whoever runs the server; what has to be accepted.
    pub async fn operate(&self, at: Timestamp, acts: &[(Vec<RecordKey>, impl Serialize)]) {
        let commands = acts.iter().enumerate().map(|(index, (about, act))| {
            let id = operators_id(at, index, about);
            let head = Head {
                id,
                actor: Actor::OPERATOR,
                device: DeviceId::SERVER,
                written: at,
                offset: None,
                about: about.clone(),
            };
            Command::new(head, act).unwrap()
        });
        for reply in self.store.act(commands.collect(), at).await.unwrap() {
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
        }
    }

    pub fn batch(&self, who: &str, commands: &[Command]) -> PushBatch {
        let commands = commands.iter().map(|command| command.to_bytes().unwrap()).collect();
        PushBatch { sender: person(who), device: device_of(who), sent_at: now(), received: now(), commands }
    }

    pub async fn push(&self, who: &str, commands: &[Command]) -> Vec<CommandReply> {
        self.store.push(self.batch(who, commands)).await.unwrap()
    }

    pub async fn push_at(&self, who: &str, at: Timestamp, commands: &[Command]) -> Vec<CommandReply> {
        let batch = PushBatch { sent_at: at, received: at, ..self.batch(who, commands) };
        self.store.push(batch).await.unwrap()
    }

    /// Each outcome in a word.
    pub async fn outcomes(&self, who: &str, commands: &[Command]) -> Vec<String> {
        self.push(who, commands).await.iter().map(|reply| word(&reply.outcome)).collect()
    }

    /// Pushes what has to be accepted.
    pub async fn accept(&self, who: &str, commands: &[Command]) -> Vec<CommandReply> {
        let replies = self.push(who, commands).await;
        for reply in &replies {
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
        }
        replies
    }

    pub async fn pull(&self, who: &str, cursors: Vec<Cursor>, records: u32) -> FeedPage {
        let limit = PageLimit { records, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
        self.store.pull(person(who), cursors, limit, now()).await.unwrap()
    }

    /// A page at that time, which has room for everything.
    pub async fn pull_at(&self, who: &str, at: Timestamp, cursors: Vec<Cursor>) -> FeedPage {
        let limit = PageLimit { records: 1_000, bytes: PAGE_BYTES, horizon: Timestamp::EARLIEST };
        self.store.pull(person(who), cursors, limit, at).await.unwrap()
    }

    /// Everything that a new phone hears.
    pub async fn everything(&self, who: &str) -> Vec<Envelope> {
        let page = self.pull(who, Vec::new(), 1_000).await;
        assert!(!page.more);
        page.envelopes
    }

    /// An entry, as somebody sees it.
    pub async fn entry(&self, who: &str, entry: EntryId) -> Option<Entry> {
        let key = Entry::key_of(id(HERE), entry);
        let envelope = self.store.record(person(who), &key, now()).await.unwrap()?;
        Some(json::read(envelope.text.as_bytes()).unwrap())
    }

    pub async fn list(&self, who: &str, filter: &EntryFilter) -> Vec<Entry> {
        self.pages(who, filter, 50).await
    }

    /// All pages of a list, in their order.
    pub async fn pages(&self, who: &str, filter: &EntryFilter, limit: u32) -> Vec<Entry> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.find_entries(person(who), filter, after, limit, now()).await.unwrap();
            assert!(page.entries.len() <= limit as usize);
            all.extend(page.entries);
            match page.next {
                Some(mark) => after = Some(mark),
                None => return all,
            }
        }
    }
}

/// Ids of the operator's commands follow from what they do: two stores are founded alike.
fn operators_id(at: Timestamp, index: usize, about: &[RecordKey]) -> CommandId {
    let mut bytes = [0; 10];
    bytes[..2].copy_from_slice(&(index as u16).to_be_bytes());
    bytes[2..].copy_from_slice(&about[0].id.as_bytes()[8..]);
    CommandId::from_parts(at.millis(), bytes)
}

/// An act of either module.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Act {
    Organisation(organisation::Act),
    Residents(residents::Act),
    Log(log::Act),
}

pub fn place_key(community: u128, place: u128) -> RecordKey {
    Place::key_of(id(community), id::<PlaceId>(place))
}

/// What a place stands in, or a post is at.
pub fn standing_in(community: u128, place: u128) -> RecordKey {
    if place == community { Community::key_of(id(community)) } else { place_key(community, place) }
}

pub fn card_key(who: &str, community: u128) -> RecordKey {
    Person::key_of(id::<CommunityId>(community), person(who))
}

pub fn entry_key(entry: EntryId) -> RecordKey {
    Entry::key_of(id(HERE), entry)
}

pub fn add_person(who: &str) -> Act {
    Act::Organisation(organisation::Act::AddPerson { name: who.to_owned(), agency: None })
}

pub fn give_post(role: Role, until: Option<Timestamp>) -> Act {
    Act::Organisation(organisation::Act::GivePost { role, from: long_ago(), until })
}

pub fn end_post(role: Role, until: Timestamp) -> Act {
    Act::Organisation(organisation::Act::EndPost { role, until })
}

pub fn form(category: &str, text: &str) -> EntryForm {
    EntryForm {
        category: category.to_owned(),
        spot: "stairwell".to_owned(),
        problem: text.to_owned(),
        urgency: "4".to_owned(),
        ..EntryForm::default()
    }
}

/// A new entry, of which the id is made up.
pub fn write_at(who: &str, place: u128, category: &str, written: Timestamp, text: &str) -> Command {
    write_form(who, place, written, form(category, text))
}

pub fn write_form(who: &str, place: u128, written: Timestamp, form: EntryForm) -> Command {
    let entry = EntryId::from_parts(written.millis(), rand::random());
    let community = if place == OTHER { ELSEWHERE } else { HERE };
    let about = vec![Entry::key_of(id(community), entry), place_key(community, place)];
    command(who, written, about, &log::Act::WriteEntry { form })
}

/// 王某兰 writes in her stairwell at ten.
pub fn note(text: &str) -> Command {
    write_at(WANG, FIRST, "01", now(), text)
}

pub fn command(who: &str, written: Timestamp, about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    let head = Head {
        id: fresh_command(written),
        actor: Actor::Person(person(who)),
        device: device_of(who),
        written,
        offset: Some(Span::ZERO),
        about,
    };
    Command::new(head, act).unwrap()
}

/// Something about an entry.
pub fn act_on(who: &str, entry: EntryId, act: &log::Act) -> Command {
    command(who, now(), vec![entry_key(entry)], act)
}

/// The entry that a command is about.
pub fn entry_of(command: &Command) -> EntryId {
    command.head.first().id.into()
}

/// Another text for the first part of an entry.
pub fn amend(who: &str, note: &Command, from: &str, to: &str) -> Command {
    change(who, note, "problem", Some(from.to_owned()), Some(to.to_owned()))
}

/// A field of an entry, changed in sight of its first version.
pub fn change(who: &str, note: &Command, field: &str, from: Option<String>, to: Option<String>) -> Command {
    let change = FieldChange { field: field.to_owned(), from, to };
    let act = log::Act::AmendEntry { seen: note.head.id, changes: vec![change] };
    command(who, now(), note.head.about.clone(), &act)
}

pub fn position(reply: &CommandReply) -> i64 {
    match reply.outcome {
        Outcome::Accepted { position, .. } | Outcome::Duplicate { position, .. } => position,
        _ => panic!("not accepted: {reply:?}"),
    }
}

pub fn number(reply: &CommandReply) -> String {
    match &reply.outcome {
        Outcome::Accepted { number: Some(number), .. } | Outcome::Duplicate { number: Some(number), .. } => {
            number.clone()
        }
        _ => panic!("no number: {reply:?}"),
    }
}

/// The entries among what was told.
pub fn entries(envelopes: &[Envelope]) -> Vec<Entry> {
    let entries = envelopes.iter().filter(|envelope| envelope.head.key.kind == "entry");
    entries.map(|envelope| json::read(envelope.text.as_bytes()).unwrap()).collect()
}

/// The first part of an entry.
pub fn problem(entry: &Entry) -> &str {
    entry.content.part(log::Part::Problem).unwrap_or_default()
}

/// An outcome in a word; of what was rejected its code.
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
