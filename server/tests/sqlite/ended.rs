//! Access that had ended after a backup does not come back with it, and the list that knows of it is
//! looked at before anything is restored.

use crate::world::*;
use domain::kernel::{Role, Span, Timestamp, json};
use domain::organisation::{Act, Community, Person, Place};
use domain::store::{Account, PushBatch, SignInError, Store};
use domain::sync::Outcome;
use server::store::{BackupError, SqliteStore, hash_password, restore};
use std::fs;

async fn opens(store: &SqliteStore, login: &str, password: &str) -> bool {
    match store.sign_in(login, password, now()).await {
        Ok(_) => true,
        Err(SignInError::WrongCredentials) => false,
        Err(error) => panic!("{error}"),
    }
}

/// 王某兰 and her colleague in the other community, each with a password.
async fn with_accounts() -> World {
    let world = World::new().await;
    for (number, login) in [(1, "wang"), (2, "zhao")] {
        let password_hash = Some(hash_password("password of the backup").unwrap());
        let account = Account { person: watcher(number), login: login.to_owned(), password_hash };
        world.store.add_account(account).await.unwrap();
    }
    world
}

#[tokio::test]
async fn an_account_that_was_closed_after_a_backup_is_closed_again_and_named() {
    let world = with_accounts().await;
    world.back_up("backups/one").await;
    world.store.close_account("wang", now().plus(Span::seconds(30))).await.unwrap();
    world.store.close().await;
    fs::remove_file(world.file()).unwrap();
    let came = restore(&world.path("backups/one"), &world.file(), &world.path("blobs")).await.unwrap();
    assert_eq!((came.ended.posts, came.ended.passwords), (vec!["王某兰".to_owned()], vec!["wang".to_owned()]));
    assert_eq!((came.ended.not_in_force, came.ended.passed_over), (Vec::new(), 0));
    let restored = open(&world.file()).await;
    assert!(!opens(&restored, "wang", "password of the backup").await);
    let later = now().plus(Span::minutes(1));
    assert!(restored.sign_in_without_password(watcher(1), later).await.is_err(), "her post is over");
    assert!(opens(&restored, "zhao", "password of the backup").await, "whose account was not closed, signs in");
    // What she wrote before still counts.
    let replies = push(&restored, 1, &[note(1, "停用之前写的")]).await;
    assert!(matches!(replies[0].outcome, domain::sync::Outcome::Accepted { .. }), "{replies:?}");
}

#[tokio::test]
async fn a_password_that_was_replaced_after_a_backup_opens_nothing() {
    let world = with_accounts().await;
    world.back_up("backups/one").await;
    world.store.set_password("zhao", hash_password("the new password").unwrap()).await.unwrap();
    world.back_up("backups/two").await;
    let file = world.path("restored/log.db");
    let came = restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!((came.ended.posts, came.ended.passwords), (Vec::new(), vec!["zhao".to_owned()]));
    let restored = open(&file).await;
    assert!(!opens(&restored, "zhao", "password of the backup").await);
    restored.set_password("zhao", hash_password("another one").unwrap()).await.unwrap();
    assert!(opens(&restored, "zhao", "another one").await);
    // The newest backup knows it: there nothing has to be taken away.
    let newest = world.path("newest/log.db");
    let came = restore(&world.path("backups/two"), &newest, &world.path("newest/blobs")).await.unwrap();
    assert_eq!(came.ended.passwords, Vec::<String>::new());
    assert!(opens(&open(&newest).await, "zhao", "the new password").await);
}

#[tokio::test]
async fn a_post_that_was_ended_after_a_backup_has_ended() {
    let world = World::new().await;
    world.back_up("backups/one").await;
    let card = Person::key_of(community(1), watcher(1));
    let end = Act::EndPost { role: Role::Watcher, until: now() };
    world.operate(vec![card.clone(), Place::key_of(community(1), stairwell(1))], &end).await;
    world.back_up("backups/two").await;
    let file = world.path("restored/log.db");
    let came = restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!(came.ended.posts, ["王某兰"]);
    let stored = open(&file).await.stored(&card).await.unwrap().unwrap();
    let person: Person = json::read(stored.text.as_bytes()).unwrap();
    assert_eq!(person.memberships[0].until, Some(now()));
}

#[tokio::test]
async fn a_post_that_was_given_and_ended_after_a_backup_ends_in_that_order_when_it_is_brought_again() {
    let world = World::new().await;
    world.back_up("backups/one").await;
    let about = vec![Person::key_of(community(1), watcher(1)), Place::key_of(community(1), stairwell(1))];
    let (until, later) = (now().plus(Span::days(-1)), now().plus(Span::days(7)));
    let end = |until| Act::EndPost { role: Role::Watcher, until };
    let ended = operators(about.clone(), &end(until));
    let given = operators(about.clone(), &Act::GivePost { role: Role::Watcher, from: now(), until: Some(later) });
    let ended_again = operators(about.clone(), &end(now()));
    let all = vec![ended, given, ended_again];
    world.store.act(all.clone(), now()).await.unwrap();
    world.back_up("backups/two").await;
    let file = world.path("restored/log.db");
    restore(&world.path("backups/one"), &file, &world.path("restored/blobs")).await.unwrap();
    let restored = open(&file).await;
    // As the phone of whoever gave and ended it offers it once more.
    restored.act(all, now()).await.unwrap();
    let stored = restored.stored(&about[0]).await.unwrap().unwrap();
    let person: Person = json::read(stored.text.as_bytes()).unwrap();
    assert!(person.posts_at(now().plus(Span::minutes(1))).next().is_none(), "{:?}", person.memberships);
}

