//! What every engine behind [`domain::store::Store`] promises. No test names an engine: each runs on the store in memory,
//! which is the judge, and on SQLite. An engine joins by adding its constructor to `engine`. A fresh database per test,
//! people with names, no sleeps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

#[macro_use]
mod engine;

mod accounts;
mod audience;
mod blobs;
mod commands;
mod communities;
mod erasing;
mod feed;
mod followers;
mod founding;
mod held;
mod leaflets;
mod lists;
mod named;
mod neighbourhood;
mod newer;
mod numbers;
mod records;
mod sessions;
mod story;
