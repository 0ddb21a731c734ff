//! One community with a stairwell and its watcher, in a file.

use domain::kernel::{
    Actor, Command, CommandId, CommunityId, Day, DeviceId, EntryId, Head, PersonId, PlaceId, PlaceKind, RecordKey,
    Role, Timestamp,
};
use domain::log::{self, Entry, EntryForm};
use domain::organisation::{Act, Community, Person, Place};
use domain::store::{PushBatch, Store};
use domain::sync::{CommandReply, Outcome};
use serde::Serialize;
use server::store::SqliteStore;
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub const STAIRWELL: u128 = 2;
pub const WANG: u128 = 3;

pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub fn now() -> Timestamp {
    Day::from_numbers(2025, 11, 17).unwrap().at(10, 0)
}

pub fn community(number: u128) -> CommunityId {
    id(0xC000 + number)
}

pub struct World {
    pub store: SqliteStore,
    pub folder: tempfile::TempDir,
}

impl World {
    /// Two communities with a watcher in each.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder.path().join("log.db")).await;
        let world = Self { store, folder };
        for number in [1, 2] {
            world.found(number).await;
        }
        world
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    async fn found(&self, number: u128) {
        let here = community(number);
        let (place, person) = (Place::key_of(here, stairwell(number)), Person::key_of(here, watcher(number)));
        let name = |name: &str| name.to_owned();
        self.operate(
            vec![Community::key_of(here)],
            &Act::MakeCommunity {
                name: name("和平新村社区"),
                abbreviation: name("HPXC"),
                code: None,
                numbers: Vec::new(),
            },
        )
        .await;
        self.operate(
            vec![place.clone(), Community::key_of(here)],
            &Act::MakePlace {
                kind: PlaceKind::Stairwell,
                name: name("1单元"),
                code: None,
                floors: Vec::new(),
                water_valve: None,
                power_switch: None,
            },
        )
        .await;
        self.operate(vec![person.clone()], &Act::AddPerson { name: name("王某兰"), agency: None }).await;
        let give = Act::GivePost { role: Role::Watcher, from: Timestamp::EARLIEST, until: None };
        self.operate(vec![person, place], &give).await;
    }

    pub async fn operate(&self, about: Vec<RecordKey>, act: &impl Serialize) {
        let head = Head { about, ..head(Actor::OPERATOR) };
        let replies = self.store.act(vec![Command::new(head, act).unwrap()], now()).await.unwrap();
        assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    }

    pub async fn push(&self, number: u128, commands: &[Command]) -> Vec<CommandReply> {
        push(&self.store, number, commands).await
    }
}

pub async fn open(file: &Path) -> SqliteStore {
    SqliteStore::open(file.to_str().unwrap()).await.unwrap()
}

pub async fn push(store: &SqliteStore, number: u128, commands: &[Command]) -> Vec<CommandReply> {
    let commands = commands.iter().map(|command| command.to_bytes().unwrap()).collect();
    let batch = PushBatch { sender: watcher(number), device: id(9), sent_at: now(), received: now(), commands };
    store.push(batch).await.unwrap()
}

pub fn watcher(number: u128) -> PersonId {
    id(number * 0x100 + WANG)
}

pub fn stairwell(number: u128) -> PlaceId {
    id(number * 0x100 + STAIRWELL)
}

pub fn note(number: u128, text: &str) -> Command {
    let entry = EntryId::from_parts(now().millis(), rand::random());
    let here = community(number);
    let about = vec![Entry::key_of(here, entry), Place::key_of(here, stairwell(number))];
    let form = EntryForm {
        category: "01".to_owned(),
        spot: "stairwell".to_owned(),
        problem: text.to_owned(),
        urgency: "4".to_owned(),
        ..EntryForm::default()
    };
    let head = Head { about, device: id(9), ..head(Actor::Person(watcher(number))) };
    Command::new(head, &log::Act::WriteEntry { form }).unwrap()
}

fn head(actor: Actor) -> Head {
    let id = CommandId::from_parts(now().millis(), rand::random());
    Head { id, actor, device: DeviceId::SERVER, written: now(), offset: None, about: Vec::new() }
}
