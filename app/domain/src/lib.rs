//! What is true in the neighbourhood, and in which order it is told: the rules of 邻里守望工作日志, without a
//! framework, a database, a browser, a clock or random numbers. The phone runs this crate for what a person sees at
//! once, the server for the truth; both get the same answer from the same state.
//!
//! | module | holds | never holds |
//! |---|---|---|
//! | [`kernel`] | what all modules stand on: ids, time, text, places, roles, rights, command, record, audience, bounds | the rules of a module |
//! | [`log`] | 记一条: entries, changes, reviews | places, people |
//! | [`organisation`] | communities, the tree of places with their doors, people with their posts | passwords, sessions |
//! | [`residents`] | who lives behind the doors, and how much of it whom concerns | what happened to them (that is the log) |
//! | [`seen`] | what one person has seen, told to nobody else | 已阅, which is an act of the log |
//! | [`kinds`] | THE list of modules: decoding, apply, bounds, topics are asked of it | rules |
//! | [`sync`] | what happened in which order: wire, outbox, view, the sync loop, deciding a group of pushes | IO |
//! | [`store`] | the server's door to its database, as a trait | SQL |
//! | `memory` | the same doors in memory (feature `memory`), judge of every real one | what a program is delivered with |

pub mod kernel;
pub mod kinds;
pub mod log;
pub mod organisation;
pub mod residents;
pub mod seen;
#[cfg(not(target_family = "wasm"))]
pub mod store;
pub mod sync;

#[cfg(feature = "memory")]
pub mod memory;
