//! The server's door to its database. One trait; every engine has to pass the same contract test
//! (`server/tests/store_contract.rs`).

use crate::api::DemoPerson;
use crate::domain::{
    AttachmentKind, Change, CommunityCode, DeviceId, Entry, EntryFilter, EntryId, EntryPage, ListMark, PersonCard,
    PersonId, Rights, Sha256Hex, Timestamp,
};
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

/// A stretch of a community's feed, as one person may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// Newest states in the order of their commits.
    pub changes: Vec<Change>,
    /// Where to go on.
    pub next: Cursor,
    /// Whether there is more right now.
    pub more: bool,
    /// The reader's scope is another one than the cursor's: everything is told anew.
    pub start_over: bool,
}

/// A blob that an entry of the asking person names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedBlob {
    /// What it is to be.
    pub kind: AttachmentKind,
    /// How many bytes it is to have.
    pub bytes: u64,
    /// Whether this person has sent all of them. To name a hash that one has heard of is not enough.
    pub arrived: bool,
}

/// The secret of a session: 32 random bytes as hexadecimal digits. The store keeps only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

impl SessionToken {
    /// 30 days from its last use: watchers' phones are trusted devices (DOMAIN.md 3). For the store and for the cookie.
    pub const LIFETIME_MINUTES: i64 = 30 * 24 * 60;
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub card: PersonCard,
    /// When it ends, unless it is prolonged.
    pub expires: Timestamp,
}

impl Session {
    /// So much of its life is gone before it is prolonged: at most one write per session and day.
    const PROLONGED_AFTER_MINUTES: i64 = 24 * 60;

    /// When a session ends that is begun or prolonged at `now`.
    #[must_use]
    pub const fn end(now: Timestamp) -> Timestamp {
        now.plus_minutes(SessionToken::LIFETIME_MINUTES)
    }

    /// Whether a use at `now` prolongs it: it holds, a day of its life is gone, and its person has a post. Somebody whose
    /// account was closed may be let in once more, to bring what is unsent; that ends.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let holds = now < self.expires;
        let day_is_gone = self.expires.plus_minutes(Self::PROLONGED_AFTER_MINUTES) <= Self::end(now);
        holds && day_is_gone && self.card.memberships.iter().any(|post| post.holds_at(now))
    }
}

/// The database did not do what was asked. The cause stays on the server.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It may work later: busy, disk full, read-only, gone.
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

/// Keeps everything. Every method is one transaction.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// The life of this database: another one after a restore from backup.
    fn epoch(&self) -> Epoch;

    /// Whether the database answers and can be written to.
    ///
    /// # Errors
    /// [`StoreError`] when not.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Takes in commands: one reply each, in their order. When this returns, what it calls accepted or parked is on
    /// disk. The same bytes again get the same reply again.
    ///
    /// # Errors
    /// [`StoreError`]: then nothing of the batch counts as stored, and the phone sends it again.
    async fn push(&self, batch: PushBatch) -> Result<Vec<CommandReply>, StoreError>;

    /// What is new in `community` for a reader with `rights`, after `cursor`; at most `limit` changes.
    /// From the start (no cursor, or another scope), entries last changed before `horizon` are left out. A reader without a
    /// post is told of their own entries and of nothing else.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn pull(
        &self,
        rights: &Rights,
        community: &CommunityCode,
        cursor: Option<Cursor>,
        limit: u32,
        horizon: Timestamp,
    ) -> Result<FeedPage, StoreError>;

    /// Entries that the reader may see and the filter wants, newest first, at most `limit`, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_entries(
        &self,
        rights: &Rights,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
    ) -> Result<EntryPage, StoreError>;

    /// One entry, if the reader may see it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn entry(&self, rights: &Rights, id: EntryId) -> Result<Option<Entry>, StoreError>;

    /// The blob that an entry of `author` names; `None` where none does: then nobody wants its bytes.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn named_blob(&self, author: PersonId, sha256: &Sha256Hex) -> Result<Option<NamedBlob>, StoreError>;

    /// The bytes of a blob are kept, durably and whole, and came from `author`: their entries that name it say so from now
    /// on. Once more changes nothing.
    ///
    /// # Errors
    /// [`StoreError`]: then the phone sends it again.
    async fn blob_arrived(
        &self,
        author: PersonId,
        sha256: &Sha256Hex,
        blob: NamedBlob,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// What a blob is, where its bytes are here and the reader may see an entry that names it.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn readable_blob(&self, rights: &Rights, sha256: &Sha256Hex) -> Result<Option<AttachmentKind>, StoreError>;

    /// Those of `blobs` that no entry names: nobody can see them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn orphans(&self, blobs: Vec<Sha256Hex>) -> Result<Vec<Sha256Hex>, StoreError>;

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

    /// The session of a token, if it still holds.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Moves the end of a session that is used, where that is due ([`Session::is_due`]). Says whether it did: a session
    /// that has ended meanwhile stays so, and of many who ask at once one hears yes.
    ///
    /// # Errors
    /// [`StoreError`]: then it may be prolonged all the same.
    async fn prolong(&self, token: &SessionToken, now: Timestamp) -> Result<bool, StoreError>;

    /// Ends a session; ending it again does nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sign_out(&self, token: &SessionToken) -> Result<(), StoreError>;

    /// Everybody who has a post now, in the order of their roles and places. Only for the demo's sign-in page.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn people(&self, now: Timestamp) -> Result<Vec<DemoPerson>, StoreError>;
}
