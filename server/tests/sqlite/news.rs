//! Who hears of a commit: whoever listens to that community, whichever process made it.

use crate::world::*;
use domain::store::Store;
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn a_commit_in_one_community_wakes_nobody_in_another() {
    let world = World::new().await;
    let (mut here, mut there) = (world.store.news(community(1)), world.store.news(community(2)));
    let heads = world.store.heads().await.unwrap();
    assert_eq!((*here.borrow_and_update(), *there.borrow_and_update()), (heads[0].1, heads[1].1));
    world.push(1, &[note(1, "灯不亮"), note(1, "水管漏")]).await;
    here.changed().await.unwrap();
    assert_eq!(*here.borrow_and_update(), heads[0].1 + 2);
    assert!(!there.has_changed().unwrap());
    world.push(1, &[note(1, "")]).await;
    assert!(!here.has_changed().unwrap(), "a rejection is no news");
}

#[tokio::test]
async fn what_another_process_changed_counts_at_once() {
    let world = World::new().await;
    world.push(1, &[note(1, "灯不亮")]).await;
    // As the command line does beside a running server.
    let other = open(&world.file()).await;
    push(&other, 2, &[note(2, "那边的事")]).await;
    let person = domain::organisation::Person::key_of(community(1), watcher(1));
    let commands = domain::sync::decide::end_posts(&[person], now(), &mut || {
        domain::kernel::CommandId::from_parts(now().millis(), rand::random())
    });
    other.act(commands.unwrap(), now()).await.unwrap();
    other.close().await;
    let later = now().plus(domain::kernel::Span::minutes(1));
    assert!(world.store.sign_in_without_password(watcher(1), later).await.is_err());
    let replies = world.push(2, &[note(2, "又一件")]).await;
    assert!(matches!(replies[0].outcome, domain::sync::Outcome::Accepted { .. }), "{replies:?}");
}

#[tokio::test]
async fn who_listens_hears_of_another_process_without_a_commit_of_this_one() {
    let world = World::new().await;
    let (mut here, mut there) = (world.store.news(community(1)), world.store.news(community(2)));
    let before = (*here.borrow_and_update(), *there.borrow_and_update());
    // As `watchlog record set-aside` does beside a running server.
    let other = open(&world.file()).await;
    push(&other, 1, &[note(1, "灯不亮")]).await;
    other.close().await;
    timeout(Duration::from_secs(10), here.changed()).await.expect("heard").unwrap();
    assert_eq!((*here.borrow_and_update(), *there.borrow_and_update()), (before.0 + 1, before.1));
}
