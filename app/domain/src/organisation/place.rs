//! 网格, 楼院, 楼栋, 单元: one record a place. A place that moves keeps its id, and with it its history.

use super::{Door, DoorLabel};
use crate::kernel::{
    Actor, Audience, Bounds, CommunityId, Node, PlaceId, PlaceKind, Record, RecordKey, Row, Times, Tree, Weight,
};
use crate::kinds::topic;
use serde::{Deserialize, Serialize};

/// A place below the community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which.
    pub id: PlaceId,
    /// In which community.
    pub community: CommunityId,
    /// Its level.
    pub kind: PlaceKind,
    /// What it stands in; the community's id where that is the community itself.
    pub parent: PlaceId,
    /// Its name within that: `3单元`, `八经街46号院`.
    pub name: String,
    /// The name that the server gave it: 15 digits of a grid, 18 of a stairwell. Never given again, and
    /// never changed, also where the place moves. `None` for other levels, and as long as only a phone knows the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of a stairwell: rows of doors, top floor first; rows need not be of one length.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub floors: Vec<Vec<Door>>,
    /// Where the main water valve is, for a night without signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water_valve: Option<String>,
    /// Where the electricity switch is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_switch: Option<String>,
    /// Since when it is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Times>,
    /// When it was made.
    pub made: Times,
    /// When it was last changed.
    pub changed: Times,
}

impl Place {
    /// Most doors of a stairwell: 40 floors of eight.
    pub const MOST_DOORS: usize = 320;

    /// The key of a place below the community.
    #[must_use]
    pub fn key_of(community: CommunityId, id: PlaceId) -> RecordKey {
        RecordKey::new(community, Self::KIND, id)
    }

    /// As the tree knows it.
    #[must_use]
    pub fn node(&self) -> Node {
        Node { id: self.id, kind: self.kind, parent: Some(self.parent), name: self.name.clone() }
    }

    /// `八经街46号院·3单元`.
    #[must_use]
    pub fn full_name(&self, tree: &Tree) -> String {
        full_name(tree, self.id)
    }

    /// All doors, top floor first.
    pub fn doors(&self) -> impl Iterator<Item = &Door> {
        self.floors.iter().flatten()
    }

    /// The door that is called so, or was.
    #[must_use]
    pub fn door(&self, label: &DoorLabel) -> Option<&Door> {
        let now = self.doors().find(|door| door.label == *label);
        now.or_else(|| self.doors().find(|door| door.was.contains(label)))
    }
}

/// The name of a place as people say it: from the yard downwards, `八经街46号院·3单元`; of a place that lies in no yard,
/// its own. Empty for a place that the tree does not know.
#[must_use]
pub fn full_name(tree: &Tree, place: PlaceId) -> String {
    let path = tree.path(place);
    let nodes: Vec<&Node> = path.iter().filter_map(|id| tree.node(*id)).collect();
    let yard = nodes.iter().position(|node| node.kind == PlaceKind::Yard).unwrap_or(0);
    let names: Vec<&str> = nodes.iter().take(yard + 1).rev().map(|node| node.name.as_str()).collect();
    names.join("·")
}

impl Record for Place {
    const KIND: &'static str = "place";

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.id)
    }

    fn audience(&self) -> Audience {
        Audience::through(self.id, topic::PLACES)
    }

    fn row(&self) -> Row {
        Row {
            written: self.made.corrected(),
            changed: self.changed.effective(),
            state: if self.closed.is_some() { "closed" } else { "open" },
            search: self.name.clone(),
            ..Row::default()
        }
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight::default()
    }
}
