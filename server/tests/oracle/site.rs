//! The server as a process: started, killed, backed up and restored; and whoever runs it.

use crate::{holds::Holds, native::Founding, running::Running};
use domain::kernel::{CommandId, RecordKey, Sha256};
use server::store::SqliteStore;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::PathBuf,
    process::{Command, Output},
};
use tokio::task::spawn_blocking;

/// Why entries are set aside.
pub const SET_ASIDE_FOR: &str = "记错了";

/// Why their words are erased.
pub const ERASED_FOR: &str = "本人要求";

/// So often the command line is run at most, until nobody reads a state from before.
const ERASED_WITHIN: u32 = 20;

/// Where the server lives.
pub struct Site {
    folder: tempfile::TempDir,
    running: Option<Running>,
}

impl Site {
    /// With communities in its database, and nobody using it.
    pub async fn founded(founding: Founding) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), running: None };
        let store = SqliteStore::open(site.database().to_str().unwrap()).await.unwrap();
        founding.found(&store).await;
        store.close().await;
        site
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    fn blobs(&self) -> PathBuf {
        self.database().with_extension("blobs")
    }

    /// The bytes of a photo as they were sent, if they are here.
    pub fn blob(&self, sha256: &Sha256) -> Option<Vec<u8>> {
        std::fs::read(self.blobs().join("sent").join(sha256.to_string())).ok()
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
        let (backup, blobs) = (self.backup(), self.blobs());
        self.watchlog(&["backup".into(), backup.into(), "--blobs".into(), blobs.into()]).await;
    }

    /// The disk of a killed server is gone as well; it is restored from the backup, and begins another epoch.
    pub async fn restore(&mut self) {
        self.kill();
        for file in ["log.db", "log.db-wal", "log.db-shm"] {
            // A database that was closed in good order has no more than its file.
            let _ = std::fs::remove_file(self.folder.path().join(file));
        }
        std::fs::remove_dir_all(self.blobs()).unwrap();
        let (backup, blobs) = (self.backup(), self.blobs());
        self.watchlog(&["restore".into(), backup.into(), "--blobs".into(), blobs.into()]).await;
        self.start();
    }

    /// An entry is set aside, if the server has it.
    pub async fn set_aside(&self, entry: &RecordKey) {
        let (code, output) = self.end("set-aside", entry, SET_ASIDE_FOR).await;
        assert!(matches!(code, Some(0 | 2)), "{output:?}");
    }

    /// The words of an entry are erased, where the server has it: says whether it has. Where a phone was reading a state
    /// from before, it is run once more, as the command line asks for.
    pub async fn erase(&self, entry: &RecordKey) -> bool {
        for _ in 0..ERASED_WITHIN {
            match self.end("erase", entry, ERASED_FOR).await {
                (Some(0), _) => return true,
                (Some(2), _) => return false,
                (Some(1), output) if String::from_utf8_lossy(&output.stderr).contains("once more") => {}
                (_, output) => panic!("{output:?}"),
            }
        }
        panic!("something goes on reading what was there before {entry} was erased")
    }

    async fn end(&self, how: &str, entry: &RecordKey, why: &str) -> (Option<i32>, Output) {
        let entry = entry.to_string();
        let output = self.run(&["record".into(), how.into(), entry.into(), "--why".into(), why.into()]).await;
        (output.status.code(), output)
    }

    /// Decides about every command that waits for it: every other one counts. Says how many there were.
    pub async fn decide_all(&self) -> usize {
        let list = self.watchlog(&["record".into(), "held".into()]).await;
        let lines = list.lines().filter(|line| !line.starts_with('\t'));
        let held: Vec<CommandId> = lines.filter_map(|line| line.split('\t').next()?.parse().ok()).collect();
        for (number, command) in held.iter().enumerate() {
            let decision = if number % 2 == 0 { "--accept" } else { "--reject" };
            let command = command.to_string();
            let why = "问过本人";
            let words = ["record".into(), "decide".into(), command.into(), decision.into(), "--why".into(), why.into()];
            self.watchlog(&words).await;
        }
        held.len()
    }

    /// What a command of the command line says, which has to do its work.
    async fn watchlog(&self, words: &[OsString]) -> String {
        let output = self.run(words).await;
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    async fn run(&self, words: &[OsString]) -> Output {
        let database = format!("sqlite:{}", self.database().display());
        let mut watchlog = Command::new(env!("CARGO_BIN_EXE_watchlog"));
        watchlog.args(words).args(["--database-url", &database]);
        spawn_blocking(move || watchlog.output().unwrap()).await.unwrap()
    }

    /// What the database of the stopped server holds, whatever its feed tells whom.
    pub async fn holds(&mut self, told: &BTreeMap<Sha256, String>) -> Holds {
        self.kill();
        Holds::read(&self.database(), told).await
    }

    /// The files of the stopped server that say what it has by now; a backup has what was there before.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = ["log.db", "log.db-wal", "log.db-ended.jsonl"].map(|name| self.folder.path().join(name));
        files.into_iter().filter(|file| file.exists()).collect()
    }

    /// The store of the stopped server.
    pub async fn store(&self) -> SqliteStore {
        SqliteStore::open(self.database().to_str().unwrap()).await.unwrap()
    }
}
