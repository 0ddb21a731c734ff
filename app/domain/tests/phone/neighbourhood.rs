//! A neighbourhood of two stairwells, the people who look after it, and the commands they give.

use crate::notebook::{NOTEBOOK, Note, NoteAct};
use domain::kernel::{
    Actor, Attachment, AttachmentKind, Command, CommandId, CommunityId, DeviceId, Envelope, EnvelopeHead, Head,
    Membership, PersonId, PlaceId, PlaceKind, Record, RecordKey, Rejection, Role, Span, Times, Timestamp, json,
};
use domain::kinds::Kinds;
use domain::organisation::{self, Community, LocalNumber, Person, Place};
use domain::sync::{Epoch, Outbox, PROTOCOL, Queued, QueuedState, Records, ServerMark, Trouble};
use proptest::prelude::*;
use uuid::Uuid;

/// 2025-11-17 12:00 in Shanghai.
pub const NOON: Timestamp = Timestamp::from_millis(1_763_352_000_000);

pub fn minutes(minutes: i64) -> Timestamp {
    NOON.plus(Span::minutes(minutes))
}

pub fn community() -> CommunityId {
    Uuid::from_u128(0xC000).into()
}

pub fn other_community() -> CommunityId {
    Uuid::from_u128(0xC001).into()
}

pub fn stairwell(n: u8) -> PlaceId {
    Uuid::from_u128(0xB000 + u128::from(n)).into()
}

/// The people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// 王某兰, watcher of the stairwell.
    Watcher,
    /// 于某芳, watcher of the other stairwell.
    Neighbour,
    /// 李某, social worker of the whole community.
    SocialWorker,
    /// 孙某, who is nothing here any more.
    Former,
}

impl Who {
    pub const ALL: [Self; 4] = [Self::Watcher, Self::Neighbour, Self::SocialWorker, Self::Former];

    pub fn id(self) -> PersonId {
        Uuid::from_u128(0xA000 + self as u128).into()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Watcher => "王某兰",
            Self::Neighbour => "于某芳",
            Self::SocialWorker => "李某",
            Self::Former => "孙某",
        }
    }

    pub fn person(self, community: CommunityId) -> Person {
        let (role, place) = match self {
            Self::Watcher | Self::Former => (Role::Watcher, stairwell(1)),
            Self::Neighbour => (Role::Watcher, stairwell(2)),
            Self::SocialWorker => (Role::SocialWorker, community.into()),
        };
        let until = (self == Self::Former).then(|| minutes(-60));
        let memberships = vec![Membership { role, place, from: Timestamp::EARLIEST, until }];
        let (name, made) = (self.name().to_owned(), made());
        Person { id: self.id(), community, name, agency: None, memberships, made, changed: made }
    }
}

fn made() -> Times {
    Times { written: Timestamp::EARLIEST, clock_offset: None, received: None }
}

pub fn community_record(id: CommunityId) -> Community {
    Community {
        id,
        name: "和平新村社区".to_owned(),
        abbreviation: "HPXC".to_owned(),
        code: None,
        numbers: vec![LocalNumber { name: "物业".to_owned(), number: "02400000001".to_owned() }],
        late_work: None,
        silence_of_watchers: None,
        silence_of_others: None,
        made: made(),
        changed: made(),
    }
}

pub fn place(community: CommunityId, n: u8) -> Place {
    Place {
        id: stairwell(n),
        community,
        kind: PlaceKind::Stairwell,
        parent: community.into(),
        name: format!("{n}单元"),
        code: None,
        floors: Vec::new(),
        water_valve: None,
        power_switch: None,
        closed: None,
        made: made(),
        changed: made(),
    }
}

pub fn envelope(record: &impl Record, position: i64) -> Envelope {
    Envelope { head: EnvelopeHead { key: record.key(), position }, text: json::write(record).unwrap() }
}

pub fn kinds() -> Kinds {
    Kinds::of(&[&organisation::MODULE, &NOTEBOOK])
}

/// What everybody knows of a community from the start.
pub fn founding(community: CommunityId) -> Vec<Envelope> {
    let mut told = vec![envelope(&community_record(community), 1)];
    told.extend([1, 2].map(|n| envelope(&place(community, n), 1)));
    told.extend(Who::ALL.map(|who| envelope(&who.person(community), 1)));
    told
}

pub fn neighbourhood() -> Records {
    let mut records = Records::new(kinds());
    records.take_in(founding(community()));
    records
}

pub fn note_key(n: u8) -> RecordKey {
    Note::key_of(community(), Uuid::from_u128(0xE000 + u128::from(n)))
}

