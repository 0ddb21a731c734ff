//! A change names the fields that it changes, each with the value that was seen and the new one, never the whole form.
//! So two changes meet field by field, and what an older version does not know stays as it is.
//!
//! Values are text, as the form shows them. A field that holds a list is changed item by item: `from` is the item that
//! goes, `to` the one that comes, so that two people who add something each both keep it.

use super::{CommandId, Rejection, json};
use serde::{Deserialize, Deserializer, Serialize};

/// Most fields that one command changes: more than any form has.
pub const MOST_CHANGES: usize = 40;

/// One field, or one item of a list, changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field's key. One that this version does not know is kept.
    pub field: String,
    /// What was seen there; `None` where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is to stand there; `None` where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A change met another value than the one that was seen: the last words hold, and both are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The field.
    pub field: String,
    /// The step that had changed it meanwhile.
    pub with: CommandId,
}

/// What a change did to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// It was as seen, and is new now.
    Changed,
    /// It was like that already.
    Same,
    /// Somebody else had changed it meanwhile; it is new now.
    Clash,
}

/// As a command names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    field: String,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
}

impl From<Wanted> for FieldChange {
    fn from(Wanted { field, from, to }: Wanted) -> Self {
        Self { field, from, to }
    }
}

impl FieldChange {
    /// Reads the changes of a command ([`json::strict`]).
    ///
    /// # Errors
    /// What the reader says.
    pub fn read_wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Self>, D::Error> {
        json::strict::<Wanted, _, _>(deserializer)
    }

    /// A field with what was seen there and what is to stand there.
    #[must_use]
    pub fn new(field: &str, from: Option<&str>, to: Option<&str>) -> Self {
        Self { field: field.to_owned(), from: from.map(str::to_owned), to: to.map(str::to_owned) }
    }

    /// Refuses a list of changes that is longer than any form.
    ///
    /// # Errors
    /// [`Rejection::MALFORMED`]
    pub fn check_number(changes: &[Self]) -> Result<(), Rejection> {
        if changes.len() > MOST_CHANGES { Err(Rejection::MALFORMED.into()) } else { Ok(()) }
    }
}

impl Merge {
    /// Sets one value.
    pub fn value<T: PartialEq>(current: &mut T, from: &T, to: T) -> Self {
        if *current == to {
            return Self::Same;
        }
        let merge = if current == from { Self::Changed } else { Self::Clash };
        *current = to;
        merge
    }

    /// Takes one item out of a list and puts another in its place; at the end where the first is `None` or gone.
    pub fn item<T: PartialEq>(list: &mut Vec<T>, from: Option<&T>, to: Option<T>) -> Self {
        if from == to.as_ref() {
            return Self::Same;
        }
        let old = from.and_then(|from| list.iter().position(|item| item == from));
        let is_there = to.as_ref().is_some_and(|to| list.contains(to));
        match (old, to) {
            (Some(old), Some(to)) if !is_there => list[old] = to,
            (Some(old), _) => drop(list.remove(old)),
            (None, Some(to)) if !is_there => {
                list.push(to);
                return if from.is_some() { Self::Clash } else { Self::Changed };
            }
            (None, _) => return Self::Same,
        }
        Self::Changed
    }
}
