//! The promise against one fault after another: twenty devices of watchers in one community, others in the community next
//! to it, and those who read. Each is a [`Replica`](domain::sync::Replica), the very one that phones run, over a disk in
//! memory and HTTP. They write, change, review, keep residents and move a stairwell, over a network that loses, doubles and
//! delays, on disks that now and then do not write, to a server that is killed and once restored from a backup, and are
//! killed themselves. Whoever runs the server erases the words of an entry now and then. Often several of them talk at the same moment, the two devices of one person among them, and people
//! go on writing meanwhile; in a share of these talks the server is killed in the middle, and so it is for the restore;
//! the backup is made in the middle of such a talk, too. What they wrote is known to the test alone, which then asks: is
//! everything there, once, does it say what the rules make of it, and does everybody hold all that they may see, and
//! nothing else, within ten seconds of quiet?
//!
//! | module | holds |
//! |---|---|
//! | [`neighbours`] | who lives and works there |
//! | [`device`] | a phone with its person: pages that die, talks, a session |
//! | [`life`], [`disk`], [`network`] | when a page dies; what its disk and its network do to it |
//! | [`notebook`] | what was done on a device: the test's own note |
//! | [`diary`] | what its disk was told, for a story that does not end well |
//! | [`work`] | what its person does with it; a module for each kind of work |
//! | [`site`] | the server as a process, its kills, its backup, its restore, and whoever runs it |
//! | [`story`] | one run from a seed |
//! | [`judgement`] | what must be true after it |
//! | [`erased`] | of what was erased, no word anywhere |
//! | [`holds`] | what the database holds |
//! | [`replay`] | what the server should hold: the store in memory, given the same commands |
//! | [`rng`] | random numbers |
//!
//! **What a seed decides:** for every step, by its number, what kind of step it is, which devices take part, what
//! happens to the server and how many milliseconds into the talk; for every device and step a stream of draws of its
//! own, from which come what its person does, its ids' random parts, what becomes of each of its requests, and when it
//! dies. **What it does not:** the time, which is in ids and commands; in which order the server takes requests that
//! are under way together, hence numbers and positions; how far they are when the server is killed. What a device knows
//! follows from that, and with it on which entry a draw falls and how many requests a talk takes, and the number of
//! steps until there are enough entries. So a seed that fails will nearly always fail again, in the same step and for
//! the same reason, where the fault is not one of a few microseconds; such a one wants `make soak`.
//!
//! `WATCHLOG_SEEDS=500` runs more seeds than the usual ones (`make soak`), `WATCHLOG_SEED=17` a single one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod device;
mod diary;
mod disk;
mod erased;
mod holds;
mod judgement;
mod life;
#[path = "../native/mod.rs"]
#[allow(dead_code, reason = "what only the other test needs")]
mod native;
mod neighbours;
mod network;
mod notebook;
mod replay;
mod rng;
#[path = "../process/running.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod running;
mod site;
mod story;
mod work;

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use story::Story;
use tokio::runtime;

/// Seeds of an ordinary run.
const SEEDS: u64 = 20;
/// Stories that are told at the same time, each on a thread of its own: a replica never leaves its thread.
const AT_ONCE: usize = 2;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

async fn whole_story(seed: u64) -> String {
    let mut story = Story::from(seed).await;
    story.told().await;
    let quiet_after = story.calm_down().await;
    format!("{}; quiet after {quiet_after:.1?}", story.judged().await)
}

/// A story on a thread of its own, or where it failed.
fn told_alone(seed: u64) -> Option<String> {
    let tell = move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(whole_story(seed))
    };
    thread::Builder::new().name(format!("seed {seed}")).spawn(tell).unwrap().join().ok()
}

#[test]
fn whatever_happens_everything_is_there_once_and_seen_by_all_who_may() {
    let (first, last) = match number("WATCHLOG_SEED") {
        Some(seed) => (seed, seed + 1),
        None => (0, number("WATCHLOG_SEEDS").unwrap_or(SEEDS)),
    };
    let (next, failed) = (AtomicU64::new(first), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while failed.lock().unwrap().is_empty() {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= last {
                        return;
                    }
                    match told_alone(seed) {
                        Some(summary) => eprintln!("seed {seed}: {summary}"),
                        None => failed.lock().unwrap().push(seed),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "seeds that failed: {failed:?}; what happened stands above");
}
