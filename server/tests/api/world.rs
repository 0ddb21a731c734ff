//! A small community whose people are known by name, a second one next to it, and what its people do.

use domain::{
    kernel::{
        Actor, Attachment, Command, CommandId, CommunityId, DeviceId, EntryId, Envelope, Head, PersonId, PlaceId,
        PlaceKind, RecordKey, ResidentId, Role, Span, Timestamp, json,
    },
    log::{self, Category, Entry, EntryForm, Spot},
    organisation::{Act, Community, Door, DoorLabel, LocalNumber, Person, Place},
    residents::{self, Resident},
    store::{Account, Store},
    sync::{CommandReply, Outcome},
};
use serde::Serialize;
use server::{
    clock::now,
    store::{SqliteStore, hash_password},
};
use std::sync::LazyLock;
use uuid::Uuid;

/// 和平新村社区, and what is in it.
pub const HERE: u128 = 0x10;
pub const GRID: u128 = 0x11;
pub const YARD: u128 = 0x12;
/// The stairwell of 王某兰.
pub const STAIRWELL: u128 = 0x21;
/// The stairwell of 李某芬.
pub const NEXT_STAIRWELL: u128 = 0x22;
/// 幸福社区 next to it.
pub const ELSEWHERE: u128 = 0x90;
pub const OTHER_GRID: u128 = 0x91;
/// The stairwell of 何某秀.
pub const OTHER_STAIRWELL: u128 = 0x92;

pub const COMMUNITY_CODE: &str = "210102025900";
pub const GRID_CODE: &str = "210102025900003";
pub const STAIRWELL_CODE: &str = "210102025900003017";

/// 邻里守望员 of [`STAIRWELL`].
pub const WANG: &str = "wang";
/// 邻里守望员 of [`NEXT_STAIRWELL`].
pub const LI: &str = "li";
/// 专职网格员 of the grid.
pub const SUN: &str = "sun";
/// 网格党支部 of the grid.
pub const ZHOU: &str = "zhou";
/// 社区党委 of the community.
pub const QIAN: &str = "qian";
/// 专业社工 of the grid.
pub const CHEN: &str = "chen";
/// 专业社工 of the grid, and of the one in the other community.
pub const WU: &str = "wu";
/// 邻里守望员 of [`OTHER_STAIRWELL`].
pub const HE: &str = "he";

/// Everybody: with what they sign in, and how the log names them.
pub const PEOPLE: [(&str, &str); 8] = [
    (WANG, "王某兰"),
    (LI, "李某芬"),
    (SUN, "孙某强"),
    (ZHOU, "周某书"),
    (QIAN, "钱某民"),
    (CHEN, "陈某"),
    (WU, "吴某华"),
    (HE, "何某秀"),
];

const POSTS: [(&str, Role, u128); 9] = [
    (WANG, Role::Watcher, STAIRWELL),
    (LI, Role::Watcher, NEXT_STAIRWELL),
    (SUN, Role::GridWorker, GRID),
    (ZHOU, Role::PartyBranch, GRID),
    (QIAN, Role::PartyCommittee, HERE),
    (CHEN, Role::SocialWorker, GRID),
    (WU, Role::SocialWorker, GRID),
    (WU, Role::SocialWorker, OTHER_GRID),
    (HE, Role::Watcher, OTHER_STAIRWELL),
];

/// Everybody's.
pub const PASSWORD: &str = "seven-doors-three-floors";

/// The password's hash: made once, because that takes a while on purpose.
pub static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

/// When the communities were made: before everything that a test does.
static FOUNDED: LazyLock<Timestamp> = LazyLock::new(|| now().plus(Span::days(-400)));

/// Makes both communities in an empty database, and lets everybody sign in.
pub async fn found(store: &SqliteStore) {
    let appointed = PEOPLE.iter().flat_map(|(login, name)| {
        let posts: Vec<_> = POSTS.iter().filter(|(who, ..)| who == login).map(|(_, role, at)| (*role, *at)).collect();
        appoint(login, name, &posts)
    });
    let mut commands = places();
    commands.extend(appointed);
    commands.push(resident());
    operate(store, commands).await;
    store.add_accounts(PEOPLE.iter().map(|(login, _)| account(login)).collect()).await.unwrap();
}

