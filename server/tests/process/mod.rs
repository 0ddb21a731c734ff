//! The binary as a process of its own, and phones that talk to it, for tests of what a process can suffer.

mod phone;
mod running;

pub use phone::{Phone, seeded};
pub use running::Running;
