//! 居民: who lives behind the doors, and how much of it whom concerns.

mod care;
pub mod fields;
mod mask;
mod phone;
mod resident;

pub use care::{CareGroup, VisitFrequency};
pub use mask::{mask_name, mask_phone};
pub use phone::Phone;
pub use resident::{Resident, Step};

use crate::kernel::Rejection;
use crate::kinds::{KindOf, Module};

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "residents",
    kinds: &[KindOf::of::<Resident>()],
    acts: &[],
    apply: |_, _| Err(Rejection::NO_RIGHT.into()),
    may_somewhere: |_, _| false,
    as_meant: |_, _| None,
};
