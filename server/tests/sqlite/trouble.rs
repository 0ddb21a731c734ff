//! What spreads when something goes wrong: one push's fault to nobody else, and a crowd to nobody's loss.

use crate::world::*;
use domain::kernel::Command;
use domain::log;
use domain::store::{PushBatch, Store, StoreError};
use domain::sync::{CommandReply, Outcome};
use futures::future::join_all;
use sqlx::Connection;

fn batch(number: u128, command: &Command) -> PushBatch {
    let commands = vec![command.to_bytes().unwrap()];
    PushBatch { sender: watcher(number), device: id(9), sent_at: now(), received: now(), commands }
}

fn outcome(reply: &Result<Vec<CommandReply>, StoreError>) -> &Outcome {
    &reply.as_ref().unwrap()[0].outcome
}

#[tokio::test]
async fn a_damaged_entry_is_answered_later_to_the_command_that_touches_it_and_to_no_other() {
    let world = World::new().await;
    let broken = note(1, "灯不亮");
    world.push(1, std::slice::from_ref(&broken)).await;
    let mut surgeon = world.surgeon().await;
    sqlx::query("UPDATE record SET text = '{' WHERE kind = 'entry'").execute(&mut surgeon).await.unwrap();
    surgeon.close().await.unwrap();

    let withdraw = act(1, vec![broken.head.first().clone()], &log::Act::WithdrawEntry {});
    let pushes = [(1, note(1, "水管漏")), (1, withdraw), (2, note(2, "门坏了"))];
    // Polled in turn before the writer's task runs, so all three are one group.
    let replies = join_all(pushes.iter().map(|(who, command)| world.store.push(batch(*who, command)))).await;
    assert!(matches!(outcome(&replies[0]), Outcome::Accepted { .. }), "{replies:?}");
    assert_eq!(*outcome(&replies[1]), Outcome::Later, "not stored, not refused: the phone keeps it");
    assert!(matches!(outcome(&replies[2]), Outcome::Accepted { .. }), "{replies:?}");
    assert_eq!(world.store.counts().await.unwrap().entries, 3);
    let listed = world.store.find_entries(watcher(1), &log::EntryFilter::default(), None, 10, now()).await;
    assert!(matches!(listed, Err(StoreError::Failed(_))), "a list does not pretend that it is whole: {listed:?}");
}

#[tokio::test]
async fn a_job_that_fails_for_a_reason_of_its_own_fails_no_other_of_its_group() {
    let world = World::new().await;
    world.store.close().await;
    let mut surgeon = world.surgeon().await;
    let sql = "UPDATE record SET text = '{' WHERE kind = 'place' AND community IN (
        SELECT number FROM numbered WHERE id = $1)";
    let second = community(2).uuid().as_bytes().to_vec();
    assert_eq!(sqlx::query(sql).bind(second).execute(&mut surgeon).await.unwrap().rows_affected(), 1);
    surgeon.close().await.unwrap();
    let store = open(&world.file()).await;

    let pushes = [(1, note(1, "水管漏")), (2, note(2, "门坏了")), (1, note(1, "灯不亮"))];
    let replies = join_all(pushes.iter().map(|(who, command)| store.push(batch(*who, command)))).await;
    assert!(matches!(outcome(&replies[0]), Outcome::Accepted { .. }), "{replies:?}");
    assert!(matches!(replies[1], Err(StoreError::Failed(_))), "{:?}", replies[1]);
    assert!(matches!(outcome(&replies[2]), Outcome::Accepted { .. }), "{replies:?}");
    assert_eq!(store.counts().await.unwrap().entries, 2, "each once");
}

#[tokio::test]
async fn a_damaged_command_that_waits_does_not_hold_up_its_record() {
    let world = World::new().await;
    let written = note(1, "灯不亮");
    let changes = ["三楼", "四楼"].map(|to| {
        let change = domain::kernel::FieldChange::new("feedback", None, Some(to));
        act(1, written.head.about.clone(), &log::Act::AmendEntry { seen: written.head.id, changes: vec![change] })
    });
    for reply in world.push(1, &changes).await {
        assert!(matches!(reply.outcome, Outcome::Parked { .. }), "{reply:?}");
    }
    let mut surgeon = world.surgeon().await;
    let first = changes[0].head.id.uuid().as_bytes().to_vec();
    sqlx::query("UPDATE command SET bytes = '{' WHERE id = $1").bind(first).execute(&mut surgeon).await.unwrap();
    surgeon.close().await.unwrap();
    let replies = world.push(1, std::slice::from_ref(&written)).await;
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    let stored = world.store.stored(written.head.first()).await.unwrap().unwrap();
    assert!(stored.text.contains("四楼"), "the next one had its turn");
}

