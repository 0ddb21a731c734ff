//! [`app::store::Store`] over SQLite. All SQL of the product lies in this folder.
//!
//! | module | holds |
//! |---|---|
//! | `seed` | what an empty database can be filled with |
//! | `connection` | the file: migrations, one connection that writes, a few that read |
//! | `writer` | the one task that writes: group commit, deciding, flushing |
//! | `pull`, `find` | the feed, and the lists |
//! | `scope`, `words`, `rows` | how rights, words and values look in queries |
//! | `blobs` | who may send and see photos and voice notes |
//! | `session`, `password` | who is signed in |
//! | `people` | accounts and counts |
//! | `backup` | copies of the log, and a new life from one |
//! | `failure` | from database errors to [`StoreError`] |
//!
//! What a reply promises:
//! - **Accepted** and **parked** are on disk before they are said (`synchronous=FULL`).
//! - **The same bytes get the same reply.** Verdicts are stored under the command's id, rejections too: deciding
//!   again later, from another state, could say something else to a phone that lost the first answer. Of what is
//!   rejected on arrival only hash and reason are kept; the text stays on the phone, where it can be mended into a
//!   new command. The one exception are refusals that follow from bytes and sender alone (unreadable, another
//!   author): they need no memory to be equal, and remembering them would bar the true author.
//! - **An id names one sequence of bytes for ever.** Others under the same id change nothing and are kept beside it.
//! - **Parked** turns into accepted or rejected when the entry arrives, once, and stays that.

mod backup;
mod blobs;
mod connection;
mod failure;
mod find;
mod password;
mod people;
mod pull;
mod rows;
mod scope;
mod seed;
mod session;
mod words;
mod writer;

pub use backup::{BackedUp, BackupError, back_up, restore};
pub use failure::AccountError;
pub use password::{HashError, hash_password};
pub use people::{AccountLine, ConflictingBytes, Counts};
pub use seed::{Account, Seed};

use app::api::DemoPerson;
use app::domain::{
    AttachmentKind, CommandId, CommunityCode, Entry, EntryFilter, EntryId, EntryPage, ListMark, PersonId, Rights,
    Sha256Hex, Timestamp,
};
use app::store::{FeedPage, NamedBlob, PushBatch, Session, SessionToken, SignInError, Store, StoreError};
use app::sync::{CommandReply, Cursor, Epoch};
use async_trait::async_trait;
use failure::store_error;
use sqlx::SqlitePool;
use std::sync::Arc;
use tokio::sync::{Mutex, watch};
use writer::{Arrived, Delivery, Writer};

/// The log in one SQLite file. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct SqliteStore {
    epoch: Epoch,
    readers: SqlitePool,
    writer: Writer,
    news: watch::Receiver<i64>,
    comparer: password::Comparer,
    /// Held by whoever checks whether the database works.
    checking: Arc<Mutex<()>>,
}

impl SqliteStore {
    /// Opens the database at `url` (`sqlite:…` or a path), makes folder and file where they are missing, brings the
    /// schema up to date, and starts the writer. Needs a running tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened right now, [`StoreError::Failed`] when it never
    /// will be (no database, a newer schema, in memory).
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = connection::options(url)?;
        connection::prepare(&options).await?;
        let keeper = connection::keeper(&options).await.map_err(store_error)?;
        let readers = connection::readers(&options);
        let sql = "SELECT value, (SELECT coalesce(sum(head), 0) FROM community) FROM meta WHERE name = 'epoch'";
        let (epoch, position) = sqlx::query_as(sql).fetch_one(&readers).await.map_err(store_error)?;
        let (tell, news) = watch::channel(position);
        let writer = writer::start(options, keeper, tell)?;
        let comparer = password::Comparer::new();
        Ok(Self { epoch: Epoch(epoch), readers, writer, news, comparer, checking: Arc::default() })
    }

    /// Does what was asked before, closes the file and moves the WAL into it. Later requests are unavailable.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Hears of news: how many feed positions are committed, over all communities (with one community: its newest
    /// position). Raised after each commit.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<i64> {
        self.news.clone()
    }

    /// Whether there is neither a person nor a community.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        self.has_nothing().await.map_err(store_error)
    }

    /// Fills in a community with its people, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Failed`] also when the community, a login or an id is there already; then nothing is changed.
    pub async fn seed(&self, seed: Seed) -> Result<(), StoreError> {
        self.writer.seed(seed).await
    }

    /// Takes in many pushes in one transaction, each with its own time of receipt: how a history is loaded. They are read
    /// by this very call; the future only waits for the writer.
    ///
    /// # Errors
    /// As [`Store::push`], for all of them together.
    pub fn push_many(
        &self,
        batches: Vec<PushBatch>,
    ) -> impl Future<Output = Result<Vec<Vec<CommandReply>>, StoreError>> + Send + use<> {
        let (writer, deliveries) = (self.writer.clone(), batches.into_iter().map(Delivery::read).collect());
        async move { writer.push(deliveries).await }
    }

    /// Adds somebody who can sign in.
    ///
    /// # Errors
    /// [`AccountError::LoginTaken`] when the login belongs to somebody (capitals and blanks around do not count).
    pub async fn add_account(&self, account: Account) -> Result<(), AccountError> {
        self.writer.add_account(account).await
    }

    /// Closes an account at `now`: its posts end, nobody signs in with it, and its sessions are over. What its person has
    /// written before stays, also what is still on their devices.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    pub async fn close_account(&self, login: &str, now: Timestamp) -> Result<(), AccountError> {
        known(self.writer.close_account(login.to_owned(), now).await?)
    }

    /// Gives an account another password ([`hash_password`]); a closed one, too, so that its person can bring what is still on
    /// a device. Posts do not come back by it.
    ///
    /// # Errors
    /// [`AccountError::Unknown`].
    pub async fn set_password(&self, login: &str, hash: String) -> Result<(), AccountError> {
        known(self.writer.set_password(login.to_owned(), hash).await?)
    }

    /// All accounts, closed ones too, by login.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accounts(&self) -> Result<Vec<AccountLine>, StoreError> {
        self.read_accounts().await.map_err(store_error)
    }

    /// How much there is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.read_counts().await.map_err(store_error)
    }

    /// When something was last taken in; `None` for a log that has taken in nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_receipt(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read_last_receipt().await.map_err(store_error)
    }

    /// Other bytes that came under the id of a command, in the order of arrival (LESSONS.md L5).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conflicts(&self, command: CommandId) -> Result<Vec<ConflictingBytes>, StoreError> {
        self.read_conflicts(command).await.map_err(store_error)
    }
}

