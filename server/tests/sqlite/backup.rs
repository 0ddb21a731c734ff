//! Backup and restore: data come back, access and what was erased do not.

use crate::world::*;
use domain::log::Entry;
use domain::store::{Account, Store};
use domain::sync::Outcome;
use server::store::{back_up, restore};

#[tokio::test]
async fn a_restored_backup_has_the_log_a_life_of_its_own_and_nobody_signed_in() {
    let world = World::new().await;
    let account = Account { person: watcher(1), login: "wang".to_owned(), password_hash: None };
    world.store.add_account(account).await.unwrap();
    let token = world.store.sign_in_without_password(watcher(1), now()).await.unwrap();
    let note = note(1, "灯不亮");
    world.push(1, std::slice::from_ref(&note)).await;
    let (backup, blobs) = (world.folder.path().join("backups/one"), world.folder.path().join("blobs"));
    let made = back_up(&world.file(), &blobs, &backup).await.unwrap();
    assert_eq!(made.entries, 1);
    let file = world.folder.path().join("restored/log.db");
    restore(&backup, &file, &world.folder.path().join("restored/blobs")).await.unwrap();
    let restored = open(&file).await;
    assert_ne!(restored.epoch(), world.store.epoch());
    assert_eq!(restored.signed_in(&token, now()).await.unwrap(), None, "a session came back");
    assert!(world.store.signed_in(&token, now()).await.unwrap().is_some());
    let replies = push(&restored, 1, std::slice::from_ref(&note)).await;
    assert!(matches!(replies[0].outcome, Outcome::Duplicate { .. }), "{replies:?}");
}

#[tokio::test]
async fn what_was_erased_after_a_backup_does_not_come_back_with_it() {
    let world = World::new().await;
    let (before, after) = (note(1, "备份之前的私事"), note(1, "备份之后的私事"));
    world.push(1, std::slice::from_ref(&before)).await;
    let (backups, blobs) = (world.folder.path().join("backups"), world.folder.path().join("blobs"));
    back_up(&world.file(), &blobs, &backups.join("one")).await.unwrap();
    world.push(1, std::slice::from_ref(&after)).await;
    for note in [&before, &after] {
        let key = Entry::key_of(community(1), note.head.first().id.into());
        assert_eq!(world.store.erase(&key, "本人要求", now()).await.unwrap().commands, 1);
    }
    back_up(&world.file(), &blobs, &backups.join("two")).await.unwrap();

    let file = world.folder.path().join("restored/log.db");
    restore(&backups.join("one"), &file, &world.folder.path().join("restored/blobs")).await.unwrap();
    let restored = open(&file).await;
    let replies = push(&restored, 1, &[before, after]).await;
    assert!(matches!(replies[0].outcome, Outcome::Duplicate { .. }), "{replies:?}");
    assert!(matches!(&replies[1].outcome, Outcome::Rejected { reason } if reason.code == "set_aside"), "{replies:?}");
    restored.close().await;
    let bytes = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
    assert!(!bytes.contains("备份之后的私事"));
    // The record itself was not redacted; the command's bytes are gone.
    assert!(!bytes.contains("write_entry\":{\"form"), "the bytes of a command came back");
}
