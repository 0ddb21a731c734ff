//! A backup is whole, also when it is made while phones send; a restore begins another epoch in an empty place; and
//! neither ever overwrites anything.

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

use domain::{
    kernel::EntryId,
    sync::{CommandReply, Outcome},
};
use process::{Phone, Running, seeded};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;
use world::{CHEN, STAIRWELL, WANG, bytes, entry, entry_of, is_stored};

fn watchlog(command: &str, folder: &Path, database: &Path) -> Output {
    let url = format!("sqlite:{}", database.display());
    let mut watchlog = Command::new(env!("CARGO_BIN_EXE_watchlog"));
    watchlog
        .arg(command)
        .arg(folder)
        .args(["--database-url", &url])
        .arg("--blobs")
        .arg(database.with_extension("blobs"));
    watchlog.output().unwrap()
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(why), "{output:?}");
}

async fn entries(server: &Running) -> (String, BTreeSet<EntryId>) {
    let tablet = Phone::sign_in(&server.base, CHEN).await;
    let (mut cursors, mut seen) = (Vec::new(), BTreeSet::new());
    loop {
        let reply = tablet.pull(&server.base, &cursors).await;
        seen.extend(world::entries(&reply.envelopes).into_iter().map(|entry| entry.id));
        cursors = reply.head.cursors;
        if !reply.head.more {
            return (reply.head.server.epoch.0, seen);
        }
    }
}

/// Phones that send while the backup is made. Together they would send 500 entries a second.
const PHONES: usize = 10;
/// What each of them sends at once, and how often.
const AT_ONCE: usize = 5;
const EVERY: Duration = Duration::from_millis(100);
/// On a machine that has other things to do it is less; below this nothing would be tried.
const LOAD_AT_LEAST: f64 = 100.0;
/// Entries that are there before, a hundred in a push.
const BEFORE: usize = 5_000;
/// How long the load goes on before the copy begins, and after it is done.
const AROUND: Duration = Duration::from_secs(1);

/// Commands that were acknowledged, by their position in the feed.
type Acknowledged = BTreeMap<i64, (EntryId, String)>;

/// Sends new entries; says what was acknowledged, and how long that took.
async fn push_new(phone: &Phone, base: &str, many: usize) -> (Acknowledged, Duration) {
    let commands: Vec<_> = (0..many).map(|_| entry(WANG, STAIRWELL, "楼道灯不亮")).collect();
    let all: Vec<_> = commands.iter().map(bytes).collect();
    let asked = Instant::now();
    let replies = phone.pushed(base, &all).await;
    let took = asked.elapsed();
    let position = |reply: &CommandReply| match reply.outcome {
        Outcome::Accepted { position, .. } => position,
        _ => panic!("{reply:?}"),
    };
    let entries = commands.iter().map(entry_of);
    (replies.iter().map(position).zip(entries.zip(all)).collect(), took)
}

