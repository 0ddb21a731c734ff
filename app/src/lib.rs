//! 邻里守望工作日志, what phone, tablet and server share beside the rules: those are the crate `domain`, which this one
//! stands on.
//!
//! | module | holds | never holds |
//! |---|---|---|
//! | [`api`] | what may be asked: the server functions | SQL, rules |
//! | [`ui`] | what is seen: shell, routes, pages, components | rules, storage |
//! | [`error`] | the one error that crosses the wire, as server functions need it | causes |
//!
//! Features: the server takes `ssr`, the browser takes `csr`.

// Views are types: a page within a page within a router goes deeper than the default.
#![recursion_limit = "256"]

pub mod api;
pub mod error;
pub mod ui;
