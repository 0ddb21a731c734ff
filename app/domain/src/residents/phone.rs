//! Telephone numbers of residents.

use super::fields;
use crate::kernel::{FieldError, Problem, Text, json};
use serde::{Deserialize, Deserializer, Serialize};

/// A telephone number and whose it is: elders often give a child's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// Digits; masked (`138****5678`) where the reader may not see all.
    pub number: String,
    /// `本人`, `女儿` …; empty where nobody said.
    #[serde(default)]
    pub whose: String,
}

/// As a command names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    number: String,
    #[serde(default)]
    whose: String,
}

impl From<Wanted> for Phone {
    fn from(Wanted { number, whose }: Wanted) -> Self {
        Self { number, whose }
    }
}

impl Phone {
    /// Reads the numbers of a command ([`json::strict`]).
    pub(super) fn read_wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Self>, D::Error> {
        json::strict::<Wanted, _, _>(deserializer)
    }

    /// Most characters that say whose a number is.
    pub const WHOSE_LIMIT: usize = 12;

    /// Validates a number and whose it is. Blanks and hyphens in the number, and a leading +86, are left out.
    ///
    /// # Errors
    /// [`Problem::Unknown`] for what is no number of a telephone, and for digits in `whose`, which nobody masks; what
    /// [`Text::parse_optional`] says of `whose`.
    pub fn parse(number: &str, whose: &str) -> Result<Self, FieldError> {
        let digits: String = number.trim().chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let number = digits.strip_prefix("+86").unwrap_or(&digits);
        if !is_number(number) || whose.chars().any(char::is_numeric) {
            return Err(FieldError::new(fields::PHONE, Problem::Unknown));
        }
        let whose = Text::parse_optional(fields::PHONE, whose, Self::WHOSE_LIMIT)?;
        Ok(Self { number: number.to_owned(), whose: whose.map_or_else(String::new, |text| text.as_str().to_owned()) })
    }

    /// As a change names it: `13800005678 女儿`.
    #[must_use]
    pub fn word(&self) -> String {
        if self.whose.is_empty() { self.number.clone() } else { format!("{} {}", self.number, self.whose) }
    }

    /// Reads [`Phone::word`].
    ///
    /// # Errors
    /// As [`Phone::parse`].
    pub fn read(word: &str) -> Result<Self, FieldError> {
        let (number, whose) = word.split_once(' ').unwrap_or((word, ""));
        Self::parse(number, whose)
    }
}

/// A mobile, a landline with or without its area (Shenyang and Fushun: 024 and 8 digits; a child's may be another), or a
/// short number within a house or firm.
fn is_number(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let only_digits = bytes.iter().all(u8::is_ascii_digit);
    only_digits
        && match bytes {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 => true,
            [b'0', b'1'..=b'9', ..] => (10..=12).contains(&bytes.len()),
            [b'1'..=b'9', ..] => (3..=8).contains(&bytes.len()),
            _ => false,
        }
}
