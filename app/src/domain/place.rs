//! The tree of places: 社区 → 网格 → 楼院 → 楼栋 → 单元(微网格) → 户, and its codes (DOMAIN.md 2.2).
//!
//! Codes nest by prefix: a community has 12 digits, a grid adds 3, a micro-grid 3 more. "Lies within" is
//! therefore "starts with", on the phone, on the server and in an index. Codes are text, never numbers.

use super::{Field, FieldError, Problem};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Text that is looked at wherever it comes in, the wire and the database included.
macro_rules! checked_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = FieldError;
            fn try_from(raw: String) -> Result<Self, FieldError> {
                Self::parse(&raw)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads a code.
            ///
            /// # Errors
            /// [`Problem::Unknown`] unless it has exactly the digits of its level.
            pub fn parse(raw: &str) -> Result<Self, FieldError> {
                let digits = raw.len() == $digits && raw.bytes().all(|b| b.is_ascii_digit());
                if !digits {
                    return Err(FieldError::new(Field::MicroGrid, Problem::Unknown));
                }
                Ok(Self(raw.to_owned()))
            }

            /// The digits.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        checked_text!($name);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(
    /// A community (社区): 6 digits county, 3 sub-district, 3 community.
    CommunityCode, 12
);
code!(
    /// A grid (网格): its community's code and 3 digits.
    GridCode, 15
);
code!(
    /// A micro-grid (微网格), in practice one stairwell: its grid's code and 3 digits.
    MicroGridCode, 18
);

impl GridCode {
    /// The community it lies in.
    #[must_use]
    pub fn community(&self) -> CommunityCode {
        CommunityCode(self.0[..12].to_owned())
    }
}

impl MicroGridCode {
    /// What stands for a code that cannot be read: the words of an entry are shown all the same.
    pub(super) fn unreadable() -> Self {
        Self("0".repeat(18))
    }

    /// The community it lies in.
    #[must_use]
    pub fn community(&self) -> CommunityCode {
        CommunityCode(self.0[..12].to_owned())
    }

    /// The grid it lies in.
    #[must_use]
    pub fn grid(&self) -> GridCode {
        GridCode(self.0[..15].to_owned())
    }
}

/// A place that a membership can name: community, grid or micro-grid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlaceCode(String);

impl PlaceCode {
    /// Reads a code of 12, 15 or 18 digits.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        CommunityCode::parse(raw)
            .map(Self::from)
            .or_else(|_| GridCode::parse(raw).map(Self::from))
            .or_else(|_| MicroGridCode::parse(raw).map(Self::from))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The community it is or lies in.
    #[must_use]
    pub fn community(&self) -> CommunityCode {
        CommunityCode(self.0[..12].to_owned())
    }

    /// Whether `other` is this place or lies within it.
    #[must_use]
    pub fn contains(&self, other: &str) -> bool {
        other.starts_with(&self.0)
    }
}

checked_text!(PlaceCode);

impl From<CommunityCode> for PlaceCode {
    fn from(code: CommunityCode) -> Self {
        Self(code.0)
    }
}

impl From<GridCode> for PlaceCode {
    fn from(code: GridCode) -> Self {
        Self(code.0)
    }
}

impl From<MicroGridCode> for PlaceCode {
    fn from(code: MicroGridCode) -> Self {
        Self(code.0)
    }
}

checked_text!(YardCode);
checked_text!(DoorLabel);

/// A yard (楼院) within a community, `Y01` to `Y99`. A yard lies in one grid.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct YardCode(String);

impl YardCode {
    /// Reads `Y01`.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let digits = raw.strip_prefix('Y').filter(|d| d.len() == 2 && d.bytes().all(|b| b.is_ascii_digit()));
        digits.map(|_| Self(raw.to_owned())).ok_or(FieldError::new(Field::MicroGrid, Problem::Unknown))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A door (户) as people say it within its stairwell: `5-2` is the second flat on the fifth floor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DoorLabel(String);

impl DoorLabel {
    /// Reads a label of 1 to 12 letters, digits and hyphens.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for anything else.
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let fits = (1..=12).contains(&raw.chars().count()) && raw.chars().all(|c| c.is_alphanumeric() || c == '-');
        if !fits {
            return Err(FieldError::new(Field::Spot, Problem::Unknown));
        }
        Ok(Self(raw.to_owned()))
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
}

/// A micro-grid: the world of one watcher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MicroGrid {
    /// Its code.
    pub code: MicroGridCode,
    /// The yard it stands in.
    pub yard: YardCode,
    /// The yard's name: `八经街46号院`.
    pub yard_name: String,
    /// The stairwell's name within the yard: `3单元`.
    pub unit_name: String,
    /// Rows of doors, top floor first; rows need not be of one length.
    pub floors: Vec<Vec<Door>>,
    /// Where the main water valve is, for a night without signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub water_valve: Option<String>,
    /// Where the electricity switch is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_switch: Option<String>,
}

impl MicroGrid {
    /// `八经街46号院·3单元`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}·{}", self.yard_name, self.unit_name)
    }

    /// All doors, top floor first.
    pub fn doors(&self) -> impl Iterator<Item = &Door> {
        self.floors.iter().flatten()
    }
}

/// A telephone number of the community's own (物业, 供水, 派出所 …), kept on the phone for the card 电话.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalNumber {
    /// Who answers.
    pub name: String,
    /// Digits as dialled.
    pub number: String,
}

/// A community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Community {
    /// Its code.
    pub code: CommunityCode,
    /// `和平新村社区`.
    pub name: String,
    /// Letters that open its entry numbers: `HPXC`.
    pub abbreviation: String,
    /// Its grids with their names, in order.
    pub grids: Vec<(GridCode, String)>,
    /// Numbers for the card 电话.
    pub numbers: Vec<LocalNumber>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_nest_by_prefix() -> Result<(), FieldError> {
        let micro_grid = MicroGridCode::parse("210102025900003017")?;
        assert_eq!(micro_grid.grid().as_str(), "210102025900003");
        assert_eq!(micro_grid.community().as_str(), "210102025900");
        assert!(PlaceCode::parse("210102025900003")?.contains(micro_grid.as_str()));
        assert!(!PlaceCode::parse("210102025900004")?.contains(micro_grid.as_str()));
        Ok(())
    }

    #[test]
    fn wrong_codes_are_refused() {
        for raw in ["", "21010202590000301", "2101020259000030170", "21010202590000301x", "２10102025900003017"] {
            assert!(MicroGridCode::parse(raw).is_err(), "{raw}");
            assert!(serde_json::from_value::<MicroGridCode>(raw.into()).is_err(), "{raw}");
        }
        assert!(PlaceCode::parse("2101020259").is_err());
        assert!(YardCode::parse("Y1").is_err());
        assert!(DoorLabel::parse("5 2").is_err());
    }
}
