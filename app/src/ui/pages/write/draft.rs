//! The form as an unfinished text: kept on every stroke, taken up again, shared with the other tabs of the device.

use super::address::Address;
use super::writing::Writing;
use crate::domain::{CommandId, EntryForm, Part};
use crate::json;
use crate::local_store::Drafts;
use crate::ui::Phase;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// An unfinished text as it is kept on the device: what was typed, and the address that says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    form: EntryForm,
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
}

impl Writing {
    /// The key of this text: one of its own, whatever else is unfinished, and whatever another tab is writing.
    fn key(self) -> Option<String> {
        if let Some((key, _)) = self.slot.get_value() {
            return Some(key);
        }
        let place = self.address.with_untracked(Address::place_of_drafts);
        Some([place.as_str(), "/", &self.client.new_entry_id()?.to_string()].concat())
    }

    /// Writes the draft down, if there is anything to keep and the device is ready.
    pub fn keep_draft(self) {
        if !self.touched.get_untracked() || !self.is_ready() {
            return;
        }
        let address = self.address.get_untracked();
        let draft = Draft { form: self.form(&address), address, replaces: self.replaces.get_untracked() };
        let (Ok(text), Some(key)) = (json::write(&draft), self.key()) else { return };
        if self.slot.with_value(|slot| slot.as_ref().is_none_or(|(_, known)| *known != text)) {
            self.slot.set_value(Some((key.clone(), text.clone())));
            self.client.keep_draft(&key, text);
        }
    }

    /// Whether it is known who is signed in, if anybody.
    fn is_ready(self) -> bool {
        self.client.phase.with_untracked(|phase| matches!(phase, Phase::Ready | Phase::SignedOut))
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

    /// What the device holds for this form, once it can be asked, and again when another tab has changed it: the draft,
    /// or the words that are to be changed.
    pub fn look_at_device(self) {
        self.client.phase.track();
        if !self.is_ready() {
            return;
        }
        let address = self.address.get_untracked();
        let mut drafts = self.client.drafts_at(&address.place_of_drafts());
        self.follow(&mut drafts);
        let read = |(key, text): (String, String)| Some((key, json::read::<Draft>(text.as_bytes()).ok()?));
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
    }

    /// Takes this text out of `drafts`. Where another tab has gone on with it, this one follows; where the other has
    /// saved it or given it up, this form begins anew, so that nothing is filed twice.
    fn follow(self, drafts: &mut Drafts) {
        let Some((key, known)) = self.slot.get_value() else { return };
        match drafts.take(&key) {
            Some(text) if text == known => {}
            Some(text) => {
                if let Ok(draft) = json::read(text.as_bytes()) {
                    self.take_up(key, draft);
                }
            }
            None => {
                self.slot.set_value(None);
                self.touched.set(false);
                self.load(EntryForm::default());
                self.prefill();
            }
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
