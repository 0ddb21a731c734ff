//! 户: a door, part of its stairwell's record.

use super::fields;
use crate::kernel::{FieldError, Problem, json};
use serde::{Deserialize, Deserializer, Serialize};

/// A door as people say it within its stairwell: `5-2` is the second flat on the fifth floor. A record may hold labels that
/// a newer version allows; what is entered is validated by [`DoorLabel::parse`] or [`DoorLabel::check`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct DoorLabel(String);

impl DoorLabel {
    /// Most characters: what fits on a door of the door table.
    pub const MOST_CHARACTERS: usize = 12;

    /// Reads a label of 1 to 12 letters, digits and hyphens.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let label = Self(raw.to_owned());
        label.check()?;
        Ok(label)
    }

    /// Validates a label that was read from a command.
    ///
    /// # Errors
    /// As [`DoorLabel::parse`].
    pub fn check(&self) -> Result<(), FieldError> {
        let fits = (1..=Self::MOST_CHARACTERS).contains(&self.0.chars().count())
            && self.0.chars().all(|c| c.is_alphanumeric() || c == '-');
        if fits { Ok(()) } else { Err(FieldError::new(fields::DOOR, Problem::Unknown)) }
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for DoorLabel {
    fn from(raw: String) -> Self {
        Self(raw)
    }
}

impl From<DoorLabel> for String {
    fn from(label: DoorLabel) -> Self {
        label.0
    }
}

/// One door of a stairwell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// How people call it.
    pub label: DoorLabel,
    /// Nobody lives there (空置).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vacant: bool,
    /// It is no more: bricked up, or joined with the flat beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
    /// How it was called before: residents and entries that name it so still find it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<DoorLabel>,
}

/// As a command names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    label: DoorLabel,
    #[serde(default)]
    vacant: bool,
    #[serde(default)]
    closed: bool,
    #[serde(default)]
    was: Vec<DoorLabel>,
}

impl From<Wanted> for Door {
    fn from(Wanted { label, vacant, closed, was }: Wanted) -> Self {
        Self { label, vacant, closed, was }
    }
}

/// A row of doors, as a command names it.
#[derive(Deserialize)]
struct WantedRow(Vec<Wanted>);

impl From<WantedRow> for Vec<Door> {
    fn from(WantedRow(doors): WantedRow) -> Self {
        doors.into_iter().map(Door::from).collect()
    }
}

impl Door {
    /// Reads the floors of a command ([`json::strict`]).
    pub(super) fn read_wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<Self>>, D::Error> {
        json::strict::<WantedRow, _, _>(deserializer)
    }

    /// Most former labels that are remembered; the oldest goes first.
    pub const MOST_FORMER_LABELS: usize = 4;

    /// A door behind which somebody lives.
    #[must_use]
    pub const fn new(label: DoorLabel) -> Self {
        Self { label, vacant: false, closed: false, was: Vec::new() }
    }
}
