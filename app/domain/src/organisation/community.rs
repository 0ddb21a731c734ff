//! 社区: the root of the tree, and the figures that are its own to set.

use crate::kernel::{
    Actor, Audience, Bounds, CommunityId, FieldError, Record, RecordKey, Row, Span, Text, Times, Weight, json,
};
use crate::{kinds::topic, organisation::fields};
use serde::{Deserialize, Deserializer, Serialize};

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
    /// Which.
    pub id: CommunityId,
    /// `和平新村社区`.
    pub name: String,
    /// Letters that open the numbers of its entries: `HPXC`.
    pub abbreviation: String,
    /// Its 12 digits, as text: county (GB/T 2260), township, community, each by its official code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Numbers for the card 电话, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<LocalNumber>,
    /// How long after the end of a post late work counts; `None` for [`Community::USUAL_GRACE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_work: Option<Span>,
    /// After how long without contact a watcher's phone drops its copies; `None` for
    /// [`Community::USUAL_SILENCE_OF_WATCHERS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_of_watchers: Option<Span>,
    /// The same for everybody else; `None` for [`Community::USUAL_SILENCE_OF_OTHERS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_of_others: Option<Span>,
    /// When it was made.
    pub made: Times,
    /// When it was last changed.
    pub changed: Times,
}

impl Community {
    /// Late work counts so long after the end of a post.
    pub const USUAL_GRACE: Span = Span::days(30);
    /// A watcher may be in hospital for a month, and their phone still has their stairwell.
    pub const USUAL_SILENCE_OF_WATCHERS: Span = Span::days(30);
    /// Whoever reads for many has more of others' data on the device.
    pub const USUAL_SILENCE_OF_OTHERS: Span = Span::days(7);
    /// Most numbers on the card 电话: one screen's worth of large rows, four times over.
    pub const MOST_NUMBERS: usize = 40;

    /// Its key.
    #[must_use]
    pub fn key_of(id: CommunityId) -> RecordKey {
        RecordKey::new(id, Self::KIND, id)
    }

    /// How long after the end of a post late work counts.
    #[must_use]
    pub fn grace(&self) -> Span {
        self.late_work.unwrap_or(Self::USUAL_GRACE)
    }

    /// After how long without contact a phone drops its copies.
    #[must_use]
    pub fn silence(&self, is_watcher: bool) -> Span {
        if is_watcher {
            self.silence_of_watchers.unwrap_or(Self::USUAL_SILENCE_OF_WATCHERS)
        } else {
            self.silence_of_others.unwrap_or(Self::USUAL_SILENCE_OF_OTHERS)
        }
    }
}

/// As a command names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    number: String,
}

impl From<Wanted> for LocalNumber {
    fn from(Wanted { name, number }: Wanted) -> Self {
        Self { name, number }
    }
}

impl LocalNumber {
    /// Reads the numbers of a command ([`json::strict`]).
    pub(super) fn read_wanted<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Self>, D::Error> {
        json::strict::<Wanted, _, _>(deserializer)
    }

    /// Validates a name and a number as dialled: 3 to 12 digits, blanks and hyphens are left out.
    ///
    /// # Errors
    /// At the field of the numbers.
    pub fn parse(name: &str, number: &str) -> Result<Self, FieldError> {
        let name = Text::parse(fields::NUMBER, name, fields::NAME_LIMIT)?;
        let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let fits = (3..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { Ok(Self { name: name.as_str().to_owned(), number: digits }) } else { Err(fields::wrong_number()) }
    }

    /// As a change names it: `02400000001 物业`.
    #[must_use]
    pub fn word(&self) -> String {
        format!("{} {}", self.number, self.name)
    }

    /// Reads [`LocalNumber::word`].
    ///
    /// # Errors
    /// At the field of the numbers.
    pub fn read(word: &str) -> Result<Self, FieldError> {
        let (number, name) = word.split_once(' ').ok_or_else(fields::wrong_number)?;
        Self::parse(name, number)
    }
}

impl Record for Community {
    const KIND: &'static str = "community";

    fn key(&self) -> RecordKey {
        Self::key_of(self.id)
    }

    fn audience(&self) -> Audience {
        Audience::through(self.id.into(), topic::PLACES)
    }

    fn row(&self) -> Row {
        Row {
            written: self.made.corrected(),
            changed: self.changed.effective(),
            state: "open",
            search: self.name.clone(),
            ..Row::default()
        }
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    fn weight(&self, _actor: Actor) -> Weight {
        Weight::default()
    }
}
