//! What a client knows: the newest state of every record that its person may see.

use super::{
    Community, Entry, EntryId, Known, Membership, MicroGrid, MicroGridCode, PersonCard, PersonId, Resident, ResidentId,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Everything the server can tell a client: the newest state of one record. Hearing it twice changes nothing, and a
/// client that was away for long hears only how things are now, not every step in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly every change is an entry; a box would only cost")]
pub enum Change {
    /// A community.
    Community(Community),
    /// A micro-grid.
    MicroGrid(MicroGrid),
    /// A colleague.
    Person(PersonCard),
    /// A resident, as far as the reader may know.
    Resident(Resident),
    /// An entry.
    Entry(Entry),
}

impl Change {
    /// A key under which a client keeps the record: unique among all kinds, newer states replace older ones.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Community(community) => format!("community/{}", community.code),
            Self::MicroGrid(micro_grid) => format!("micro-grid/{}", micro_grid.code),
            Self::Person(person) => format!("person/{}", person.id),
            Self::Resident(resident) => format!("resident/{}", resident.id),
            Self::Entry(entry) => format!("entry/{}", entry.id),
        }
    }
}

/// The confirmed records of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// The community, once it is known.
    pub community: Option<Community>,
    /// By code.
    pub micro_grids: BTreeMap<MicroGridCode, Arc<MicroGrid>>,
    /// By id.
    pub people: BTreeMap<PersonId, Arc<PersonCard>>,
    /// By id.
    pub residents: BTreeMap<ResidentId, Arc<Resident>>,
    /// By id. Lists are in the order of [`Entry::place_in_list`].
    pub entries: BTreeMap<EntryId, Arc<Entry>>,
}

impl Records {
    /// Takes in a change.
    pub fn absorb(&mut self, change: Change) {
        match change {
            Change::Community(community) => self.community = Some(community),
            Change::MicroGrid(micro_grid) => {
                self.micro_grids.insert(micro_grid.code.clone(), Arc::new(micro_grid));
            }
            Change::Person(person) => {
                self.people.insert(person.id, Arc::new(person));
            }
            Change::Resident(resident) => {
                self.residents.insert(resident.id, Arc::new(resident));
            }
            Change::Entry(entry) => {
                self.entries.insert(entry.id, Arc::new(entry));
            }
        }
    }
}

impl Known for Records {
    fn micro_grid(&self, code: &MicroGridCode) -> Option<&MicroGrid> {
        self.micro_grids.get(code).map(Arc::as_ref)
    }

    fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&id).map(Arc::as_ref)
    }

    fn memberships(&self, person: PersonId) -> &[Membership] {
        self.people.get(&person).map_or(&[], |card| &card.memberships)
    }
}
