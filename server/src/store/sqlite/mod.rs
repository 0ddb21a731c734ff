//! [`domain::store::Store`] over SQLite. All SQL of the product lies in this folder.
//!
//! | module | holds |
//! |---|---|
//! | `connection` | the file: migrations, one connection that writes, a few that read |
//! | `communities` | places and people in memory, always of the newest state |
//! | `writer` | the one task that writes: group commit, fetching for a decision, writing what came out |
//! | `pull` | the feed, and single records |
//! | `read` | read models: rows and lists of modules that need their own |
//! | `scope`, `bigrams`, `rows` | how rights, searched words and values look in queries |
//! | `page`, `table` | reading many rows, writing many rows |
//! | `blobs` | who may send and see photos and voice notes |
//! | `session`, `password` | who is signed in |
//! | `accounts` | accounts and counts |
//! | `wal` | the write-ahead log, emptied of what was erased |
//! | `backup`, `restore`, `ended` | copies of everything, a new epoch from one, and what must not come back with it |
//! | `failure` | from database errors to [`StoreError`] |
//!
//! What a reply promises is said by [`domain::sync::decide`]. **Accepted**, **parked** and **held** are on disk before they
//! are said (`synchronous=FULL`).

mod accounts;
mod backup;
mod bigrams;
mod blobs;
mod communities;
mod connection;
mod ended;
mod failure;
mod page;
mod password;
mod pull;
mod read;
mod restore;
mod rows;
mod scope;
mod session;
mod table;
mod wal;
mod writer;

pub use accounts::{ConflictingBytes, Counts};
pub use backup::{BackedUp, BackupError, back_up, overwrite_erased};
pub use ended::EndedAgain;
pub use password::{HashError, hash_password};
pub use restore::{Restored, restore};

use async_trait::async_trait;
use communities::{Communities, Head};
use domain::{
    kernel::{Attachment, Command, CommandId, CommunityId, Envelope, PersonId, RecordKey, Sha256, Timestamp},
    kinds::Kinds,
    log::{EntryFilter, EntryPage, ListMark},
    organisation::Directory,
    store::{
        Account, AccountError, AccountLine, FeedPage, NamedBlob, PageLimit, PushBatch, SessionToken, SignInError,
        SignedIn, Store, StoreError,
    },
    sync::{
        CommandReply, Cursor, Epoch,
        decide::{Delivery, Ruling},
    },
};
use failure::store_error;
use sqlx::SqlitePool;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{Mutex, watch};
use writer::{Arrived, News, Proof, Writer};

