//! The form as an unfinished text: kept on every stroke, taken up again, shared with the other tabs of the device.

use super::address::Address;
use super::kept::{Fate, Kept};
use super::seen::Seen;
use super::writing::Writing;
use crate::ui::Phase;
use domain::kernel::{EntryId, PersonId, json};
use domain::log::{Entry, EntryContent, EntryForm, Part};
use domain::sync::Drafts;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An unfinished text as it is kept on the device: what was typed, and the address that says the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What was typed and chosen.
    pub form: EntryForm,
    /// Where it was being written, at its last step.
    pub address: Address,
    /// What its author was looking at, where an entry is being changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Seen>,
}

impl Draft {
    /// The first words, for the offer to go on.
    pub fn first_words(&self) -> String {
        let mut texts = Part::ALL.into_iter().map(|part| self.form.part(part));
        texts.find(|text| !text.is_empty()).unwrap_or_default().chars().take(24).collect()
    }

    /// Whether `entry` is the one that this was to change, and says so in a version that is younger than `first_stroke`. A
    /// refused entry may have become one with another id.
    fn is_said_in(&self, entry: &Entry, first_stroke: EntryId) -> bool {
        let Self { form, address, .. } = self;
        let says_it = |content: &EntryContent| {
            let words =
                Part::ALL.into_iter().all(|part| form.part(part).trim() == content.part(part).unwrap_or_default());
            words && form.category == content.category().code() && form.spot == content.spot().form_value()
        };
        (address.entry.is_empty() || address.entry == entry.id.to_string())
            && entry
                .versions()
                .iter()
                .any(|version| version.id.uuid() > first_stroke.uuid() && says_it(&version.content))
    }

    /// What a device has kept; `None` where another version wrote it.
    pub fn read(text: &str) -> Option<Self> {
        json::read(text.as_bytes()).ok()
    }
}

impl Writing {
    /// The key of this text: one of its own, whatever else is unfinished, and whatever another tab is writing.
    fn key(self) -> String {
        if let Some(kept) = self.slot.get_value() {
            return kept.key;
        }
        let place = self.address.with_untracked(Address::place_of_drafts);
        // Where the device keeps nothing there is one text, in the tab.
        let own = self.client.new_entry_id().map(|id| id.to_string());
        [place.as_str(), "/", own.as_deref().unwrap_or("unkept")].concat()
    }

    /// Whose words are in the form: nobody's while nobody is signed in.
    fn owner(self) -> Option<PersonId> {
        self.client.my_id_untracked()
    }

    /// Writes the draft down, if there is anything to keep and the device is ready. Not while it is being stored as an
    /// entry: it would be there once more, as a text that nobody wants.
    pub fn keep_draft(self) {
        if !self.touched.get_untracked() || !self.is_ready() || self.storing.get_value() {
            return;
        }
        let owner = self.owner();
        if self.slot.with_value(|kept| kept.as_ref().is_some_and(|kept| kept.owner.is_some() && kept.owner != owner)) {
            // Somebody else has come, and these words are about to go from the screen.
            return;
        }
        let address = self.address.get_untracked();
        let draft = Draft { form: self.form(&address), address, seen: self.seen.get_untracked() };
        let key = self.key();
        let Ok(text) = json::write(&draft) else { return };
        if self.slot.with_value(|kept| kept.as_ref().is_none_or(|kept| kept.text != text)) {
            self.slot.set_value(Some(Kept { key: key.clone(), text: text.clone(), owner }));
            self.client.keep_draft(&key, text);
        }
    }

    /// Whether it is known who is signed in, if anybody.
    fn is_ready(self) -> bool {
        self.client.phase.with_untracked(|phase| *phase != Phase::Opening)
    }

    /// Goes on with the unfinished text from before; returns its address.
    pub fn take_up(self, key: String, draft: Draft) -> Address {
        let text = json::write(&draft).unwrap_or_default();
        self.slot.set_value(Some(Kept { key, text, owner: self.owner() }));
        self.load(draft.form);
        self.seen.set(draft.seen);
        self.touched.set(true);
        self.offered.set(None);
        draft.address
    }

