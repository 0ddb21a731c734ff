//! The tree of places: 社区 → 网格 → 楼院 → 楼栋 → 单元(微网格); doors are parts of their stairwell's record.
//!
//! Who lies within whom is asked of the tree and never of a code's beginning: grids are redrawn, and a stairwell moves
//! with its history.

use super::{CommunityId, PlaceId, SortedMap, SortedSet};
use serde::{Deserialize, Serialize};

/// A level of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// 社区, the root.
    Community,
    /// 网格
    Grid,
    /// 楼院
    Yard,
    /// 楼栋
    Building,
    /// 单元(微网格)
    Stairwell,
    /// A level of a newer version.
    #[serde(other)]
    Unknown,
}

impl PlaceKind {
    /// Whether such a place may stand directly below one of `parent`'s kind: levels can be left out, never turned round.
    #[must_use]
    pub fn may_stand_below(self, parent: Self) -> bool {
        self != Self::Unknown && parent < self
    }

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Community => "社区",
            Self::Grid => "网格",
            Self::Yard => "楼院",
            Self::Building => "楼栋",
            Self::Stairwell => "单元",
            Self::Unknown => "（新版本的地方）",
        }
    }
}

/// One place of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which.
    pub id: PlaceId,
    /// Its level.
    pub kind: PlaceKind,
    /// What it stands in; `None` for the community.
    pub parent: Option<PlaceId>,
    /// Its name within that: `3单元`.
    pub name: String,
}

/// The places of one community. A place that the tree does not know lies within the community and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    root: PlaceId,
    nodes: SortedMap<PlaceId, Node>,
    /// Places that are no more. They keep their node: what happened there still lies within something.
    closed: SortedSet<PlaceId>,
    /// The codes that places were given.
    codes: SortedMap<PlaceId, String>,
}

impl Tree {
    /// Most places of a community, those that are no more among them: ten times the few hundred of a real one. Whoever
    /// asks what lies within a place walks through all of them.
    pub const MOST_PLACES: usize = 5_000;

    /// More levels than any community has: a ring of parents ends there.
    const DEEPEST: usize = 8;

    /// A community without places.
    #[must_use]
    pub fn new(community: CommunityId) -> Self {
        Self { root: community.into(), nodes: SortedMap::new(), closed: SortedSet::new(), codes: SortedMap::new() }
    }

    /// Adds a place, or its newest state.
    pub fn put(&mut self, node: Node) {
        self.closed.remove(&node.id);
        self.nodes.insert(node.id, node);
    }

    /// Adds a place that is no more, or its newest state.
    pub fn put_closed(&mut self, node: Node) {
        self.closed.insert(node.id);
        self.nodes.insert(node.id, node);
    }

    /// Whether a place is no more.
    #[must_use]
    pub fn is_closed(&self, id: PlaceId) -> bool {
        self.closed.contains(&id)
    }

    /// Notes the code that a place was given; of the community, too. A code is never given again, and says nothing about
    /// who lies within whom.
    pub fn put_code(&mut self, id: PlaceId, code: String) {
        self.codes.insert(id, code);
    }

    /// The code that a place was given.
    #[must_use]
    pub fn code(&self, id: PlaceId) -> Option<&str> {
        self.codes.get(&id).map(String::as_str)
    }

    /// The community itself.
    #[must_use]
    pub const fn root(&self) -> PlaceId {
        self.root
    }

    /// A place.
    #[must_use]
    pub fn node(&self, id: PlaceId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// All places, by id.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// The place and everything that it lies within, up to the community.
    #[must_use]
    pub fn path(&self, place: PlaceId) -> Vec<PlaceId> {
        let mut path = vec![place];
        let mut here = place;
        while path.len() < Self::DEEPEST
            && let Some(parent) = self.node(here).and_then(|node| node.parent)
            && !path.contains(&parent)
        {
            path.push(parent);
            here = parent;
        }
        if !path.contains(&self.root) {
            path.push(self.root);
        }
        path
    }

    /// Whether `place` is `outer` or lies within it.
    #[must_use]
    pub fn covers(&self, outer: PlaceId, place: PlaceId) -> bool {
        outer == self.root || outer == place || self.path(place).contains(&outer)
    }

    /// The place and everything within it.
    #[must_use]
    pub fn within(&self, outer: PlaceId) -> SortedSet<PlaceId> {
        let mut found: SortedSet<PlaceId> =
            self.nodes.keys().copied().filter(|place| self.covers(outer, *place)).collect();
        found.insert(outer);
        found
    }

    /// The nearest place of a level that `place` is or lies within: the yard of a stairwell.
    #[must_use]
    pub fn nearest(&self, place: PlaceId, kind: PlaceKind) -> Option<&Node> {
        self.path(place).into_iter().filter_map(|id| self.node(id)).find(|node| node.kind == kind)
    }

    /// Places directly within `outer`, by name.
    #[must_use]
    pub fn children(&self, outer: PlaceId) -> Vec<&Node> {
        let mut children: Vec<&Node> = self.nodes.values().filter(|node| node.parent == Some(outer)).collect();
        children.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        children
    }
}
