//! 看过没有: what one person has seen, told to nobody else.
//!
//! | data | who | offline | never |
//! |---|---|---|---|
//! | a position of the feed up to which all is seen, and at most [`Seen::MOST_EXCEPTIONS`] exceptions; one record for each person and community | only the person | yes | 已阅, which others see (an act of the log); what somebody else has seen |

mod record;
mod see;

pub use record::{Seen, Sight};

use crate::kernel::Role;
use crate::kinds::{ActOf, Ends, KindOf, Module};
use serde::{Deserialize, Serialize};

/// What can be done: about the actor's own record, which is made by the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Act {
    /// Something was seen, or is to be shown as new again.
    See {
        /// Everything up to this position of the feed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<i64>,
        /// These beyond it.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "Sight::read_wanted")]
        seen: Vec<Sight>,
        /// These anew.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "Sight::read_wanted")]
        unseen: Vec<Sight>,
    },
}

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "seen",
    kinds: &[KindOf::of::<Seen>()],
    acts: &[ActOf { name: "see", keys: 1..=1, ends: Ends::Nothing }],
    apply: |occasion, command| see::see(occasion, command.read_act()?),
    may_somewhere: |rights, _| rights.holds_somewhere(&Role::ALL),
    as_meant: |_, _| None,
};
