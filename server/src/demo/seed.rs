//! A community of the demo: what its records will say, and the commands of the operator that make them say it.

use super::random::Random;
use domain::{
    kernel::{
        Actor, Command, CommandId, Day, DeviceId, Head, PersonId, PlaceId, Record, RecordKey, Span, Times, Timestamp,
        Unreadable,
    },
    organisation::{self, Community, Directory, Person, Place},
    residents::{self, Resident},
    store::Account,
    sync::decide::Delivery,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Commands that travel together.
const TOGETHER: usize = 1_000;

/// A community with its places and people.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The community.
    pub community: Community,
    /// Its grids, by code.
    pub grids: Vec<Place>,
    /// Its yards.
    pub yards: Vec<Place>,
    /// Its stairwells, yard by yard.
    pub stairwells: Vec<Place>,
    /// Everybody who can sign in.
    pub colleagues: Vec<Colleague>,
    /// Everybody who lives there.
    pub residents: Vec<Resident>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// What others know of them.
    pub card: Person,
    /// The name to sign in with.
    pub login: String,
}

/// What was written and received at one moment, by a clock that is right.
pub(super) const fn made_at(at: Timestamp) -> Times {
    Times { written: at, clock_offset: Some(Span::ZERO), received: Some(at) }
}

/// When somebody became known: with everybody else, or in the first hour of the year in which they were born.
pub(super) fn known_since(since: Timestamp, birth_year: Option<u16>) -> Timestamp {
    let born = birth_year.and_then(|year| Day::from_numbers(year.into(), 1, 1));
    born.map_or(since, |born| born.start().max(since))
}

impl Seed {
    /// All places, each after the one that it stands in.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.grids.iter().chain(&self.yards).chain(&self.stairwells)
    }

    /// The yard of a stairwell.
    #[must_use]
    pub fn yard_of(&self, stairwell: &Place) -> Option<&Place> {
        self.yards.iter().find(|yard| yard.id == stairwell.parent)
    }

    /// The grid of a stairwell.
    #[must_use]
    pub fn grid_of(&self, stairwell: &Place) -> Option<PlaceId> {
        self.yard_of(stairwell).map(|yard| yard.parent)
    }

    /// Places and people, as rights are asked of them.
    #[must_use]
    pub fn directory(&self) -> Directory {
        let mut directory = Directory::new(self.community.id);
        directory.take_in(&self.community);
        self.places().for_each(|place| directory.take_in(place));
        self.colleagues.iter().for_each(|colleague| directory.take_in(&colleague.card));
        directory
    }

    /// The ids of everybody who can sign in.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.colleagues.iter().map(|colleague| colleague.card.id)
    }

    /// The accounts: `password_hash` (Argon2id in PHC text form) becomes the password of each; `None` leaves the one-click
    /// sign-in of `--demo` as the only way in.
    #[must_use]
    pub fn accounts(&self, password_hash: Option<&str>) -> Vec<Account> {
        let account = |colleague: &Colleague| Account {
            person: colleague.card.id,
            login: colleague.login.clone(),
            password_hash: password_hash.map(str::to_owned),
        };
        self.colleagues.iter().map(account).collect()
    }

    /// The commands that make all of it, in an order in which nothing has to wait for anything. Each was received in the
    /// moment in which it was given.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn deliveries(&self) -> Result<Vec<Delivery>, Unreadable> {
        let commands = self.commands()?;
        let mut deliveries = Vec::new();
        for at_once in commands.chunk_by(|one, other| one.head.written == other.head.written) {
            for some in at_once.chunks(TOGETHER) {
                deliveries.extend(some.first().map(|first| Delivery::from_server(some, first.head.written)));
            }
        }
        deliveries.into_iter().collect()
    }

    /// [`Seed::deliveries`], one after the other.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn commands(&self) -> Result<Vec<Command>, Unreadable> {
        let mut maker = Maker::default();
        maker.community(&self.community)?;
        for place in self.places() {
            maker.place(&self.community, place)?;
        }
        for colleague in &self.colleagues {
            maker.person(&self.community, &colleague.card)?;
        }
        for resident in &self.residents {
            maker.resident(resident)?;
        }
        maker.commands.sort_by_key(|command| command.head.written);
        Ok(maker.commands)
    }
}

/// Gives commands in the operator's name. Their ids follow from what they are about.
#[derive(Default)]
struct Maker {
    commands: Vec<Command>,
    /// How many there are about a record.
    about: BTreeMap<RecordKey, u64>,
}

impl Maker {
    fn community(&mut self, community: &Community) -> Result<(), Unreadable> {
        let act = organisation::Act::MakeCommunity {
            name: community.name.clone(),
            abbreviation: community.abbreviation.clone(),
            code: community.code.clone(),
            numbers: community.numbers.clone(),
        };
        self.give(community.made, vec![community.key()], &act)
    }

    fn place(&mut self, community: &Community, place: &Place) -> Result<(), Unreadable> {
        let act = organisation::Act::MakePlace {
            kind: place.kind,
            name: place.name.clone(),
            code: place.code.clone(),
            floors: place.floors.clone(),
            water_valve: place.water_valve.clone(),
            power_switch: place.power_switch.clone(),
        };
        self.give(place.made, vec![place.key(), whereabouts(community, place.parent)], &act)
    }

    fn person(&mut self, community: &Community, person: &Person) -> Result<(), Unreadable> {
        let act = organisation::Act::AddPerson { name: person.name.clone(), agency: person.agency.clone() };
        self.give(person.made, vec![person.key()], &act)?;
        for held in &person.memberships {
            let act = organisation::Act::GivePost { role: held.role, from: held.from, until: held.until };
            self.give(person.made, vec![person.key(), whereabouts(community, held.place)], &act)?;
        }
        Ok(())
    }

    fn resident(&mut self, resident: &Resident) -> Result<(), Unreadable> {
        let form = residents::Form {
            door: resident.door.clone(),
            name: resident.name.clone(),
            birth_year: resident.birth_year,
            care: resident.care.clone(),
            phones: resident.phones.clone(),
            note: resident.note.clone(),
        };
        let about = vec![resident.key(), Place::key_of(resident.community, resident.place)];
        self.give(resident.made, about, &residents::Act::AddResident { form })
    }

    fn give(&mut self, times: Times, about: Vec<RecordKey>, act: &impl Serialize) -> Result<(), Unreadable> {
        let Some(first) = about.first() else { return Ok(()) };
        let number = self.about.entry(first.clone()).or_default();
        *number += 1;
        let written = times.written;
        let id = nth_command_about(first, *number, written);
        let head = Head { id, actor: Actor::OPERATOR, device: DeviceId::SERVER, written, offset: None, about };
        self.commands.push(Command::new(head, act)?);
        Ok(())
    }
}

/// The id of the operator's command of this number, from one on, about a record.
pub(super) fn nth_command_about(record: &RecordKey, number: u64, written: Timestamp) -> CommandId {
    let random = Random::named(&format!("make/{record}"), number).bytes();
    CommandId::from_parts(written.millis(), random)
}

/// The key of a place, or of the community itself.
fn whereabouts(community: &Community, place: PlaceId) -> RecordKey {
    if place == community.id.into() { community.key() } else { Place::key_of(community.id, place) }
}
