//! The doors to the world in memory: what tests talk to, and what every real door is judged by.

mod host;
mod local_store;
mod simulation;
mod store;

pub use host::{MemoryHost, Tabs};
pub use local_store::{LocalFault, MemoryDisk, MemoryLocalStore, Shelf};
pub use simulation::{Simulation, TaskId};
pub use store::{Backup, CommandRow, ConflictRow, Erasure, IsRight, MemoryStore};
