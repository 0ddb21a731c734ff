//! The form as an unfinished text: kept on every stroke, taken up again, shared with the other tabs of the device.

use super::address::Address;
use super::writing::Writing;
use crate::domain::{CommandId, EntryForm, EntryId, Part};
use crate::json;
use crate::local_store::Drafts;
use crate::ui::Phase;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An unfinished text as it is kept on the device: what was typed, and the address that says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What was typed and chosen.
    pub form: EntryForm,
    /// Where it was being written, at its last step.
    pub address: Address,
    /// The version of the entry that its author was looking at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<CommandId>,
}

impl Draft {
    /// The first words, for the offer to go on.
    pub fn first_words(&self) -> String {
        let mut texts = Part::ALL.into_iter().map(|part| self.form.part(part));
        texts.find(|text| !text.is_empty()).unwrap_or_default().chars().take(24).collect()
    }

    /// What a device has kept; `None` where another version wrote it.
    pub fn read(text: &str) -> Option<Self> {
        json::read(text.as_bytes()).ok()
    }
}

/// The id of the entry that a new text becomes: its key names it from the first stroke, so that two tabs with one text
/// cannot make two entries of it.
fn entry_of(key: &str) -> Option<EntryId> {
    key.strip_prefix("write/")?.parse().ok()
}

impl Writing {
    /// The key of this text: one of its own, whatever else is unfinished, and whatever another tab is writing.
    fn key(self) -> String {
        if let Some((key, _)) = self.slot.get_value() {
            return key;
        }
        let place = self.address.with_untracked(Address::place_of_drafts);
        // Where the device keeps nothing there is one text, in the tab.
        let own = self.client.new_entry_id().map(|id| id.to_string());
        [place.as_str(), "/", own.as_deref().unwrap_or("unkept")].concat()
    }

    /// Writes the draft down, if there is anything to keep and the device is ready.
    pub fn keep_draft(self) {
        if !self.touched.get_untracked() || !self.is_ready() {
            return;
        }
        let address = self.address.get_untracked();
        let draft = Draft { form: self.form(&address), address, replaces: self.replaces.get_untracked() };
        let key = self.key();
        let Ok(text) = json::write(&draft) else { return };
        if self.slot.with_value(|slot| slot.as_ref().is_none_or(|(_, known)| *known != text)) {
            self.slot.set_value(Some((key.clone(), text.clone())));
            self.client.keep_draft(&key, text);
        }
    }

    /// Whether it is known who is signed in, if anybody.
    fn is_ready(self) -> bool {
        self.client.phase.with_untracked(|phase| *phase != Phase::Opening)
    }

    /// Goes on with the unfinished text from before; returns its address.
    pub fn take_up(self, key: String, draft: Draft) -> Address {
        self.slot.set_value(Some((key, json::write(&draft).unwrap_or_default())));
        self.load(draft.form);
        self.replaces.set(draft.replaces);
        self.touched.set(true);
        self.offered.set(None);
        draft.address
    }

    /// Gives up the unfinished text from before, and looks whether there is another one.
    pub fn drop_offer(self) {
        let Some((key, _)) = self.offered.get_untracked() else { return };
        self.client.keep_draft(&key, String::new());
        untrack(|| self.look_at_device());
    }

    /// The id of the entry that this text becomes, where it is a new one.
    pub fn entry(self) -> Option<EntryId> {
        let own = self.slot.with_value(|slot| slot.as_ref().and_then(|(key, _)| entry_of(key)));
        own.or_else(|| self.client.new_entry_id())
    }

    /// What the device holds for this form, once it can be asked, and again when another tab has changed it: the draft,
    /// or the words that are to be changed. Returns where to go, where another tab has gone on with this very text.
    pub fn look_at_device(self) -> Option<Address> {
        self.client.phase.track();
        if !self.is_ready() {
            return None;
        }
        let address = self.address.get_untracked();
        let mut drafts = self.client.drafts_at(&address.place_of_drafts());
        let gone_to = self.follow(&address, &mut drafts);
        if gone_to.is_some() {
            return gone_to;
        }
        let read = |(key, text): (String, String)| Some((key, Draft::read(&text)?));
        let mut drafts: Vec<_> = drafts.into_iter().filter_map(read).collect();
        let (touched, kept) = (self.touched.get_untracked(), self.slot.with_value(Option::is_some));
        let same = drafts.iter().position(|(_, draft)| !touched && draft.address.same_form(&address));
        if let Some((key, draft)) = same.map(|index| drafts.swap_remove(index)) {
            self.take_up(key, draft);
        } else {
            // What was typed before the app was ready stays on the screen, and the older text is offered. Once this one
            // is kept, too, nobody is interrupted with another.
            let known = self.offered.get_untracked();
            let is_known = |key: &String| known.as_ref().is_some_and(|(known, _)| known == key);
            let first = drafts.into_iter().find(|(key, _)| !kept || is_known(key));
            if first != known {
                self.offered.set(first);
            }
        }
        // What this tab knows as kept is not kept again here: two tabs with one text would go on answering each other.
        if touched && !kept {
            self.keep_draft();
        } else if !self.touched.get_untracked() {
            self.load_earlier_words(&address);
        }
        None
    }

    /// Takes this text out of `drafts`. Where another tab has gone on with it, this one follows, to the same place; where
    /// the other has saved it, this form begins anew and says so. Where the other was told 不要了, the words stay here
    /// for as long as they are seen: the next stroke keeps them again.
    fn follow(self, address: &Address, drafts: &mut Drafts) -> Option<Address> {
        let (key, known) = self.slot.get_value()?;
        match drafts.take(&key) {
            Some(text) if text == known => None,
            Some(text) => {
                let draft = Draft::read(&text)?;
                Some(self.take_up(key, draft)).filter(|there| there != address)
            }
            None if self.is_saved(&key, address) => {
                self.slot.set_value(None);
                self.touched.set(false);
                self.load(EntryForm::default());
                self.saved_elsewhere.set(true);
                (address.entry.is_empty() || !address.mend.is_empty()).then(Address::default)
            }
            None => {
                self.slot.set_value(Some((key, String::new())));
                None
            }
        }
    }

    /// Whether what was being written has become a part of the log, or of what waits for it.
    fn is_saved(self, key: &str, address: &Address) -> bool {
        let is_there = |id| self.client.shown.with_untracked(|shown| shown.contains_key(&id));
        match address.mend.parse() {
            Ok(bad) => self.to_mend(bad, None).is_none(),
            Err(_) => entry_of(key).is_some_and(is_there) || untrack(|| self.has_moved_on()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_back_with_its_words_and_its_place() {
        let address = Address { template: "all_well".to_owned(), door: "5-2".to_owned(), ..Address::default() };
        let form = EntryForm { problem: "张大娘感冒两天，帮取药".to_owned(), ..EntryForm::default() };
        let draft = Draft { form, address, replaces: None };
        let text = serde_json::to_string(&draft).expect("text");
        assert_eq!(serde_json::from_str::<Draft>(&text).ok().as_ref(), Some(&draft));
        assert_eq!(draft.first_words(), "张大娘感冒两天，帮取药");
    }
}
