//! What a phone keeps and shows, and in which order it tells: tried out with a module of its own (`notebook`), so that sync
//! is judged by what it reads, the heads, and by no rule of the log.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop right there"
)]

mod checkup;
mod decoders;
mod drafts;
mod export_file;
mod failure;
mod meeting;
mod neighbourhood;
mod notebook;
mod of_the_log;
mod outbox;
mod outbox_life;
mod records;
mod retention;
mod retry;
mod server_model;
mod stash;
mod try_again;
mod unknown_words;
mod uploads;
mod view;
