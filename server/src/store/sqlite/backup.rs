//! Copies of the log, made while the server works.
//!
//! A backup is a folder; `log.db` in it is the database as of one moment, `blobs` the photos and voice notes that it names,
//! as far as they had come, and `ended.jsonl` the list of what had ended for good until then ([`ended`]). The folder
//! appears under its name only when all of it is on disk.

use super::{
    connection, ended,
    failure::{Sql, store_error, unavailable},
    rows, wal,
};
use crate::blobs::{BlobError, Blobs};
use domain::{kernel::Sha256, store::StoreError};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// The database inside a backup.
pub(super) const DATABASE: &str = "log.db";
/// The folder of the photos inside a backup.
pub(super) const BLOBS: &str = "blobs";

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Entries of the log, those taken back included.
    pub entries: i64,
    /// Photos and voice notes.
    pub blobs: usize,
    /// Those that the log names as sent and that are not among them: whoever made it looked in another place, or they are
    /// lost.
    pub lacks: usize,
    /// Bytes of the database.
    pub bytes: u64,
}

/// Why there is no backup, or no restored database. In either case nothing was left behind under the name that was
/// asked for, and nothing that was there was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A backup never overwrites anything, and neither does a restore.
    #[error("{} is there already, and nothing is overwritten: choose another place", .0.display())]
    Taken(PathBuf),
    /// There is nothing to copy.
    #[error("there is no {}", .0.display())]
    Missing(PathBuf),
    /// It cannot be what a backup made.
    #[error("{} is damaged, or no backup of this program: {reason}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// Files.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The photos.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the database into a new folder. A server may write to it meanwhile: SQLite copies what was committed when the
/// copy began, and the writer does not wait for it.
///
/// # Errors
/// [`BackupError`].
pub async fn back_up(database: &Path, blobs: &Path, folder: &Path) -> Result<BackedUp, BackupError> {
    if !database.is_file() {
        return Err(BackupError::Missing(database.to_owned()));
    }
    // Without a slash at its end, which would put what is beside it inside of it.
    let folder: PathBuf = folder.components().collect();
    if folder.exists() {
        return Err(BackupError::Taken(folder));
    }
    let unfinished = beside(&folder, &unfinished());
    remove(&unfinished)?;
    let copy = unfinished.join(DATABASE);
    let made = async {
        make_folders(&unfinished)?;
        let mut connection = open(database, true).await?;
        let to = copy.display().to_string();
        sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await.map_err(store_error)?;
        connection.close().await.map_err(store_error)?;
        let entries = looked_over(&copy).await?;
        let list = unfinished.join(ended::IN_BACKUP);
        let mut connection = open(&copy, true).await?;
        let lines = ended::lines(&mut connection).await.map_err(store_error)?;
        connection.close().await.map_err(store_error)?;
        fs::write(&list, lines.into_iter().map(|line| line + "\n").collect::<String>()).map_err(at(&list))?;
        flush(&list)?;
        // After the database: whatever it says is here is here by now, and what has come meanwhile comes along.
        let photos = copy_blobs(&copy, blobs, &unfinished.join(BLOBS)).await?;
        let lacks = lacking(&copy, &unfinished.join(BLOBS)).await?;
        flush(&copy)?;
        flush(&unfinished)?;
        let bytes = fs::metadata(&copy).map_err(at(&copy))?.len();
        fs::rename(&unfinished, &folder).map_err(at(&folder))?;
        flush_parent(&folder)?;
        Ok(BackedUp { entries, blobs: photos, lacks, bytes })
    };
    let made = made.await;
    if made.is_err() {
        remove(&unfinished)?;
    }
    made
}

/// Copies the photos and voice notes that a database names from one place to another; says how many of them there are.
/// Others are not copied: what was erased lies in its place until it is swept.
pub(super) async fn copy_blobs(database: &Path, from: &Path, to: &Path) -> Result<usize, BackupError> {
    if !from.is_dir() {
        // From before there were any.
        return Ok(0);
    }
    let named = hashes(database, "SELECT DISTINCT sha256 FROM blob_name").await?;
    let open = |folder: &Path| Blobs::in_folder(folder).map_err(at(folder));
    Ok(open(from)?.copy_to(&open(to)?, &named).await?)
}

