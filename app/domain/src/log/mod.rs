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

/// A stand-in until the module is merged.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {}
/// A stand-in until the module is merged.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {}
/// A stand-in until the module is merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPage {
    /// A stand-in until the module is merged.
    pub entries: Vec<Entry>,
    /// A stand-in until the module is merged.
    pub next: Option<ListMark>,
}
/// A stand-in until the module is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListMark {}
