//! Opening the database file: one connection that writes, a few that read, and one that only stays.

use super::failure::{Sql, store_error};
use domain::store::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqlSafeStr};
use std::{os::unix::fs::MetadataExt, path::Path, str::FromStr, time::Duration};

/// Number, name and text of every migration. Only ever added to, from 0.2.0 on.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "records", include_str!("../../../migrations/sqlite/0001_records.sql"))];

/// Readers beside the writer: SQLite reads are short, and each connection costs a thread and a cache.
const READERS: u32 = 3;
/// KiB of page cache: what lists walk over at 100,000 entries. Taken as needed, and given back with the connection.
const WRITER_CACHE: &str = "-16000";
const READER_CACHE: &str = "-8000";
/// Pages after which a commit moves the WAL into the database: 16 MiB, fewer stops than the usual 4.
const CHECKPOINT_PAGES: &str = "4000";
/// Bytes to which the WAL is cut back after a large load.
const WAL_LIMIT: &str = "67108864";
/// How long a reader may stay connected without work, for its cache's sake; a new one costs about a millisecond.
const IDLE: Duration = Duration::from_secs(5);
/// How long to wait for another process (the command line) that writes.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// How long to wait for readers before the WAL is emptied: the reads of a server are shorter, and nobody writes meanwhile.
pub(super) const GLANCE: Duration = Duration::from_millis(100);

/// Reads `sqlite:…` or a path.
pub(super) fn options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = match url.split_once(':') {
        Some(("sqlite", _)) => SqliteConnectOptions::from_str(url).map_err(store_error)?,
        Some((_, rest)) if rest.starts_with("//") => {
            return Err(StoreError::Failed("not the URL of an SQLite database".into()));
        }
        _ => SqliteConnectOptions::new().filename(url),
    };
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(StoreError::Failed("a database in memory would lose the log".into()));
    }
    Ok(options.foreign_keys(true).busy_timeout(BUSY).synchronous(SqliteSynchronous::Full))
}

/// Makes folder and file where they are missing, and brings the schema up to date.
pub(super) async fn prepare(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    if let Some(folder) = options.get_filename().parent() {
        std::fs::create_dir_all(folder).map_err(|error| store_error(error.into()))?;
    }
    let options = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
    let mut connection = options.connect().await.map_err(store_error)?;
    migrate(&mut connection).await?;
    sqlx::Connection::close(connection).await.map_err(store_error)
}

/// Brings the schema up to date. One of a newer version is left alone, and is an error.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.iter().map(|(number, name, sql)| {
        Migration::new(*number, (*name).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    migrator.run_direct(None, connection, false).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::Execute(error) => store_error(error),
        error => StoreError::Failed(Box::new(error)),
    })
}

/// The connection that writes.
pub(super) async fn writer(options: &SqliteConnectOptions) -> Sql<SqliteConnection> {
    let options = options.clone().pragma("cache_size", WRITER_CACHE).pragma("temp_store", "memory");
    options.pragma("wal_autocheckpoint", CHECKPOINT_PAGES).pragma("journal_size_limit", WAL_LIMIT).connect().await
}

/// The connections that read; they cannot write.
pub(super) fn readers(options: &SqliteConnectOptions) -> SqlitePool {
    let options = options.clone().pragma("cache_size", READER_CACHE).pragma("query_only", "on");
    // A connection to a file does not go stale: asking before each use would double the hops.
    let pool = SqlitePoolOptions::new().max_connections(READERS).idle_timeout(IDLE).test_before_acquire(false);
    pool.acquire_timeout(BUSY).connect_lazy_with(options)
}

/// A connection that stays open from the start to the end, and is asked now and then whether others have written. All
/// connections of a process share the WAL's index as the first of them opened it. If all had left while the file system
/// was read-only, those who read next would keep the index read-only, and writing would fail as long as anybody reads,
/// also when the file system takes writes again.
pub(super) async fn keeper(options: &SqliteConnectOptions) -> Sql<SqliteConnection> {
    let mut keeper = options.clone().pragma("query_only", "on").connect().await?;
    // Only reading opens the index.
    sqlx::query("SELECT 1 FROM meta").execute(&mut keeper).await?;
    Ok(keeper)
}

/// Which file a path names right now. A database that was deleted or replaced under an open connection would take
/// writes that nobody ever finds again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileIdentity(u64, u64);

impl FileIdentity {
    pub(super) fn of(path: &Path) -> Sql<Self> {
        Ok(std::fs::metadata(path).map(|data| Self(data.dev(), data.ino()))?)
    }
}
