//! What is SQLite's own and no promise of every engine: files, news between tasks, backups, erasures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod backup;
mod news;
mod plans;
mod world;
