//! Where in the stairwell it was, and the three parts of an entry.

use super::field::{EntryField, SPOT};
use crate::kernel::{Field, FieldError, Problem};
use crate::organisation::{DoorLabel, Place};
use serde::{Deserialize, Serialize};

/// One of the three parts of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 问题
    Problem,
    /// 措施
    Measures,
    /// 反馈
    Feedback,
    /// A part of a newer version.
    #[serde(other)]
    Unknown,
}

impl Part {
    /// In the order of the paper log.
    pub const ALL: [Self; 3] = [Self::Problem, Self::Measures, Self::Feedback];

    /// The field of the form that holds it; `None` for a part of a newer version.
    #[must_use]
    pub const fn entry_field(self) -> Option<EntryField> {
        match self {
            Self::Problem => Some(EntryField::Problem),
            Self::Measures => Some(EntryField::Measures),
            Self::Feedback => Some(EntryField::Feedback),
            Self::Unknown => None,
        }
    }

    /// As a form shows it.
    #[must_use]
    pub fn field(self) -> Option<Field> {
        self.entry_field().map(EntryField::field)
    }

    /// The field's word.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.field().map_or("这部分要新版本才看得懂", |field| field.title)
    }
}

/// Where in the stairwell it was. On the wire and in storage it is one word, as a form holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Spot {
    /// At a door.
    Door(DoorLabel),
    /// 楼道
    Stairwell,
    /// 院里
    Yard,
    /// A word of a newer version, kept as it is.
    Unknown(String),
}

impl Spot {
    /// How a form names the stairwell.
    pub const STAIRWELL: &'static str = "stairwell";
    /// How a form names the yard.
    pub const YARD: &'static str = "yard";

    /// Reads what a form holds: `stairwell`, `yard`, or the label of a door. Whether there is such a door is for
    /// [`Spot::check`].
    ///
    /// # Errors
    /// [`Problem::Missing`], or [`Problem::Unknown`] for what can be no label.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        match Self::from(raw.to_owned()) {
            Self::Unknown(_) if raw.is_empty() => Err(FieldError::new(SPOT, Problem::Missing)),
            Self::Unknown(_) => Err(FieldError::new(SPOT, Problem::Unknown)),
            spot => Ok(spot),
        }
    }

    /// Whether `place` has this spot, under the name that it has or had.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for a door that it does not have.
    pub fn check(&self, place: &Place) -> Result<(), FieldError> {
        let is_there = match self {
            Self::Door(label) => place.door(label).is_some(),
            Self::Stairwell | Self::Yard => true,
            Self::Unknown(_) => false,
        };
        if is_there { Ok(()) } else { Err(FieldError::new(SPOT, Problem::Unknown)) }
    }

    /// What a form holds for this spot.
    #[must_use]
    pub fn form_value(&self) -> &str {
        match self {
            Self::Door(label) => label.as_str(),
            Self::Stairwell => Self::STAIRWELL,
            Self::Yard => Self::YARD,
            Self::Unknown(word) => word,
        }
    }

    /// How it is shown: `5-2`, `楼道`, `院里`.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Door(label) => label.as_str(),
            Self::Stairwell => "楼道",
            Self::Yard => "院里",
            Self::Unknown(_) => "这部分要新版本才看得懂",
        }
    }

    /// The door, if it is one.
    #[must_use]
    pub const fn door(&self) -> Option<&DoorLabel> {
        match self {
            Self::Door(label) => Some(label),
            Self::Stairwell | Self::Yard | Self::Unknown(_) => None,
        }
    }
}

impl From<String> for Spot {
    fn from(word: String) -> Self {
        match word.as_str() {
            Self::STAIRWELL => Self::Stairwell,
            Self::YARD => Self::Yard,
            label => DoorLabel::parse(label).map_or(Self::Unknown(word), Self::Door),
        }
    }
}

impl From<Spot> for String {
    fn from(spot: Spot) -> Self {
        spot.form_value().to_owned()
    }
}
