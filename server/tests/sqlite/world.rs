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
use server::store::{SqliteStore, back_up};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;
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
        let replies = self.store.act(vec![operators(about, act)], now()).await.unwrap();
        assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    }

    /// As `watchlog record erase` does it.
    pub async fn erase(&self, note: &Command) {
        let why = "本人要求".to_owned();
        self.operate(vec![note.head.first().clone()], &log::Act::EraseEntry { why }).await;
    }

    /// A folder or file beside the database.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of everything, of that name.
    pub async fn back_up(&self, name: &str) {
        back_up(&self.file(), &self.path("blobs"), &self.path(name)).await.unwrap();
    }

    /// Another hand on the file.
    pub async fn surgeon(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    pub async fn push(&self, number: u128, commands: &[Command]) -> Vec<CommandReply> {
        push(&self.store, number, commands).await
    }
}

/// Waits for something that another thread does, and for no longer than it may take on a machine that builds something
/// beside.
pub async fn until(is_done: impl Fn() -> bool) {
    let looked = async {
        while !is_done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), looked).await.unwrap();
}

/// Whether the bytes of any file in a folder, or in one within it, say this.
pub fn is_said_in(folder: &Path, words: &str) -> bool {
    folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        let has = |bytes: Vec<u8>| bytes.windows(words.len()).any(|window| window == words.as_bytes());
        if path.is_dir() { is_said_in(&path, words) } else { has(std::fs::read(&path).unwrap()) }
    })
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

/// Something that whoever runs the server does.
pub fn operators(about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    Command::new(Head { about, ..head(Actor::OPERATOR) }, act).unwrap()
}

/// Something that a watcher does.
pub fn act(number: u128, about: Vec<RecordKey>, act: &impl Serialize) -> Command {
    let head = Head { about, device: id(9), ..head(Actor::Person(watcher(number))) };
    Command::new(head, act).unwrap()
}

fn head(actor: Actor) -> Head {
    let id = CommandId::from_parts(now().millis(), rand::random());
    Head { id, actor, device: DeviceId::SERVER, written: now(), offset: None, about: Vec::new() }
}
