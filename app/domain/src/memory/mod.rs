//! The doors in memory: what the tests of every crate judge the real ones by.

mod host;
mod local_store;
mod simulation;

pub use host::{MemoryHost, Tabs};
pub use local_store::{LocalFault, MemoryDisk, MemoryLocalStore, Shelf};
pub use simulation::{Simulation, TaskId};
