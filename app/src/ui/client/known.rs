//! Who the person is where, and the places and people around them. Whoever asks hears of a change.

use super::Client;
use crate::ui::components::{name_of, place_name};
use domain::kernel::{CommunityId, Known, Membership, PersonId, PlaceId, PlaceKind, Record, Rights, Timestamp};
use domain::log::MayWrite;
use domain::organisation::{Directory, Place};
use domain::residents::Resident;
use domain::sync::{Records, View};
use std::sync::Arc;

/// What the person is in one community: all that rights follow from.
#[derive(Clone)]
pub(super) struct Standing {
    person: PersonId,
    community: CommunityId,
    /// What holds now.
    held: Vec<Membership>,
    directory: Directory,
}

impl PartialEq for Standing {
    /// Names of colleagues are no part of it: pages are not drawn anew for them.
    fn eq(&self, other: &Self) -> bool {
        let (tree, others) = (self.directory.tree(), other.directory.tree());
        (self.person, self.community, &self.held) == (other.person, other.community, &other.held)
            && (std::ptr::eq(tree, others) || tree == others)
    }
}

impl Standing {
    /// One for each community of which something is known.
    pub(super) fn all(me: Option<PersonId>, view: &View<'_>, records: &Records, at: Timestamp) -> Vec<Self> {
        let Some(person) = me else { return Vec::new() };
        let of = |community| {
            let held = view.memberships(community, person).iter().filter(|held| held.holds_at(at)).cloned().collect();
            Self { person, community, held, directory: view.directory(community).clone() }
        };
        records.communities().map(of).collect()
    }

    fn rights(&self, at: Timestamp) -> Rights<'_> {
        Rights::now(self.person, self.community, &self.held, self.directory.tree(), at)
    }
}

impl Client {
    /// Asks the rights that the person has now in a community; `None` where nobody is signed in, or nothing is known of the
    /// community. Whoever asks hears when the posts or the places are others.
    pub fn with_rights<T>(self, community: CommunityId, ask: impl FnOnce(&Rights<'_>) -> T) -> Option<T> {
        let at = self.now.get_untracked();
        self.standings.with(|all| {
            let standing = all.iter().find(|standing| standing.community == community)?;
            Some(ask(&standing.rights(at)))
        })
    }

    /// The communities in which the person is somebody now.
    #[must_use]
    pub fn communities(self) -> Vec<CommunityId> {
        let somebody = |standing: &&Standing| !standing.held.is_empty();
        self.standings.with(|all| all.iter().filter(somebody).map(|standing| standing.community).collect())
    }

    /// The first of [`Client::communities`]; where they are nobody any more, the first of which something is known.
    #[must_use]
    pub fn community(self) -> Option<CommunityId> {
        self.communities().first().copied().or_else(|| self.standings.with(|all| Some(all.first()?.community)))
    }

    /// What the person is now, in all communities.
    #[must_use]
    pub fn memberships(self) -> Vec<Membership> {
        self.standings.with(|all| all.iter().flat_map(|standing| &standing.held).cloned().collect())
    }

    /// Whether the person reads and reviews for others, anywhere.
    #[must_use]
    pub fn is_reader(self) -> bool {
        self.memberships().iter().any(|held| held.role.is_reader())
    }

    /// Looks at a community, its places and its people, with one's own commands on top.
    pub fn with_directory<T>(self, community: CommunityId, look: impl FnOnce(&Directory) -> T) -> T {
        self.with_view(|view| look(view.directory(community)))
    }

    /// Looks at everything that is known, with one's own commands on top.
    pub fn with_view<T>(self, look: impl FnOnce(&View<'_>) -> T) -> T {
        self.records.with(|records| self.overlay.with(|overlay| look(&overlay.over(records))))
    }

    /// All stairwells that are known and still there, by community and name.
    #[must_use]
    pub fn stairwells(self) -> Vec<Arc<Place>> {
        self.with_view(|view| {
            let all = view.of_kind(Place::KIND);
            let places = all.iter().filter_map(domain::sync::Shown::shared::<Place>);
            let mut places: Vec<_> = places.filter(|place| is_stairwell(place)).collect();
            places.sort_by_cached_key(|place| {
                (place.community, place.full_name(view.directory(place.community).tree()), place.id)
            });
            places
        })
    }

    /// Those in which the person may write now.
    #[must_use]
    pub fn my_stairwells(self) -> Vec<Arc<Place>> {
        let mut places = self.stairwells();
        places.retain(|place| {
            self.with_rights(place.community, |rights| MayWrite::find(rights, place.id).is_some()) == Some(true)
        });
        places
    }

    /// A stairwell, where it is known.
    #[must_use]
    pub fn stairwell(self, id: PlaceId) -> Option<Arc<Place>> {
        let communities: Vec<CommunityId> = self.records.with(|records| records.communities().collect());
        self.with_view(|view| {
            let mut shown = communities.into_iter().filter_map(|community| view.shown(&Place::key_of(community, id)));
            shown.find_map(|shown| shown.shared::<Place>()).filter(|place| place.kind == PlaceKind::Stairwell)
        })
    }

    /// The name of a place as people say it (`八经街46号院·3单元`); empty where it is not known here.
    #[must_use]
    pub fn place_name(self, place: PlaceId) -> String {
        self.records.with(|records| place_name(records, place))
    }

    /// The name of a colleague.
    #[must_use]
    pub fn person_name(self, person: PersonId) -> String {
        self.records.with(|records| name_of(records, person))
    }

    /// Who lives in a stairwell, by door and name.
    #[must_use]
    pub fn residents_at(self, place: PlaceId) -> Vec<Arc<Resident>> {
        self.with_view(|view| {
            let all = view.of_kind(Resident::KIND);
            let residents = all.iter().filter_map(domain::sync::Shown::shared::<Resident>);
            residents.filter(|one| one.place == place && one.lives_here()).collect()
        })
    }
}

fn is_stairwell(place: &Place) -> bool {
    place.kind == PlaceKind::Stairwell && place.closed.is_none()
}
