//! The server: one binary that keeps the log and hands out the app.
//!
//! | module | holds |
//! |---|---|
//! | [`config`] | command line and environment, looked at once |
//! | [`application`] | a server that can be started, asked for its address, and stopped |
//! | [`router`] | every URL, in one file |
//! | [`store`] | [`app::store::Store`] over SQLite: SQL lives here and nowhere else |
//! | [`demo`] | the demo community: people, doors, entries |
//! | [`cli`] | what `watchlog COMMAND` does |
//!
//! Never here: rules of the domain. They are in `app::domain`, the same for phone and server.

pub mod demo;
pub mod store;
