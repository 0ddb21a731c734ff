//! Who keeps what is known of residents: the watcher (or stand-in) of their stairwell, the grid worker above it.

use crate::kernel::{PlaceId, Rights, Role};

/// The right to add residents of a stairwell and to change what is known of them.
#[derive(Debug)]
pub struct MayKeepResidents {
    place: PlaceId,
}

impl MayKeepResidents {
    /// Of which stairwell.
    #[must_use]
    pub const fn place(&self) -> PlaceId {
        self.place
    }
}

pub(super) const KEEPERS: &[Role] = &[Role::Watcher, Role::GridWorker];

impl Rights<'_> {
    /// Watcher and stand-in of the stairwell, grid worker of the grid; whoever runs the server everywhere.
    #[must_use]
    pub fn may_keep_residents(&self, place: PlaceId) -> Option<MayKeepResidents> {
        (self.is_system() || self.holds(KEEPERS, place)).then_some(MayKeepResidents { place })
    }
}
