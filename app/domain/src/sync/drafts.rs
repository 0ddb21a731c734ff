//! What somebody has begun to write and not saved.

/// Unfinished texts by the place where they are being written: `write/…`, `answer/…`. There are never many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts(Vec<(String, String)>);

impl Drafts {
    /// The text of one place.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&String> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, text)| text)
    }

    /// Keeps a text in the place of the one before; empty text removes it.
    pub fn keep(&mut self, key: &str, text: String) {
        let known = self.0.iter().position(|(other, _)| other == key);
        match (known, text.is_empty()) {
            (Some(index), true) => drop(self.0.remove(index)),
            (Some(index), false) => self.0[index].1 = text,
            (None, true) => {}
            (None, false) => self.0.push((key.to_owned(), text)),
        }
    }

    /// Those of `place` and of everything below it, with their keys, oldest first.
    #[must_use]
    pub fn below(&self, place: &str) -> Self {
        let is_below = |key: &str| key.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        Self(self.0.iter().filter(|(key, _)| is_below(key)).cloned().collect())
    }

    /// Takes out the text of one place.
    pub fn take(&mut self, key: &str) -> Option<String> {
        let index = self.0.iter().position(|(other, _)| other == key)?;
        Some(self.0.remove(index).1)
    }

    /// Keys and texts, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, text)| (key.as_str(), text.as_str()))
    }
}

impl IntoIterator for Drafts {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<(String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
