//! Roles, and what somebody is where.

use super::{PlaceId, Timestamp};
use serde::{Deserialize, Serialize};

/// A role of the four-level network, or of the social workers beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 邻里守望员: one stairwell.
    Watcher,
    /// 专职网格员: one grid.
    GridWorker,
    /// 网格党支部: one grid.
    PartyBranch,
    /// 社区党委: the community.
    PartyCommittee,
    /// 专业社工: assigned grids.
    SocialWorker,
    /// A role of a newer version: shown as such, and without any right here.
    #[serde(other)]
    Unknown,
}

impl Role {
    /// Those that this version knows, from the stairwell upwards.
    pub const ALL: [Self; 5] =
        [Self::Watcher, Self::GridWorker, Self::PartyBranch, Self::PartyCommittee, Self::SocialWorker];

    /// The field's word.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Watcher => "邻里守望员",
            Self::GridWorker => "专职网格员",
            Self::PartyBranch => "网格党支部",
            Self::PartyCommittee => "社区党委",
            Self::SocialWorker => "专业社工",
            Self::Unknown => "（新版本的岗位）",
        }
    }

    /// The word on the wire and on the command line.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Watcher => "watcher",
            Self::GridWorker => "grid_worker",
            Self::PartyBranch => "party_branch",
            Self::PartyCommittee => "party_committee",
            Self::SocialWorker => "social_worker",
            Self::Unknown => "unknown",
        }
    }

    /// Reads [`Role::code`] of a role that this version knows.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the person reads and reviews the log rather than writing it at a door.
    #[must_use]
    pub const fn is_reader(self) -> bool {
        !matches!(self, Self::Watcher | Self::Unknown)
    }
}

/// A role at a place. Work, questions and duties are bound to it, not to the person who holds it today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Post {
    /// What.
    pub role: Role,
    /// Where.
    pub place: PlaceId,
}

/// A person holds a post from `from` until before `until`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Membership {
    /// What.
    pub role: Role,
    /// Where.
    pub place: PlaceId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; `None` means until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Membership {
    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// The post.
    #[must_use]
    pub const fn post(&self) -> Post {
        Post { role: self.role, place: self.place }
    }
}

/// The role that decides which screen a person starts with. One person may hold two: whoever watches
/// a stairwell starts there, whatever else they are, and has the desk one tap away.
#[must_use]
pub fn main_role(memberships: &[Membership]) -> Option<Role> {
    memberships.iter().map(|membership| membership.role).min_by_key(|role| role.is_reader())
}
