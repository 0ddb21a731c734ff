//! The rules that phone, tablet and server share, tried out on a small neighbourhood of named people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that meets what it does not expect should stop right there"
)]

mod apply;
mod attachments;
mod carried;
mod checkup;
mod decoders;
mod drafts;
mod json;
mod list;
mod log;
mod meeting;
mod merge;
mod neighbourhood;
mod outbox;
mod outbox_life;
mod retry;
mod rights;
mod server_model;
mod uploads;
mod view;
