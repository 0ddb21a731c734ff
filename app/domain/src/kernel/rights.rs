//! Who may do what and read what: it follows from posts alone.
//!
//! Here is what every module asks: which posts somebody held when they acted, and whether one of them reaches a place.
//! The rights themselves are types of their modules (`log::MayReview` …), which only a module's `rights.rs` can make.

use super::{
    Actor, CommunityId, Membership, PersonId, PlaceId, Post, ReadScope, Reading, Refusal, Rejection, Role, SortedSet,
    Span, Timestamp, Topics, Tree,
};
use crate::kinds;

/// The rights of one actor at one time in one community.
#[derive(Clone, Debug)]
pub struct Rights<'t> {
    actor: Actor,
    tree: &'t Tree,
    community: CommunityId,
    posts: Vec<Post>,
    /// Held when the actor acted, but ended longer ago than late work counts.
    lapsed: Vec<Post>,
}

/// When somebody acted, and when that came to be known.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// When they acted.
    pub at: Timestamp,
    /// When the server had it; `None` on the phone, which never calls work too late.
    pub received: Option<Timestamp>,
    /// How long after the end of a post late work counts.
    pub grace: Span,
}

impl<'t> Rights<'t> {
    /// The rights of `actor`, who holds `memberships`.
    #[must_use]
    pub fn of(
        actor: Actor,
        community: CommunityId,
        memberships: &[Membership],
        tree: &'t Tree,
        when: Standing,
    ) -> Self {
        let held = memberships.iter().filter(|membership| membership.holds_at(when.at));
        let is_late = |membership: &Membership| match (membership.until, when.received) {
            (Some(until), Some(received)) => until.plus(when.grace) < received,
            _ => false,
        };
        let (lapsed, posts): (Vec<_>, Vec<_>) = held.partition(|membership| is_late(membership));
        let posts_of = |held: Vec<&Membership>| {
            let posts: SortedSet<Post> = held.into_iter().map(Membership::post).collect();
            posts.into_iter().collect()
        };
        Self { actor, tree, community, posts: posts_of(posts), lapsed: posts_of(lapsed) }
    }

    /// The rights of a person now, where nothing is late.
    #[must_use]
    pub fn now(
        person: PersonId,
        community: CommunityId,
        memberships: &[Membership],
        tree: &'t Tree,
        at: Timestamp,
    ) -> Self {
        let when = Standing { at, received: None, grace: Span::ZERO };
        Self::of(Actor::Person(person), community, memberships, tree, when)
    }

    /// Whose rights these are.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// Whose rights these are, where it is a person.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        self.actor.person()
    }

    /// Whether the system acts: jobs, and whoever runs the server.
    #[must_use]
    pub const fn is_system(&self) -> bool {
        matches!(self.actor, Actor::System(_))
    }

    /// The places of the community.
    #[must_use]
    pub const fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The community.
    #[must_use]
    pub const fn community(&self) -> CommunityId {
        self.community
    }

    /// Posts that hold.
    #[must_use]
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// Whether the person reads and reviews for others.
    #[must_use]
    pub fn is_reader(&self) -> bool {
        self.posts.iter().any(|post| post.role.is_reader())
    }

    /// Whether one of `roles` is held at `place` or above it.
    #[must_use]
    pub fn holds(&self, roles: &[Role], place: PlaceId) -> bool {
        self.post_at(roles, place).is_some()
    }

    /// The post by which one of `roles` is held at `place` or above it.
    #[must_use]
    pub fn post_at(&self, roles: &[Role], place: PlaceId) -> Option<Post> {
        let reaches = |post: &&Post| roles.contains(&post.role) && self.tree.covers(post.place, place);
        self.posts.iter().find(reaches).copied()
    }

    /// Whether one of `roles` is held anywhere in the community, now or too long ago: asked before something is parked.
    #[must_use]
    pub fn holds_somewhere(&self, roles: &[Role]) -> bool {
        self.is_system() || self.posts.iter().chain(&self.lapsed).any(|post| roles.contains(&post.role))
    }

    /// The right that `ask` finds.
    ///
    /// # Errors
    /// [`Refusal::Held`] where only a post gives it that ended too long ago, otherwise [`Rejection::NO_RIGHT`].
    pub fn grant<T>(&self, ask: impl Fn(&Self) -> Option<T>) -> Result<T, Refusal> {
        if let Some(right) = ask(self) {
            return Ok(right);
        }
        let posts = self.posts.iter().chain(&self.lapsed).copied().collect();
        let late = Self { posts, lapsed: Vec::new(), ..self.clone() };
        Err(if ask(&late).is_some() { Refusal::Held } else { Rejection::NO_RIGHT.into() })
    }

    /// What may be read, for a store to ask with; `None` where no person asks.
    #[must_use]
    pub fn read_scope(&self) -> Option<ReadScope> {
        let mut readings: Vec<Reading> = Vec::new();
        for post in &self.posts {
            let topics = kinds::topics_read_by(post.role);
            if topics != Topics::NONE {
                self.add_reading(&mut readings, topics, post.place);
            }
        }
        Some(ReadScope { person: self.person()?, community: self.community, readings, posts: self.posts.clone() })
    }

    fn add_reading(&self, readings: &mut Vec<Reading>, topics: Topics, place: PlaceId) {
        let everywhere = place == self.tree.root();
        let places = (!everywhere).then(|| self.tree.within(place));
        let above: SortedSet<PlaceId> = self.tree.path(place).into_iter().skip(1).collect();
        match readings.iter_mut().find(|reading| reading.topics == topics) {
            Some(reading) => {
                reading.above.extend(above);
                reading.places = match (reading.places.take(), places) {
                    (Some(mut one), Some(other)) => {
                        one.extend(other);
                        Some(one)
                    }
                    _ => None,
                };
            }
            None => readings.push(Reading { topics, places, above }),
        }
    }
}
