//! The server's door to its database: a repository. One trait; every engine has to pass the same contract test, the one
//! in memory included. Every method is one transaction.
//!
//! Whoever asks is named by id: the store finds their posts in the records of people, and what they may read in the tree
//! of places. Secrets (password hashes, sessions) lie beside the records and are in no trail.

use crate::kernel::{
    Attachment, Bytes, Command, CommandId, CommunityId, DeviceId, Envelope, PersonId, RecordKey, Sha256, Span,
    Timestamp,
};
use crate::log::{EntryFilter, EntryPage, ListMark};
use crate::organisation::Person;
use crate::sync::{CommandReply, Cursor, Epoch};
use async_trait::async_trait;
use std::error::Error;

/// The commands of one push, from one signed-in person.
#[derive(Clone, Debug)]
pub struct PushBatch {
    /// Who is signed in. Commands of anybody else are rejected, one by one.
    pub sender: PersonId,
    /// The sending device.
    pub device: DeviceId,
    /// The device's clock at sending.
    pub sent_at: Timestamp,
    /// The server's clock at receipt.
    pub received: Timestamp,
    /// The bytes of the commands, in the order in which the phone gave them.
    pub commands: Vec<String>,
}

/// A stretch of the feeds of a person's communities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedPage {
    /// Newest states in the order of each community's commits.
    pub envelopes: Vec<Envelope>,
    /// Where to go on, in each community that the person may hear of.
    pub cursors: Vec<Cursor>,
    /// Communities that are told from the start: the reader's scope is another one than the cursor's.
    pub start_over: Vec<CommunityId>,
    /// Whether there is more right now.
    pub more: bool,
}

/// How much of the feed is wanted.
#[derive(Clone, Copy, Debug)]
pub struct PageLimit {
    /// Most records.
    pub records: u32,
    /// Most bytes of envelopes; a single record may be larger.
    pub bytes: Bytes,
    /// From the start, records that do not stay open and were last changed before this are left out.
    pub horizon: Timestamp,
}

/// A blob that a record of the asking person names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedBlob {
    /// What it is to be.
    pub attachment: Attachment,
    /// Whether this person has sent all of it. To name a hash that one has heard of is not enough.
    pub arrived: bool,
}

/// The secret of a session: 32 random bytes as hexadecimal digits. A store keeps only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

impl SessionToken {
    /// How long a session lasts without use, in the store and as a cookie: watchers' phones are trusted devices.
    pub const LIFETIME: Span = Span::days(30);
    /// A session that is used moves its end when this much of its time is gone, so that an active phone never meets it.
    pub const MOVED_AFTER: Span = Span::days(1);
}

/// Who is signed in, and what they are in each of their communities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub person: PersonId,
    /// One record for each community, by community.
    pub cards: Vec<Person>,
    /// The session's end should be moved: [`SessionToken::MOVED_AFTER`] of its time is gone.
    pub wants_moving: bool,
}

/// Somebody who can sign in, as a store keeps it. The posts are in the person's records.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub person: PersonId,
    /// Folded: small letters, no blanks around.
    pub login: String,
    /// Argon2id in PHC text form; `None` where nobody signs in with a password (the demo's people).
    pub password_hash: Option<String>,
}

impl Account {
    /// Failures in a row after which a login is locked: GB/T 22239-2019 (等保 2.0) asks for a limit, five is ours.
    pub const MOST_TRIES: u32 = 5;
    /// For how long; after it, failures are forgotten.
    pub const LOCKED_FOR: Span = Span::minutes(15);

    /// A login as it is compared: people do not remember capitals.
    #[must_use]
    pub fn fold(login: &str) -> String {
        login.trim().to_lowercase()
    }
}

/// An account, for lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// Who.
    pub person: PersonId,
    /// With what name.
    pub login: String,
    /// Whether there is a password.
    pub has_password: bool,
    /// What they are in each community.
    pub cards: Vec<Person>,
}