#[tokio::test]
async fn a_post_whose_end_came_too_late_and_was_decided_to_count_has_ended() {
    let world = World::new().await;
    let (card, keeper) = (Person::key_of(community(1), watcher(1)), Person::key_of(community(1), watcher(3)));
    let place = Community::key_of(community(1));
    world.operate(vec![keeper.clone()], &Act::AddPerson { name: "钱某".to_owned(), agency: None }).await;
    let until = Some(now().plus(Span::hours(1)));
    let post = Act::GivePost { role: Role::PartyCommittee, from: Timestamp::EARLIEST, until };
    world.operate(vec![keeper, place], &post).await;
    world.back_up("backups/one").await;
    let mut end = act(3, vec![card.clone()], &Act::EndPosts { until: now() });
    end.head.written = now().plus(Span::minutes(30));
    let (late, bytes) = (now().plus(Span::days(40)), end.to_bytes().unwrap());
    let batch = PushBatch { sender: watcher(3), device: id(9), sent_at: late, received: late, commands: vec![bytes] };
    assert_eq!(world.store.push(batch).await.unwrap()[0].outcome, Outcome::Held);
    let list = world.path("log.db-ended.jsonl");
    assert!(!list.exists(), "nothing has ended");
    world.store.decide(end.head.id, true, "住院了", late).await.unwrap().unwrap();
    assert!(fs::read_to_string(&list).unwrap().contains("end_posts"));
    world.store.close().await;
    fs::remove_file(world.file()).unwrap();

    let came = restore(&world.path("backups/one"), &world.file(), &world.path("blobs")).await.unwrap();
    assert_eq!((came.ended.posts, came.ended.not_in_force), (vec!["王某兰".to_owned()], Vec::new()));
    let stored = open(&world.file()).await.stored(&card).await.unwrap().unwrap();
    let person: Person = json::read(stored.text.as_bytes()).unwrap();
    assert!(person.memberships[0].until.is_some());
}

#[tokio::test]
async fn what_could_not_be_noted_is_said_and_noted_with_what_ends_next() {
    let world = with_accounts().await;
    let (first, second) = (note(1, "私事"), note(1, "也是私事"));
    world.push(1, &[first.clone(), second.clone()]).await;
    world.erase(&first).await;
    assert!(world.store.has_noted_ended());
    let list = world.path("log.db-ended.jsonl");
    fs::remove_file(&list).unwrap();
    fs::create_dir(&list).unwrap();
    world.store.close_account("wang", now()).await.unwrap();
    assert!(!world.store.has_noted_ended());
    fs::remove_dir(&list).unwrap();
    world.erase(&second).await;
    assert!(world.store.has_noted_ended());
    let noted = fs::read_to_string(&list).unwrap();
    assert!(noted.matches("erase_entry").count() == 2 && noted.contains("end_posts"), "{noted}");
    assert!(noted.contains("passwords"), "{noted}");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_stops_a_restore_and_a_line_that_was_cut_does_not() {
    let world = World::new().await;
    let note = note(1, "私事");
    world.push(1, std::slice::from_ref(&note)).await;
    world.back_up("backups/one").await;
    world.erase(&note).await;
    let list = world.path("log.db-ended.jsonl");
    let whole = fs::read(&list).unwrap();
    let (file, blobs) = (world.path("restored/log.db"), world.path("restored/blobs"));
    let there = world.path("restored/log.db-ended.jsonl");
    fs::create_dir_all(world.path("restored")).unwrap();

    fs::write(&there, [b"not a line\n".as_slice(), &whole].concat()).unwrap();
    let refused = restore(&world.path("backups/one"), &file, &blobs).await;
    assert!(matches!(refused, Err(BackupError::Damaged { path, .. }) if path == there));
    assert!(!file.exists());

    // Power was lost in the middle of a line, in the middle of a character; the database still knows it.
    let cut = whole.len() - whole.iter().rev().position(|byte| *byte >= 0x80).unwrap() - 1;
    fs::write(&list, &whole[..cut]).unwrap();
    world.store.close().await;
    open(&world.file()).await.close().await;
    assert_eq!(fs::read(&list).unwrap(), whole);
    fs::write(&there, [&whole[..], &whole[..cut]].concat()).unwrap();
    let came = restore(&world.path("backups/one"), &file, &blobs).await.unwrap();
    assert_eq!(came.ended.erased, [note.head.first().clone()]);
}

#[tokio::test]
async fn a_list_of_another_log_is_passed_over_and_counted() {
    let (world, other) = (World::new().await, tempfile::tempdir().unwrap());
    let store = open(&other.path().join("log.db")).await;
    store.close().await;
    server::store::back_up(&other.path().join("log.db"), &other.path().join("blobs"), &world.path("backups/empty"))
        .await
        .unwrap();
    let note = note(1, "私事");
    world.push(1, std::slice::from_ref(&note)).await;
    world.erase(&note).await;
    world.back_up("backups/full").await;
    let file = world.path("restored/log.db");
    let came = restore(&world.path("backups/empty"), &file, &world.path("restored/blobs")).await.unwrap();
    assert_eq!((came.ended.passed_over, came.ended.erased), (2, Vec::new()));
    assert!(open(&file).await.is_empty().await.unwrap());
}
