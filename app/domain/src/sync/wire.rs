//! Protocol 2: push and pull as lines. Nothing is JSON inside a JSON string, and whatever a client does not know concerns
//! that one record or command only.
//!
//! | body | first line | then |
//! |---|---|---|
//! | `POST /api/sync/push` | [`PushHead`] | the bytes of each command, as long as the head says, each closed by a line break |
//! | its reply | [`PushReplyHead`] | one line a command: [`CommandReply`] |
//! | `POST /api/sync/pull` | [`PullRequest`] | |
//! | its reply | [`PullReplyHead`] | envelopes, two lines each |
//!
//! A choice is named by its key, `{"accepted":{"position":7}}`, or by its name alone, `"conflict"`, and nothing is
//! flattened into what is around it: a reader that must look ahead for a tag is compiled twice, and a phone would load
//! a tenth more. No phone is enrolled before 0.2.0: until then the protocol may change without code for what was before.

use crate::kernel::{
    Bytes, CommandId, CommunityId, DeviceId, Envelope, PersonId, RecordKey, Rejection, Sha256, Timestamp, Unreadable,
    json,
};
use serde::{Deserialize, Serialize};

/// The protocol that this code speaks.
pub const PROTOCOL: u16 = 2;

/// Most commands in one push.
pub const BATCH_COMMANDS: usize = 100;

/// Most bytes of commands in one push; below the server's limit of 1 MB.
pub const BATCH_BYTES: Bytes = Bytes::new(800_000);

/// The envelopes of a page of the feed are cut here, by bytes as well as by count: with its first line it stays within
/// 512 kB, what an old phone takes in at once.
pub const PAGE_BYTES: Bytes = Bytes::kib(508);

/// Most records in one page.
pub const PAGE_RECORDS: u32 = 1_000;

/// The epoch of a database: a restore from backup starts a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

/// Every reply says whose it is, for whom, and what time it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerMark {
    /// The database's epoch.
    pub epoch: Epoch,
    /// The newest protocol that the server speaks.
    pub protocol: u16,
    /// Which version of the program answers: where it rises, what an older one did not know is offered again.
    pub version: String,
    /// The server's clock.
    pub now: Timestamp,
    /// Who is signed in. A reply for anybody else than the client's own person is not taken in: somebody has signed in
    /// past it, in the same browser.
    pub person: PersonId,
}

/// The first line of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushHead {
    /// The protocol that the client speaks.
    pub protocol: u16,
    /// The sending device.
    pub device: DeviceId,
    /// The device's clock at sending: with the time of receipt it corrects commands without a measured offset.
    pub sent_at: Timestamp,
    /// How many bytes each command has, in order.
    pub lengths: Vec<u32>,
}

/// What a device wants to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRequest {
    /// The sending device.
    pub device: DeviceId,
    /// The device's clock at sending.
    pub sent_at: Timestamp,
    /// The bytes of up to [`BATCH_COMMANDS`] commands, in the order in which they were given.
    pub commands: Vec<String>,
}

impl PushRequest {
    /// The body.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        let lengths = self.commands.iter().map(|command| u32::try_from(command.len()).unwrap_or(u32::MAX)).collect();
        let head = PushHead { protocol: PROTOCOL, device: self.device, sent_at: self.sent_at, lengths };
        let mut body = json::write(&head)?;
        body.push('\n');
        for command in &self.commands {
            body.push_str(command);
            body.push('\n');
        }
        Ok(body)
    }

    /// Reads the head of a body: whoever speaks another protocol is told so before anything else is read.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read_head(body: &str) -> Result<PushHead, Unreadable> {
        json::read(body.split('\n').next().unwrap_or_default().as_bytes())
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`] where head and length do not belong together.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let head = Self::read_head(body)?;
        let cut = || Unreadable::malformed("the commands are not as long as the head says");
        let mut rest = body.split_once('\n').ok_or_else(cut)?.1;
        let mut commands = Vec::with_capacity(head.lengths.len().min(BATCH_COMMANDS));
        for length in head.lengths {
            let length = usize::try_from(length).map_err(|_| cut())?;
            let command = rest.get(..length).ok_or_else(cut)?;
            rest = rest[length..].strip_prefix('\n').ok_or_else(cut)?;
            commands.push(command.to_owned());
        }
        if !rest.is_empty() {
            return Err(cut());
        }
        Ok(Self { device: head.device, sent_at: head.sent_at, commands })
    }
}

/// The first line of the answer to a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushReplyHead {
    /// Whose answer.
    pub server: ServerMark,
}

/// The answer to a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReply {
    /// Whose answer.
    pub server: ServerMark,
    /// One per command, in their order; `None` for one that this version cannot read: it counts as
    /// [`Outcome::Later`], and for its own command only.
    pub replies: Vec<Option<CommandReply>>,
}

impl PushReply {
    /// The body.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(server: ServerMark, replies: &[CommandReply]) -> Result<String, Unreadable> {
        let mut body = json::write(&PushReplyHead { server })?;
        body.push('\n');
        for reply in replies {
            body.push_str(&json::write(reply)?);
            body.push('\n');
        }
        Ok(body)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`] where the first line is not ours.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let mut lines = body.lines();
        let head: PushReplyHead = json::read(lines.next().unwrap_or_default().as_bytes())?;
        Ok(Self { server: head.server, replies: lines.map(|line| json::read(line.as_bytes()).ok()).collect() })
    }
}

