//! The name of one record among all: community, kind, UUID. Commands, outbox, feed and tables hang on it.

use super::{CommunityId, IdError, Unreadable};
use crate::kinds;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};
use uuid::Uuid;

/// What kind of thing a record is: `entry`, `place`, … One that this version does not know is kept as it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(Cow<'static, str>);

impl Kind {
    /// Most bytes of a kind's word.
    const MOST_BYTES: usize = 32;

    /// A kind of this version.
    #[must_use]
    pub const fn known(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Reads a word of small letters and underscores.
    ///
    /// # Errors
    /// [`IdError`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, IdError> {
        if let Some(known) = kinds::NAMES.iter().find(|name| **name == raw) {
            return Ok(Self::known(known));
        }
        let fits =
            (1..=Self::MOST_BYTES).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if fits { Ok(Self(Cow::Owned(raw.to_owned()))) } else { Err(IdError) }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq<&str> for Kind {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one record. Written `community/kind/id`.
///
/// Ordered by id first: that nearly always settles it, and a server compares keys all the time.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordKey {
    /// Which one.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// The community whose feed tells it.
    pub community: CommunityId,
}

impl RecordKey {
    /// The key of a record of a known kind.
    #[must_use]
    pub fn new(community: CommunityId, kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { community, kind: Kind::known(kind), id: id.into() }
    }
}

impl FromStr for RecordKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let mut parts = text.split('/');
        let (Some(community), Some(kind), Some(id), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdError);
        };
        let id = Uuid::try_parse(id).map_err(|_| IdError)?;
        Ok(Self { community: community.parse()?, kind: Kind::parse(kind)?, id })
    }
}

impl TryFrom<String> for RecordKey {
    type Error = Unreadable;

    fn try_from(text: String) -> Result<Self, Unreadable> {
        text.parse().map_err(|_| Unreadable::malformed("not a key of a record"))
    }
}

impl From<RecordKey> for String {
    fn from(key: RecordKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.community, self.kind.as_str(), self.id.as_hyphenated())
    }
}

impl fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
