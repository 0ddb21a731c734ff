//! What phone and server keep decoded of one community: its figures, its tree, its people. Everything that rights are
//! asked of.

use super::{Community, Person, Place, full_name};
use crate::kernel::{AnyRecord, CommunityId, Membership, PersonId, PlaceId, Record, SortedMap, Span, Tree};
use std::sync::Arc;

/// One community, decoded. A clone costs three counters: a server hands one to every request and changes its own.
#[derive(Clone, Debug)]
pub struct Directory {
    community: Option<Arc<Community>>,
    tree: Arc<Tree>,
    people: Arc<SortedMap<PersonId, Arc<Person>>>,
}

impl Directory {
    /// Most people of a community, those who have no post any more among them: one for each place that it can have
    /// ([`Tree::MOST_PLACES`]). Server and phones keep all of them decoded.
    pub const MOST_PEOPLE: usize = Tree::MOST_PLACES;

    /// The kinds of records that it is made of.
    pub const KINDS: [&str; 3] = [Community::KIND, Place::KIND, Person::KIND];

    /// A community of which nothing has been heard.
    #[must_use]
    pub fn new(community: CommunityId) -> Self {
        Self { community: None, tree: Arc::new(Tree::new(community)), people: Arc::default() }
    }

    /// Takes in the newest state of a record. Kinds of other modules, and records of other communities, change nothing.
    pub fn take_in(&mut self, record: &dyn AnyRecord) {
        if PlaceId::from(record.key().community) != self.tree.root() {
            return;
        }
        let record = record.as_any();
        if let Some(place) = record.downcast_ref::<Place>() {
            let tree = Arc::make_mut(&mut self.tree);
            if place.closed.is_some() {
                tree.put_closed(place.node())
            } else {
                tree.put(place.node())
            }
            if let Some(code) = &place.code {
                tree.put_code(place.id, code.clone());
            }
        } else if let Some(person) = record.downcast_ref::<Person>() {
            Arc::make_mut(&mut self.people).insert(person.id, Arc::new(person.clone()));
        } else if let Some(community) = record.downcast_ref::<Community>() {
            if let Some(code) = &community.code {
                Arc::make_mut(&mut self.tree).put_code(community.id.into(), code.clone());
            }
            self.community = Some(Arc::new(community.clone()));
        }
    }

    /// The community's own record; `None` where it has not arrived.
    #[must_use]
    pub fn community(&self) -> Option<&Community> {
        self.community.as_deref()
    }

    /// The places.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A person's record here.
    #[must_use]
    pub fn person(&self, person: PersonId) -> Option<&Person> {
        self.people.get(&person).map(Arc::as_ref)
    }

    /// Everybody, by id.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values().map(Arc::as_ref)
    }

    /// What a person is here, whether it holds now or not.
    #[must_use]
    pub fn memberships(&self, person: PersonId) -> &[Membership] {
        self.person(person).map_or(&[], |person| &person.memberships)
    }

    /// How long after the end of a post late work counts.
    #[must_use]
    pub fn grace(&self) -> Span {
        self.community().map_or(Community::USUAL_GRACE, Community::grace)
    }

    /// Letters that open the numbers of entries; empty where the community has not arrived.
    #[must_use]
    pub fn abbreviation(&self) -> &str {
        self.community().map_or("", |community| &community.abbreviation)
    }

    /// The name of a place as people say it; the community's own for the root.
    #[must_use]
    pub fn place_name(&self, place: PlaceId) -> String {
        match self.community() {
            Some(community) if place == self.tree.root() => community.name.clone(),
            _ => full_name(&self.tree, place),
        }
    }
}
