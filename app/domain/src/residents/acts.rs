//! What can be done with residents, as it is written on the second line of a command. `about` is the resident and the
//! stairwell; of what whoever runs the server does, the resident alone.

use super::{CareGroup, Phone};
use crate::kernel::FieldChange;
use crate::kinds::{ActOf, Ends};
use crate::organisation::DoorLabel;
use serde::{Deserialize, Serialize};

/// An act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Act {
    /// Somebody lives behind a door.
    AddResident {
        /// Who.
        form: Form,
    },
    /// What is known of them, changed.
    ChangeResident {
        /// Fields of [`super::fields`]; `care` and `phone` item by item ([`CareGroup::code`], [`Phone::word`]).
        #[serde(deserialize_with = "FieldChange::read_wanted")]
        changes: Vec<FieldChange>,
    },
    /// They live there no more.
    MoveResidentAway {},
    /// They do live there: it was a mistake, or they are back.
    BringResidentBack {},
    /// 停用: whoever runs the server sets the record aside. It is kept, told as of somebody who has moved away, and takes
    /// nothing more.
    SetAsideResident {
        /// Why.
        why: String,
    },
    /// 清除内容: whoever runs the server, or retention, takes away for good what is known of them, in the trail too.
    EraseResident {
        /// Why, without the words themselves. It stands in the trail alone; said once more, it takes the place of the one
        /// before there.
        why: String,
    },
}

/// A resident, as one enters them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Behind which door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door: Option<DoorLabel>,
    /// Name.
    pub name: String,
    /// Year of birth, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_year: Option<u16>,
    /// Care groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub care: Vec<CareGroup>,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "Phone::read_wanted")]
    pub phones: Vec<Phone>,
    /// What else whoever knocks should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The names of all acts.
pub(super) const ALL: &[ActOf] = &[
    ActOf { name: "add_resident", keys: 2..=2, ends: Ends::Nothing },
    ActOf { name: "change_resident", keys: 2..=2, ends: Ends::Nothing },
    ActOf { name: "move_resident_away", keys: 2..=2, ends: Ends::Something },
    ActOf { name: "bring_resident_back", keys: 2..=2, ends: Ends::Nothing },
    ActOf { name: "set_aside_resident", keys: 1..=1, ends: Ends::Something },
    ActOf { name: "erase_resident", keys: 1..=1, ends: Ends::Words },
];
