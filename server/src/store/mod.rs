//! [`app::store::Store`] over SQLite. All SQL of the product lies in this folder.

mod seed;

pub use seed::{Account, Seed};
