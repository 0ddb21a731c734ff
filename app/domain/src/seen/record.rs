//! What one person has seen in one community.

use crate::kernel::{
    Actor, Audience, Bounds, Bytes, CommandId, CommunityId, PersonId, Reader, Record, RecordKey, Row, Times, Topics,
    Weight, json,
};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// One record in one of its versions, and where that stands in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// The record's id.
    pub record: Uuid,
    /// The step that made the version.
    pub version: CommandId,
    /// Where it stands in the feed.
    pub position: i64,
}

/// As a command names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    record: Uuid,
    version: CommandId,
    position: i64,
}

impl From<Wanted> for Sight {
    fn from(Wanted { record, version, position }: Wanted) -> Self {
        Self { record, version, position }
    }
}

impl Sight {
    /// Reads what a command names ([`json::strict`]).
    pub(super) fn read_wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Self>, D::Error> {
        json::strict::<Wanted, _, _>(deserializer)
    }
}

/// What one person has seen in one community: told to nobody else. Bold rows and counts mean this one; 已阅 is an act of
/// the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Whose; also the record's id.
    pub person: PersonId,
    /// Where.
    pub community: CommunityId,
    /// Everything up to this position of the feed is seen, except `unseen`.
    pub up_to: i64,
    /// Seen although it stands beyond `up_to`; oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Sight>,
    /// To be shown as new although it stands at or before `up_to`; oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Sight>,
    /// When it was made.
    pub made: Times,
    /// When it was last changed.
    pub changed: Times,
}

impl Seen {
    /// Most exceptions, both kinds together: what a person reads in some months. Beyond it the oldest are folded into
    /// `up_to`.
    pub const MOST_EXCEPTIONS: usize = 2_000;

    /// The key of what a person has seen.
    #[must_use]
    pub fn key_of(community: CommunityId, person: PersonId) -> RecordKey {
        RecordKey::new(community, Self::KIND, person)
    }

    /// Whether a version of a record has been seen. `position` is where it stands in the feed.
    #[must_use]
    pub fn has_seen(&self, record: Uuid, version: CommandId, position: i64) -> bool {
        let names = |sight: &Sight| sight.record == record && sight.version == version;
        !self.unseen.iter().any(names) && (position <= self.up_to || self.seen.iter().any(names))
    }
}

impl Record for Seen {
    const KIND: &'static str = "seen";

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.person)
    }

    fn audience(&self) -> Audience {
        Audience::down(self.community.into(), Topics::NONE).and(Reader::Person(self.person))
    }

    fn row(&self) -> Row {
        Row { written: self.made.corrected(), changed: self.changed.effective(), state: "open", ..Row::default() }
    }

    fn author(&self) -> Option<Actor> {
        Some(Actor::Person(self.person))
    }

    /// 2,000 exceptions of 140 bytes lie below four fifths of it; a page of the feed holds it.
    fn bounds() -> Bounds {
        Bounds { bytes: Bytes::kib(384), ..Bounds::USUAL }
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight::default()
    }
}
