//! Who may see and do what. It follows from memberships alone (DESIGN.md 6, DOMAIN.md 2.13).
//!
//! A right is a type: [`MayWrite`] and [`MayReview`] can be made only here, and a function that needs one takes it
//! as an argument. The server decides with this module, the screens offer with it.

use super::{
    Category, CategorySet, CommunityCode, Entry, Membership, MicroGridCode, PersonId, PlaceCode, Role, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// What social workers see: matters of people (visits, care, disputes and what comes up in talks), not of
/// buildings (DOMAIN.md 2.13: "entries in care/visit/dispute groups").
const SOCIAL_WORKER_CATEGORIES: &[Category] = &[
    Category::HomeVisit,
    Category::InformationUpdate,
    Category::Dispute,
    Category::Errand,
    Category::CareVisit,
    Category::MealDelivery,
    Category::Consultation,
];

/// The rights of one person at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    person: PersonId,
    memberships: Vec<Membership>,
    community: Option<CommunityCode>,
}

/// The right to write entries of one micro-grid.
#[derive(Debug)]
pub struct MayWrite {
    author: PersonId,
    micro_grid: MicroGridCode,
}

impl MayWrite {
    /// Who writes.
    #[must_use]
    pub const fn author(&self) -> PersonId {
        self.author
    }

    /// Where.
    #[must_use]
    pub const fn micro_grid(&self) -> &MicroGridCode {
        &self.micro_grid
    }
}

/// The right to review one entry: read, comment, send back. Never one's own (发现人≠核查人, DOMAIN.md 2.6).
#[derive(Debug)]
pub struct MayReview {
    reviewer: PersonId,
}

impl MayReview {
    /// Who reviews.
    #[must_use]
    pub const fn reviewer(&self) -> PersonId {
        self.reviewer
    }
}

/// What a person may read, as a store can ask for it: own entries, and those that lie in one of the places and
/// have one of its categories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadScope {
    /// Own entries are always readable.
    pub person: PersonId,
    /// Places with the categories that may be read there.
    pub places: Vec<(PlaceCode, Vec<Category>)>,
    /// What the person is where: how much is shown of residents hangs on it.
    pub posts: Vec<(PlaceCode, Role)>,
}

impl ReadScope {
    /// A short text that changes when the scope does: a client that meets another one fetches anew.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut text = self.person.to_string();
        for (place, categories) in &self.places {
            text.push('/');
            text.push_str(place.as_str());
            for category in categories {
                text.push_str(category.code());
            }
        }
        for (place, role) in &self.posts {
            text.push('/');
            text.push_str(place.as_str());
            text.push_str(role.code());
        }
        text
    }

    /// Whether an entry may be read: what a store's query has to say of it.
    #[must_use]
    pub fn admits(&self, author: PersonId, micro_grid: &MicroGridCode, categories: CategorySet) -> bool {
        author == self.person
            || self.places.iter().any(|(place, readable)| {
                place.contains(micro_grid.as_str()) && readable.iter().any(|category| categories.contains(*category))
            })
    }

    /// Whether a micro-grid lies in the scope, whatever the category.
    #[must_use]
    pub fn covers(&self, micro_grid: &MicroGridCode) -> bool {
        self.places.iter().any(|(place, _)| place.contains(micro_grid.as_str()))
    }
}

impl Rights {
    /// The rights of `person` at `at`.
    #[must_use]
    pub fn of(person: PersonId, memberships: &[Membership], at: Timestamp) -> Self {
        let first = memberships.iter().find(|membership| membership.holds_at(at));
        let last = || memberships.iter().min_by_key(|membership| Reverse(membership.until));
        let community = first.or_else(last).map(|membership| membership.place.community());
        let memberships = memberships.iter().filter(|membership| membership.holds_at(at)).cloned();
        Self { person, memberships: memberships.collect(), community }
    }

    /// Whose rights these are.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Memberships that hold.
    #[must_use]
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// The community whose feed the person follows: that of their first place. Without a post that holds, that of the one
    /// that ended last: what they wrote is there (DESIGN.md 5.3). `None` for a person who never had a place.
    #[must_use]
    pub fn community(&self) -> Option<CommunityCode> {
        self.community.clone()
    }