/// One phone, at its pace where it is answered in time, until it is told to stop.
async fn keep_sending(phone: Arc<Phone>, base: String, mut stop: watch::Receiver<bool>) -> (Acknowledged, Duration) {
    let (mut acknowledged, mut longest) = (Acknowledged::new(), Duration::ZERO);
    let mut pace = tokio::time::interval(EVERY);
    while !*stop.borrow_and_update() {
        pace.tick().await;
        let (more, took) = push_new(&phone, &base, AT_ONCE).await;
        acknowledged.extend(more);
        longest = longest.max(took);
    }
    (acknowledged, longest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_phones_send_holds_all_that_was_acknowledged_before_and_nobody_waits_long() {
    let folder = tempfile::tempdir().unwrap();
    let (database, backup) = (folder.path().join("log.db"), folder.path().join("backups/today"));
    seeded(&database).await;
    let server = Running::serve(&database);
    let phone = Arc::new(Phone::sign_in(&server.base, WANG).await);
    let mut acknowledged = Acknowledged::new();
    while acknowledged.len() < BEFORE {
        acknowledged.extend(push_new(&phone, &server.base, 100).await.0);
    }

    let (stop, stopped) = watch::channel(false);
    let load = Instant::now();
    let phones: Vec<_> = (0..PHONES)
        .map(|_| tokio::spawn(keep_sending(Arc::clone(&phone), server.base.clone(), stopped.clone())))
        .collect();
    tokio::time::sleep(AROUND).await;
    acknowledged.extend(push_new(&phone, &server.base, AT_ONCE).await.0);
    let before = *acknowledged.last_key_value().unwrap().0;
    let copying = Instant::now();
    let (to, from) = (backup.clone(), database.clone());
    let output = tokio::task::spawn_blocking(move || watchlog("backup", &to, &from)).await.unwrap();
    let copying = copying.elapsed();
    assert!(output.status.success(), "{output:?}");
    tokio::time::sleep(AROUND).await;
    stop.send_replace(true);
    let (mut under_load, mut longest) = (0, Duration::ZERO);
    for phone in phones {
        let (more, took) = phone.await.unwrap();
        under_load += more.len();
        longest = longest.max(took);
        acknowledged.extend(more);
    }
    let per_second = under_load as f64 / load.elapsed().as_secs_f64();
    eprintln!("a backup of {copying:.0?} under {per_second:.0} entries a second: the longest push took {longest:.0?}");
    assert!(per_second > LOAD_AT_LEAST, "{per_second:.0} entries a second are no load");
    assert!(longest < Duration::from_secs(5), "a push waited {longest:?} for the backup");
    let (epoch, there) = entries(&server).await;
    let pushed: BTreeSet<EntryId> = acknowledged.values().map(|(entry, _)| *entry).collect();
    assert_eq!(there, pushed);

    let elsewhere = folder.path().join("new/log.db");
    let output = watchlog("restore", &backup, &elsewhere);
    assert!(output.status.success(), "{output:?}");
    let restored = Running::serve(&elsewhere);
    let (new_epoch, kept) = entries(&restored).await;
    assert_ne!(new_epoch, epoch, "phones would not notice");
    // The log as of one moment: up to some position everything, and beyond it nothing.
    let last = acknowledged.iter().rev().find(|(_, (entry, _))| kept.contains(entry)).map(|(position, _)| *position);
    let last = last.unwrap();
    assert!(before <= last, "acknowledged before the copy began, and not in it");
    let until_then: BTreeSet<EntryId> = acknowledged.range(..=last).map(|(_, (entry, _))| *entry).collect();
    assert_eq!(kept, until_then);
    // The phone offers everything again: what was lost is taken, what was not is not taken twice.
    let phone = Phone::sign_in(&restored.base, WANG).await;
    let sent: Vec<String> = acknowledged.into_values().map(|(_, bytes)| bytes).collect();
    for commands in sent.chunks(100) {
        let replies = phone.pushed(&restored.base, commands).await;
        assert!(replies.iter().all(is_stored), "{replies:?}");
    }
    let (_, again) = entries(&restored).await;
    assert_eq!(again, pushed);
}

#[tokio::test]
async fn nothing_is_overwritten_and_what_is_no_backup_is_not_restored() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (database, backup) = (path("log.db"), path("backup"));
    refused(&watchlog("backup", &backup, &database), "there is no");
    assert!(!backup.exists() && !database.exists(), "nothing is made of nothing");

    // Nobody serves it: a cold copy.
    seeded(&database).await;
    let output = watchlog("backup", &backup, &database);
    assert!(output.status.success(), "{output:?}");
    let names: BTreeSet<_> = fs::read_dir(&backup).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["ended.jsonl", "log.db"].map(Into::into).into(), "and nothing unfinished");
    let kept = fs::read(backup.join("log.db")).unwrap();
    refused(&watchlog("backup", &backup, &database), "nothing is overwritten");
    refused(&watchlog("restore", &backup, &database), "nothing is overwritten");
    assert_eq!(fs::read(backup.join("log.db")).unwrap(), kept);

    // The remains of another database must not be mixed in.
    fs::write(path("new.db-wal"), b"of another database").unwrap();
    refused(&watchlog("restore", &backup, &path("new.db")), "new.db-wal");
    fs::remove_file(path("new.db-wal")).unwrap();

    refused(&watchlog("restore", &path("nowhere"), &path("new.db")), "there is no");
    let damages: [fn(&mut Vec<u8>); 3] =
        [|bytes| bytes.truncate(bytes.len() / 2), |bytes| bytes.clear(), |bytes| bytes[..100].fill(b'x')];
    for damage in damages {
        let mut bytes = kept.clone();
        damage(&mut bytes);
        fs::write(backup.join("log.db"), bytes).unwrap();
        refused(&watchlog("restore", &backup, &path("new.db")), "damaged");
        assert!(!path("new.db").exists());
    }
    fs::write(backup.join("log.db"), &kept).unwrap();
    let output = watchlog("restore", &backup, &path("new.db"));
    assert!(output.status.success(), "{output:?}");
    // A slash at the end is the same folder.
    let output = watchlog("backup", &path("another/"), &path("new.db"));
    assert!(output.status.success() && path("another/log.db").is_file(), "{output:?}");
    let left = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.contains("unfinished")).collect::<Vec<_>>(), Vec::<String>::new());
}
