//! 邻里守望工作日志, the part that phone, tablet and server share.
//!
//! | module | holds | never holds |
//! |---|---|---|
//! | [`domain`] | what is true: places, people, rights, entries, reviews, and what a command does to them | IO, a clock, chance |
//! | [`sync`] | what happened, in which order: protocol, outbox, view | IO, a clock, chance |
//! | [`api`] | what may be asked: the server functions | SQL, rules |
//! | [`ui`] | what is seen: shell, routes, pages, components | rules, storage |
//! | `store`, [`local_store`] | the two doors to the world, as traits | an implementation |
//! | [`json`] | how values become text and back | what a value means |
//! | [`error`] | the one error that crosses the wire | causes |
//!
//! Features: the server takes `ssr`, the browser takes `csr`; tests of the pure parts take neither.

// Views are types: a page within a page within a router goes deeper than the default.
#![recursion_limit = "256"]

pub mod api;
pub mod domain;
pub mod error;
pub mod json;
pub mod local_store;
#[cfg(feature = "ssr")]
pub mod store;
pub mod sync;
pub mod ui;
