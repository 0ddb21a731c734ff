//! What there is.

use crate::kernel::{
    Actor, Attachment, CommandId, CommunityId, DeviceId, PersonId, RecordKey, Sha256, StoredRecord, Timestamp,
};
use crate::organisation::Directory;
use crate::store::Account;
use crate::sync::Epoch;
use crate::sync::decide::{Ruling, Serial, Trouble, Verdict};
use std::collections::{BTreeMap, BTreeSet};

/// What is stored of a command.
#[derive(Clone, Debug)]
pub struct CommandRow {
    /// Counts up.
    pub arrival: u64,
    /// Who.
    pub actor: Actor,
    /// On which device.
    pub device: DeviceId,
    /// Its records; the first is the one that it is about.
    pub keys: Vec<RecordKey>,
    /// The name of its act.
    pub act: String,
    /// By the clock of the device.
    pub written: Timestamp,
    /// By the clock of the device that sent it.
    pub sent_at: Timestamp,
    /// By the server's clock.
    pub received: Timestamp,
    /// The name of its bytes.
    pub sha256: Sha256,
    /// Its bytes; `None` where they were erased.
    pub bytes: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// What was decided about it.
    pub ruling: Option<Ruling>,
    /// Where it is in force, it is carried out again after a restore.
    pub outlives_restore: bool,
}

/// Other bytes under the id of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConflictRow {
    /// Under which id.
    pub id: CommandId,
    /// From which device.
    pub device: DeviceId,
    /// When.
    pub received: Timestamp,
    /// The name of the bytes.
    pub sha256: Sha256,
    /// The bytes.
    pub bytes: String,
}

/// A record.
#[derive(Clone)]
pub(super) struct RecordRow {
    pub stored: StoredRecord,
    pub position: i64,
}

/// A session.
#[derive(Clone)]
pub(super) struct Session {
    pub person: PersonId,
    pub expires: Timestamp,
}

/// Failures with one login.
#[derive(Clone, Copy)]
pub(super) struct Tries {
    pub count: u32,
    pub last: Timestamp,
}

#[derive(Clone)]
pub(super) struct State {
    pub epoch: Epoch,
    pub commands: BTreeMap<CommandId, CommandRow>,
    /// Commands that wait for a record or a decision, in the order of arrival.
    pub open: BTreeSet<(u64, CommandId)>,
    pub records: BTreeMap<RecordKey, RecordRow>,
    pub directories: BTreeMap<CommunityId, Directory>,
    pub heads: BTreeMap<CommunityId, i64>,
    pub serials: BTreeMap<Serial, u32>,
    pub blobs: BTreeMap<(PersonId, Sha256), Attachment>,
    pub conflicts: Vec<ConflictRow>,
    pub troubles: Vec<Trouble>,
    pub accounts: BTreeMap<String, Account>,
    /// How often a password of somebody has ceased to open anything.
    pub password_ends: BTreeMap<PersonId, u32>,
    pub sessions: BTreeMap<Sha256, Session>,
    pub tries: BTreeMap<String, Tries>,
    /// How often a group has asked for something.
    pub fetches: u64,
    /// A counter, in place of random numbers.
    counter: u64,
}

impl State {
    pub(super) fn new(epoch: Epoch) -> Self {
        Self {
            epoch,
            commands: BTreeMap::new(),
            open: BTreeSet::new(),
            records: BTreeMap::new(),
            directories: BTreeMap::new(),
            heads: BTreeMap::new(),
            serials: BTreeMap::new(),
            blobs: BTreeMap::new(),
            conflicts: Vec::new(),
            troubles: Vec::new(),
            accounts: BTreeMap::new(),
            password_ends: BTreeMap::new(),
            sessions: BTreeMap::new(),
            tries: BTreeMap::new(),
            fetches: 0,
            counter: 0,
        }
    }

    pub(super) fn begin_anew(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.sessions.clear();
        self.tries.clear();
    }

    /// Ten bytes that are never given again.
    pub(super) fn unique(&mut self) -> [u8; 10] {
        self.counter += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.counter.to_be_bytes());
        bytes
    }

    pub(super) fn head(&self, community: CommunityId) -> i64 {
        self.heads.get(&community).copied().unwrap_or_default()
    }

    /// A record at the end of its community's feed, whoever made it.
    pub(super) fn put(&mut self, stored: StoredRecord) {
        let position = self.head(stored.key.community) + 1;
        self.heads.insert(stored.key.community, position);
        self.records.insert(stored.key.clone(), RecordRow { stored, position });
    }
}
