//! Protocol 1: the shapes of push and pull. Installed clients keep speaking it; only ever add optional fields.
//!
//! A choice is named by its key, `{"accepted":{"position":7}}`, or by its name alone, `"conflict"`, and nothing is
//! flattened into what is around it: a reader that must look ahead for a tag is compiled twice, and a phone would load
//! a tenth more.

use crate::domain::{Change, CommandId, DeviceId, EntryId, EntryNumber, PersonId, Rejection, Sha256Hex, Timestamp};
use serde::{Deserialize, Serialize};

/// The protocol that this code speaks.
pub const PROTOCOL: u16 = 1;

/// Names one life of a database. A restore from backup starts a new one (LESSONS.md L11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

/// Every reply says whose it is, for whom, and what time it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMark {
    /// The database's life.
    pub epoch: Epoch,
    /// The newest protocol that the server speaks.
    pub protocol: u16,
    /// The server's clock.
    pub now: Timestamp,
    /// Who is signed in. A reply for anybody else than the client's own person is not taken in: somebody has signed in
    /// past it, in the same browser.
    pub person: PersonId,
}

/// Header of `HEAD` and `PUT /api/blobs/HASH`: at which byte the body begins, or how many the server has.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Most bytes of a blob in one request.
pub const PART_BYTES: usize = 1_000_000;

/// What `PUT /api/blobs/HASH` answers: how far the upload is, whether these bytes were taken or others were expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobReply {
    /// Whose answer it is.
    pub server: ServerMark,
    /// Of which blob.
    pub sha256: Sha256Hex,
    /// How many bytes the server has, from the beginning on: where to go on.
    pub offset: u64,
    /// Whether it has all of them, and their hash is this one: from then on the phone keeps them as what was sent.
    pub whole: bool,
}

/// `POST /api/sync/push`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    /// The protocol that the client speaks.
    pub protocol: u16,
    /// The sending device.
    pub device: DeviceId,
    /// The device's clock at sending: with the time of receipt it corrects commands without a measured offset.
    pub sent_at: Timestamp,
    /// The bytes of up to 100 commands, each the JSON text that the phone stored and hashed.
    pub commands: Vec<String>,
}

/// The answer to a push: one reply per command, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReply {
    /// Whose answer.
    pub server: ServerMark,
    /// One per command.
    pub replies: Vec<CommandReply>,
}

/// What became of one command. The same bytes again get the same answer again, except that a parked command whose entry
/// has arrived answers what became of it then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandReply {
    /// The command; `None` where its bytes could not be read.
    pub id: Option<CommandId>,
    /// The hash of the bytes that the server has under this id: what it stored, or for [`Outcome::Rejected`] what it
    /// read.
    pub sha256: Sha256Hex,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stored and in force. The feed brings its effect at or before `position`.
    Accepted {
        /// Position in the community's feed.
        position: i64,
        /// The number of the entry that it wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<EntryNumber>,
    },
    /// Other bytes are stored under this id. Nothing was changed (LESSONS.md L5).
    Conflict,
    /// Not in force, and never will be as it is.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// Stored, and applied when the entry that it is about arrives (LESSONS.md L14).
    Parked {
        /// The entry.
        waits_for: EntryId,
    },
}

/// How far a client has read its community's feed, within which scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Everything up to here is known.
    pub position: i64,
    /// Fingerprint of the scope that was read; another one means reading anew.
    pub scope: String,
}

/// `POST /api/sync/pull`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullRequest {
    /// The protocol that the client speaks.
    pub protocol: u16,
    /// Where to go on; `None` from the start.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// Most changes wanted; the server gives at most 1,000.
    pub limit: u32,
}

/// The answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullReply {
    /// Whose answer.
    pub server: ServerMark,
    /// Newest states, in the order of their commits.
    pub changes: Vec<Change>,
    /// Where to go on.
    pub next: Cursor,
    /// Whether there is more right now.
    pub more: bool,
    /// The scope has changed: the client forgets its confirmed records (never its outbox) before it takes these in.
    pub start_over: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_the_standard_ones() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Sha256Hex::of(b"abc").0, abc);
    }

    #[test]
    fn a_reply_reads_like_the_protocol_says() {
        let reply = CommandReply {
            id: None,
            sha256: Sha256Hex("00".into()),
            outcome: Outcome::Rejected { reason: Rejection::NoRight },
        };
        let json = r#"{"id":null,"sha256":"00","outcome":{"rejected":{"reason":"no_right"}}}"#;
        assert_eq!(serde_json::to_string(&reply).ok().as_deref(), Some(json));
        assert_eq!(serde_json::from_str::<CommandReply>(json).ok(), Some(reply));
    }
}
