//! Who may read a record: said once by the record, asked by rights, SQL and tests alike.

use super::{CommunityId, PersonId, PlaceId, Post, Sha256, SortedSet};
use serde::{Deserialize, Serialize};

/// A set of topics: what a record is about, or what a role reads. The numbers stand in `kinds.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topics(u64);

impl Topics {
    /// No topic.
    pub const NONE: Self = Self(0);

    /// The one topic of this number, 0 to 62: a database keeps the set as a signed number.
    #[must_use]
    pub const fn number(number: u8) -> Self {
        assert!(number < 63, "a topic's number is below 63");
        Self(1 << number)
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the sets share a topic.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// As a database keeps it.
    #[must_use]
    pub const fn bits(self) -> i64 {
        self.0.cast_signed()
    }

    /// From [`Topics::bits`].
    #[must_use]
    pub const fn from_bits(bits: i64) -> Self {
        Self(bits.cast_unsigned())
    }
}

/// How far from its place a record is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// To posts at the place and above it.
    Down,
    /// Also to posts below it: what concerns a whole yard or community. Never personal data.
    Through,
}

/// A reader who is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// A person, wherever their post is.
    Person(PersonId),
    /// Whoever holds a post.
    Post(Post),
}

/// Who may read a record. Its author always may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The place that it is about.
    pub place: PlaceId,
    /// How far it is told.
    pub reach: Reach,
    /// What it is about: a post reads it whose role reads one of these topics.
    pub topics: Topics,
    /// Named readers, at most [`Audience::MOST_READERS`].
    pub readers: Vec<Reader>,
}

impl Audience {
    /// Most named readers of a record.
    pub const MOST_READERS: usize = 8;

    /// Posts at `place` and above it that read one of `topics`.
    #[must_use]
    pub const fn down(place: PlaceId, topics: Topics) -> Self {
        Self { place, reach: Reach::Down, topics, readers: Vec::new() }
    }

    /// Also posts below `place`.
    #[must_use]
    pub const fn through(place: PlaceId, topics: Topics) -> Self {
        Self { place, reach: Reach::Through, topics, readers: Vec::new() }
    }

    /// Also this reader.
    #[must_use]
    pub fn and(mut self, reader: Reader) -> Self {
        self.readers.push(reader);
        self
    }
}

/// What some posts read: topics, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What.
    pub topics: Topics,
    /// Records about these places; `None` for every place of the community.
    pub places: Option<SortedSet<PlaceId>>,
    /// Records about these places that reach through: the places above the posts.
    pub above: SortedSet<PlaceId>,
}

/// What one person may read in one community, as a store can ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadScope {
    /// Who: what they wrote themselves is always readable.
    pub person: PersonId,
    /// Where.
    pub community: CommunityId,
    /// What their posts read.
    pub readings: Vec<Reading>,
    /// Their posts: named readers, and how much is shown of residents.
    pub posts: Vec<Post>,
}

impl ReadScope {
    /// Whether a record may be read: what the query of every store has to say of it.
    #[must_use]
    pub fn admits(&self, author: Option<PersonId>, audience: &Audience) -> bool {
        let is_author = author == Some(self.person);
        is_author || self.is_named(audience) || self.readings.iter().any(|reading| reading.covers(audience))
    }

    fn is_named(&self, audience: &Audience) -> bool {
        audience.readers.iter().any(|reader| match reader {
            Reader::Person(person) => *person == self.person,
            Reader::Post(post) => self.posts.contains(post),
        })
    }

    /// A short text that changes when the scope does, also by a place that moves: a client that meets another one fetches
    /// anew.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut text = format!("{}/{}", self.community, self.person);
        for Post { role, place } in &self.posts {
            text.push_str(&format!("/{}@{place}", role.code()));
        }
        for Reading { topics, places, above } in &self.readings {
            text.push_str(&format!("/{}:{}", topics.bits(), if places.is_none() { "all" } else { "" }));
            for place in places.iter().flat_map(SortedSet::iter).chain(above.iter()) {
                text.push_str(&format!(",{place}"));
            }
        }
        Sha256::of(text.as_bytes()).to_string()[..16].to_owned()
    }
}

impl Reading {
    fn covers(&self, audience: &Audience) -> bool {
        let is_below = self.places.as_ref().is_none_or(|places| places.contains(&audience.place));
        let is_above = audience.reach == Reach::Through && self.above.contains(&audience.place);
        self.topics.meets(audience.topics) && (is_below || is_above)
    }
}
