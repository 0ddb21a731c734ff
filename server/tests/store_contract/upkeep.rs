//! Filling, adding people, closing and opening again.

use super::fixture::*;
use app::domain::*;
use app::store::{Store, StoreError};
use server::store::{AccountError, SqliteStore};

#[tokio::test]
async fn a_new_database_is_empty_ready_and_keeps_its_epoch() {
    let (store, folder) = empty().await;
    assert!(store.is_empty().await.unwrap());
    store.ready().await.unwrap();
    let epoch = store.epoch();
    assert_eq!(epoch.0.len(), 36);
    let (other, _other_folder) = empty().await;
    assert_ne!(epoch, other.epoch());
    store.close().await;
    let url = format!("sqlite://{}", folder.path().join("data/log.db").display());
    assert_eq!(SqliteStore::open(&url).await.unwrap().epoch(), epoch);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_closing_and_opening() {
    let here = Neighbourhood::new().await;
    let note = [here.note("灯不亮")];
    let replies = here.push(WANG, &note).await;
    let before = here.everything(CHEN).await;
    here.engine.close().await;
    let closed = here.store.push(here.batch(WANG, &note)).await;
    assert!(matches!(closed, Err(StoreError::Unavailable(_))), "{closed:?}");
    let again = SqliteStore::open(here.file.to_str().unwrap()).await.unwrap();
    assert_eq!(again.push(here.batch(WANG, &note)).await.unwrap(), replies);
    let community = CommunityCode::parse(COMMUNITY).unwrap();
    let page = again.pull(&here.rights(CHEN), &community, None, 1_000, Timestamp::EARLIEST).await.unwrap();
    assert_eq!(page.changes, before);
    assert_eq!(*again.news().borrow(), page.next.position);
    assert_eq!(number(&again.push(here.batch(WANG, &[here.note("又一条")])).await.unwrap()[0]), "HPXC-20251117-0002");
}

#[tokio::test]
async fn a_new_account_works_at_once_and_colleagues_hear_of_it() {
    let here = Neighbourhood::new().await;
    let cursor = here.pull(CHEN, None, 1_000).await.next;
    let place = PlaceCode::parse(SECOND).unwrap();
    let newcomer = account("冯某", "Feng", Role::Watcher, place);
    here.engine.add_account(newcomer.clone()).await.unwrap();
    let page = here.pull(CHEN, Some(cursor), 1_000).await;
    assert_eq!(page.changes, [Change::Person(newcomer.card.clone())]);
    let note = here.note_at(ZHAO, SECOND, "01", now(), "新来的");
    let note = Command { author: newcomer.card.id, ..note };
    let batch = app::store::PushBatch { sender: newcomer.card.id, ..here.batch(ZHAO, &[note]) };
    assert_eq!(number(&here.store.push(batch).await.unwrap()[0]), "HPXC-20251117-0001");
}

#[tokio::test]
async fn another_process_may_add_people_while_the_server_runs() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[here.note("灯不亮")]).await;
    let command_line = SqliteStore::open(here.file.to_str().unwrap()).await.unwrap();
    let newcomer = account("冯某", "feng", Role::Watcher, PlaceCode::parse(FIRST).unwrap());
    command_line.add_account(newcomer.clone()).await.unwrap();
    command_line.close().await;
    let note = Command { author: newcomer.card.id, ..here.note("新来的") };
    let batch = app::store::PushBatch { sender: newcomer.card.id, ..here.batch(WANG, &[note]) };
    let replies = here.store.push(batch).await.unwrap();
    assert_eq!(number(&replies[0]), "HPXC-20251117-0002");
    assert_eq!(here.pull(CHEN, None, 1_000).await.next.position, position(&replies[0]));
    assert_eq!(*here.engine.news().borrow(), position(&replies[0]), "who listens hears of this entry, not of the next");
}

#[tokio::test]
async fn a_database_that_was_replaced_under_the_server_takes_nothing_until_the_old_one_is_back() {
    let here = Neighbourhood::new().await;
    let note = [here.note("灯不亮")];
    let (_, other_folder) = empty().await;
    let aside = here.file.with_extension("aside");
    std::fs::rename(&here.file, &aside).unwrap();
    let gone = here.store.push(here.batch(WANG, &note)).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
    std::fs::copy(other_folder.path().join("data/log.db"), &here.file).unwrap();
    let replaced = here.store.push(here.batch(WANG, &note)).await;
    assert!(matches!(replaced, Err(StoreError::Unavailable(_))), "{replaced:?}");
    assert!(here.store.ready().await.is_err(), "whoever watches over the server hears of it");
    std::fs::rename(&aside, &here.file).unwrap();
    here.accept(WANG, &note).await;
    assert_eq!(here.engine.counts().await.unwrap().entries, 1);
}

#[tokio::test]
async fn a_login_belongs_to_one_person() {
    let here = Neighbourhood::new().await;
    let place = PlaceCode::parse(FIRST).unwrap();
    let taken = here.engine.add_account(account("冯某", " WANG ", Role::Watcher, place)).await;
    assert!(matches!(taken, Err(AccountError::LoginTaken)), "{taken:?}");
    assert_eq!(here.engine.counts().await.unwrap().people, 7);
    here.accept(WANG, &[here.note("照常")]).await;
}

#[tokio::test]
async fn accounts_and_counts_say_what_is_there() {
    let here = Neighbourhood::new().await;
    here.accept(WANG, &[here.note("灯不亮")]).await;
    let accounts = here.engine.accounts().await.unwrap();
    let logins: Vec<_> = accounts.iter().map(|line| (line.login.as_str(), line.has_password)).collect();
    let expected = [
        ("chen", false),
        ("li", true),
        ("qian", false),
        ("sun", false),
        ("wang", false),
        ("zhao", false),
        ("zhou", false),
    ];
    assert_eq!(logins, expected);
    let counts = here.engine.counts().await.unwrap();
    assert_eq!((counts.entries, counts.people, counts.micro_grids, counts.residents), (1, 7, 3, 2));
    assert!(!here.engine.is_empty().await.unwrap());
}

#[tokio::test]
async fn filling_twice_changes_nothing() {
    let here = Neighbourhood::new().await;
    let before = here.everything(CHEN).await;
    assert!(matches!(here.engine.seed(seed()).await, Err(StoreError::Failed(_))));
    assert_eq!(here.everything(CHEN).await, before);
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
