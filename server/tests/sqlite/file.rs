//! The database file: made where there is none, kept over a restart, refused where it is not ours or of a newer version,
//! and without anybody's secrets.

use crate::world::*;
use domain::store::{Account, Store, StoreError};
use domain::sync::Outcome;
use server::store::{SqliteStore, hash_password};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

#[tokio::test]
async fn a_new_database_is_empty_ready_and_keeps_its_epoch() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(&folder.path().join("data/log.db")).await;
    assert!(store.is_empty().await.unwrap());
    store.ready().await.unwrap();
    let epoch = store.epoch();
    assert_ne!(epoch, open(&other.path().join("log.db")).await.epoch());
    store.close().await;
    let url = format!("sqlite://{}", folder.path().join("data/log.db").display());
    assert_eq!(SqliteStore::open(&url).await.unwrap().epoch(), epoch);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_closing_and_opening() {
    let world = World::new().await;
    let written = note(1, "灯不亮");
    world.push(1, std::slice::from_ref(&written)).await;
    let before = world.store.stored(written.head.first()).await.unwrap();
    world.store.close().await;
    let commands = vec![written.to_bytes().unwrap()];
    let batch =
        domain::store::PushBatch { sender: watcher(1), device: id(9), sent_at: now(), received: now(), commands };
    let closed = world.store.push(batch).await;
    assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");
    let again = open(&world.file()).await;
    assert_eq!(again.stored(written.head.first()).await.unwrap(), before);
    let replies = push(&again, 1, std::slice::from_ref(&written)).await;
    assert!(matches!(replies[0].outcome, Outcome::Duplicate { .. }), "{replies:?}");
    let heads = again.heads().await.unwrap();
    assert_eq!(*again.news(community(1)).borrow(), heads[0].1, "who listens from now on hears of what comes next");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let world = World::new().await;
    world.store.close().await;
    let mut newer = SqliteConnectOptions::new().filename(world.file()).connect().await.unwrap();
    let sql = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of a newer version', 1, x'00', 0)";
    sqlx::query(sql).execute(&mut newer).await.unwrap();
    newer.close().await.unwrap();
    let before = std::fs::read(world.file()).unwrap();
    let refused = SqliteStore::open(world.file().to_str().unwrap()).await.err();
    assert!(matches!(&refused, Some(StoreError::Failed(cause)) if cause.to_string().contains("9999")), "{refused:?}");
    assert_eq!(std::fs::read(world.file()).unwrap(), before);
}

#[tokio::test]
async fn what_cannot_be_a_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("log.db");
    std::fs::write(&text, "这不是数据库".repeat(200)).unwrap();
    for url in [text.to_str().unwrap(), "sqlite::memory:", "postgres://127.0.0.1/log"] {
        assert!(matches!(SqliteStore::open(url).await, Err(StoreError::Failed(_))), "{url}");
    }
    assert!(SqliteStore::open("/proc/nowhere/log.db").await.is_err());
}

#[tokio::test]
async fn neither_the_secret_of_a_session_nor_a_password_is_in_any_file() {
    let world = World::new().await;
    let password_hash = Some(hash_password("the password of 王某兰").unwrap());
    let account = Account { person: watcher(1), login: "wang".to_owned(), password_hash };
    world.store.add_account(account).await.unwrap();
    let token = world.store.sign_in("wang", "the password of 王某兰", now()).await.unwrap();
    assert!(world.store.signed_in(&token, now()).await.unwrap().is_some());
    assert!(world.store.sign_in("wang", "a mistyped password", now()).await.is_err());
    world.store.move_session(&token, now()).await.unwrap();
    let binary: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&token.0[2 * at..2 * at + 2], 16).unwrap()).collect();
    let check = |when: &str| {
        for words in [token.0.as_str(), "the password of 王某兰", "a mistyped password"] {
            assert!(!is_said_in(world.folder.path(), words), "{words} {when}");
        }
        let database = std::fs::read(world.file()).unwrap();
        assert!(!database.windows(32).any(|window| window == binary), "as bytes, {when}");
    };
    check("while it holds");
    world.store.sign_out(&token).await.unwrap();
    world.store.close().await;
    check("afterwards");
}
