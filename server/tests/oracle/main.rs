//! The promise against one fault after another: twenty devices and three readers, built from the very `app::sync` code
//! that phones run, write and review over a network that loses, doubles and delays, to a server that is killed and once
//! restored from a backup, and are killed themselves. What they wrote is known to the test alone, which then asks: is
//! everything there, once, and seen by the readers? Devices talk one after the other, so that a failing story is short;
//! many at once, and kills in the middle of their requests, are for `killed_at_any_moment.rs`.
//!
//! | module | holds |
//! |---|---|
//! | [`neighbours`] | who lives and works there |
//! | [`device`] | a phone: what it keeps, what it knows, how it talks |
//! | [`network`] | what happens to a request on its way |
//! | [`site`] | the server as a process, its kills, its backup and its restore |
//! | [`story`] | one run from a seed, and what must be true after it |
//!
//! `WATCHLOG_SEEDS=500` runs more seeds than the usual ones (`make soak`), `WATCHLOG_SEED=17` a single one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod device;
mod neighbours;
mod network;
#[path = "../process/mod.rs"]
#[allow(dead_code, reason = "what only the other tests need")]
mod process;
mod site;
mod story;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_everything_is_there_once_and_seen_by_all_who_may() {
    let seeds = match number("WATCHLOG_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("WATCHLOG_SEEDS").unwrap_or(SEEDS),
    };
    let mut told = futures::stream::iter(seeds)
        .map(|seed| async move {
            let summary = tokio::spawn(async move { Story::from(seed).await.told().await }).await;
            (seed, summary)
        })
        .buffer_unordered(2);
    while let Some((seed, summary)) = told.next().await {
        eprintln!("seed {seed}: {}", summary.unwrap_or_else(|error| panic!("seed {seed}: {error}")));
    }
}
