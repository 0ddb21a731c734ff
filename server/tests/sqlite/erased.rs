//! What is erased is in no file of the database any more, and comes back with no backup that is restored.

use crate::world::*;
use domain::kernel::{Command, ResidentId, Role, Span, json};
use domain::log::{self, Entry};
use domain::organisation::{Act, Person, Place};
use domain::residents::{self, Resident};
use domain::store::{PushBatch, Store, StoreError};
use domain::sync::Outcome;
use server::store::{SqliteStore, overwrite_erased, restore};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{path::Path, time::Duration};

async fn stored(store: &SqliteStore, note: &Command) -> Option<Entry> {
    let stored = store.stored(note.head.first()).await.unwrap()?;
    Some(json::read(stored.text.as_bytes()).unwrap())
}

async fn outcomes(store: &SqliteStore, commands: &[Command]) -> Vec<&'static str> {
    let word = |outcome| match outcome {
        Outcome::Duplicate { .. } => "duplicate",
        Outcome::Accepted { .. } => "accepted",
        Outcome::Parked { .. } => "parked",
        _ => "another",
    };
    push(store, 1, commands).await.into_iter().map(|reply| word(reply.outcome)).collect()
}

#[tokio::test]
async fn erased_words_are_in_no_file_of_a_running_server() {
    let world = World::new().await;
    let notes: Vec<Command> =
        (0..40).map(|number| note(1, &format!("第{number}件，{}", "王某兰家的事，鎏鑫".repeat(9)))).collect();
    world.push(1, &notes).await;
    let changes: Vec<Command> = notes.iter().map(|note| amend(1, note, &"她女儿的电话".repeat(99))).collect();
    world.push(1, &changes).await;
    assert!(is_said_in(world.folder.path(), "鎏鑫"));
    let mut conflict = changes[7].clone();
    conflict.act = conflict.act.replace("她女儿", "她儿子");
    world.push(1, &[conflict]).await;
    for note in &notes {
        world.erase(note).await;
    }
    overwrite_erased(&world.file(), Duration::ZERO).await.unwrap();
    // The last are a bigram of the index.
    for words in ["王某兰家的事", "她女儿的电话", "她儿子的电话", "鎏鑫"] {
        assert!(!is_said_in(world.folder.path(), words), "{words}");
    }
    assert_eq!(world.push(1, &notes).await.len(), 40);
    assert!(!is_said_in(world.folder.path(), "王某兰家的事"), "offered again, nothing is kept of it");
}

/// Somebody who reads the state of this moment for a while, as a backup does.
async fn reader(world: &World) -> SqliteConnection {
    let mut reader = SqliteConnectOptions::new().filename(world.file()).connect().await.unwrap();
    for sql in ["BEGIN", "SELECT count(*) FROM record"] {
        sqlx::query(sql).execute(&mut reader).await.unwrap();
    }
    reader
}

#[tokio::test]
async fn words_are_not_gone_while_somebody_reads_a_state_from_before_and_whoever_waits_is_told_so() {
    let world = World::new().await;
    let note = note(1, "王某兰家的事");
    world.push(1, std::slice::from_ref(&note)).await;
    let reading = reader(&world).await;
    world.erase(&note).await;
    let left = overwrite_erased(&world.file(), Duration::ZERO).await;
    assert!(matches!(left, Err(StoreError::Unavailable(_))), "{left:?}");
    assert!(is_said_in(world.folder.path(), "王某兰家的事"));
    // Who is done soon is waited for: in the file that is written anew, behind what they read, nothing is left to do but that.
    let log_of = |file: &Path| std::fs::metadata(file).unwrap().len();
    let (wal, before) = (world.path("log.db-wal"), log_of(&world.path("log.db-wal")));
    let done = async {
        until(|| log_of(&wal) > before).await;
        reading.close().await.unwrap();
    };
    let file = world.file();
    let ((), gone) = tokio::join!(done, overwrite_erased(&file, Duration::from_secs(30)));
    gone.unwrap();
    assert!(!is_said_in(world.folder.path(), "王某兰家的事"));
}

#[tokio::test]
async fn a_running_server_empties_its_write_ahead_log_of_erased_words_once_nobody_reads_them() {
    let world = World::new().await;
    let note = note(1, "王某兰家的事");
    world.push(1, std::slice::from_ref(&note)).await;
    let reading = reader(&world).await;
    world.erase(&note).await;
    let wal = world.path("log.db-wal");
    let is_said = || {
        let words = "王某兰家的事".as_bytes();
        std::fs::read(&wal).unwrap().windows(words.len()).any(|window| window == words)
    };
    assert!(is_said());
    reading.close().await.unwrap();
    until(|| !is_said()).await;
}