/// The database did not do what was asked. The cause stays on the server.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It may work later: busy, disk full, read-only, gone, or a record of a newer version.
    #[error("store unavailable: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It will not work by itself: a fault of ours or damaged data.
    #[error("store failed: {0}")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name and password do not belong together, or there is no such name: nobody learns which.
    #[error("wrong name or password")]
    WrongCredentials,
    /// Too many failures with this name.
    #[error("locked until {until:?}")]
    Locked {
        /// When the next try is allowed.
        until: Timestamp,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The login belongs to somebody.
    #[error("this login is taken")]
    LoginTaken,
    /// There is no such account.
    #[error("no such account")]
    Unknown,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps everything.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The epoch of this database: another one after a restore from backup.
    fn epoch(&self) -> Epoch;

    /// Whether the database answers and can be written to.
    ///
    /// # Errors
    /// [`StoreError`] when not.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Takes in commands: one reply each, in their order ([`crate::sync::decide`] says which). When this returns, what it
    /// calls accepted, parked or held is on disk. The same bytes again change nothing again; what was rejected is judged
    /// anew.
    ///
    /// # Errors
    /// [`StoreError`]: then nothing of the batch counts as stored, and the phone sends it again.
    async fn push(&self, batch: PushBatch) -> Result<Vec<CommandReply>, StoreError>;

    /// Takes in commands that were made inside the server: by the system, or for a resident. As [`Store::push`]. Where one
    /// erases the words of a record, the bytes of the commands about it go in the same transaction
    /// ([`crate::sync::decide::Decision::erased`]).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn act(&self, commands: Vec<Command>, at: Timestamp) -> Result<Vec<CommandReply>, StoreError>;

    /// Decides about a held command: applied as if it had come in time, or rejected for ever
    /// ([`Delivery::decided`](crate::sync::decide::Delivery::decided)). `None` where nothing is held under this id.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn decide(
        &self,
        command: CommandId,
        accept: bool,
        why: &str,
        at: Timestamp,
    ) -> Result<Option<CommandReply>, StoreError>;

    /// Commands that wait for a decision, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn held(&self) -> Result<Vec<Command>, StoreError>;

    /// What is new for a person in each of their communities, after `cursors` ([`crate::sync::feed`]).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn pull(
        &self,
        person: PersonId,
        cursors: Vec<Cursor>,
        limit: PageLimit,
        now: Timestamp,
    ) -> Result<FeedPage, StoreError>;

    /// The newest feed position of each community: what `/api/live` tells of the person's own.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn heads(&self) -> Result<Vec<(CommunityId, i64)>, StoreError>;

    /// One record, if the reader may see it, as they may see it: what a pull from the start would bring of it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn record(&self, person: PersonId, key: &RecordKey, now: Timestamp) -> Result<Option<Envelope>, StoreError>;

    /// A record as it is stored, for whoever runs the server.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn stored(&self, key: &RecordKey) -> Result<Option<Envelope>, StoreError>;

    /// Entries that the reader may see and the filter wants, newest first, at most `limit`, after `after`, in all their
    /// communities.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_entries(
        &self,
        person: PersonId,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
        now: Timestamp,
    ) -> Result<EntryPage, StoreError>;

    /// The blob that a record made by `person` names; `None` where none does: then nobody wants its bytes.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn named_blob(&self, person: PersonId, sha256: &Sha256) -> Result<Option<NamedBlob>, StoreError>;

    /// The bytes of a blob are kept, durably and whole, and came from `person`: their records that name it say so from now
    /// on (by a command of the system each). Once more changes nothing. It is forgotten when no record names the blob
    /// any more: its bytes may be swept then ([`Store::orphans`]), and whoever names it next has to send them again.
    ///
    /// # Errors
    /// [`StoreError`]: then the phone sends it again.
    async fn blob_arrived(&self, person: PersonId, blob: &Attachment, at: Timestamp) -> Result<(), StoreError>;

    /// What a blob is, where its bytes are here and the reader may see a record that names it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn readable_blob(
        &self,
        person: PersonId,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<Option<Attachment>, StoreError>;

    /// Those of `blobs` that no record names: nobody can see them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn orphans(&self, blobs: Vec<Sha256>) -> Result<Vec<Sha256>, StoreError>;

    /// Adds somebody who can sign in.
    ///
    /// # Errors
    /// [`AccountError::LoginTaken`].
    async fn add_account(&self, account: Account) -> Result<(), AccountError>;

    /// Closes an account: its posts end in every community (by a command of the system each), nobody signs in with it, and
    /// its sessions are over. What its person has written before stays, also what is still on their devices.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    async fn close_account(&self, login: &str, at: Timestamp) -> Result<(), AccountError>;

    /// Gives an account another password and ends its sessions; a closed one, too, so that its person can bring what is
    /// still on a device. Posts do not come back by it.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    async fn set_password(&self, login: &str, password_hash: String) -> Result<(), AccountError>;

    /// All accounts, closed ones too, by login.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn accounts(&self) -> Result<Vec<AccountLine>, StoreError>;

    /// Starts a session for whoever knows the password. Hashing is bounded, so that sign-ins cannot starve the rest.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<SessionToken, SignInError>;

    /// Starts a session for a person without asking for a password. Only for the demo community.
    ///
    /// # Errors
    /// [`SignInError::WrongCredentials`] when there is no such person.
    async fn sign_in_without_password(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError>;

    /// Whose session it is, if it still holds.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Result<Option<SignedIn>, StoreError>;

    /// Moves the end of a session that holds; another one is not revived.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn move_session(&self, token: &SessionToken, now: Timestamp) -> Result<(), StoreError>;

    /// Ends a session; ending it again does nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sign_out(&self, token: &SessionToken) -> Result<(), StoreError>;
}
