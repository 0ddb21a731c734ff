//! What is SQLite's own and no promise of every engine: the file, trouble with it, news between processes, backups, and what
//! must not come back with them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod backup;
mod ended;
mod erased;
mod file;
mod news;
mod plans;
mod slots;
mod trouble;
mod world;
