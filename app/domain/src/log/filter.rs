//! The filter of the log, for the tablet's list. A store answers the same question with an index; the contract
//! test holds it to [`EntryFilter::matches`], and a tablet without signal uses this directly.

use super::{Category, Entry, Part, ReviewState, Urgency};
use crate::kernel::{Day, EntryId, PersonId, PlaceId, Timestamp, Tree};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// Which entries to show. Every field narrows; the empty filter shows all that may be read, except what was taken
/// back or set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EntryFilter {
    /// Any place of the tree: what lies within it is shown.
    pub place: Option<PlaceId>,
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
    /// Words, separated by blanks; each must occur in one of the parts or in the number ([`fold`]). A filter with more
    /// than [`EntryFilter::MOST_CHARACTERS`] of them is not read from the wire.
    #[serde(deserialize_with = "short_words")]
    pub words: String,
}

impl EntryFilter {
    /// Most characters of [`EntryFilter::words`].
    pub const MOST_CHARACTERS: usize = 100;

    /// The words to look for, folded.
    #[must_use]
    pub fn search_words(&self) -> Vec<String> {
        fold(&self.words).split_whitespace().map(str::to_owned).collect()
    }

    /// Whether an entry is to be shown.
    #[must_use]
    pub fn matches(&self, entry: &Entry, tree: &Tree) -> bool {
        let written = entry.written();
        entry.is_listed()
            && self.place.is_none_or(|place| tree.covers(place, entry.place))
            && wanted(self.category.as_ref(), &entry.content.category())
            && wanted(self.urgency.as_ref(), &entry.content.urgency())
            && wanted(self.state.as_ref(), &entry.review_state())
            && wanted(self.author.as_ref(), &entry.author)
            && self.from.is_none_or(|from| from.start() <= written)
            && self.until.is_none_or(|until| written <= *until.span().end())
            && self.words_match(entry)
    }

    fn words_match(&self, entry: &Entry) -> bool {
        let words = self.search_words();
        if words.is_empty() {
            return true;
        }
        let text = entry.search_text();
        words.iter().all(|word| text.contains(word))
    }
}

impl Entry {
    /// What is looked through for words: the parts and the number, folded, one a line, so that no word is found across two
    /// of them.
    #[must_use]
    pub fn search_text(&self) -> String {
        let mut text = String::new();
        for part in Part::ALL.into_iter().filter_map(|part| self.content.part(part)) {
            text.push_str(part);
            text.push('\n');
        }
        if let Some(number) = &self.number {
            text.push_str(number.as_str());
        }
        fold(&text)
    }
}

/// How text and words are made comparable: small letters, and half-width forms of what keyboards for Chinese give in full
/// width (`Ｗｉ－Ｆｉ`, `２０２５`). The index and the query use the same.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ..='\u{7F}' => folded.push(c.to_ascii_lowercase()),
            // Chinese has no case, and this is most of what there is to fold.
            '\u{3001}'..='\u{9FFF}' => folded.push(c),
            _ => folded.extend(half_width(c).to_lowercase()),
        }
    }
    folded
}

fn half_width(c: char) -> char {
    /// From `！` to `!`, and so on to `～`.
    const APART: u32 = 0xFEE0;
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - APART).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
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
