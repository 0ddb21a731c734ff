//! Under way.
use crate::kernel::{Effects, Rejection};
use crate::kinds::Module;

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "log",
    kinds: &[],
    acts: &[],
    apply: |_, _| Err(Rejection::NO_RIGHT.into()),
    may_somewhere: |_, _| false,
    as_meant: |_, _| None::<Effects>,
};
