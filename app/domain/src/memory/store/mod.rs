//! The server's store in memory: what every engine is judged by. A list is a filter over all records, and what may be
//! read is asked of [`ReadScope::admits`](crate::kernel::ReadScope::admits) record by record.
//!
//! | | |
//! |---|---|
//! | data | commands, records as text, feeds, blobs that arrived, accounts, sessions |
//! | who | tests of every crate |
//! | offline | nothing |
//! | never | an index that could be wrong; a rule that is not the domain's; random numbers (ids and tokens are counted) |
//!
//! | file | holds |
//! |---|---|
//! | `state` | what there is |
//! | `write` | fetching for a group and writing what came out |
//! | `read` | feed, records, lists |
//! | `blobs` | who may send and see bytes |
//! | `accounts` | signing in |
//! | `again` | what does not come back with a backup |

mod accounts;
mod again;
mod blobs;
mod read;
mod state;
mod write;

pub use state::{CommandRow, ConflictRow};

use crate::kernel::{
    Attachment, Command, CommandId, CommunityId, Envelope, EnvelopeHead, PersonId, RecordKey, Sha256, StoredRecord,
    Timestamp,
};
use crate::kinds::Kinds;
use crate::log::{EntryFilter, EntryPage, ListMark};
use crate::store::{
    Account, AccountError, AccountLine, FeedPage, NamedBlob, PageLimit, PushBatch, SessionToken, SignInError, SignedIn,
    Store, StoreError,
};
use crate::sync::decide::{Delivery, Ruling, Trouble, Verdict};
use crate::sync::{CommandReply, Cursor, Epoch};
use async_trait::async_trait;
use state::State;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether a password and a stored hash belong together: hashing is the server's.
pub type IsRight = fn(password: &str, hash: &str) -> bool;

/// The server's store in memory.
pub struct MemoryStore {
    kinds: Kinds,
    is_right: IsRight,
    state: Mutex<State>,
}

/// A copy of everything, as a backup has it.
#[derive(Clone)]
pub struct Backup(State);

impl MemoryStore {
    /// An empty one, for all kinds.
    #[must_use]
    pub fn new(is_right: IsRight) -> Self {
        Self::of(Kinds::all(), is_right)
    }

    /// An empty one, for these kinds.
    #[must_use]
    pub fn of(kinds: Kinds, is_right: IsRight) -> Self {
        Self { kinds, is_right, state: Mutex::new(State::new(Epoch("1".to_owned()))) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of everything.
    #[must_use]
    pub fn back_up(&self) -> Backup {
        Backup(self.state().clone())
    }

    /// Another epoch that begins with a backup: it brings data, and neither access nor words that were
    /// erased since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn restore(&self, backup: Backup, epoch: Epoch) -> Result<(), StoreError> {
        let (Backup(mut restored), mut lost) = (backup, self.state());
        restored.begin_anew(epoch);
        restored.end_again(&self.kinds, &lost)?;
        *lost = restored;
        Ok(())
    }

    /// Takes in many deliveries at once, as a group of an engine.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take_in(&self, deliveries: &[Delivery]) -> Result<Vec<Vec<CommandReply>>, StoreError> {
        self.state().take_in(&self.kinds, deliveries)
    }

    /// A record as a newer version has written it: nobody here can read its text.
    pub fn put_unread(&self, record: StoredRecord) {
        self.state().put(record);
    }

    /// Everything that is stored of a command.
    #[must_use]
    pub fn command(&self, id: CommandId) -> Option<CommandRow> {
        self.state().commands.get(&id).cloned()
    }