/// Has commands of the operator carried out; all have to be accepted.
pub async fn operate(store: &SqliteStore, commands: Vec<Command>) {
    // Each was received when it was given.
    for at_once in commands.chunk_by(|one, other| one.head.written == other.head.written) {
        for reply in store.act(at_once.to_vec(), at_once[0].head.written).await.unwrap() {
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
        }
    }
}

/// Something that whoever runs the server did when the communities were made.
pub fn founding(about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    by(Actor::OPERATOR, DeviceId::SERVER, *FOUNDED, about, act)
}

/// Something that whoever runs the server does now.
pub fn operators(about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    by(Actor::OPERATOR, DeviceId::SERVER, now(), about, act)
}

fn places() -> Vec<Command> {
    let community = |number, name: &str, abbreviation: &str, code: &str| {
        let numbers = vec![LocalNumber { name: "物业".to_owned(), number: "02400000001".to_owned() }];
        let (name, abbreviation, code) = (name.to_owned(), abbreviation.to_owned(), Some(code.to_owned()));
        founding(vec![at(number)], &Act::MakeCommunity { name, abbreviation, code, numbers })
    };
    vec![
        community(HERE, "和平新村社区", "HPXC", COMMUNITY_CODE),
        place(GRID, PlaceKind::Grid, HERE, "第三网格", Some(GRID_CODE)),
        place(YARD, PlaceKind::Yard, GRID, "八经街46号院", None),
        place(STAIRWELL, PlaceKind::Stairwell, YARD, "3单元", Some(STAIRWELL_CODE)),
        place(NEXT_STAIRWELL, PlaceKind::Stairwell, YARD, "4单元", None),
        community(ELSEWHERE, "幸福社区", "XFSQ", "210402900900"),
        place(OTHER_GRID, PlaceKind::Grid, ELSEWHERE, "第一网格", None),
        place(OTHER_STAIRWELL, PlaceKind::Stairwell, OTHER_GRID, "1单元", None),
    ]
}

/// A place that stands in `parent`; a stairwell has three doors on each of seven floors.
pub fn place(number: u128, kind: PlaceKind, parent: u128, name: &str, code: Option<&str>) -> Command {
    let door = |floor, door| Door::new(DoorLabel::parse(&format!("{floor}-{door}")).unwrap());
    let floors = if kind == PlaceKind::Stairwell { 0..7 } else { 0..0 };
    let act = Act::MakePlace {
        kind,
        name: name.to_owned(),
        code: code.map(str::to_owned),
        floors: floors.rev().map(|floor| (1..=3).map(|number| door(floor + 1, number)).collect()).collect(),
        water_valve: None,
        power_switch: None,
    };
    founding(vec![Place::key_of(community_of(parent), id(number)), at(parent)], &act)
}

/// Somebody becomes known, with posts ever since, in each of the communities in which these are; without any in the first.
pub fn appoint(login: &str, name: &str, posts: &[(Role, u128)]) -> Vec<Command> {
    let mut communities: Vec<_> = posts.iter().map(|(_, place)| community_of(*place)).collect();
    communities.dedup();
    if communities.is_empty() {
        communities.push(id(HERE));
    }
    let add = Act::AddPerson { name: name.to_owned(), agency: None };
    let added = communities.iter().map(|community| founding(vec![Person::key_of(*community, person(login))], &add));
    let given = posts.iter().map(|(role, place)| {
        let card = Person::key_of(community_of(*place), person(login));
        founding(vec![card, at(*place)], &Act::GivePost { role: *role, from: Timestamp::EARLIEST, until: None })
    });
    added.chain(given).collect()
}

fn resident() -> Command {
    let form = residents::Form {
        door: Some(DoorLabel::parse("5-2").unwrap()),
        name: "张某芝".to_owned(),
        birth_year: Some(1940),
        ..residents::Form::default()
    };
    let resident = Resident::key_of(id(HERE), ResidentId::from_parts(1, [9; 10]));
    founding(vec![resident, at(STAIRWELL)], &residents::Act::AddResident { form })
}

