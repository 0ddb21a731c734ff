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
        self.folder.path().join("backup")
    }

    /// Where it listens now.
    pub fn base(&self) -> String {
        self.running.as_ref().unwrap().base.clone()
    }

    pub fn start(&mut self) {
        self.running = Some(Running::serve(&self.database()));
    }

    /// Killed (SIGKILL), and started again.
    pub fn kill_and_start(&mut self) {
        self.running = None;
        self.start();
    }

    /// As an operator does it, with the server running.
    pub fn back_up(&self) {
        self.watchlog("backup");
    }

    /// The server dies with its disk, and is restored from the backup: another life.
    pub fn restore(&mut self) {
        self.running = None;
        for file in ["log.db", "log.db-wal", "log.db-shm"] {
            // A database that was closed in good order has no more than its file.
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        self.watchlog("restore");
        self.start();
    }

    fn watchlog(&self, command: &str) {
        let mut watchlog = Command::new(env!("CARGO_BIN_EXE_watchlog"));
        let database = format!("sqlite:{}", self.database().display());
        let output = watchlog.arg(command).arg(self.backup()).args(["--database-url", &database]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
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