    /// Whether the person reads and reviews for others.
    #[must_use]
    pub fn is_reader(&self) -> bool {
        self.memberships.iter().any(|membership| membership.role.is_reader())
    }

    /// Watchers write in their own micro-grid, grid workers in their own grid.
    #[must_use]
    pub fn may_write(&self, micro_grid: &MicroGridCode) -> Option<MayWrite> {
        self.has_role_at(&[Role::Watcher, Role::GridWorker], micro_grid)
            .then(|| MayWrite { author: self.person, micro_grid: micro_grid.clone() })
    }

    /// Authors change, take back and answer for their own entries, also after their post has ended.
    #[must_use]
    pub fn may_continue(&self, entry: &Entry) -> Option<MayWrite> {
        (entry.author == self.person).then(|| MayWrite { author: self.person, micro_grid: entry.micro_grid.clone() })
    }

    /// Authors change their own entries; so does whoever is watcher there now: a stand-in goes on where the watcher stopped.
    #[must_use]
    pub fn may_amend(&self, entry: &Entry) -> Option<MayWrite> {
        let stands_in = self.has_role_at(&[Role::Watcher], &entry.micro_grid);
        let right = MayWrite { author: self.person, micro_grid: entry.micro_grid.clone() };
        (entry.author == self.person || stands_in).then_some(right)
    }

    /// Social workers, grid workers, branch and committee review what they may read, except their own.
    #[must_use]
    pub fn may_review(&self, entry: &Entry) -> Option<MayReview> {
        let reads = self.memberships.iter().any(|membership| membership.role.is_reader() && reaches(membership, entry));
        (reads && entry.author != self.person).then_some(MayReview { reviewer: self.person })
    }

    /// Whether the person may see an entry: all of it, if one of its versions is theirs to see.
    #[must_use]
    pub fn may_read(&self, entry: &Entry) -> bool {
        entry.author == self.person || self.memberships.iter().any(|membership| reaches(membership, entry))
    }

    /// Whether full telephone numbers of residents there are shown. Watchers and social workers see them masked.
    #[must_use]
    pub fn sees_phones(&self, micro_grid: &MicroGridCode) -> bool {
        self.has_role_at(&[Role::GridWorker, Role::PartyCommittee], micro_grid)
    }

    /// Whether the residents of a micro-grid may be seen at all, and whether only those in a care group.
    #[must_use]
    pub fn sees_residents(&self, micro_grid: &MicroGridCode, in_care_group: bool) -> bool {
        let everybody = [Role::Watcher, Role::GridWorker];
        self.has_role_at(&everybody, micro_grid)
            || (in_care_group && self.has_role_at(&[Role::SocialWorker, Role::PartyCommittee], micro_grid))
    }

    /// What may be read, for a store to ask with.
    #[must_use]
    pub fn read_scope(&self) -> ReadScope {
        let mut places: Vec<_> = self
            .memberships
            .iter()
            .map(|membership| (membership.place.clone(), readable(membership.role).to_vec()))
            .collect();
        places.sort();
        places.dedup();
        let mut posts: Vec<_> =
            self.memberships.iter().map(|membership| (membership.place.clone(), membership.role)).collect();
        posts.sort();
        posts.dedup();
        ReadScope { person: self.person, places, posts }
    }

    fn has_role_at(&self, roles: &[Role], micro_grid: &MicroGridCode) -> bool {
        self.memberships
            .iter()
            .any(|membership| roles.contains(&membership.role) && membership.place.contains(micro_grid.as_str()))
    }
}

fn reaches(membership: &Membership, entry: &Entry) -> bool {
    let categories: CategorySet = readable(membership.role).iter().copied().collect();
    membership.place.contains(entry.micro_grid.as_str()) && categories.meets(entry.categories())
}

const fn readable(role: Role) -> &'static [Category] {
    match role {
        Role::SocialWorker => SOCIAL_WORKER_CATEGORIES,
        Role::Watcher | Role::GridWorker | Role::PartyBranch | Role::PartyCommittee => Category::ALL,
    }
}