#[tokio::test]
async fn why_somebody_decided_goes_with_the_words_that_it_was_about() {
    let world = World::new().await;
    let about = vec![Person::key_of(community(1), watcher(1)), Place::key_of(community(1), stairwell(1))];
    world.operate(about, &Act::EndPost { role: Role::Watcher, until: now().plus(Span::hours(2)) }).await;
    let mut note = note(1, "那时候的事");
    note.head.written = now().plus(Span::hours(1));
    let (late, commands) = (now().plus(Span::days(60)), vec![note.to_bytes().unwrap()]);
    let batch = PushBatch { sender: watcher(1), device: id(9), sent_at: late, received: late, commands };
    assert_eq!(world.store.push(batch).await.unwrap()[0].outcome, Outcome::Held);
    world.store.decide(note.head.id, true, "王某兰当时住院", late).await.unwrap().unwrap();
    overwrite_erased(&world.file(), Duration::ZERO).await.unwrap();
    assert!(is_said_in(world.folder.path(), "王某兰当时住院"));
    world.erase(&note).await;
    overwrite_erased(&world.file(), Duration::ZERO).await.unwrap();
    assert!(!is_said_in(world.folder.path(), "王某兰当时住院"));
}

#[tokio::test]
async fn what_was_erased_after_a_backup_does_not_come_back_with_it() {
    let world = World::new().await;
    let (before, after) = (note(1, "备份之前的私事"), note(1, "备份之后的私事"));
    world.push(1, std::slice::from_ref(&before)).await;
    world.back_up("backups/one").await;
    let change = amend(1, &before, "改过的私事");
    world.push(1, &[after.clone(), change.clone()]).await;
    for note in [&before, &after] {
        world.erase(note).await;
    }
    world.back_up("backups/two").await;

    // Another machine: only the backups are there.
    let file = world.path("restored/log.db");
    let came = restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!(came.ended.erased, [before.head.first().clone()]);
    let restored = open(&file).await;
    assert_eq!(outcomes(&restored, &[before.clone(), after.clone(), change]).await, ["duplicate"; 3]);
    let entry = stored(&restored, &before).await.unwrap();
    assert!(entry.erased().is_some() && !entry.is_listed());
    assert!(stored(&restored, &after).await.is_none(), "the backup does not have it, and nobody brings it back");
    restored.close().await;
    for words in ["备份之前的私事", "备份之后的私事", "改过的私事"] {
        assert!(!is_said_in(&world.path("restored"), words), "{words}");
    }
    // And the next backup of what was restored knows it, too.
    let again = world.path("again/log.db");
    std::fs::remove_dir_all(world.path("backups/two")).unwrap();
    server::store::back_up(&file, &world.path("restored/blobs"), &world.path("backups/three")).await.unwrap();
    let came = restore(&world.path("backups/one"), &again, &world.path("again/blobs")).await.unwrap();
    assert_eq!(came.ended.erased, [before.head.first().clone()]);
}

#[tokio::test]
async fn what_a_restore_did_not_need_to_erase_is_known_to_every_later_backup() {
    let world = World::new().await;
    let (kept, note) = (note(1, "留着的"), note(1, "私事"));
    world.back_up("zero/backup").await;
    world.push(1, &[kept.clone(), note.clone()]).await;
    world.back_up("backups/one").await;
    world.erase(&note).await;
    let until = now().plus(domain::kernel::Span::minutes(1));
    world.store.add_account(account()).await.unwrap();
    world.store.close_account("wang", until).await.unwrap();
    world.store.close().await;
    std::fs::remove_file(world.file()).unwrap();
    // The oldest backup has nothing of it: the erasing waits, and there is no such account.
    let came = restore(&world.path("zero/backup"), &world.file(), &world.path("blobs")).await.unwrap();
    assert_eq!(came.ended.erased, []);
    let restored = open(&world.file()).await;
    // A stand-in has added to it without signal, and a phone has other words under its id.
    let mut other = note.clone();
    other.act = other.act.replace("私事", "别的私事");
    let outcomes: Vec<_> = push(&restored, 1, &[amend(1, &note, "又说私事"), other])
        .await
        .into_iter()
        .map(|reply| reply.outcome)
        .collect();
    let erased = Outcome::Rejected { reason: domain::kernel::Rejection::ERASED.into() };
    assert_eq!(outcomes, [erased, Outcome::Conflict]);
    restored.close().await;
    assert!(!is_said_in(world.folder.path(), "又说私事") && !is_said_in(world.folder.path(), "别的私事"));
    world.back_up("backups/two").await;
    std::fs::remove_file(world.file()).unwrap();
    std::fs::remove_file(world.path("log.db-ended.jsonl")).unwrap();

    let file = world.path("restored/log.db");
    let came = restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!((came.ended.erased, came.ended.posts), (vec![note.head.first().clone()], vec!["王某兰".to_owned()]));
    let restored = open(&file).await;
    assert!(stored(&restored, &note).await.unwrap().erased().is_some());
    assert!(stored(&restored, &kept).await.unwrap().erased().is_none());
    restored.close().await;
    assert!(!is_said_in(&world.path("restored"), "私事"));
}

