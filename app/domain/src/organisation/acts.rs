//! What can be done in this module, as it is written on the second line of a command.

use super::{Agency, Door, DoorLabel, LocalNumber};
use crate::kernel::{FieldChange, PlaceKind, Role, Timestamp};
use crate::kinds::{ActOf, Ends};
use serde::{Deserialize, Serialize};

/// An act. What it is about stands in the head of the command, named here as `about`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Act {
    /// A new community. `about`: the community.
    MakeCommunity {
        /// `和平新村社区`.
        name: String,
        /// `HPXC`.
        abbreviation: String,
        /// 12 digits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Numbers for the card 电话.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "LocalNumber::read_wanted")]
        numbers: Vec<LocalNumber>,
    },
    /// `about`: the community.
    ChangeCommunity {
        /// Fields of [`super::fields`]: `name`, `number` (an item each, [`LocalNumber::word`]), `late_work`,
        /// `silence_of_watchers`, `silence_of_others` (days); from the operator also `abbreviation` and `code`.
        #[serde(deserialize_with = "FieldChange::read_wanted")]
        changes: Vec<FieldChange>,
    },
    /// A new place. `about`: the place, and the place or community that it stands in.
    MakePlace {
        /// Its level.
        kind: PlaceKind,
        /// `3单元`.
        name: String,
        /// Only from the operator: everybody else's places are given theirs by the server.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Of a stairwell: rows of doors, top floor first.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "Door::read_wanted")]
        floors: Vec<Vec<Door>>,
        /// Where the main water valve is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        water_valve: Option<String>,
        /// Where the electricity switch is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        power_switch: Option<String>,
    },
    /// `about`: the place.
    ChangePlace {
        /// Fields of [`super::fields`]: `name`, `water_valve`, `power_switch`.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "FieldChange::read_wanted")]
        changes: Vec<FieldChange>,
        /// Door by door.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        doors: Vec<DoorChange>,
    },
    /// The place stands in another one from now on, with everything within it. `about`: the place, and the place or
    /// community that it goes to.
    MovePlace {},
    /// The place is no more. `about`: the place.
    ClosePlace {},
    /// Somebody becomes known in a community. `about`: the person.
    AddPerson {
        /// As written in the log.
        name: String,
        /// The agency, for social workers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<Agency>,
    },
    /// `about`: the person.
    ChangePerson {
        /// Fields of [`super::fields`]: `name`, `agency`.
        #[serde(deserialize_with = "FieldChange::read_wanted")]
        changes: Vec<FieldChange>,
    },
    /// `about`: the person, and the place or community of the post.
    GivePost {
        /// What.
        role: Role,
        /// Since when.
        from: Timestamp,
        /// Until when; `None` until further notice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// `about`: the person, and the place or community of the post.
    EndPost {
        /// What.
        role: Role,
        /// From when on no more; not before it is said.
        until: Timestamp,
    },
    /// All posts of somebody end: their account is closed. `about`: the person.
    EndPosts {
        /// From when on no more; not before it is said.
        until: Timestamp,
    },
}

/// One door changed. Each change stands for itself, so that two people who go through one stairwell with two phones both
/// get what they entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum DoorChange {
    /// A door that was not in the table.
    Add {
        /// How it is called.
        label: DoorLabel,
        /// Where it stands in the table.
        beside: Beside,
    },
    /// A door is called otherwise; its residents and entries stay with it.
    Rename {
        /// How it was called.
        from: DoorLabel,
        /// How it is called.
        to: DoorLabel,
    },
    /// Nobody lives there (空置), or somebody does again.
    SetVacant {
        /// Which.
        label: DoorLabel,
        /// Whether nobody does.
        vacant: bool,
    },
    /// It is no more, or it is again.
    SetClosed {
        /// Which.
        label: DoorLabel,
        /// Whether it is no more.
        closed: bool,
    },
}

/// Where a new door stands in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// On the same floor, to the right of this one.
    RightOf(DoorLabel),
    /// On the same floor, to the left of this one.
    LeftOf(DoorLabel),
    /// On a floor of its own above that of this one.
    Above(DoorLabel),
    /// On a floor of its own below that of this one.
    Below(DoorLabel),
    /// On a floor of its own below all others.
    Alone,
}

const fn act(name: &'static str, keys: usize, ends: Ends) -> ActOf {
    ActOf { name, keys: keys..=keys, ends }
}

/// The names of all acts.
pub(super) const ALL: &[ActOf] = &[
    act("make_community", 1, Ends::Nothing),
    act("change_community", 1, Ends::Nothing),
    act("make_place", 2, Ends::Nothing),
    act("change_place", 1, Ends::Nothing),
    act("move_place", 2, Ends::Nothing),
    act("close_place", 1, Ends::Something),
    act("add_person", 1, Ends::Nothing),
    act("change_person", 1, Ends::Nothing),
    act("give_post", 2, Ends::Nothing),
    act("end_post", 2, Ends::Posts),
    act("end_posts", 1, Ends::Posts),
];
