//! The doors to the world in memory: what tests talk to, and what every real door is judged by.
//!
//! | file | holds |
//! |---|---|
//! | `store` | the server's store |
//! | `disk`, `local_store` | what a device keeps, and a tab's door to it with the faults of a real one |
//! | `network` | what happens to a request on its way |
//! | `transport` | the way to a server over any store |
//! | `host`, `simulation` | tabs, random bytes and time |

mod disk;
mod host;
mod local_store;
mod network;
mod simulation;
mod store;
mod transport;

pub use disk::{LocalFault, MemoryDisk, Shelf};
pub use host::{MemoryHost, Tabs};
pub use local_store::MemoryLocalStore;
pub use network::{Asked, Fate, MemoryNetwork};
pub use simulation::{Simulation, TaskId};
pub use store::{Backup, CommandRow, ConflictRow, IsRight, MemoryStore};
pub use transport::{Browser, MemoryServer};