pub fn account(login: &str) -> Account {
    Account { person: person(login), login: login.to_owned(), password_hash: Some(HASH.clone()) }
}

/// Closes somebody's account, and lets them in once more, without any post.
pub async fn close_and_let_in(store: &SqliteStore, login: &str) {
    store.close_account(login, now()).await.unwrap();
    store.set_password(login, HASH.clone()).await.unwrap();
}

pub fn person(login: &str) -> PersonId {
    let mut random = [0; 10];
    random[..login.len()].copy_from_slice(login.as_bytes());
    PersonId::from_parts(1_700_000_000_000, random)
}

pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

/// In which community a place is.
pub fn community_of(place: u128) -> CommunityId {
    let is_elsewhere = [ELSEWHERE, OTHER_GRID, OTHER_STAIRWELL].contains(&place);
    id(if is_elsewhere { ELSEWHERE } else { HERE })
}

/// The record of a place, or of a community itself.
pub fn at(place: u128) -> RecordKey {
    match place {
        HERE | ELSEWHERE => Community::key_of(id(place)),
        _ => Place::key_of(community_of(place), id::<PlaceId>(place)),
    }
}

pub fn device() -> DeviceId {
    DeviceId::from_parts(1, [1; 10])
}

fn by(actor: Actor, device: DeviceId, written: Timestamp, about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    let id = CommandId::from_parts(written.millis(), rand::random());
    Command::new(Head { id, actor, device, written, offset: None, about }, act).unwrap()
}

/// A command of this person, now.
pub fn command(login: &str, about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    by(Actor::Person(person(login)), device(), now(), about, act)
}

pub fn form(problem: &str) -> EntryForm {
    EntryForm {
        category: Category::CareVisit.code().to_owned(),
        spot: Spot::STAIRWELL.to_owned(),
        problem: problem.to_owned(),
        urgency: Category::CareVisit.usual_urgency().code().to_owned(),
        ..EntryForm::default()
    }
}

/// A new entry in a stairwell.
pub fn entry(login: &str, place: u128, problem: &str) -> Command {
    write(login, place, form(problem))
}

/// A new entry in a stairwell, as the form says.
pub fn write(login: &str, place: u128, form: EntryForm) -> Command {
    let entry = EntryId::from_parts(now().millis(), rand::random());
    let about = vec![Entry::key_of(community_of(place), entry), at(place)];
    command(login, about, &log::Act::WriteEntry { form })
}

/// A new entry with photos or voice notes.
pub fn entry_with(login: &str, place: u128, problem: &str, attachments: &[Attachment]) -> Command {
    let attachments = attachments.iter().map(Attachment::word).collect();
    write(login, place, EntryForm { attachments, ..form(problem) })
}

/// Something that somebody does with an entry that was written.
pub fn act_on(login: &str, written: &Command, act: &log::Act) -> Command {
    command(login, vec![written.head.first().clone()], act)
}

/// The entry that a command is about.
pub fn entry_of(command: &Command) -> EntryId {
    command.head.first().id.into()
}

/// The bytes that a phone stores and sends.
pub fn bytes(command: &Command) -> String {
    command.to_bytes().unwrap()
}

/// The entries among what was told.
pub fn entries(envelopes: &[Envelope]) -> Vec<Entry> {
    let entries = envelopes.iter().filter(|envelope| envelope.head.key.kind == "entry");
    entries.map(|envelope| json::read(envelope.text.as_bytes()).unwrap()).collect()
}

/// Whether it is in force, known before or not.
pub fn is_stored(reply: &CommandReply) -> bool {
    matches!(reply.outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. })
}

/// What the server stored, whether it had it before or not: another answer to the same bytes says the same.
pub fn as_stored(reply: &CommandReply) -> CommandReply {
    let outcome = match reply.outcome.clone() {
        Outcome::Duplicate { community, position, number, .. } => Outcome::Accepted { community, position, number },
        other => other,
    };
    CommandReply { outcome, ..reply.clone() }
}
