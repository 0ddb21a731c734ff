//! Who writes and who reviews where.

use super::chance::Chance;
use super::residents::MADE;
use crate::store::Seed;
use app::domain::{Act, Command, CommandId, DeviceId, MicroGrid, PersonCard, PersonId, Resident, Role, Timestamp};
use app::store::PushBatch;

/// Somebody with the device in their hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Actor {
    pub person: PersonId,
    pub device: DeviceId,
}

impl Actor {
    pub(super) fn of(card: &PersonCard) -> Self {
        let device = Chance::named(&format!("device/{}", card.id), 0).bytes();
        Self { person: card.id, device: DeviceId::from_parts(MADE, device) }
    }

    /// What this person did, when.
    pub(super) fn command(self, id: CommandId, written: Timestamp, act: Act) -> Command {
        Command { id, author: self.person, device: self.device, written, clock_offset: Some(0), act }
    }

    /// A push of what this person did; nothing if a command had no bytes, which does not happen.
    pub(super) fn push(self, commands: &[Command], received: Timestamp) -> Option<PushBatch> {
        let bytes: Result<Vec<String>, _> = commands.iter().map(Command::to_bytes).collect();
        let (sender, device) = (self.person, self.device);
        Some(PushBatch { sender, device, sent_at: received, received, commands: bytes.ok()? })
    }
}

/// One community as a stage.
#[derive(Clone, Copy)]
pub(super) struct Cast<'a>(pub &'a Seed);

impl<'a> Cast<'a> {
    /// The stairwell of a yard, by the yard's name and the number of the stairwell.
    pub(super) fn stairwell(self, yard_name: &str, unit: &str) -> Option<&'a MicroGrid> {
        let mut stairwells = self.0.micro_grids.iter();
        stairwells.find(|home| home.yard_name == yard_name && home.unit_name.trim_end_matches("单元") == unit)
    }

    /// Whoever is `role` at exactly this place, first of all in their own right; social workers by their agency.
    pub(super) fn at(self, role: Role, place: &str, agency: Option<&str>) -> Option<&'a PersonCard> {
        let holds = |card: &&PersonCard, most: usize| {
            card.agency.as_ref().map(|agency| agency.0.as_str()) == agency
                && card.memberships.iter().take(most).any(|one| one.role == role && one.place.as_str() == place)
        };
        let cards = || self.0.accounts.iter().map(|account| &account.card);
        cards().find(|card| holds(card, 1)).or_else(|| cards().find(|card| holds(card, usize::MAX)))
    }

    /// Somebody behind a door, by name.
    pub(super) fn resident(self, micro_grid: &MicroGrid, door: &str, name: &str) -> Option<&'a Resident> {
        self.0.residents.iter().find(|resident| {
            resident.micro_grid == micro_grid.code && resident.door.as_str() == door && resident.name == name
        })
    }
}
