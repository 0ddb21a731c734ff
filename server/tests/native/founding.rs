//! Communities with their places and people, made by commands of whoever runs the server, as there is no other way.

use domain::{
    kernel::{
        Actor, Command, CommandId, CommunityId, DeviceId, Head, PersonId, PlaceId, PlaceKind, RecordKey, ResidentId,
        Role, Span, Timestamp,
    },
    organisation::{Act, Community, Door, DoorLabel, Person, Place},
    residents::{self, Resident},
    store::{Account, Store},
    sync::Outcome,
};
use serde::Serialize;
use server::{
    clock::now,
    store::{SqliteStore, hash_password},
};
use std::sync::LazyLock;
use uuid::Uuid;

/// Everybody's.
pub const PASSWORD: &str = "seven-doors-three-floors";

/// The password's hash: made once, because that takes a while on purpose.
static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

/// Floors of a stairwell, and doors on each.
const FLOORS: u8 = 7;
const DOORS: u8 = 3;

/// What somebody is where.
#[derive(Clone, Copy, Debug)]
pub struct Post {
    pub community: CommunityId,
    pub role: Role,
    pub place: PlaceId,
    pub until: Option<Timestamp>,
}

/// The id that a number stands for.
pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

/// The person behind a login.
pub fn person(login: &str) -> PersonId {
    let mut random = [0; 10];
    random[..login.len()].copy_from_slice(login.as_bytes());
    PersonId::from_parts(1_700_000_000_000, random)
}

/// Commands that make communities, in an order in which nothing waits for anything.
pub struct Founding {
    at: Timestamp,
    commands: Vec<Command>,
    accounts: Vec<Account>,
}

impl Founding {
    /// Long before anything else happens.
    pub fn long_ago() -> Self {
        Self { at: now().plus(Span::days(-400)), commands: Vec::new(), accounts: Vec::new() }
    }

    pub fn community(&mut self, community: CommunityId, name: &str, abbreviation: &str) {
        let (name, abbreviation) = (name.to_owned(), abbreviation.to_owned());
        let act = Act::MakeCommunity { name, abbreviation, code: None, numbers: Vec::new() };
        self.give(vec![Community::key_of(community)], &act);
    }

    /// A place that stands in `parent`, which may be the community; a stairwell has its doors.
    pub fn place(&mut self, community: CommunityId, place: PlaceId, kind: PlaceKind, parent: PlaceId, name: &str) {
        let door = |floor, door| Door::new(DoorLabel::parse(&format!("{floor}-{door}")).unwrap());
        let floors = if kind == PlaceKind::Stairwell { FLOORS } else { 0 };
        let act = Act::MakePlace {
            kind,
            name: name.to_owned(),
            code: None,
            floors: (1..=floors).rev().map(|floor| (1..=DOORS).map(|number| door(floor, number)).collect()).collect(),
            water_valve: None,
            power_switch: None,
        };
        self.give(vec![Place::key_of(community, place), standing_in(community, parent)], &act);
    }

    /// Somebody of this community with posts ever since, there or elsewhere, who can sign in with [`PASSWORD`].
    pub fn person(&mut self, login: &str, name: &str, community: CommunityId, posts: &[Post]) {
        let person = person(login);
        let mut communities = vec![community];
        communities.extend(posts.iter().map(|post| post.community).filter(|other| *other != community));
        communities.dedup();
        for community in communities {
            let act = Act::AddPerson { name: name.to_owned(), agency: None };
            self.give(vec![Person::key_of(community, person)], &act);
        }
        for Post { community, role, place, until } in posts {
            let about = vec![Person::key_of(*community, person), standing_in(*community, *place)];
            self.give(about, &Act::GivePost { role: *role, from: Timestamp::EARLIEST, until: *until });
        }
        self.accounts.push(Account { person, login: login.to_owned(), password_hash: Some(HASH.clone()) });
    }

    pub fn resident(&mut self, community: CommunityId, resident: ResidentId, place: PlaceId, form: residents::Form) {
        let about = vec![Resident::key_of(community, resident), Place::key_of(community, place)];
        self.give(about, &residents::Act::AddResident { form });
    }

    fn give(&mut self, about: Vec<RecordKey>, act: &impl Serialize) {
        let command = CommandId::from_parts(self.at.millis(), rand::random());
        let (actor, device, written) = (Actor::OPERATOR, DeviceId::SERVER, self.at);
        let head = Head { id: command, actor, device, written, offset: None, about };
        self.commands.push(Command::new(head, act).unwrap());
    }

    /// Carries all of it out on an empty database.
    pub async fn found(self, store: &SqliteStore) {
        for some in self.commands.chunks(1_000) {
            for reply in store.act(some.to_vec(), self.at).await.unwrap() {
                assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
            }
        }
        store.add_accounts(self.accounts).await.unwrap();
    }
}

/// What a place stands in, or a post is at: another place, or the community itself.
pub fn standing_in(community: CommunityId, place: PlaceId) -> RecordKey {
    if place == community.into() { Community::key_of(community) } else { Place::key_of(community, place) }
}
