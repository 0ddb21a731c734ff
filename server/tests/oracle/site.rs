//! The server as a process: started, killed, backed up and restored.

use crate::process::Running;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where the server lives.
pub struct Site {
    folder: tempfile::TempDir,
    running: Option<Running>,
}

impl Site {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), running: None }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    fn backup(&self) -> PathBuf {
        self.folder.path().join("backup.db")
    }

    /// Where it listens now.
    pub fn base(&self) -> String {
        self.running.as_ref().unwrap().base.clone()
    }

    pub fn start(&mut self) {
        self.running = Some(Running::start(&mut Command::new(env!("CARGO_BIN_EXE_watchlog")), &self.database()));
    }

    /// Killed (SIGKILL) in the middle of whatever it does, and started again.
    pub fn kill_and_start(&mut self) {
        self.running = None;
        self.start();
    }

    /// A consistent copy, made while the server works.
    pub async fn back_up(&self) {
        let mut connection = connect(&self.database()).await;
        let to = self.backup().display().to_string();
        sqlx::query("VACUUM INTO $1").bind(to).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The server dies with its disk, and is restored from the copy: another life.
    pub async fn restore(&mut self) {
        self.running = None;
        for file in ["log.db", "log.db-wal", "log.db-shm"] {
            // A database that was closed in good order has no more than its file.
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        std::fs::copy(self.backup(), self.database()).unwrap();
        let mut connection = connect(&self.database()).await;
        let sql = "UPDATE meta SET value = value || '-restored' WHERE name = 'epoch'";
        assert_eq!(sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected(), 1);
        connection.close().await.unwrap();
        self.start();
    }

    /// Bytes of all accepted commands, and how many entries there are with how many different numbers.
    pub async fn holds(&mut self) -> (Vec<String>, i64, i64) {
        self.running = None;
        let mut connection = connect(&self.database()).await;
        let sql = "SELECT bytes FROM command WHERE position IS NOT NULL ORDER BY arrival";
        let accepted = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT count(*), count(DISTINCT record ->> 'number') FROM entry_record";
        let (entries, numbers) = sqlx::query_as(sql).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        (accepted, entries, numbers)
    }
}

async fn connect(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).connect().await.unwrap()
}
