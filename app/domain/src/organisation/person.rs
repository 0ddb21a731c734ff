//! People with their posts: one record for each community in which somebody is something. The account stands above them,
//! with the secrets.

use crate::kernel::{
    Actor, Audience, Bounds, CommunityId, Membership, PersonId, Reader, Record, RecordKey, Role, Row, Times, Timestamp,
    Weight, main_role,
};
use crate::kinds::topic;
use serde::{Deserialize, Serialize};

/// The agency that a social worker belongs to (律动公益 …).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Agency(pub String);

/// What colleagues know of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who: the same in every community.
    pub id: PersonId,
    /// Where this record holds.
    pub community: CommunityId,
    /// As written in the log: `王某兰`.
    pub name: String,
    /// The agency, for social workers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Agency>,
    /// What they are where, in the order in which it was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Membership>,
    /// When the record was made.
    pub made: Times,
    /// When it was last changed.
    pub changed: Times,
}

impl Person {
    /// The key of a person's record in a community.
    #[must_use]
    pub fn key_of(community: CommunityId, id: PersonId) -> RecordKey {
        RecordKey::new(community, Self::KIND, id)
    }

    /// What the person is at an instant; nothing where their account was closed.
    pub fn posts_at(&self, at: Timestamp) -> impl Iterator<Item = &Membership> {
        self.memberships.iter().filter(move |membership| membership.holds_at(at))
    }

    /// [`main_role`] of everything the person is or was here.
    #[must_use]
    pub fn main_role(&self) -> Option<Role> {
        main_role(&self.memberships)
    }
}

impl Record for Person {
    const KIND: &'static str = "person";

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.id)
    }

    fn audience(&self) -> Audience {
        // Also to the person themselves, whose last post has ended: their own card stays.
        Audience::through(self.community.into(), topic::COLLEAGUES).and(Reader::Person(self.id))
    }

    fn row(&self) -> Row {
        Row {
            written: self.made.corrected(),
            changed: self.changed.effective(),
            state: "open",
            search: self.name.clone(),
            ..Row::default()
        }
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    /// Every post that was ever given counts as a step.
    fn weight(&self, _actor: Actor) -> Weight {
        Weight { steps: self.memberships.len(), ..Weight::default() }
    }
}
