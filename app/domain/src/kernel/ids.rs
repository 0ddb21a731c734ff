//! Identifiers. All are UUIDv7: made by the device that acts, ordered by time, never reused.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A UUIDv7 from the caller's clock (milliseconds since 1970) and ten random bytes.
            #[must_use]
            pub fn from_parts(unix_millis: i64, random: [u8; 10]) -> Self {
                let millis = u64::try_from(unix_millis).unwrap_or_default();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The value as a plain UUID, for stores that have a type of their own for it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

id!(
    /// One thing that somebody did: the key of idempotency, and the name of a version, a question or an answer.
    CommandId
);
id!(
    /// One entry of the log, through all its versions.
    EntryId
);
id!(
    /// A person who signs in.
    PersonId
);
id!(
    /// One browser profile on one phone or tablet.
    DeviceId
);
id!(
    /// A person who lives behind a door.
    ResidentId
);
id!(
    /// One community (社区): the root of its tree, and the owner of its feed.
    CommunityId
);
id!(
    /// One node of the tree of places: community, grid, yard, building or stairwell.
    PlaceId
);
id!(
    /// What a resident without an account asked for (居民诉求): the form's token names it.
    RequestId
);

impl From<CommunityId> for PlaceId {
    /// The root of the community's tree.
    fn from(community: CommunityId) -> Self {
        Self(community.0)
    }
}

impl DeviceId {
    /// The server itself, which acts for the system and for residents without an account.
    pub const SERVER: Self = Self(Uuid::nil());
}
