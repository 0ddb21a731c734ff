//! 工作日志: what was seen and done in a stairwell, written in three taps, read and reviewed by others.
//!
//! | | |
//! |---|---|
//! | data | [`Entry`]: what it says now, and the steps that led there, each with what it changed before and after |
//! | who | watchers and grid workers write; the author, and whoever is watcher there now, change; readers review what they may read and did not write ([`MayWrite`], [`MayAmend`], [`MayReview`]) |
//! | offline | everything: the phone decides with the same code, the number and the arrival of photos follow from the server |
//! | erased | what it says, its door, whom it concerns, its photos, and what was said to it; stairwell, class, urgency and time stay, and who did what when |
//! | never | a change that overwrites another one without a word (`amend.rs`); a review of a version that was not on the screen |

mod act;
mod amend;
mod apply;
mod as_meant;
mod care;
mod category;
mod content;
mod entry;
mod erase;
pub mod field;
mod filter;
mod form;
mod number;
pub mod reason;
mod record;
mod review;
mod rights;
mod spot;
mod step;
mod template;
mod unsent;
mod value;
mod versions;

pub use act::Act;
pub use care::{LastSeen, last_seen, seen_at, visits_due};
pub use category::{Category, Urgency};
pub use content::EntryContent;
pub use entry::Entry;
pub use field::EntryField;
pub use filter::{EntryFilter, EntryPage, ListMark, fold};
pub use form::{EntryForm, PART_LIMIT, SUBJECT_LIMIT};
pub use number::EntryNumber;
pub use review::{QUESTION_LIMIT, Question, ReviewState};
pub use rights::{MayAmend, MayContinue, MayReview, MayWrite};
pub use spot::{Part, Spot};
pub use step::{Answered, Changed, Commented, Did, Erased, Read, SentBack, SetAside, Step};
pub use template::Template;
pub use unsent::{another_entry, refused_answer, wants_another_entry};
pub use versions::EntryVersion;

use crate::kinds::{ActOf, Ends, KindOf, Module};

/// About the entry, or about the entry and its stairwell.
const fn act(name: &'static str, keys: usize, ends: Ends) -> ActOf {
    ActOf { name, keys: keys..=keys, ends }
}

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "log",
    kinds: &[KindOf::of::<Entry>()],
    acts: &[
        act("write_entry", 2, Ends::Nothing),
        act("amend_entry", 2, Ends::Nothing),
        act("withdraw_entry", 1, Ends::Something),
        act("mark_read", 1, Ends::Nothing),
        act("comment", 1, Ends::Nothing),
        act("send_back", 1, Ends::Nothing),
        act("answer", 1, Ends::Something),
        act("take_blob", 1, Ends::Something),
        act("set_aside_entry", 1, Ends::Something),
        act("erase_entry", 1, Ends::Words),
    ],
    apply: apply::apply,
    may_somewhere: apply::may_somewhere,
    as_meant: as_meant::as_meant,
};
