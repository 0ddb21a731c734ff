//! A follower that only moves forward sees everything, however many write meanwhile.

use crate::engine::Engine;
use crate::neighbourhood::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const WRITERS: usize = 12;
const EACH: usize = 20;

async fn nothing_is_skipped(engine: Engine) {
    let here = Arc::new(Neighbourhood::new(engine).await);
    let busy = Arc::new(AtomicUsize::new(WRITERS));
    let writers: Vec<_> = (0..WRITERS)
        .map(|index| {
            let (here, busy) = (Arc::clone(&here), Arc::clone(&busy));
            tokio::spawn(async move {
                let (who, place) = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR), (HE, OTHER)][index % 4];
                let mut written = BTreeSet::new();
                for _ in 0..EACH {
                    let note = write_at(who, place, "02", now(), "人多手杂");
                    written.insert(entry_of(&note));
                    here.accept(who, &[note]).await;
                }
                busy.fetch_sub(1, Ordering::SeqCst);
                written
            })
        })
        .collect();
    let followers: Vec<_> = [(CHEN, 1_000), (CHEN, 3), (SUN, 2), (WANG, 1), (HE, 1)]
        .into_iter()
        .map(|(who, limit)| {
            let (here, busy) = (Arc::clone(&here), Arc::clone(&busy));
            tokio::spawn(async move {
                let (mut cursors, mut seen) = (Vec::new(), BTreeSet::new());
                loop {
                    let last_look = busy.load(Ordering::SeqCst) == 0;
                    let page = here.pull(who, cursors.clone(), limit).await;
                    assert!(page.start_over.is_empty() && page.envelopes.len() <= limit as usize);
                    let positions =
                        |cursors: &[domain::sync::Cursor]| cursors.first().map_or(0, |cursor| cursor.position);
                    assert!(positions(&cursors) <= positions(&page.cursors));
                    seen.extend(entries(&page.envelopes).iter().map(|entry| entry.id));
                    cursors = page.cursors;
                    if last_look && !page.more {
                        return (who, seen);
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let mut written = BTreeSet::new();
    for writer in writers {
        written.extend(writer.await.unwrap());
    }
    assert_eq!(written.len(), WRITERS * EACH);
    for follower in followers {
        let (who, seen) = follower.await.unwrap();
        let stairwells = [(CHEN, 3), (SUN, 2), (WANG, 1), (HE, 1)].iter().find(|(name, _)| *name == who).unwrap().1;
        assert_eq!(seen.len(), stairwells * WRITERS / 4 * EACH, "{who}");
        assert!(seen.is_subset(&written));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_skipped_in_memory() {
    nothing_is_skipped(Engine::Memory).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_skipped_on_sqlite() {
    nothing_is_skipped(Engine::Sqlite).await;
}
