//! A backup, put into an empty place, where a new epoch begins.
//!
//! A restore brings data, never access: nobody is signed in afterwards, and what had ended for good after the backup
//! ([`ended`]) ends again, as far as a list of it is found: in this backup, in those that lie beside it, and beside the
//! place of the database. Phones learn of a restore by the epoch, which a restored database has of its own: they offer what
//! they sent within the last 30 days once more, so that what was written after the backup comes back.

use super::{
    backup::{
        BLOBS, BackedUp, BackupError, DATABASE, at, beside, copy_blobs, flush, flush_parent, lacking, looked_over,
        make_folders, open, overwrite_erased, parent, remove, unfinished,
    },
    communities::Communities,
    connection,
    ended::{self, EndedAgain, Line},
    failure::{Sql, store_error},
    writer::{Ledger, Memory},
};
use domain::{kinds::Kinds, store::StoreError};
use sqlx::{Connection, SqliteConnection};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// What came of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What is there now.
    pub holds: BackedUp,
    /// What had ended after the backup, and is ended again.
    pub ended: EndedAgain,
}

/// Puts a backup where no database is, as a database with an epoch of its own.
///
/// # Errors
/// [`BackupError`].
pub async fn restore(folder: &Path, database: &Path, blobs: &Path) -> Result<Restored, BackupError> {
    let copy = folder.join(DATABASE);
    if !copy.is_file() {
        return Err(BackupError::Missing(copy));
    }
    is_free(database)?;
    looked_over(&copy).await?;
    let list = lists(folder, database)?;
    let unfinished = beside(database, &unfinished());
    let made = async {
        remove(&unfinished)?;
        make_folders(parent(database))?;
        let bytes = fs::copy(&copy, &unfinished).map_err(at(&unfinished))?;
        let ended = begin_another_epoch(&unfinished, list).await?;
        let entries = looked_over(&unfinished).await?;
        flush(&unfinished)?;
        // Before the database: whatever it names is here by then. What is here already has the same bytes.
        let photos = copy_blobs(&unfinished, &folder.join(BLOBS), blobs).await?;
        let lacks = lacking(&unfinished, blobs).await?;
        // A server may have been started meanwhile. A link takes the name only where nobody has it.
        is_free(database)?;
        fs::hard_link(&unfinished, database).map_err(at(database))?;
        flush_parent(database)?;
        Ok(Restored { holds: BackedUp { entries, blobs: photos, lacks, bytes }, ended })
    };
    let made = made.await;
    remove(&unfinished)?;
    made
}

/// Whether no database has this name, and none has left anything that SQLite would add to the next one.
fn is_free(database: &Path) -> Result<(), BackupError> {
    let names = ["", "-wal", "-shm", "-journal"].map(|suffix| beside(database, suffix));
    names.into_iter().find(|path| path.exists()).map_or(Ok(()), |taken| Err(BackupError::Taken(taken)))
}

async fn begin_another_epoch(database: &Path, list: Vec<Line>) -> Result<EndedAgain, StoreError> {
    let mut connection = open(database, false).await?;
    connection::migrate(&mut connection).await?;
    let ended = end_again(&mut connection, list).await.map_err(store_error)?;
    connection.close().await.map_err(store_error)?;
    if ended.has_erased {
        // Nobody else knows of it yet.
        overwrite_erased(database, Duration::ZERO).await?;
    }
    Ok(ended)
}

async fn end_again(connection: &mut SqliteConnection, list: Vec<Line>) -> Sql<EndedAgain> {
    let epoch = uuid::Builder::from_random_bytes(rand::random()).into_uuid().to_string();
    let mut transaction = connection.begin().await?;
    let sql = "UPDATE meta SET value = $1 WHERE name = 'epoch'";
    sqlx::query(sql).bind(epoch).execute(&mut *transaction).await?;
    sqlx::query("DELETE FROM session").execute(&mut *transaction).await?;
    sqlx::query("DELETE FROM sign_in_try").execute(&mut *transaction).await?;
    let (mut memory, communities) = (Memory::default(), Communities::new(Arc::new(Kinds::all())));
    let mut ledger = Ledger::open(&mut transaction, &mut memory, &communities).await?;
    let ended = ended::carry_out(&mut ledger, list).await?;
    transaction.commit().await?;
    Ok(ended)
}

/// All lists that say what had ended after a backup.
fn lists(folder: &Path, database: &Path) -> Result<Vec<Line>, BackupError> {
    let place = fs::canonicalize(folder).map_err(at(folder))?;
    let mut files = vec![ended::beside(database)];
    for beside in fs::read_dir(parent(&place)).map_err(at(&place))? {
        files.push(beside.map_err(at(&place))?.path().join(ended::IN_BACKUP));
    }
    let mut all = Vec::new();
    for file in files {
        all.extend(list_in(file)?);
    }
    Ok(all)
}

fn list_in(file: PathBuf) -> Result<Vec<Line>, BackupError> {
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(at(&file)(error)),
    };
    ended::read(&String::from_utf8_lossy(&bytes)).map_err(|unreadable| BackupError::Damaged {
        path: file,
        reason: format!("{unreadable} lines of what had ended cannot be read"),
    })
}
