//! SQLite through the same crate, with the durability of the product (server/src/store/connection.rs), and one table.

use crate::{Outcome, people::Written, table::count};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// After this a slow disk has shown how slow it is.
const LONGEST_INSERTING: Duration = Duration::from_secs(5);
/// As the product's writer: moving the WAL is rare for both.
const CHECKPOINT_PAGES: &str = "4000";
const TABLE: &str = "CREATE TABLE command (id BLOB PRIMARY KEY, bytes TEXT NOT NULL) STRICT";
const INSERT: &str = "INSERT INTO command (id, bytes) VALUES ($1, $2)";
/// As many as the pull that it stands beside.
const READ: &str = "SELECT id, bytes FROM command ORDER BY rowid DESC LIMIT 1000";

/// An empty database in a folder that goes with it.
pub struct RawDatabase {
    connection: SqliteConnection,
    folder: TempDir,
}

impl RawDatabase {
    pub async fn create(beside: &Path) -> Outcome<Self> {
        let folder = tempfile::tempdir_in(beside)?;
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("raw.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let mut connection = options.connect().await?;
        sqlx::query(TABLE).execute(&mut connection).await?;
        Ok(Self { connection, folder })
    }

    /// Rows per second, so many per transaction: all of them, or as many as the time allows.
    pub async fn rows_per_second(&mut self, rows: &[Written], at_once: usize) -> Outcome<f64> {
        let (started, mut inserted) = (Instant::now(), 0);
        for rows in rows.chunks(at_once) {
            self.insert(rows).await?;
            inserted += rows.len();
            if started.elapsed() > LONGEST_INSERTING {
                break;
            }
        }
        Ok(count(inserted)? / started.elapsed().as_secs_f64())
    }

    async fn insert(&mut self, rows: &[Written]) -> Outcome<()> {
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        for Written { id, bytes } in rows {
            let id = id.uuid().as_bytes().to_vec();
            sqlx::query(INSERT).bind(id).bind(bytes.as_str()).execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Milliseconds for the newest 1,000 rows. They must have been inserted before.
    pub async fn read_ms(&mut self) -> Outcome<f64> {
        let started = Instant::now();
        let rows: Vec<(Vec<u8>, String)> = sqlx::query_as(READ).fetch_all(&mut self.connection).await?;
        let elapsed = started.elapsed().as_secs_f64() * 1_000.0;
        if rows.len() == 1_000 { Ok(elapsed) } else { Err("fewer than 1,000 raw rows".into()) }
    }

    pub async fn close(self) -> Outcome<()> {
        self.connection.close().await?;
        Ok(self.folder.close()?)
    }
}