#[tokio::test]
async fn a_crowd_that_asks_whether_the_database_works_keeps_nobody_from_writing() {
    let world = World::new().await;
    let notes: Vec<Command> = (0..20).map(|index| note(1, &format!("第{index}条"))).collect();
    let writes = async {
        for note in &notes {
            world.push(1, std::slice::from_ref(note)).await;
        }
    };
    let (checks, ()) = futures::future::join(join_all((0..3_000).map(|_| world.store.ready())), writes).await;
    assert!(checks.iter().all(Result::is_ok), "{:?}", checks.iter().find(|check| check.is_err()));
    assert_eq!(world.store.counts().await.unwrap().entries, 20);
}

#[tokio::test]
async fn whoever_finds_the_queue_full_is_told_to_come_back_and_nothing_of_theirs_is_stored() {
    const CROWD: usize = 1_500;
    let world = World::new().await;
    let notes: Vec<Command> = (0..CROWD).map(|index| note(1, &format!("第{index}条"))).collect();
    let everybody: Vec<usize> = (0..CROWD).collect();
    let first = all_at_once(&world, &notes, &everybody).await;
    let taken = first.iter().filter(|reply| reply.is_ok()).count();
    assert!((1..CROWD).contains(&taken), "{taken}");
    let refused = first.iter().filter_map(|reply| reply.as_ref().err());
    refused.for_each(|error| assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"));
    assert_eq!(world.store.counts().await.unwrap().entries, i64::try_from(taken).unwrap());

    // They come back, together with those who lost their answer: nobody is there twice.
    let mut waiting = everybody;
    while !waiting.is_empty() {
        let again = all_at_once(&world, &notes, &waiting).await;
        let still = waiting.iter().zip(&again).filter(|(_, reply)| reply.is_err()).map(|(index, _)| *index);
        waiting = still.collect();
    }
    assert_eq!(world.store.counts().await.unwrap().entries, i64::try_from(CROWD).unwrap());
}

async fn all_at_once(world: &World, notes: &[Command], chosen: &[usize]) -> Vec<Result<Vec<CommandReply>, StoreError>> {
    join_all(chosen.iter().map(|index| world.store.push(batch(1, &notes[*index])))).await
}

#[tokio::test]
async fn a_database_that_another_process_keeps_busy_is_unavailable_and_takes_all_afterwards() {
    let world = World::new().await;
    let written = note(1, "灯不亮");
    let mut other = world.surgeon().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    // It waits for as long as the command line may reasonably take, and no longer.
    let refused = world.store.push(batch(1, &written)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
    assert!(world.store.stored(written.head.first()).await.unwrap().is_none(), "reading goes on, and nothing is there");
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    let replies = world.push(1, &[written]).await;
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
}

#[tokio::test]
async fn a_database_that_was_replaced_under_the_server_takes_nothing_until_the_old_one_is_back() {
    let (world, other) = (World::new().await, World::new().await);
    other.store.close().await;
    let written = note(1, "灯不亮");
    let aside = world.path("log.aside");
    std::fs::rename(world.file(), &aside).unwrap();
    let gone = world.store.push(batch(1, &written)).await;
    assert!(matches!(gone, Err(StoreError::Unavailable(_))), "{gone:?}");
    std::fs::copy(other.file(), world.file()).unwrap();
    let replaced = world.store.push(batch(1, &written)).await;
    assert!(matches!(replaced, Err(StoreError::Unavailable(_))), "{replaced:?}");
    assert!(world.store.ready().await.is_err(), "whoever watches over the server hears of it");
    std::fs::rename(&aside, world.file()).unwrap();
    let replies = world.push(1, &[written]).await;
    assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    assert_eq!(world.store.counts().await.unwrap().entries, 1);
}