fn known(is_known: bool) -> Result<(), AccountError> {
    if is_known { Ok(()) } else { Err(AccountError::Unknown) }
}

#[async_trait]
impl Store for SqliteStore {
    fn epoch(&self) -> Epoch {
        self.epoch.clone()
    }

    async fn ready(&self) -> Result<(), StoreError> {
        // One at a time: anybody may ask, and must not fill the queue of those who write.
        let _turn = self.checking.lock().await;
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(store_error)?;
        self.writer.check().await
    }

    async fn push(&self, batch: PushBatch) -> Result<Vec<CommandReply>, StoreError> {
        let replies = self.writer.push(vec![Delivery::read(batch)]).await?;
        Ok(replies.into_iter().flatten().collect())
    }

    async fn pull(
        &self,
        rights: &Rights,
        community: &CommunityCode,
        cursor: Option<Cursor>,
        limit: u32,
        horizon: Timestamp,
    ) -> Result<FeedPage, StoreError> {
        self.feed_page(rights, community, cursor.as_ref(), limit, horizon).await.map_err(store_error)
    }

    async fn find_entries(
        &self,
        rights: &Rights,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
    ) -> Result<EntryPage, StoreError> {
        self.entry_page(rights, filter, after, limit).await.map_err(store_error)
    }

    async fn entry(&self, rights: &Rights, id: EntryId) -> Result<Option<Entry>, StoreError> {
        self.entry_in_scope(rights, id).await.map_err(store_error)
    }

    async fn named_blob(&self, author: PersonId, sha256: &Sha256Hex) -> Result<Option<NamedBlob>, StoreError> {
        self.blob_named_by(author, sha256).await.map_err(store_error)
    }

    async fn blob_arrived(
        &self,
        author: PersonId,
        sha256: &Sha256Hex,
        blob: NamedBlob,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let NamedBlob { kind, bytes, .. } = blob;
        self.writer.arrived(Arrived { author, sha256: sha256.clone(), kind, bytes, at }).await
    }

    async fn readable_blob(&self, rights: &Rights, sha256: &Sha256Hex) -> Result<Option<AttachmentKind>, StoreError> {
        self.blob_in_scope(rights, sha256).await.map_err(store_error)
    }

    async fn orphans(&self, blobs: Vec<Sha256Hex>) -> Result<Vec<Sha256Hex>, StoreError> {
        self.orphans_among(blobs).await.map_err(store_error)
    }

    async fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<SessionToken, SignInError> {
        self.check_password(login, password, now).await
    }

    async fn sign_in_without_password(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        self.start_session_of(person, now).await
    }

    async fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Result<Option<Session>, StoreError> {
        self.session_of(token, now).await.map_err(store_error)
    }

    async fn prolong(&self, token: &SessionToken, now: Timestamp) -> Result<bool, StoreError> {
        self.prolong_session(token, now).await
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.end_session(token).await
    }

    async fn people(&self, now: Timestamp) -> Result<Vec<DemoPerson>, StoreError> {
        self.read_people(now).await.map_err(store_error)
    }
}
