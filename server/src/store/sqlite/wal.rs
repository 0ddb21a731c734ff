//! The write-ahead log (WAL) of the database. It has all pages that were written since it was last emptied, the erased ones
//! among them: an ordinary checkpoint copies the newest into the database file and leaves the others where they are. Only
//! one that truncates it removes them, and that one has to wait for whoever reads a state from before.

use super::{connection, failure::Sql};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, time::Duration};
use tokio::time::{Instant, sleep};

/// Between two tries: room for a server's writes, which wait while a try waits for readers.
const PAUSE: Duration = Duration::from_millis(200);

/// Copies all of the WAL into the database file and cuts it to nothing; tries once, and then for as long as there is
/// patience. `false` where somebody read or wrote all the while.
pub(super) async fn empty(database: &Path, patience: Duration) -> Sql<bool> {
    let until = Instant::now() + patience;
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(connection::GLANCE);
    let mut connection = options.connect().await?;
    let is_empty = loop {
        let is_empty = truncate(&mut connection).await?;
        if is_empty || Instant::now() >= until {
            break is_empty;
        }
        sleep(PAUSE).await;
    };
    connection.close().await?;
    Ok(is_empty)
}

async fn truncate(connection: &mut SqliteConnection) -> Sql<bool> {
    // Somebody in the way is no error: the first column of the answer says so.
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let (busy, ..): (i64, i64, i64) = sqlx::query_as(sql).fetch_one(connection).await?;
    Ok(busy == 0)
}
