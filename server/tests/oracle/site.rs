//! The server as a process: started, killed, backed up and restored.

use crate::process::Running;
use app::domain::{Entry, Sha256Hex};
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

    fn blobs(&self) -> PathBuf {
        self.database().with_extension("blobs")
    }

    /// The bytes of a photo as they were sent, if they are here.
    pub fn blob(&self, sha256: &Sha256Hex) -> Option<Vec<u8>> {
        std::fs::read(self.blobs().join("sent").join(&sha256.0)).ok()
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

    /// Killed (SIGKILL), whatever it was doing.
    pub fn kill(&mut self) {
        self.running = None;
    }

    /// As an operator does it, with the server running and phones talking to it.
    pub async fn back_up(&self) {
        let backup = self.watchlog("backup");
        tokio::task::spawn_blocking(backup).await.unwrap();
    }

    /// The disk of a killed server is gone as well; it is restored from the backup, and begins another life.
    pub fn restore(&mut self) {
        self.kill();
        for file in ["log.db", "log.db-wal", "log.db-shm"] {
            // A database that was closed in good order has no more than its file.
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        std::fs::remove_dir_all(self.blobs()).unwrap();
        self.watchlog("restore")();
        self.start();
    }

    fn watchlog(&self, command: &'static str) -> impl FnOnce() + Send + 'static {
        let (database, backup) = (format!("sqlite:{}", self.database().display()), self.backup());
        let blobs = self.blobs();
        move || {
            let mut watchlog = Command::new(env!("CARGO_BIN_EXE_watchlog"));
            watchlog.arg(command).arg(backup).args(["--database-url", &database]).arg("--blobs").arg(blobs);
            let output = watchlog.output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
    }

    /// What the database of the stopped server holds, whatever its feed tells whom.
    pub async fn holds(&mut self) -> Holds {
        self.kill();
        let mut connection = connect(&self.database()).await;
        let sql = "SELECT bytes FROM command WHERE position IS NOT NULL ORDER BY arrival";
        let accepted = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        let sql = "SELECT record FROM entry_record";
        let records: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        Holds { accepted, entries: records.iter().map(|record| serde_json::from_str(record).unwrap()).collect() }
    }
}

/// The truth.
pub struct Holds {
    /// Bytes of all commands in force.
    pub accepted: Vec<String>,
    /// Every entry.
    pub entries: Vec<Entry>,
}

async fn connect(database: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(database).connect().await.unwrap()
}