    /// 另记一条: what stands in the form becomes an entry of its own, of photos and voice notes those that the entry that was to
    /// be changed does not have. It is kept as such before the unfinished change goes. Returns its address; `None` where the
    /// device keeps nothing.
    pub fn begin_another(self) -> Option<Address> {
        let id = self.client.new_entry_id()?;
        let changed = self.address.get_untracked();
        let place = untrack(|| self.place()).map(|place| place.to_string()).unwrap_or_default();
        // What was typed before the log had been read has seen nothing.
        let as_it_stands = || untrack(|| self.shown(&changed)).map(|entry| Seen::of(&entry));
        let had = self.seen.get_untracked().or_else(as_it_stands);
        let had = had.map(|seen| seen.form.attachments).unwrap_or_default();
        let address = Address { entry: String::new(), micro_grid: place, ..changed };
        self.attachments.update(|all| all.retain(|one| !had.contains(one)));
        self.seen.set(None);
        self.trouble.set(None);
        // Nothing else is to be loaded in its place.
        self.touched.set(true);
        let draft = Draft { form: self.form(&address), address: address.clone(), seen: None };
        let key = [address.place_of_drafts().as_str(), "/", &id.to_string()].concat();
        let text = json::write(&draft).ok()?;
        let change = self.slot.get_value();
        self.slot.set_value(Some(Kept { key: key.clone(), text: text.clone(), owner: self.owner() }));
        self.client.keep_draft(&key, text);
        if let Some(change) = change {
            self.client.keep_draft(&change.key, String::new());
        }
        Some(address)
    }

    /// Gives up the unfinished text from before, and looks whether there is another one.
    pub fn drop_offer(self) {
        let Some((key, _)) = self.offered.get_untracked() else { return };
        self.client.keep_draft(&key, String::new());
        untrack(|| self.look_at_device());
    }

    /// The id of the entry that this text becomes, where it is a new one: its own ([`Kept::id`]), unless there is such
    /// an entry already and somebody has written on since.
    pub fn entry(self) -> Option<EntryId> {
        let own = self.slot.with_value(|kept| kept.as_ref().and_then(Kept::id));
        let is_free = |id: &EntryId| self.client.shown.with_untracked(|shown| !shown.contains_key(id));
        own.filter(is_free).or_else(|| self.client.new_entry_id())
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

    /// Takes this text out of `drafts`, and does what became of it ([`Fate`]). Returns where to go, where another tab has
    /// gone on with it elsewhere or has saved it.
    fn follow(self, address: &Address, drafts: &mut Drafts) -> Option<Address> {
        let kept = self.slot.get_value()?;
        let (me, found) = (self.owner(), drafts.take(&kept.key));
        // What was written while nobody was signed in is theirs from now on.
        let kept = Kept { owner: kept.owner.or(me), ..kept };
        match kept.fate(me, found, || self.is_saved(&kept)) {
            Fate::Same => {
                self.slot.set_value(Some(kept));
                None
            }
            Fate::GoneOn(text) => {
                let draft = Draft::read(&text)?;
                Some(self.take_up(kept.key, draft)).filter(|there| there != address)
            }
            Fate::Saved => {
                self.begin_anew();
                self.saved_elsewhere.set(Some(kept.key));
                (address.entry.is_empty() || !address.mend.is_empty()).then(Address::default)
            }
            Fate::GivenUp => {
                self.slot.set_value(Some(Kept { text: String::new(), ..kept }));
                None
            }
            Fate::NotTheirs => {
                self.begin_anew();
                self.prefill();
                None
            }
        }
    }

    fn begin_anew(self) {
        self.slot.set_value(None);
        self.touched.set(false);
        self.trouble.set(None);
        self.seen.set(None);
        self.leave_picked();
        self.load(EntryForm::default());
    }

    /// Whether what was being written has become a part of the log, or of what waits for it: an entry with the id of this
    /// text; or, where an entry was being changed, a version of it that says the same and came after the first stroke.
    fn is_saved(self, kept: &Kept) -> bool {
        let Some(id) = kept.id() else { return false };
        let change = Draft::read(&kept.text).filter(|draft| draft.address.changes());
        self.client.shown.with_untracked(|shown| {
            let is_mine = |entry: &&Arc<Entry>| kept.owner.is_some_and(|owner| entry.is_written_by(owner));
            let mut mine = shown.values().map(|shown| &shown.entry).filter(is_mine);
            let says_it = |entry: &Arc<Entry>| change.as_ref().is_some_and(|draft| draft.is_said_in(entry, id));
            shown.contains_key(&id) || mine.any(says_it)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_comes_back_with_its_words_and_its_place() {
        let address = Address { template: "all_well".to_owned(), door: "5-2".to_owned(), ..Address::default() };
        let form = EntryForm { problem: "张大娘感冒两天，帮取药".to_owned(), ..EntryForm::default() };
        let draft = Draft { form, address, seen: None };
        let text = json::write(&draft).expect("text");
        assert_eq!(Draft::read(&text).as_ref(), Some(&draft));
        assert_eq!(draft.first_words(), "张大娘感冒两天，帮取药");
    }
}
