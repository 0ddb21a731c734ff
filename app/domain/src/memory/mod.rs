//! The doors to the world in memory: what tests talk to, and what every real door is judged by.

mod store;

pub use store::{Backup, CommandRow, ConflictRow, Erasure, IsRight, MemoryStore};