fn account() -> domain::store::Account {
    domain::store::Account { person: watcher(1), login: "wang".to_owned(), password_hash: None }
}

#[tokio::test]
async fn what_was_erased_after_the_last_backup_is_known_beside_the_database() {
    let world = World::new().await;
    let note = note(1, "私事");
    world.push(1, std::slice::from_ref(&note)).await;
    world.back_up("backups/one").await;
    world.erase(&note).await;
    world.store.close().await;
    std::fs::remove_file(world.file()).unwrap();

    let came = restore(&world.path("backups/one"), &world.file(), &world.path("blobs")).await.unwrap();
    assert_eq!(came.ended.erased, [note.head.first().clone()]);
    let restored = open(&world.file()).await;
    assert!(stored(&restored, &note).await.unwrap().erased().is_some());
    assert_eq!(outcomes(&restored, &[note]).await, ["duplicate"]);
}

#[tokio::test]
async fn words_that_a_backup_has_parked_go_as_well() {
    let world = World::new().await;
    let note = note(1, "私事");
    let change = amend(1, &note, "改过的私事");
    world.push(1, std::slice::from_ref(&change)).await;
    world.back_up("backups/one").await;
    world.push(1, std::slice::from_ref(&note)).await;
    world.erase(&note).await;
    let file = world.path("restored/log.db");
    world.back_up("backups/two").await;
    restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    let restored = open(&file).await;
    assert_eq!(outcomes(&restored, &[note, change]).await, ["duplicate"; 2]);
    restored.close().await;
    assert!(!is_said_in(&world.path("restored"), "改过的私事"));
}

#[tokio::test]
async fn a_reason_that_was_replaced_is_in_no_file_and_comes_back_with_no_backup() {
    let world = World::new().await;
    let note = note(1, "私事");
    let resident = Resident::key_of(community(1), id::<ResidentId>(7));
    let form = residents::Form { name: "吴某奶奶".to_owned(), ..residents::Form::default() };
    let home = vec![resident.clone(), Place::key_of(community(1), stairwell(1))];
    world.operate(home, &residents::Act::AddResident { form }).await;
    world.push(1, std::slice::from_ref(&note)).await;
    world.back_up("backups/before").await;
    for (why, backup) in [("王某兰的女儿要求", "backups/between"), ("本人要求", "backups/after")] {
        let why = why.to_owned();
        let erase = log::Act::EraseEntry { why: why.clone() };
        world.operate(vec![note.head.first().clone()], &erase).await;
        world.operate(vec![resident.clone()], &residents::Act::EraseResident { why: why.clone() }).await;
        assert!(is_said_in(world.folder.path(), &why));
        overwrite_erased(&world.file(), Duration::ZERO).await.unwrap();
        world.back_up(backup).await;
    }
    let says_why = |file: &Path| {
        let words = "王某兰的女儿要求".as_bytes();
        std::fs::read(file).is_ok_and(|bytes| bytes.windows(words.len()).any(|window| window == words))
    };
    for name in ["log.db", "log.db-wal", "log.db-ended.jsonl", "backups/after/ended.jsonl"] {
        assert!(!says_why(&world.path(name)), "{name}");
    }
    assert!(says_why(&world.path("backups/between/ended.jsonl")), "a backup from before has it");

    // From any of them, with the lists of all beside it.
    for name in ["before", "between", "after"] {
        let folder = world.path(&format!("restored-{name}"));
        let file = folder.join("log.db");
        restore(&world.path(&format!("backups/{name}")), &file, &folder.join("blobs")).await.unwrap();
        let restored = open(&file).await;
        let entry = stored(&restored, &note).await.unwrap();
        assert_eq!(entry.erased().map(|why| why.as_str()), Some("本人要求"), "{name}");
        assert!(restored.stored(&resident).await.unwrap().unwrap().text.contains("\"erased\""), "{name}");
        assert_eq!(outcomes(&restored, std::slice::from_ref(&note)).await, ["duplicate"], "{name}");
        restored.close().await;
        overwrite_erased(&file, Duration::ZERO).await.unwrap();
        assert!(!is_said_in(&folder, "王某兰的女儿要求"), "{name}");
        assert!(is_said_in(&folder, "本人要求"), "{name}");
    }
}

fn amend(number: u128, note: &Command, to: &str) -> Command {
    let change = domain::kernel::FieldChange::new("feedback", None, Some(to));
    act(number, note.head.about.clone(), &log::Act::AmendEntry { seen: note.head.id, changes: vec![change] })
}
