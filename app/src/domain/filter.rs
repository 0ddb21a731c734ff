//! The filter of the log, for the tablet's list. A store answers the same question with an index; the contract
//! test holds it to [`EntryFilter::matches`], and a tablet without signal uses this directly.

use super::{
    Category, Day, Entry, EntryId, MicroGrid, MicroGridCode, Part, PersonId, ReviewState, Timestamp, Urgency, YardCode,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// Which entries to show. Every field narrows; the empty filter shows all that may be read, except what was taken
/// back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryFilter {
    /// 楼院
    pub yard: Option<YardCode>,
    /// 微网格
    pub micro_grid: Option<MicroGridCode>,
    /// 类别
    pub category: Option<Category>,
    /// 急
    pub urgency: Option<Urgency>,
    /// 状态
    pub state: Option<ReviewState>,
    /// Written on this day or later.
    pub from: Option<Day>,
    /// Written on this day or earlier.
    pub until: Option<Day>,
    /// 作者
    pub author: Option<PersonId>,
    /// Words, separated by blanks; each must occur in one of the parts, letters regardless of case. A filter with
    /// more than [`EntryFilter::MOST_CHARACTERS`] of them is not read from the wire.
    #[serde(deserialize_with = "short_words")]
    pub words: String,
}

impl EntryFilter {
    /// Most characters of [`EntryFilter::words`].
    pub const MOST_CHARACTERS: usize = 100;

    /// The words to look for, in lower case.
    #[must_use]
    pub fn search_words(&self) -> Vec<String> {
        self.words.split_whitespace().map(str::to_lowercase).collect()
    }

    /// Whether `entry`, which hangs on `micro_grid`, is to be shown.
    #[must_use]
    pub fn matches(&self, entry: &Entry, micro_grid: &MicroGrid) -> bool {
        let content = entry.content();
        let written = entry.written();
        entry.withdrawn.is_none()
            && wanted(self.yard.as_ref(), &micro_grid.yard)
            && wanted(self.micro_grid.as_ref(), &entry.micro_grid)
            && wanted(self.category.as_ref(), &content.category())
            && wanted(self.urgency.as_ref(), &content.urgency())
            && wanted(self.state.as_ref(), &entry.review_state())
            && wanted(self.author.as_ref(), &entry.author)
            && self.from.is_none_or(|from| from.start() <= written)
            && self.until.is_none_or(|until| written <= *until.span().end())
            && self.words_match(entry)
    }

    fn words_match(&self, entry: &Entry) -> bool {
        let parts: Vec<String> =
            Part::ALL.into_iter().filter_map(|part| entry.content().part(part)).map(str::to_lowercase).collect();
        self.search_words().iter().all(|word| parts.iter().any(|part| part.contains(word)))
    }
}

/// Where a page of a list ended: lists run from the newest entry to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMark {
    /// When the last entry on the page was written.
    pub written: Timestamp,
    /// Its id.
    pub entry: EntryId,
}

/// A page of a list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<ListMark>,
}

fn short_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let words = String::deserialize(deserializer)?;
    if words.chars().count() > EntryFilter::MOST_CHARACTERS {
        return Err(D::Error::custom("too many words to look for"));
    }
    Ok(words)
}

fn wanted<T: PartialEq>(choice: Option<&T>, actual: &T) -> bool {
    choice.is_none_or(|choice| choice == actual)
}
