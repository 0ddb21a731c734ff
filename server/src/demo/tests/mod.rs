//! The demo has the size of the community that it is made after, and the domain accepts all of it.

mod accounts;
mod entries;
mod making;
mod places;
mod residents;
mod synthetic;

use crate::demo::{Seed, communities};
use domain::{
    kernel::{
        Actor, Command, CommunityId, Day, Effects, Known, Look, Membership, PersonId, RecordKey, ServerSide, Sha256,
        Shared, Span, Timestamp, Tree,
    },
    kinds::Kinds,
    log::Entry,
    organisation::{Directory, Person, Place},
    residents::Resident,
    store::PushBatch,
};
use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

/// Noon of a day.
fn noon(day: &str) -> Timestamp {
    Day::parse(day).expect("a day").at(12, 0)
}

/// The day on which people are counted.
fn today() -> Timestamp {
    noon("2026-03-05")
}

fn seeds() -> Vec<Seed> {
    communities(today())
}

/// 和平新村社区
fn heping() -> Seed {
    seeds().swap_remove(0)
}

fn age(resident: &Resident) -> u16 {
    resident.age(today().day()).expect("a year of birth")
}

/// The label of the door behind which somebody lives.
fn door(resident: &Resident) -> &str {
    resident.door.as_ref().expect("a door").as_str()
}

/// The number of a stairwell in its yard: `3`.
fn unit(stairwell: &Place) -> &str {
    stairwell.name.strip_suffix("单元").expect("a stairwell")
}

/// Days on which calendars break, and the one on which nothing moves.
fn awkward_moments() -> Vec<Timestamp> {
    let mut moments: Vec<Timestamp> =
        ["2025-11-17", "2026-01-01", "2028-02-29", "2027-03-01", "2031-12-31", "2026-07-15"].map(noon).into();
    let midnight = Day::parse("2027-01-01").expect("a day").start();
    moments.extend([midnight, midnight.plus(Span::from_millis(-1))]);
    moments
}

/// What a server knows.
struct World {
    kinds: Kinds,
    records: BTreeMap<RecordKey, Shared>,
    directories: BTreeMap<CommunityId, Directory>,
    nowhere: Directory,
    serials: RefCell<BTreeMap<String, u32>>,
}

impl World {
    /// One in which nothing has happened.
    fn empty() -> Self {
        Self {
            kinds: Kinds::all(),
            records: BTreeMap::new(),
            directories: BTreeMap::new(),
            nowhere: Directory::new(uuid::Uuid::nil().into()),
            serials: RefCell::default(),
        }
    }

    /// One that knows the places and people of these communities. Nothing that is done with entries asks who lives there.
    fn of(seeds: &[Seed]) -> Self {
        let mut world = Self::empty();
        for seed in seeds {
            world.absorb(Arc::new(seed.community.clone()));
            seed.places().for_each(|place| world.absorb(Arc::new(place.clone())));
            seed.colleagues.iter().for_each(|colleague| world.absorb(Arc::new(colleague.card.clone())));
        }
        world
    }

    fn absorb(&mut self, record: Shared) {
        let key = record.key();
        let directory = self.directories.entry(key.community).or_insert_with(|| Directory::new(key.community));
        directory.take_in(&*record);
        self.records.insert(key, record);
    }

    /// Has a command accepted.
    fn take_in(&mut self, command: &Command, received: Timestamp) {
        let server = Server { world: self, received };
        let effects: Result<Effects, _> = self.kinds.apply(self, command, Some(&server));
        let effects = effects.unwrap_or_else(|refusal| panic!("{refusal:?}: {command:?}"));
        effects.into_records().into_iter().for_each(|record| self.absorb(record));
    }

    /// Has every command of the pushes accepted, one after the other.
    fn replay(&mut self, pushes: &[PushBatch]) {
        for push in pushes {
            for mut command in commands(push) {
                assert_eq!((command.head.actor, command.head.device), (Actor::Person(push.sender), push.device));
                command.head.offset.get_or_insert(push.received.since(push.sent_at));
                self.take_in(&command, push.received);
            }
        }
    }

    fn get<R: domain::kernel::Record>(&self, key: &RecordKey) -> &R {
        self.records[key].as_any().downcast_ref().expect("the kind of the key")
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.records.values().filter_map(|record| record.as_any().downcast_ref())
    }

    /// The stairwell of an entry.
    fn home(&self, entry: &Entry) -> &Place {
        self.get(&Place::key_of(entry.community, entry.place))
    }

    /// Who wrote an entry.
    fn author(&self, entry: &Entry) -> &Person {
        self.get(&Person::key_of(entry.community, entry.author))
    }
}

impl Known for World {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        self.records.get(key).map_or(Look::Nowhere, |record| Look::Here(&**record))
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.directories.get(&community).unwrap_or(&self.nowhere).tree()
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.directories.get(&community).unwrap_or(&self.nowhere).memberships(person)
    }
}

struct Server<'w> {
    world: &'w World,
    received: Timestamp,
}

impl ServerSide for Server<'_> {
    fn received(&self) -> Timestamp {
        self.received
    }

    fn is_decided(&self) -> bool {
        false
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        format!("{day}-{series}")
    }

    fn serial(&self, series: &str) -> u32 {
        let mut serials = self.world.serials.borrow_mut();
        let serial = serials.entry(series.to_owned()).or_default();
        *serial += 1;
        *serial
    }

    fn has_blob(&self, _: PersonId, _: &Sha256) -> bool {
        false
    }
}

/// The commands of a push, read from its bytes.
fn commands(push: &PushBatch) -> Vec<Command> {
    push.commands.iter().map(|bytes| Command::read(bytes).expect("a command")).collect()
}

/// Everything a push says, for comparing two runs.
fn said(pushes: &[PushBatch]) -> String {
    format!("{pushes:?}")
}
