//! What spreads when something goes wrong: one push's fault to nobody else, and a crowd to nobody's loss.

use super::fixture::*;
use app::domain::*;
use app::store::StoreError;
use futures::future::join_all;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

#[tokio::test]
async fn a_damaged_entry_fails_the_push_that_touches_it_and_no_other_of_its_group() {
    let here = Neighbourhood::new().await;
    let broken = here.note("灯不亮");
    here.accept(WANG, std::slice::from_ref(&broken)).await;
    let mut surgeon = SqliteConnectOptions::new().filename(&here.file).connect().await.unwrap();
    sqlx::query("UPDATE entry_record SET record = '{'").execute(&mut surgeon).await.unwrap();
    surgeon.close().await.unwrap();

    let touches = here.act(CHEN, Act::MarkRead { entry: broken.act.entry() });
    let pushes =
        [(WANG, here.note("水管漏")), (CHEN, touches), (ZHAO, here.note_at(ZHAO, SECOND, "01", now(), "门坏了"))];
    // Polled in turn before the writer's task runs, so all three are one group.
    let replies =
        join_all(pushes.iter().map(|(who, command)| here.store.push(here.batch(who, std::slice::from_ref(command)))))
            .await;
    assert_eq!(number(&replies[0].as_ref().unwrap()[0]), "HPXC-20251117-0002");
    assert!(matches!(replies[1], Err(StoreError::Failed(_))), "{:?}", replies[1]);
    assert_eq!(number(&replies[2].as_ref().unwrap()[0]), "HPXC-20251117-0003");
    assert_eq!(here.engine.counts().await.unwrap().entries, 3);
}

#[tokio::test]
async fn a_crowd_that_asks_whether_the_database_works_keeps_nobody_from_writing() {
    let here = Neighbourhood::new().await;
    let notes: Vec<Command> = (0..20).map(|index| here.note(&format!("第{index}条"))).collect();
    let writes = async {
        for note in &notes {
            here.accept(WANG, std::slice::from_ref(note)).await;
        }
    };
    let (checks, ()) = futures::future::join(join_all((0..3_000).map(|_| here.store.ready())), writes).await;
    assert!(checks.iter().all(Result::is_ok), "{:?}", checks.iter().find(|check| check.is_err()));
}

#[tokio::test]
async fn whoever_finds_the_queue_full_is_told_to_come_back_and_nothing_of_theirs_is_stored() {
    const CROWD: usize = 1_500;
    let here = Neighbourhood::new().await;
    let notes: Vec<Command> = (0..CROWD).map(|index| here.note(&format!("第{index}条"))).collect();
    let everybody: Vec<usize> = (0..CROWD).collect();
    let first = all_at_once(&here, &notes, &everybody).await;
    let taken = first.iter().filter(|reply| reply.is_ok()).count();
    assert!((1..CROWD).contains(&taken), "{taken}");
    let refused = first.iter().filter_map(|reply| reply.as_ref().err());
    refused.for_each(|error| assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}"));
    assert_eq!(here.engine.counts().await.unwrap().entries, i64::try_from(taken).unwrap());

    // They come back, together with those who lost their answer: nobody is there twice.
    let mut waiting = everybody;
    while !waiting.is_empty() {
        let again = all_at_once(&here, &notes, &waiting).await;
        let answered = |index: usize, position: usize| match (&again[position], &first[index]) {
            (Ok(reply), Ok(before)) => {
                assert_eq!(reply, before);
                true
            }
            (outcome, _) => outcome.is_ok(),
        };
        let still = waiting.iter().enumerate().filter(|(position, index)| !answered(**index, *position));
        waiting = still.map(|(_, index)| *index).collect();
    }
    assert_eq!(here.engine.counts().await.unwrap().entries, i64::try_from(CROWD).unwrap());
}

async fn all_at_once(
    here: &Neighbourhood,
    notes: &[Command],
    chosen: &[usize],
) -> Vec<Result<Vec<app::sync::CommandReply>, StoreError>> {
    join_all(chosen.iter().map(|index| here.store.push(here.batch(WANG, std::slice::from_ref(&notes[*index]))))).await
}
