//! 工作日志: what was seen and done in a stairwell, written in three taps, read and reviewed by others.
//!
//! | | |
//! |---|---|
//! | data | [`Entry`]: what it says now, and the steps that led there, each with what it changed before and after |
//! | who | watchers and grid workers write; the author, and whoever is watcher there now, change; readers review what they may read and did not write ([`rights`]) |
//! | offline | everything: the phone decides with the same code, the number and the arrival of photos follow from the server |
//! | never | a change that overwrites another one without a word (`merge.rs`); a review of a version that was not on the screen |

mod act;
mod category;
mod content;
mod entry;
pub mod field;
mod filter;
mod form;
mod number;
mod record;
mod review;
mod spot;
mod step;
mod template;

pub use act::Act;
pub use category::{Category, Urgency};
pub use content::EntryContent;
pub use entry::Entry;
pub use field::EntryField;
pub use filter::{EntryFilter, EntryPage, ListMark, fold};
pub use form::{EntryForm, PART_LIMIT, SUBJECT_LIMIT};
pub use number::EntryNumber;
pub use review::{QUESTION_LIMIT, Question, ReviewState};
pub use spot::{Part, Spot};
pub use step::{Answered, Changed, Commented, Did, Read, SentBack, SetAside, Step};
pub use template::Template;

use crate::kernel::Rejection;
use crate::kinds::{ActOf, KindOf, Module};

const fn act(name: &'static str, ends_something: bool) -> ActOf {
    ActOf { name, ends_something }
}

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "log",
    kinds: &[KindOf::of::<Entry>()],
    acts: &[
        act("write_entry", false),
        act("amend_entry", false),
        act("withdraw_entry", true),
        act("mark_read", false),
        act("comment", false),
        act("send_back", false),
        act("answer", true),
        act("take_blob", true),
        act("set_aside_entry", true),
    ],
    apply: |_, _| Err(Rejection::NO_RIGHT.into()),
    may_somewhere: |_, _| false,
    as_meant: |_, _| None,
};
