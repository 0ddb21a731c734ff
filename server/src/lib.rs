//! The server: one binary that keeps the log and hands out the app.
//!
//! | module | holds |
//! |---|---|
//! | [`cli`] | what `watchlog COMMAND` does |
//! | [`config`] | command line and environment, parsed once |
//! | [`application`] | a server that can be started, asked for its address, and stopped |
//! | [`router`] | every URL, in one file |
//! | [`functions`], [`pages`], [`site`], [`live`], [`health`] | what answers there |
//! | [`security`], [`session`], [`body`], [`answer`] | who may ask, how a request is read, and how an error leaves the server |
//! | [`state`], [`clock`], [`telemetry`] | what every handler finds, where the time comes from, and what the log says |
//! | [`store`] | [`domain::store::Store`] over SQLite: SQL lives here and nowhere else |
//! | [`blobs`] | the bytes of photos and voice notes |
//! | [`demo`], [`filling`] | the demo community: people, doors, entries; and how it gets into a database |
//!
//! Never here: rules of the domain. They are in the crate `domain`, the same for phone and server.

pub mod answer;
pub mod application;
pub mod blobs;
pub mod body;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod filling;
pub mod functions;
pub mod health;
pub mod live;
pub mod pages;
pub mod router;
pub mod security;
pub mod session;
pub mod site;
pub mod state;
pub mod store;
pub mod telemetry;

pub use application::Application;
pub use config::Config;
