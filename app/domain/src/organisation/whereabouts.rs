//! What a place stands in, or where a post is: another place, or the community itself.

use super::{Community, Place, reasons};
use crate::kernel::{Occasion, PlaceId, PlaceKind, Record, Refusal, Timestamp};

/// The place or community that a head names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whereabouts<'k> {
    /// The root of the tree.
    Community(&'k Community),
    /// Anything below it.
    Place(&'k Place),
}

impl<'k> Whereabouts<'k> {
    /// The record at `index` of the head.
    pub(super) fn need(occasion: &Occasion<'k>, index: usize) -> Result<Self, Refusal> {
        match occasion.key(index, Community::KIND) {
            Ok(_) => occasion.need(index).map(Self::Community),
            Err(_) => occasion.need(index).map(Self::Place),
        }
    }

    pub(super) fn id(self) -> PlaceId {
        match self {
            Self::Community(community) => community.id.into(),
            Self::Place(place) => place.id,
        }
    }

    pub(super) const fn kind(self) -> PlaceKind {
        match self {
            Self::Community(_) => PlaceKind::Community,
            Self::Place(place) => place.kind,
        }
    }

    /// When it was made, by the server's clock as well as we know: nobody acts before what they act on.
    pub(super) const fn made(self) -> Timestamp {
        match self {
            Self::Community(community) => community.made.corrected(),
            Self::Place(place) => place.made.corrected(),
        }
    }

    /// Refuses one that is no more.
    pub(super) fn check_open(self) -> Result<(), Refusal> {
        match self {
            Self::Place(Place { closed: Some(_), .. }) => Err(reasons::CLOSED.into()),
            Self::Place(_) | Self::Community(_) => Ok(()),
        }
    }
}
