//! 看过没有: what one person has seen, told to nobody else.

mod record;

pub use record::{Seen, Sight};

use crate::kernel::Rejection;
use crate::kinds::{KindOf, Module};

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "seen",
    kinds: &[KindOf::of::<Seen>()],
    acts: &[],
    apply: |_, _| Err(Rejection::NO_RIGHT.into()),
    may_somewhere: |_, _| false,
    as_meant: |_, _| None,
};