/// How many of the blobs that a database says were sent are not in this place.
pub(super) async fn lacking(database: &Path, blobs: &Path) -> Result<usize, BackupError> {
    let sent = hashes(database, "SELECT DISTINCT sha256 FROM blob").await?;
    let mut lacks = 0;
    if !sent.is_empty() {
        let place = Blobs::in_folder(blobs).map_err(at(blobs))?;
        for sha256 in sent {
            lacks += usize::from(!place.has(&sha256).await?);
        }
    }
    Ok(lacks)
}

async fn hashes(database: &Path, sql: &'static str) -> Result<Vec<Sha256>, StoreError> {
    let mut connection = open(database, true).await?;
    let found: Vec<Vec<u8>> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.map_err(store_error)?;
    connection.close().await.map_err(store_error)?;
    found.iter().map(|sha256| rows::sha256(sha256)).collect::<Sql<_>>().map_err(store_error)
}

/// Whether a database is whole and ours; says how many entries it has.
pub(super) async fn looked_over(database: &Path) -> Result<i64, BackupError> {
    let damaged = |reason: String| BackupError::Damaged { path: database.to_owned(), reason };
    let mut connection = open(database, true).await.map_err(|error| damaged(error.to_string()))?;
    let findings: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| damaged(error.to_string()))?;
    if findings != "ok" {
        return Err(damaged(findings));
    }
    let sql = "SELECT (SELECT count(*) FROM entry_row) FROM meta WHERE name = 'epoch'";
    let entries = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
    let entries = entries.map_err(|error| damaged(error.to_string()))?;
    connection.close().await.map_err(store_error)?;
    Ok(entries)
}

/// Writes a database anew, so that nothing is left of what was erased from it: neither where nothing lies any more, nor in
/// the bigram index, nor in the write-ahead log. Until it is done nobody else can write: a server waits for
/// five seconds, and then asks phones to come again. Reading goes on; for whoever reads a state from before is waited
/// as long as there is patience.
///
/// # Errors
/// [`StoreError`]: then what was erased cannot be read by the program, and traces of it are in the files.
/// [`StoreError::Unavailable`] where somebody writes or reads for longer: later it works.
pub async fn overwrite_erased(database: &Path, patience: Duration) -> Result<(), StoreError> {
    let mut connection = open(database, false).await?;
    for sql in ["INSERT INTO entry_words (entry_words) VALUES ('optimize')", "VACUUM"] {
        sqlx::query(sql).execute(&mut connection).await.map_err(store_error)?;
    }
    connection.close().await.map_err(store_error)?;
    if wal::empty(database, patience).await.map_err(store_error)? {
        return Ok(());
    }
    Err(unavailable("another process still reads what was there before: is a backup being made?"))
}

pub(super) async fn open(database: &Path, reads_only: bool) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(database).read_only(reads_only);
    options.busy_timeout(connection::BUSY).connect().await.map_err(store_error)
}

/// The path with something at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// What stands at the end of a name until the work is done; each run has its own.
pub(super) fn unfinished() -> String {
    format!(".unfinished-{}", std::process::id())
}

/// Removes what is not finished, with what SQLite may have put beside it.
pub(super) fn remove(path: &Path) -> Result<(), BackupError> {
    remove_one(&beside(path, "-journal"))?;
    remove_one(path)
}

fn remove_one(path: &Path) -> Result<(), BackupError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

pub(super) fn flush(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

/// Makes a folder with the folders above it that are missing, so that each of them is on disk.
pub(super) fn make_folders(path: &Path) -> Result<(), BackupError> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path).map_err(at(path))?;
    missing.into_iter().rev().try_for_each(flush_parent)
}

/// A name is on disk when its folder is.
pub(super) fn flush_parent(path: &Path) -> Result<(), BackupError> {
    flush(parent(path))
}

pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    |source| BackupError::File { path, source }
}
