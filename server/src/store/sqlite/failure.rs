//! From what SQLite says to what callers can act on.

use domain::{kernel::Unreadable, store::StoreError};
use std::{error::Error, sync::Arc};

/// What statements return inside this folder; turned into a [`StoreError`] at its border.
pub(super) type Sql<T> = Result<T, sqlx::Error>;

/// Says whether trying again can help.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    shared_error(&Arc::new(error))
}

/// As [`store_error`], for one cause that several callers hear of.
pub(super) fn shared_error(error: &Arc<sqlx::Error>) -> StoreError {
    let cause: Box<dyn Error + Send + Sync> = Box::new(Arc::clone(error));
    if may_pass(error) { StoreError::Unavailable(cause) } else { StoreError::Failed(cause) }
}

/// Not now: the queue is full, or the store is closing.
pub(super) fn unavailable(why: &'static str) -> StoreError {
    StoreError::Unavailable(why.into())
}

/// What we keep cannot be read.
pub(super) fn decode_error(error: impl Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A record cannot be read: damaged, or of a newer version, which may be back soon.
pub(super) fn unread(error: Unreadable) -> sqlx::Error {
    if error.is_newer { sqlx::Error::Io(std::io::Error::other(Newer(error))) } else { decode_error(error) }
}

/// The database is one of a newer version of this program.
#[derive(Debug, thiserror::Error)]
#[error("written by a newer version of this program: {0}")]
struct Newer(Unreadable);

fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        // Primary result codes: BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
        sqlx::Error::Database(error) => {
            let code = error.code().and_then(|code| code.parse::<i32>().ok());
            code.is_some_and(|code| matches!(code & 0xff, 5..=10 | 13..=15))
        }
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        _ => false,
    }
}
