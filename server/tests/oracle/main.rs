//! The promise against one fault after another: twenty devices and three readers, built from the very `app::sync` code
//! that phones run, write and review over a network that loses, doubles and delays, to a server that is killed and once
//! restored from a backup, and are killed themselves. Often several of them talk at the same moment, the two devices of
//! one person among them, and people go on writing meanwhile; in a share of these talks the server is killed in the
//! middle, and so it is for the restore; the backup is made in the middle of such a talk, too. What they wrote is known
//! to the test alone, which then asks: is everything there, once, and does everybody hold all that they may see, and
//! nothing else, within ten seconds of quiet?
//!
//! | module | holds |
//! |---|---|
//! | [`neighbours`] | who lives and works there |
//! | [`device`] | a phone: what it keeps, what it knows, how it talks |
//! | [`photos`] | what hangs on its words: taken, and uploaded after them |
//! | [`work`] | what its person does with it |
//! | [`network`] | what happens to a request on its way |
//! | [`site`] | the server as a process, its kills, its backup and its restore |
//! | [`story`] | one run from a seed |
//! | [`judgement`] | what must be true after it |
//! | [`chance`] | random numbers |
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

mod chance;
mod device;
mod judgement;
mod neighbours;
mod network;
mod photos;
#[path = "../process/mod.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod process;
mod site;
mod story;
mod work;
#[path = "../api/world.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod world;

use futures::StreamExt;
use story::Story;

/// Seeds of an ordinary run.
const SEEDS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

async fn whole_story(seed: u64) -> String {
    let mut story = Story::from(seed).await;
    story.told().await;
    let quiet_after = story.calm_down().await;
    format!("{}; quiet after {quiet_after:.1?}", story.judged().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_everything_is_there_once_and_seen_by_all_who_may() {
    let seeds = match number("WATCHLOG_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("WATCHLOG_SEEDS").unwrap_or(SEEDS),
    };
    let mut told = futures::stream::iter(seeds)
        .map(|seed| async move { (seed, tokio::spawn(whole_story(seed)).await) })
        .buffer_unordered(2);
    while let Some((seed, summary)) = told.next().await {
        eprintln!("seed {seed}: {}", summary.unwrap_or_else(|error| panic!("seed {seed}: {error}")));
    }
}
