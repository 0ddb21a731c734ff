//! What the server answers over HTTP. Every test starts a server of its own on a free port, with a database of its
//! own, and asks it as a phone would.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod bad_input;
mod blobs;
mod command_line;
mod communities;
mod cross_site;
mod erased_photos;
mod health;
mod live;
mod operators;
mod pages;
mod rights;
mod routes;
mod server;
mod session;
mod site;
mod sync;
mod world;