pub fn command_id(n: usize) -> CommandId {
    CommandId::from_parts(minutes(i64::try_from(n).unwrap()).millis(), [u8::try_from(n % 256).unwrap(); 10])
}

/// The n-th command, given n minutes after noon.
pub fn command(n: usize, who: Who, (about, act): (Vec<RecordKey>, NoteAct)) -> Command {
    let head = Head {
        id: command_id(n),
        actor: Actor::Person(who.id()),
        device: DeviceId::from(Uuid::from_u128(0xD000 + who as u128)),
        written: minutes(i64::try_from(n).unwrap()),
        offset: None,
        about,
    };
    Command::new(head, &act).unwrap()
}

/// Written at the stairwell of 王某兰.
pub fn write(n: u8, text: &str) -> (Vec<RecordKey>, NoteAct) {
    write_with(n, text, &[])
}

pub fn write_with(n: u8, text: &str, photos: &[u8]) -> (Vec<RecordKey>, NoteAct) {
    let attachments = photos.iter().copied().map(photo).collect();
    let about = vec![note_key(n), Place::key_of(community(), stairwell(1))];
    (about, NoteAct::WriteNote { text: text.to_owned(), attachments })
}

pub fn add(n: u8, text: &str) -> (Vec<RecordKey>, NoteAct) {
    (vec![note_key(n)], NoteAct::AddLine { text: text.to_owned() })
}

pub fn link(n: u8, other: u8, text: &str) -> (Vec<RecordKey>, NoteAct) {
    (vec![note_key(n), note_key(other)], NoteAct::LinkNote { text: text.to_owned() })
}

pub fn tick(n: u8) -> (Vec<RecordKey>, NoteAct) {
    (vec![note_key(n)], NoteAct::TickNote {})
}

pub fn photo(n: u8) -> Attachment {
    Attachment::of(AttachmentKind::Photo, &[n])
}

pub fn queued(command: Command) -> Queued {
    Queued::new(command).unwrap()
}

pub fn outbox(commands: impl IntoIterator<Item = Command>) -> Outbox {
    Outbox::restored(commands.into_iter().map(queued).collect())
}

pub fn outbox_in(items: impl IntoIterator<Item = (Command, QueuedState)>) -> Outbox {
    Outbox::restored(items.into_iter().map(|(command, state)| Queued { state, ..queued(command) }).collect())
}

/// Three notes, not sent.
pub fn three() -> Outbox {
    outbox((0..3).map(|n| command(n, Who::Watcher, write(1 + u8::try_from(n).unwrap(), "一切平安"))))
}

pub fn refused_with(reason: domain::kernel::Reason) -> QueuedState {
    QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason: reason.into() } }
}

pub fn refused() -> QueuedState {
    refused_with(Rejection::NO_RIGHT)
}

pub fn parked(n: u8) -> QueuedState {
    QueuedState::Parked { waits_for: note_key(n) }
}

pub fn acknowledged(position: i64) -> QueuedState {
    QueuedState::Acknowledged { community: community(), position, number: None, erased: false }
}

pub fn server_mark() -> ServerMark {
    server_mark_of("one", "0.1.0")
}

pub fn server_mark_of(epoch: &str, version: &str) -> ServerMark {
    ServerMark {
        epoch: Epoch(epoch.to_owned()),
        protocol: PROTOCOL,
        version: version.to_owned(),
        now: NOON,
        person: Who::Watcher.id(),
    }
}

/// What somebody may do to the first four notes.
pub fn any_act() -> impl Strategy<Value = (Vec<RecordKey>, NoteAct)> {
    let n = 0_u8..4;
    let text = prop::sample::select(vec!["一切平安", "灯不亮", "楼门内堆物"]);
    prop_oneof![
        3 => (n.clone(), text.clone()).prop_map(|(n, text)| write(n, text)),
        3 => (n.clone(), text.clone()).prop_map(|(n, text)| add(n, text)),
        2 => (n.clone(), 0_u8..4, text).prop_filter("two notes", |(n, other, _)| n != other)
            .prop_map(|(n, other, text)| link(n, other, text)),
        1 => n.prop_map(tick),
    ]
}

pub fn any_who() -> impl Strategy<Value = Who> {
    prop::sample::select(vec![Who::Watcher, Who::Watcher, Who::SocialWorker, Who::Neighbour, Who::Former])
}

/// Up to `most` commands of anybody, in the order of their times.
pub fn any_story(most: usize) -> impl Strategy<Value = Vec<Command>> {
    prop::collection::vec((any_who(), any_act()), 0..most)
        .prop_map(|story| story.into_iter().enumerate().map(|(n, (who, act))| command(n, who, act)).collect())
}