/// What became of one command. The same bytes again get the same answer again, except that a parked or held command
/// answers what became of it meanwhile, and that what was rejected is judged anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandReply {
    /// The command; `None` where its bytes could not be read.
    pub id: Option<CommandId>,
    /// The hash of the bytes that the server has under this id: what it stored, or for what is not stored, what it read.
    pub sha256: Sha256,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Stored and in force. The feed brings its effect at or before `position`.
    Accepted {
        /// In which feed.
        community: CommunityId,
        /// Position in it.
        position: i64,
        /// The number that it was given: `HPXC-20251117-0042`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// As `Accepted`, for bytes that the server had before.
    Duplicate {
        /// In which feed.
        community: CommunityId,
        /// Position in it.
        position: i64,
        /// The number that it was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// Its words were erased: whoever still has them lets them go. A client that does not know this keeps them as
        /// it keeps all that it has sent.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        erased: bool,
    },
    /// Other bytes are stored under this id. Nothing was changed.
    Conflict,
    /// Not in force, and never will be as it is.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// Stored, and applied when the record that it needs arrives.
    Parked {
        /// The record.
        waits_for: RecordKey,
    },
    /// Stored, not applied: it waits for somebody's decision.
    Held,
    /// Not stored, not refused: to be kept and offered again.
    Later,
    /// The server is older than the act: to be kept and offered again when its version rises.
    UnknownAct,
}

/// How far a client has read a community's feed, within which scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Whose feed.
    pub community: CommunityId,
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
    /// Where to go on in each community that is known; others are told from the start.
    #[serde(default)]
    pub cursors: Vec<Cursor>,
    /// Most records wanted; the server gives at most [`PAGE_RECORDS`].
    pub limit: u32,
}

/// The first line of the answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullReplyHead {
    /// Whose answer.
    pub server: ServerMark,
    /// Where to go on, in each community in which the person has a post or had one not long ago. Of communities that are
    /// not named any more the client forgets all confirmed records.
    pub cursors: Vec<Cursor>,
    /// Communities that are told from the start: the client forgets their confirmed records (never its outbox) before it
    /// takes these in.
    pub start_over: Vec<CommunityId>,
    /// Whether there is more right now.
    pub more: bool,
}

/// The answer to a pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullReply {
    /// Whose answer, where to go on.
    pub head: PullReplyHead,
    /// Newest states, in the order of each community's commits.
    pub envelopes: Vec<Envelope>,
}

impl PullReply {
    /// The body.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        let mut body = json::write(&self.head)?;
        body.push('\n');
        for envelope in &self.envelopes {
            envelope.write_to(&mut body)?;
        }
        Ok(body)
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`] where a line that sync reads is not ours. What a record says is not looked at.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let mut lines = body.lines();
        let head = json::read(lines.next().unwrap_or_default().as_bytes())?;
        let mut envelopes = Vec::new();
        while let Some(envelope) = Envelope::read_from(&mut lines)? {
            envelopes.push(envelope);
        }
        Ok(Self { head, envelopes })
    }
}

/// Header of `HEAD` and `PUT /api/blobs/HASH`: at which byte the body begins, or how many the server has.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// Most bytes of a blob in one request.
pub const PART_BYTES: Bytes = Bytes::new(1_000_000);

/// What `PUT /api/blobs/HASH` answers: how far the upload is, whether these bytes were taken or others were expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobReply {
    /// Whose answer it is.
    pub server: ServerMark,
    /// Of which blob.
    pub sha256: Sha256,
    /// How many bytes the server has, from the beginning on: where to go on.
    pub offset: u64,
    /// Whether it has all of them, and their hash is this one: from then on the phone keeps them as what was sent.
    pub whole: bool,
}
