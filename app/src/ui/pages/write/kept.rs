//! What a tab knows of its text as it is kept on the device, and what became of it there.

use domain::kernel::{EntryId, PersonId};

/// A text as this tab last knew it to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Where: `write/ID`, `amend/ENTRY/ID`, `mend/COMMAND/ID`.
    pub key: String,
    /// What; empty where it was given up elsewhere.
    pub text: String,
    /// Whose it is; nobody's while nobody is signed in.
    pub owner: Option<PersonId>,
}

/// What became of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Nothing has happened to it.
    Same,
    /// Another tab has gone on with it.
    GoneOn(String),
    /// Another tab has saved it.
    Saved,
    /// Another tab was told 不要了. The words stay for as long as they are seen: the next stroke keeps them again.
    GivenUp,
    /// Its writer is not here any more. The device has it for them; nobody else may see it.
    NotTheirs,
}

impl Kept {
    /// The id that the key holds: that of the entry that a new text becomes. It is there from the first stroke, so that
    /// two tabs with one text cannot make two entries of it.
    pub fn id(&self) -> Option<EntryId> {
        self.key.rsplit('/').next()?.parse().ok()
    }

    /// What became of it: `me` is who is signed in now, `found` what the device holds under its key, and `is_saved` says
    /// whether it is found among what was saved.
    pub fn fate(&self, me: Option<PersonId>, found: Option<String>, is_saved: impl FnOnce() -> bool) -> Fate {
        if self.owner.is_some() && self.owner != me {
            return Fate::NotTheirs;
        }
        match found {
            Some(text) if text == self.text => Fate::Same,
            Some(text) => Fate::GoneOn(text),
            None if is_saved() => Fate::Saved,
            None => Fate::GivenUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_text_is_said_only_of_ones_own_and_saved_only_where_it_is_found() {
        let [wang, li] = [1, 2].map(|millis| PersonId::from_parts(millis, [0; 10]));
        let kept = |owner| Kept { key: "write/x".to_owned(), text: "旧".to_owned(), owner };
        let text = |text: &str| Some(text.to_owned());
        let table = [
            (Some(wang), Some(wang), text("旧"), false, Fate::Same),
            (Some(wang), Some(wang), text("新"), false, Fate::GoneOn("新".to_owned())),
            (Some(wang), Some(wang), None, true, Fate::Saved),
            (Some(wang), Some(wang), None, false, Fate::GivenUp),
            (Some(wang), None, None, false, Fate::NotTheirs),
            (Some(wang), None, None, true, Fate::NotTheirs),
            (Some(wang), Some(li), None, false, Fate::NotTheirs),
            // Written while nobody was signed in: whoever signs in is its writer.
            (None, None, text("旧"), false, Fate::Same),
            (None, Some(wang), text("旧"), false, Fate::Same),
        ];
        for (owner, me, found, is_saved, fate) in table {
            assert_eq!(kept(owner).fate(me, found.clone(), || is_saved), fate, "{owner:?} {me:?} {found:?} {is_saved}");
        }
    }

    #[test]
    fn the_key_of_a_text_names_the_entry_that_it_becomes() {
        let id = EntryId::from_parts(1, [7; 10]);
        for place in ["write", "amend/1", "mend/2"] {
            let kept = Kept { key: format!("{place}/{id}"), text: String::new(), owner: None };
            assert_eq!(kept.id(), Some(id));
        }
        assert_eq!(Kept { key: "write/unkept".to_owned(), text: String::new(), owner: None }.id(), None);
    }
}
