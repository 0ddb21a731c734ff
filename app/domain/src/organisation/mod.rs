//! 组织: communities, the tree of places with their doors, people with their posts.

mod community;
mod directory;
mod door;
pub mod fields;
mod person;
mod place;

pub use community::{Community, LocalNumber};
pub use directory::Directory;
pub use door::{Door, DoorLabel};
pub use person::{Agency, Person};
pub use place::{Place, full_name};

use crate::kernel::Rejection;
use crate::kinds::{KindOf, Module};

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "organisation",
    kinds: &[KindOf::of::<Community>(), KindOf::of::<Person>(), KindOf::of::<Place>()],
    acts: &[],
    apply: |_, _| Err(Rejection::NO_RIGHT.into()),
    may_somewhere: |_, _| false,
    as_meant: |_, _| None,
};
