//! From what SQLite says to what callers can act on.

use app::store::StoreError;
use std::{error::Error, sync::Arc};

/// What statements return inside this folder; turned into a [`StoreError`] at its border.
pub(super) type Sql<T> = Result<T, sqlx::Error>;

/// Why an account could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Somebody else signs in with this name.
    #[error("the login is taken")]
    LoginTaken,
    /// Nobody signs in with this name.
    #[error("there is no such login")]
    Unknown,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

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

/// A record of ours cannot be read or written as JSON.
pub(super) fn json_error(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

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
