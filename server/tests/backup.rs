//! A backup is whole, also when it is made while phones send; a restore begins another life in an empty place; and
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

use app::{
    domain::{Change, EntryId},
    sync::{Outcome, PushReply},
};
use process::{Phone, Running, seeded};
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};
use world::{CHEN, STAIRWELL, WANG, bytes, entry};

fn watchlog(command: &str, folder: &Path, database: &Path) -> Output {
    let url = format!("sqlite:{}", database.display());
    let mut watchlog = Command::new(env!("CARGO_BIN_EXE_watchlog"));
    watchlog.arg(command).arg(folder).args(["--database-url", &url]).output().unwrap()
}

fn refused(output: &Output, why: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(why), "{output:?}");
}

async fn entries(server: &Running) -> (String, BTreeSet<EntryId>) {
    let tablet = Phone::sign_in(&server.base, CHEN).await;
    let (mut cursor, mut seen) = (None, BTreeSet::new());
    loop {
        let reply = tablet.pull(&server.base, cursor.as_ref()).await;
        let entry = |change| if let Change::Entry(entry) = change { Some(entry.id) } else { None };
        seen.extend(reply.changes.into_iter().filter_map(entry));
        cursor = Some(reply.next);
        if !reply.more {
            return (reply.server.epoch.0, seen);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_phones_send_holds_all_that_was_acknowledged_before_and_nobody_waits_long() {
    let folder = tempfile::tempdir().unwrap();
    let (database, backup) = (folder.path().join("log.db"), folder.path().join("backups/today"));
    seeded(&database, world::seed()).await;
    let server = Running::serve(&database);
    let phone = Phone::sign_in(&server.base, WANG).await;
    let (mut before, mut pushed, mut longest) = (BTreeSet::new(), BTreeSet::new(), Duration::ZERO);
    let mut sent = Vec::new();
    let mut copying = None;
    // Goes on until the copy is done, and then some.
    let mut after = 0;
    while after < 20 {
        let commands: Vec<_> = (0..25).map(|_| entry(WANG, STAIRWELL, "楼道灯不亮")).collect();
        let asked = Instant::now();
        let answer = phone.push(&server.base, &commands.iter().map(bytes).collect::<Vec<_>>()).await.unwrap();
        longest = longest.max(asked.elapsed());
        let reply: PushReply = answer.json().await.unwrap();
        assert!(reply.replies.iter().all(|reply| matches!(reply.outcome, Outcome::Accepted { .. })), "{reply:?}");
        pushed.extend(commands.iter().map(|command| command.act.entry()));
        sent.push(commands.iter().map(bytes).collect::<Vec<_>>());
        match &copying {
            None if pushed.len() >= 1_000 => {
                before.clone_from(&pushed);
                let (folder, database) = (backup.clone(), database.clone());
                copying = Some(tokio::task::spawn_blocking(move || watchlog("backup", &folder, &database)));
            }
            Some(copy) if copy.is_finished() => after += 1,
            _ => {}
        }
    }
    let output = copying.unwrap().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(longest < Duration::from_secs(5), "a push waited {longest:?} for the backup");
    let (epoch, there) = entries(&server).await;
    assert_eq!(there, pushed);

    let elsewhere = folder.path().join("new/log.db");
    let output = watchlog("restore", &backup, &elsewhere);
    assert!(output.status.success(), "{output:?}");
    let restored = Running::serve(&elsewhere);
    let (new_epoch, kept) = entries(&restored).await;
    assert_ne!(new_epoch, epoch, "phones would not notice");
    assert!(kept.is_superset(&before), "{} of {} acknowledged before", kept.len(), before.len());
    assert!(pushed.is_superset(&kept), "entries that nobody wrote");
    // The phone offers everything again: what was lost is taken, what was not is not taken twice.
    let phone = Phone::sign_in(&restored.base, WANG).await;
    for commands in &sent {
        let reply: PushReply = phone.push(&restored.base, commands).await.unwrap().json().await.unwrap();
        assert!(reply.replies.iter().all(|reply| matches!(reply.outcome, Outcome::Accepted { .. })), "{reply:?}");
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
    seeded(&database, world::seed()).await;
    let output = watchlog("backup", &backup, &database);
    assert!(output.status.success(), "{output:?}");
    let names: Vec<_> = fs::read_dir(&backup).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["log.db"], "and nothing unfinished");
    let kept = fs::read(backup.join("log.db")).unwrap();
    refused(&watchlog("backup", &backup, &database), "nothing is overwritten");
    refused(&watchlog("restore", &backup, &database), "nothing is overwritten");
    assert_eq!(fs::read(backup.join("log.db")).unwrap(), kept);

    // The remains of another life must not be mixed in.
    fs::write(path("new.db-wal"), b"of another life").unwrap();
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
