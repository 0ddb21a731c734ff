//! Backup and restore: data come back, access does not.

use crate::world::*;
use domain::store::{Account, Store};
use domain::sync::Outcome;
use server::store::{EndedAgain, back_up, restore};

#[tokio::test]
async fn a_restored_backup_has_the_log_a_life_of_its_own_and_nobody_signed_in() {
    let world = World::new().await;
    let account = Account { person: watcher(1), login: "wang".to_owned(), password_hash: None };
    world.store.add_account(account).await.unwrap();
    let token = world.store.sign_in_without_password(watcher(1), now()).await.unwrap();
    let note = note(1, "灯不亮");
    world.push(1, std::slice::from_ref(&note)).await;
    let (backup, blobs) = (world.path("backups/one"), world.path("blobs"));
    let made = back_up(&world.file(), &blobs, &backup).await.unwrap();
    assert_eq!(made.entries, 1);
    let file = world.path("restored/log.db");
    let came = restore(&backup, &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!(came.ended, EndedAgain::default(), "nothing had ended");
    let restored = open(&file).await;
    assert_ne!(restored.epoch(), world.store.epoch());
    assert_eq!(restored.signed_in(&token, now()).await.unwrap(), None, "a session came back");
    assert!(world.store.signed_in(&token, now()).await.unwrap().is_some());
    let replies = push(&restored, 1, std::slice::from_ref(&note)).await;
    assert!(matches!(replies[0].outcome, Outcome::Duplicate { .. }), "{replies:?}");
}