/// Everything in one SQLite file. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct SqliteStore {
    epoch: Epoch,
    readers: SqlitePool,
    communities: Communities,
    writer: Writer,
    news: News,
    comparer: password::Comparer,
    /// Whether the list of what has ended, beside the database, is up to date.
    has_noted_ended: Arc<AtomicBool>,
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
        Self::open_with(url, Kinds::all()).await
    }

    /// As [`SqliteStore::open`], for these modules only: tests bring their own.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn open_with(url: &str, kinds: Kinds) -> Result<Self, StoreError> {
        let options = connection::options(url)?;
        connection::prepare(&options).await?;
        let keeper = connection::keeper(&options).await.map_err(store_error)?;
        let readers = connection::readers(&options);
        let sql = "SELECT value FROM meta WHERE name = 'epoch'";
        let epoch = sqlx::query_scalar(sql).fetch_one(&readers).await.map_err(store_error)?;
        let is_noted =
            ended::keep_beside(&mut *readers.acquire().await.map_err(store_error)?, options.get_filename()).await;
        let has_noted_ended = Arc::new(AtomicBool::new(is_noted));
        let (communities, news) = (Communities::new(Arc::new(kinds)), News::default());
        let writer = writer::start(options, keeper, communities.clone(), news.clone(), Arc::clone(&has_noted_ended))?;
        let comparer = password::Comparer::new();
        let store = Self {
            epoch: Epoch(epoch),
            readers,
            communities,
            writer,
            news,
            comparer,
            has_noted_ended,
            checking: Arc::default(),
        };
        store.news.tell(&store.fetch_heads().await.map_err(store_error)?);
        Ok(store)
    }

    /// Does what was asked before, closes the file and moves the WAL into it. Later requests are unavailable.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Whether everything that has ended so far (words, posts, passwords) stands in the list beside the database. Where it
    /// does not, it has ended all the same, and an older backup would bring it back; the next time that something ends, or
    /// the database is opened, all of it is noted.
    #[must_use]
    pub fn has_noted_ended(&self) -> bool {
        self.has_noted_ended.load(Ordering::Relaxed)
    }

    /// Hears of one community's news: the newest position of its feed, raised after each commit.
    #[must_use]
    pub fn news(&self, community: CommunityId) -> watch::Receiver<i64> {
        self.news.listen(community)
    }

    /// Whether there is neither an account nor a community.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        self.has_nothing().await.map_err(store_error)
    }

    /// Takes in many deliveries in one transaction, each with its own time of receipt: how a history is loaded.
    ///
    /// # Errors
    /// As [`Store::push`], for all of them together.
    pub fn take_in(
        &self,
        deliveries: Vec<Delivery>,
    ) -> impl Future<Output = Result<Vec<Vec<CommandReply>>, StoreError>> + Send + use<> {
        let writer = self.writer.clone();
        async move { writer.push(deliveries).await }
    }

    /// Adds people who can sign in, all of them or none.
    ///
    /// # Errors
    /// [`AccountError::LoginTaken`] where one of the logins belongs to somebody.
    pub async fn add_accounts(&self, accounts: Vec<Account>) -> Result<(), AccountError> {
        self.writer.add_accounts(accounts).await
    }

    /// Places and people of every community: for whoever runs the server.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn directories(&self) -> Result<Vec<(CommunityId, Directory)>, StoreError> {
        self.read_directories().await.map_err(store_error)
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

    /// Other bytes that came under the id of a command, in the order of arrival.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn conflicts(&self, command: CommandId) -> Result<Vec<ConflictingBytes>, StoreError> {
        self.read_conflicts(command).await.map_err(store_error)
    }

    async fn fetch_heads(&self) -> Result<Vec<Head>, sqlx::Error> {
        let mut connection = self.readers.acquire().await?;
        Head::fetch(&mut connection).await
    }

    async fn take_in_one(&self, delivery: Delivery) -> Result<Vec<CommandReply>, StoreError> {
        let replies = self.writer.push(vec![delivery]).await?;
        Ok(replies.into_iter().flatten().collect())
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
        self.take_in_one(Delivery::read(batch)).await
    }

    async fn act(&self, commands: Vec<Command>, at: Timestamp) -> Result<Vec<CommandReply>, StoreError> {
        let delivery = Delivery::from_server(&commands, at).map_err(|error| StoreError::Failed(error.into()))?;
        self.take_in_one(delivery).await
    }

    async fn decide(
        &self,
        command: CommandId,
        accept: bool,
        why: &str,
        at: Timestamp,
    ) -> Result<Option<CommandReply>, StoreError> {
        self.writer.decide(command, Ruling { accept, why: why.to_owned(), at }).await
    }

    async fn held(&self) -> Result<Vec<Command>, StoreError> {
        let sql = "SELECT bytes FROM command WHERE held = 1 AND bytes IS NOT NULL ORDER BY arrival";
        let texts: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.readers).await.map_err(store_error)?;
        let read = texts.iter().filter_map(|bytes| {
            let command = Command::read(bytes);
            command.inspect_err(|error| tracing::error!(%error, "a command that is held is damaged")).ok()
        });
        Ok(read.collect())
    }

    async fn pull(
        &self,
        person: PersonId,
        cursors: Vec<Cursor>,
        limit: PageLimit,
        now: Timestamp,
    ) -> Result<FeedPage, StoreError> {
        self.feed_page(person, &cursors, limit, now).await.map_err(store_error)
    }

    async fn heads(&self) -> Result<Vec<(CommunityId, i64)>, StoreError> {
        let heads = self.fetch_heads().await.map_err(store_error)?;
        Ok(heads.into_iter().map(|head| (head.community, head.head)).collect())
    }

    async fn record(&self, person: PersonId, key: &RecordKey, now: Timestamp) -> Result<Option<Envelope>, StoreError> {
        self.record_seen(person, key, now).await.map_err(store_error)
    }

    async fn stored(&self, key: &RecordKey) -> Result<Option<Envelope>, StoreError> {
        self.record_stored(key).await.map_err(store_error)
    }

    async fn find_entries(
        &self,
        person: PersonId,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
        now: Timestamp,
    ) -> Result<EntryPage, StoreError> {
        self.entry_page(person, filter, after, limit, now).await.map_err(store_error)
    }

    async fn named_blob(&self, person: PersonId, sha256: &Sha256) -> Result<Option<NamedBlob>, StoreError> {
        self.blob_named_by(person, sha256).await.map_err(store_error)
    }

    async fn blob_arrived(&self, person: PersonId, blob: &Attachment, at: Timestamp) -> Result<(), StoreError> {
        self.writer.arrived(Arrived { author: person, blob: blob.clone(), at }).await
    }

    async fn readable_blob(
        &self,
        person: PersonId,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<Option<Attachment>, StoreError> {
        self.blob_in_scope(person, sha256, now).await.map_err(store_error)
    }

    async fn orphans(&self, blobs: Vec<Sha256>) -> Result<Vec<Sha256>, StoreError> {
        self.orphans_among(blobs).await.map_err(store_error)
    }

    async fn add_account(&self, account: Account) -> Result<(), AccountError> {
        self.writer.add_accounts(vec![account]).await
    }

    async fn close_account(&self, login: &str, at: Timestamp) -> Result<(), AccountError> {
        known(self.writer.close_account(login.to_owned(), at).await?)
    }

    async fn set_password(&self, login: &str, password_hash: String) -> Result<(), AccountError> {
        known(self.writer.set_password(login.to_owned(), password_hash).await?)
    }

    async fn accounts(&self) -> Result<Vec<AccountLine>, StoreError> {
        self.read_accounts().await.map_err(store_error)
    }

    async fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<SessionToken, SignInError> {
        // On its own: a try that was counted is judged to the end. Otherwise five lost connections would lock somebody out
        // whose password was right.
        let (store, login, password) = (self.clone(), login.to_owned(), password.to_owned());
        let judging = tokio::spawn(async move { store.check_password(&login, &password, now).await });
        judging.await.unwrap_or_else(|error| Err(StoreError::Failed(Box::new(error)).into()))
    }

    async fn sign_in_without_password(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        self.start_session(person, Proof::Post, now).await
    }

    async fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Result<Option<SignedIn>, StoreError> {
        self.session_of(token, now).await.map_err(store_error)
    }

    async fn move_session(&self, token: &SessionToken, now: Timestamp) -> Result<(), StoreError> {
        self.move_end(token, now).await
    }

    async fn sign_out(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.end_session(token).await
    }
}