    /// Everything that is stored of all commands, by id: the trail.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandRow> {
        self.state().commands.values().cloned().collect()
    }

    /// How many commands are stored.
    #[must_use]
    pub fn command_count(&self) -> usize {
        self.state().commands.len()
    }

    /// How often groups have asked for something: the rounds of an engine's queries.
    #[must_use]
    pub fn fetches(&self) -> u64 {
        self.state().fetches
    }

    /// All records, by key, without a look at who asks.
    #[must_use]
    pub fn records(&self) -> Vec<Envelope> {
        self.state().records.values().map(state::RecordRow::envelope).collect()
    }

    /// Other bytes that came under the id of a command, in the order of arrival.
    #[must_use]
    pub fn conflicts(&self, id: CommandId) -> Vec<ConflictRow> {
        self.state().conflicts.iter().filter(|row| row.id == id).cloned().collect()
    }

    /// What an operator would find in the log.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        self.state().troubles.clone()
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn epoch(&self) -> Epoch {
        self.state().epoch.clone()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn push(&self, batch: PushBatch) -> Result<Vec<CommandReply>, StoreError> {
        let replies = self.take_in(&[Delivery::read(batch)])?;
        Ok(replies.into_iter().flatten().collect())
    }

    async fn act(&self, commands: Vec<Command>, at: Timestamp) -> Result<Vec<CommandReply>, StoreError> {
        self.state().act(&self.kinds, &commands, at)
    }

    async fn decide(
        &self,
        command: CommandId,
        accept: bool,
        why: &str,
        at: Timestamp,
    ) -> Result<Option<CommandReply>, StoreError> {
        let mut state = self.state();
        let Some(row) = state.commands.get(&command).filter(|row| row.verdict == Verdict::Held) else {
            return Ok(None);
        };
        let Some(bytes) = row.bytes.clone() else { return Ok(None) };
        let ruling = Ruling { accept, why: why.to_owned(), at };
        let delivery = Delivery::decided(bytes, row.sent_at, row.received, ruling);
        Ok(state.take_in(&self.kinds, &[delivery])?.into_iter().flatten().next())
    }

    async fn held(&self) -> Result<Vec<Command>, StoreError> {
        Ok(self.state().held())
    }

    async fn pull(
        &self,
        person: PersonId,
        cursors: Vec<Cursor>,
        limit: PageLimit,
        now: Timestamp,
    ) -> Result<FeedPage, StoreError> {
        self.state().page(&self.kinds, person, &cursors, &limit, now)
    }

    async fn heads(&self) -> Result<Vec<(CommunityId, i64)>, StoreError> {
        Ok(self.state().heads.iter().map(|(community, head)| (*community, *head)).collect())
    }

    async fn record(&self, person: PersonId, key: &RecordKey, now: Timestamp) -> Result<Option<Envelope>, StoreError> {
        self.state().seen_by(&self.kinds, person, key, now)
    }

    async fn stored(&self, key: &RecordKey) -> Result<Option<Envelope>, StoreError> {
        Ok(self.state().records.get(key).map(state::RecordRow::envelope))
    }

    async fn find_entries(
        &self,
        person: PersonId,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
        now: Timestamp,
    ) -> Result<EntryPage, StoreError> {
        self.state().entries(&self.kinds, person, filter, after, limit, now)
    }

    async fn named_blob(&self, person: PersonId, sha256: &Sha256) -> Result<Option<NamedBlob>, StoreError> {
        Ok(self.state().named_blob(person, sha256))
    }

    async fn blob_arrived(&self, person: PersonId, blob: &Attachment, at: Timestamp) -> Result<(), StoreError> {
        self.state().take_blob(&self.kinds, person, blob, at)
    }

    async fn readable_blob(
        &self,
        person: PersonId,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<Option<Attachment>, StoreError> {
        self.state().readable_blob(&self.kinds, person, sha256, now)
    }

    async fn orphans(&self, blobs: Vec<Sha256>) -> Result<Vec<Sha256>, StoreError> {
        let state = self.state();
        Ok(blobs.into_iter().filter(|blob| !state.is_named(blob)).collect())
    }

    async fn add_account(&self, account: Account) -> Result<(), AccountError> {
        self.state().add_account(account)
    }

    async fn close_account(&self, login: &str, at: Timestamp) -> Result<(), AccountError> {
        self.state().close_account(&self.kinds, login, at)
    }

    async fn set_password(&self, login: &str, password_hash: String) -> Result<(), AccountError> {
        self.state().set_password(login, password_hash)
    }

    async fn accounts(&self) -> Result<Vec<AccountLine>, StoreError> {
        Ok(self.state().account_lines())
    }

    async fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<SessionToken, SignInError> {
        self.state().sign_in(self.is_right, login, password, now)
    }

    async fn sign_in_without_password(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        self.state().sign_in_without_password(person, now)
    }

    async fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Result<Option<SignedIn>, StoreError> {
        Ok(self.state().signed_in(token, now))
    }

    async fn move_session(&self, token: &SessionToken, now: Timestamp) -> Result<(), StoreError> {
        self.state().move_session(token, now);
        Ok(())
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.state().sign_out(token);
        Ok(())
    }
}

impl state::RecordRow {
    /// As it is told to whoever may know all of it.
    fn envelope(&self) -> Envelope {
        let head = EnvelopeHead { key: self.stored.key.clone(), position: self.position };
        Envelope { head, text: self.stored.text.clone() }
    }
}
