//! A row is one record's for ever. Where two records ever met on one, through a fault of ours or a damaged file, nothing is
//! written, and each is as it was. Triggers of the test move rows while a group is written.

use crate::world::*;
use domain::kernel::{Envelope, FieldChange};
use domain::organisation::{Act, Place};
use domain::store::{PushBatch, Store, StoreError};
use sqlx::Connection;

async fn run(world: &World, sql: &'static str) {
    let mut surgeon = world.surgeon().await;
    // The rows that are moved belong to nobody for a moment.
    sqlx::raw_sql("PRAGMA foreign_keys = off").execute(&mut surgeon).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut surgeon).await.unwrap();
    surgeon.close().await.unwrap();
}

async fn places(world: &World) -> Vec<Envelope> {
    let mut places = Vec::new();
    for number in [1, 2] {
        let key = Place::key_of(community(number), stairwell(number));
        places.push(world.store.stored(&key).await.unwrap().unwrap());
    }
    places
}

/// Writes an entry, and says what came of it.
async fn write(world: &World) -> Result<(), StoreError> {
    let note = note(1, "灯不亮");
    let commands = vec![note.to_bytes().unwrap()];
    let batch = PushBatch { sender: watcher(1), device: id(9), sent_at: now(), received: now(), commands };
    let pushed = world.store.push(batch).await;
    let stored = world.store.stored(note.head.first()).await.unwrap();
    assert_eq!(stored.is_some(), pushed.is_ok(), "what is not taken is not there");
    pushed.map(drop)
}

/// Lets the fault go, and the same is done.
async fn mend(world: &World) {
    run(world, "DROP TRIGGER fault").await;
    write(world).await.unwrap();
}

#[tokio::test]
async fn a_new_record_never_falls_on_a_row_that_has_another_one() {
    let world = World::new().await;
    let before = places(&world).await;
    let sql = "CREATE TRIGGER fault AFTER INSERT ON command BEGIN
        UPDATE record SET slot = (SELECT max(slot) + 1 FROM record)
            WHERE slot = (SELECT min(slot) FROM record WHERE kind = 'place'); END";
    run(&world, sql).await;
    let written = write(&world).await;
    assert_eq!(places(&world).await, before);
    assert!(matches!(written, Err(StoreError::Failed(_))), "{written:?}");
    mend(&world).await;
}

#[tokio::test]
async fn a_record_that_changes_never_falls_on_a_row_that_has_another_one_by_now() {
    let world = World::new().await;
    let before = places(&world).await;
    // The two stairwells change places.
    let sql = "CREATE TABLE sum AS SELECT sum(slot) AS slots FROM record WHERE kind = 'place';
        CREATE TRIGGER fault AFTER INSERT ON command BEGIN
        UPDATE record SET slot = -slot WHERE kind = 'place';
        UPDATE record SET slot = (SELECT slots FROM sum) + slot WHERE kind = 'place'; END";
    run(&world, sql).await;
    let valve = FieldChange::new("water_valve", None, Some("地下室"));
    let change = Act::ChangePlace { changes: vec![valve], doors: Vec::new() };
    let changed = operators(vec![Place::key_of(community(1), stairwell(1))], &change);
    let replies = world.store.act(vec![changed], now()).await;
    assert_eq!(places(&world).await, before);
    assert!(matches!(replies, Err(StoreError::Failed(_))), "{replies:?}");
    mend(&world).await;
}

#[tokio::test]
async fn what_lists_read_of_an_entry_never_falls_on_a_row_of_another_one() {
    let world = World::new().await;
    write(&world).await.unwrap();
    let sql = "CREATE TRIGGER fault AFTER INSERT ON record BEGIN UPDATE entry_row SET slot = NEW.slot; END";
    run(&world, sql).await;
    let written = write(&world).await;
    assert!(matches!(written, Err(StoreError::Failed(_))), "{written:?}");
    let listed = world.store.find_entries(watcher(1), &domain::log::EntryFilter::default(), None, 9, now()).await;
    assert_eq!(listed.unwrap().entries.len(), 1, "the one that was there");
    mend(&world).await;
}
