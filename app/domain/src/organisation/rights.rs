//! Who keeps the organisation: the system everything, the committee its community, the grid worker the yards, buildings
//! and stairwells of the grid. Nobody gives posts to themselves.

use super::{Community, Person, Place};
use crate::kernel::{PlaceId, PlaceKind, Rights, Role};

/// The right to make a community.
#[derive(Debug)]
pub struct MayMakeCommunity(());

/// The right to change a community's own figures.
#[derive(Debug)]
pub struct MayChangeCommunity<'c>(&'c Community);

/// The right to make a place of a level in another one.
#[derive(Debug)]
pub struct MayMakePlace(());

/// The right to change, move or close a place.
#[derive(Debug)]
pub struct MayChangePlace<'p>(&'p Place);

/// The right to add people to the community.
#[derive(Debug)]
pub struct MayAddPeople(());

/// The right to change what is known of a person, and to end posts.
#[derive(Debug)]
pub struct MayChangePerson<'p>(&'p Person);

/// The right to give a person posts.
#[derive(Debug)]
pub struct MayGivePosts<'p>(&'p Person);

impl<'c> MayChangeCommunity<'c> {
    /// Which.
    #[must_use]
    pub const fn community(&self) -> &'c Community {
        self.0
    }
}

impl<'p> MayChangePlace<'p> {
    /// Which.
    #[must_use]
    pub const fn place(&self) -> &'p Place {
        self.0
    }
}

impl<'p> MayChangePerson<'p> {
    /// Whom.
    #[must_use]
    pub const fn person(&self) -> &'p Person {
        self.0
    }
}

impl<'p> MayGivePosts<'p> {
    /// Whom.
    #[must_use]
    pub const fn person(&self) -> &'p Person {
        self.0
    }
}

/// Who keeps people and the whole tree.
pub(super) const KEEPERS: &[Role] = &[Role::PartyCommittee];
/// Who keeps some places.
pub(super) const KEEPERS_OF_PLACES: &[Role] = &[Role::PartyCommittee, Role::GridWorker];

impl Rights<'_> {
    /// Only whoever runs the server.
    #[must_use]
    pub fn may_make_community(&self) -> Option<MayMakeCommunity> {
        self.is_system().then_some(MayMakeCommunity(()))
    }

    /// The community's committee.
    #[must_use]
    pub fn may_change_community<'c>(&self, community: &'c Community) -> Option<MayChangeCommunity<'c>> {
        self.keeps_everything().then_some(MayChangeCommunity(community))
    }

    /// The committee; a grid worker what lies within the grid.
    #[must_use]
    pub fn may_make_place(&self, kind: PlaceKind, parent: PlaceId) -> Option<MayMakePlace> {
        self.keeps(kind, parent).then_some(MayMakePlace(()))
    }

    /// The committee; a grid worker what lies within the grid.
    #[must_use]
    pub fn may_change_place<'p>(&self, place: &'p Place) -> Option<MayChangePlace<'p>> {
        self.keeps(place.kind, place.id).then_some(MayChangePlace(place))
    }

    /// The committee; a grid worker within the grid: a stairwell goes to another grid by the committee's hand.
    #[must_use]
    pub fn may_move_place<'p>(&self, place: &'p Place, parent: PlaceId) -> Option<MayChangePlace<'p>> {
        self.may_change_place(place).filter(|_| self.keeps(place.kind, parent))
    }

    /// The committee.
    #[must_use]
    pub fn may_add_people(&self) -> Option<MayAddPeople> {
        self.keeps_everything().then_some(MayAddPeople(()))
    }

    /// The committee.
    #[must_use]
    pub fn may_change_person<'p>(&self, person: &'p Person) -> Option<MayChangePerson<'p>> {
        self.keeps_everything().then_some(MayChangePerson(person))
    }

    /// The committee, to everybody else.
    #[must_use]
    pub fn may_give_posts<'p>(&self, person: &'p Person) -> Option<MayGivePosts<'p>> {
        (self.keeps_everything() && self.person() != Some(person.id)).then_some(MayGivePosts(person))
    }

    fn keeps_everything(&self) -> bool {
        self.is_system() || self.holds(KEEPERS, self.tree().root())
    }

    fn keeps(&self, kind: PlaceKind, place: PlaceId) -> bool {
        let within_a_grid = matches!(kind, PlaceKind::Yard | PlaceKind::Building | PlaceKind::Stairwell);
        self.keeps_everything() || (within_a_grid && self.holds(&[Role::GridWorker], place))
    }
}

/// Whether a role has its posts at such a place.
#[must_use]
pub const fn has_posts_at(role: Role, kind: PlaceKind) -> bool {
    match role {
        Role::Watcher => matches!(kind, PlaceKind::Stairwell | PlaceKind::Building),
        Role::GridWorker | Role::PartyBranch => matches!(kind, PlaceKind::Grid),
        Role::SocialWorker => matches!(kind, PlaceKind::Grid | PlaceKind::Community),
        Role::PartyCommittee => matches!(kind, PlaceKind::Community),
        Role::Unknown => false,
    }
}
