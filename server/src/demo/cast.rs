//! Who writes and who reviews where.

use super::random::Random;
use super::residents::MADE;
use super::seed::Seed;
use domain::kernel::{
    Actor, Command, CommandId, CommunityId, DeviceId, EntryId, Head, PersonId, PlaceId, RecordKey, Role, Span,
    Timestamp,
};
use domain::log::{Act, Entry};
use domain::organisation::{Person, Place};
use domain::residents::Resident;
use domain::store::PushBatch;

/// Somebody with the device in their hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Player {
    pub person: PersonId,
    pub device: DeviceId,
}

/// What somebody does: an act, and the entry that it is about.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    pub community: CommunityId,
    pub entry: EntryId,
    /// The stairwell of the entry.
    pub place: PlaceId,
    pub act: Act,
}

impl Deed {
    fn about(&self) -> Vec<RecordKey> {
        let mut about = vec![Entry::key_of(self.community, self.entry)];
        if matches!(self.act, Act::WriteEntry { .. } | Act::AmendEntry { .. }) {
            about.push(Place::key_of(self.community, self.place));
        }
        about
    }
}

impl Player {
    pub(super) fn of(card: &Person) -> Self {
        let device = Random::named(&format!("device/{}", card.id), 0).bytes();
        Self { person: card.id, device: DeviceId::from_parts(MADE, device) }
    }

    /// What this person did, when, as their phone keeps it; nothing if it had no bytes, which does not happen.
    pub(super) fn command(self, id: CommandId, written: Timestamp, deed: &Deed) -> Option<String> {
        let Self { person, device } = self;
        let (actor, offset, about) = (Actor::Person(person), Some(Span::ZERO), deed.about());
        let command = Command::new(Head { id, actor, device, written, offset, about }, &deed.act);
        command.and_then(|command| command.to_bytes()).ok()
    }

    /// A push of what this person did.
    pub(super) const fn push(self, commands: Vec<String>, received: Timestamp) -> PushBatch {
        let Self { person: sender, device } = self;
        PushBatch { sender, device, sent_at: received, received, commands }
    }
}

/// One community as a stage.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a>(pub &'a Seed);

impl<'a> Cast<'a> {
    /// The community.
    pub(super) const fn community(self) -> CommunityId {
        self.0.community.id
    }

    /// The stairwell of a yard, by the yard's name and the number of the stairwell.
    pub(super) fn stairwell(self, yard_name: &str, unit: &str) -> Option<&'a Place> {
        let yard = self.0.yards.iter().find(|yard| yard.name == yard_name)?;
        let mut stairwells = self.0.stairwells.iter();
        stairwells.find(|home| home.parent == yard.id && home.name.trim_end_matches("单元") == unit)
    }

    /// Whoever is `role` at exactly this place, first of all in their own right; social workers by their agency.
    pub(super) fn at(self, role: Role, place: PlaceId, agency: Option<&str>) -> Option<&'a Person> {
        let holds = |card: &&Person, most: usize| {
            card.agency.as_ref().map(|agency| agency.0.as_str()) == agency
                && card.memberships.iter().take(most).any(|one| one.role == role && one.place == place)
        };
        let cards = || self.0.colleagues.iter().map(|colleague| &colleague.card);
        cards().find(|card| holds(card, 1)).or_else(|| cards().find(|card| holds(card, usize::MAX)))
    }

    /// Somebody behind a door, by name.
    pub(super) fn resident(self, stairwell: &Place, door: &str, name: &str) -> Option<&'a Resident> {
        self.0.residents.iter().find(|resident| {
            let behind = resident.door.as_ref().is_some_and(|label| label.as_str() == door);
            resident.place == stairwell.id && behind && resident.name == name
        })
    }
}
