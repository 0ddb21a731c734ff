//! A database that becomes read-only under the running server, and is given back: nothing is acknowledged meanwhile, the
//! client hears when to come back, reading goes on, and afterwards all is well without a new start. Permissions are taken
//! from the files, and the system refuses every write to those that are open, as it does on a file system that it has
//! set to read-only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[allow(dead_code, reason = "what only the other tests need")]
mod process;
#[path = "api/world.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod world;

use app::error::AppError;
use domain::{kernel::EntryId, sync::Failure};
use process::{Phone, Running, seeded};
use reqwest::header;
use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use world::{CHEN, STAIRWELL, WANG, bytes, entry, entry_of, is_stored};

/// How often it becomes read-only: afterwards it has to be as it was.
const TIMES: usize = 3;
/// Who is connected while nobody reads and nothing could be written: the one that stays (`store/connection.rs`).
const NOBODY_READS: usize = 1;
/// Readers leave after seconds without work; nobody waits longer for it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pushes in each of these times.
const PUSHES: usize = 5;

/// The server with no more rights to files than their permissions give: root has them all, and gives that up.
fn watchlog() -> Command {
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let binary = env!("CARGO_BIN_EXE_watchlog");
    if !is_root {
        return Command::new(binary);
    }
    let mut restricted = Command::new("setpriv");
    restricted.args(["--bounding-set=-dac_override,-dac_read_search", binary]);
    restricted
}

fn set_writable(writable: bool, folder: &Path, server: &Running) {
    let (of_files, of_folder, most) =
        if writable { (0o644, 0o755, "unlimited") } else { (0o444, 0o555, "0:unlimited") };
    let limit =
        Command::new("prlimit").args(["--pid", &server.child.id().to_string(), &format!("--fsize={most}")]).status();
    assert!(limit.unwrap().success());
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|path| path.is_file()) {
        fs::set_permissions(file, Permissions::from_mode(of_files)).unwrap();
    }
    fs::set_permissions(folder, Permissions::from_mode(of_folder)).unwrap();
}

/// Waits until nobody reads any more.
async fn everybody_has_left(database: &Path, server: &Running) {
    // Every connection opens the log of its own accord; SQLite keeps the database itself open for the next one.
    let (open, log) = (format!("/proc/{}/fd", server.child.id()), database.with_extension("db-wal"));
    let log = fs::canonicalize(log).unwrap();
    let connections = || {
        let files = fs::read_dir(&open).unwrap().filter_map(|file| fs::read_link(file.unwrap().path()).ok());
        files.filter(|file| *file == log).count()
    };
    let begun = Instant::now();
    while connections() != NOBODY_READS {
        assert!(begun.elapsed() < PATIENCE, "{} connections", connections());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_read_only_database_acknowledges_nothing_is_still_read_and_takes_all_when_it_can_be_written_again() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    let database = folder.join("log.db");
    seeded(&database).await;
    // Without the shell's `trap` the system would end the process instead of refusing the write.
    let mut shell = Command::new("sh");
    let program = watchlog();
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program.get_program()).args(program.get_args());
    let server = Running::start(&mut shell, &database);
    let base = server.base.as_str();
    let phone = Phone::sign_in(base, WANG).await;
    let tablet = Phone::sign_in(base, CHEN).await;
    let http = reqwest::Client::new();
    let ready = async || http.get(format!("{base}/readyz")).send().await.unwrap().status();
    let seen = async || BTreeSet::<EntryId>::from_iter(tablet.entries(base).await);

    let mut acknowledged = BTreeSet::new();
    for time in 0..TIMES {
        let mut refused = Vec::new();
        for writable in [true, false] {
            set_writable(writable, &folder, &server);
            for _ in 0..PUSHES {
                let written = entry(WANG, STAIRWELL, "楼道灯不亮");
                let answer = phone.push(base, &[bytes(&written)]).await.unwrap();
                if writable {
                    assert_eq!(answer.status(), 200, "time {time}");
                    acknowledged.insert(entry_of(&written));
                } else {
                    assert_eq!(answer.status(), 503, "time {time}");
                    assert!(answer.headers().contains_key(header::RETRY_AFTER));
                    assert!(matches!(answer.json().await.unwrap(), AppError(Failure::Unavailable { .. })));
                    refused.push(written);
                }
                assert_eq!(seen().await, acknowledged, "time {time}, writable: {writable}");
            }
            assert_eq!(ready().await, if writable { 200 } else { 503 }, "who watches over the server hears of it");
        }
        if time == 0 {
            // Who reads next meets a database that nobody has open, and that cannot be written to.
            everybody_has_left(&database, &server).await;
            assert_eq!(seen().await, acknowledged);
        }
        set_writable(true, &folder, &server);
        for written in refused {
            let replies = phone.pushed(base, &[bytes(&written)]).await;
            assert!(is_stored(&replies[0]), "{replies:?}");
            acknowledged.insert(entry_of(&written));
        }
        assert_eq!(seen().await, acknowledged);
        assert_eq!(ready().await, 200);
    }
    assert_eq!(tablet.entries(base).await.len(), TIMES * PUSHES * 2, "nothing lost, nothing doubled");
}
