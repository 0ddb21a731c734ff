//! Copies of the log: made while the server works, and put into an empty place, where a new life begins.
//!
//! A backup is a folder; `log.db` in it is the database as of one moment, `blobs` the photos and voice notes that it names,
//! and perhaps some more, and `erasures.jsonl` the list of what was erased until then. The folder appears under its name
//! only when all of it is on disk. A restore carries out the lists of all backups that lie beside it, and brings data,
//! never access: nobody is signed in afterwards (LESSONS.md L33). Phones learn of a restore by the epoch, which a restored database has of its own: they offer
//! what they sent within the last 30 days once more, so that what was written after the backup comes back
//! (DESIGN.md 5.4, LESSONS.md L11).

use super::{connection, erasures, failure::store_error, rows};
use crate::blobs::{BlobError, Blobs};
use domain::store::StoreError;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// The database inside a backup.
const DATABASE: &str = "log.db";
/// The list of erasures inside a backup.
const ERASURES: &str = "erasures.jsonl";
/// The folder of the photos inside a backup.
const BLOBS: &str = "blobs";

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
        let list = unfinished.join(ERASURES);
        let mut connection = open(&copy, true).await?;
        let lines = erasures::lines(&mut connection).await.map_err(store_error)?;
        connection.close().await.map_err(store_error)?;
        fs::write(&list, lines).map_err(at(&list))?;
        flush(&list)?;
        // After the database: whatever it names is here by now.
        let photos = copy_blobs(blobs, &unfinished.join(BLOBS)).await?;
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

/// Puts a backup where no database is, as a database with a life of its own.
///
/// # Errors
/// [`BackupError`].
pub async fn restore(folder: &Path, database: &Path, blobs: &Path) -> Result<BackedUp, BackupError> {
    let copy = folder.join(DATABASE);
    if !copy.is_file() {
        return Err(BackupError::Missing(copy));
    }
    is_free(database)?;
    looked_over(&copy).await?;
    let unfinished = beside(database, &unfinished());
    let made = async {
        remove(&unfinished)?;
        make_folders(parent(database))?;
        let bytes = fs::copy(&copy, &unfinished).map_err(at(&unfinished))?;
        begin_another_life(&unfinished, &lists_beside(folder)?).await?;
        let entries = looked_over(&unfinished).await?;
        flush(&unfinished)?;
        // Before the database: whatever it names is here by then. What is here already has the same bytes.
        let photos = copy_blobs(&folder.join(BLOBS), blobs).await?;
        let lacks = lacking(&unfinished, blobs).await?;
        // A server may have been started meanwhile. A link takes the name only where nobody has it.
        is_free(database)?;
        fs::hard_link(&unfinished, database).map_err(at(database))?;
        flush_parent(database)?;
        Ok(BackedUp { entries, blobs: photos, lacks, bytes })
    };
    let made = made.await;
    remove(&unfinished)?;
    made
}

async fn copy_blobs(from: &Path, to: &Path) -> Result<usize, BackupError> {
    if !from.is_dir() {
        // From before there were any.
        return Ok(0);
    }
    let open = |folder: &Path| Blobs::in_folder(folder).map_err(at(folder));
    Ok(open(from)?.copy_to(&open(to)?).await?)
}

/// How many of the blobs that a database says were sent are not in this place.
async fn lacking(database: &Path, blobs: &Path) -> Result<usize, BackupError> {
    let mut connection = open(database, true).await?;
    let sql = "SELECT DISTINCT sha256 FROM blob";
    let sent: Vec<Vec<u8>> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.map_err(store_error)?;
    connection.close().await.map_err(store_error)?;
    let mut lacks = 0;
    if !sent.is_empty() {
        let place = Blobs::in_folder(blobs).map_err(at(blobs))?;
        for sha256 in sent {
            lacks += usize::from(!place.has(&rows::sha256(&sha256).map_err(store_error)?).await?);
        }
    }
    Ok(lacks)
}

/// Whether no database has this name, and none has left anything that SQLite would add to the next one.
fn is_free(database: &Path) -> Result<(), BackupError> {
    let names = ["", "-wal", "-shm", "-journal"].map(|suffix| beside(database, suffix));
    names.into_iter().find(|path| path.exists()).map_or(Ok(()), |taken| Err(BackupError::Taken(taken)))
}

async fn begin_another_life(database: &Path, erasures: &[erasures::Erasure]) -> Result<(), BackupError> {
    let epoch = uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string();
    let mut connection = open(database, false).await?;
    let begin = async |connection: &mut SqliteConnection| {
        let sql = "UPDATE meta SET value = $1 WHERE name = 'epoch'";
        sqlx::query(sql).bind(epoch).execute(&mut *connection).await?;
        sqlx::query("DELETE FROM session").execute(&mut *connection).await?;
        sqlx::query("DELETE FROM sign_in_try").execute(&mut *connection).await?;
        erasures::carry_out(connection, erasures).await
    };
    begin(&mut connection).await.map_err(store_error)?;
    Ok(connection.close().await.map_err(store_error)?)
}

/// The lists of erasures of a backup and of all that lie beside it: what was erased after it was made is known to those
/// that came later.
fn lists_beside(folder: &Path) -> Result<Vec<erasures::Erasure>, BackupError> {
    let mut all = Vec::new();
    let place = fs::canonicalize(folder).map_err(at(folder))?;
    for beside in fs::read_dir(parent(&place)).map_err(at(&place))? {
        let list = beside.map_err(at(&place))?.path().join(ERASURES);
        match fs::read_to_string(&list) {
            Ok(lines) => {
                let (erasures, unreadable) = erasures::read(&lines);
                if unreadable > 0 {
                    return Err(BackupError::Damaged {
                        path: list,
                        reason: format!("{unreadable} lines cannot be read"),
                    });
                }
                all.extend(erasures);
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(at(&list)(error)),
        }
    }
    Ok(all)
}

/// Whether a database is whole and ours; says how many entries it has.
async fn looked_over(database: &Path) -> Result<i64, BackupError> {
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

async fn open(database: &Path, reads_only: bool) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(database).read_only(reads_only);
    options.busy_timeout(connection::BUSY).connect().await.map_err(store_error)
}

/// The path with something at its end.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// What stands at the end of a name until the work is done; each run has its own.
fn unfinished() -> String {
    format!(".unfinished-{}", std::process::id())
}

/// Removes what is not finished, with what SQLite may have put beside it.
fn remove(path: &Path) -> Result<(), BackupError> {
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

fn flush(path: &Path) -> Result<(), BackupError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}

/// Makes a folder with the folders above it that are missing, so that each of them is on disk.
fn make_folders(path: &Path) -> Result<(), BackupError> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path).map_err(at(path))?;
    missing.into_iter().rev().try_for_each(flush_parent)
}

/// A name is on disk when its folder is.
fn flush_parent(path: &Path) -> Result<(), BackupError> {
    flush(parent(path))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.to_owned();
    |source| BackupError::File { path, source }
}
