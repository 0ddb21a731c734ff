//! Unfinished texts, as this tab knows them.

use super::Client;
use crate::ui::pages::Draft;
use domain::kernel::json;
use domain::log::EntryForm;
use domain::sync::{Drafts, LocalError};
use leptos::prelude::*;

impl Client {
    /// An unfinished text.
    #[must_use]
    pub fn draft(self, key: &str) -> Option<String> {
        self.drafts.with_untracked(|drafts| drafts.get(key).cloned())
    }

    /// The unfinished texts of one place ([`Drafts::below`]). Whoever asks hears of it when another tab has changed them.
    #[must_use]
    pub fn drafts_at(self, place: &str) -> Drafts {
        self.drafts.with(|drafts| drafts.below(place))
    }

    /// All unfinished texts. Whoever asks hears of it when they have changed.
    #[must_use]
    pub fn drafts(self) -> Drafts {
        self.drafts.get()
    }

    /// 不要了: forgets an unfinished text, on the device and here.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed here.
    pub async fn forget_draft(self, key: &str) -> Result<(), LocalError> {
        match self.replica() {
            Some(replica) => replica.forget_draft(key).await?,
            None => self.drafts.update(|drafts| drafts.keep(key, String::new())),
        }
        Ok(())
    }

    /// Keeps an unfinished text, on every stroke; empty text removes it. A device that cannot keep it says so when
    /// the person saves. While nobody is signed in, or the device keeps nothing, it is kept as long as the tab is, for
    /// whoever signs in next.
    pub fn keep_draft(self, key: &str, text: String) {
        self.change_drafts(|drafts| drafts.keep(key, text.clone()));
        let is_nobodys = self.my_id_untracked().is_none();
        if is_nobodys {
            keep_in_tab(key, &text);
        }
        let Some(replica) = self.replica() else { return };
        replica.note_draft(key, text.clone());
        let (key, whose) = (key.to_owned(), replica.person());
        leptos::task::spawn_local(async move {
            if replica.person() != whose {
                // Nobody's is for whoever is in now, and was noted above; another one's is not theirs.
                return;
            }
            match replica.keep_draft(&key, text).await {
                // It may have been in the tab before anybody signed in.
                Ok(()) if !is_nobodys => keep_in_tab(&key, ""),
                Ok(()) => {}
                Err(error) => leptos::logging::warn!("draft not kept: {error}"),
            }
        });
    }

    /// Changes the form of an unfinished text from outside of its form, which hears of it where it is open again; nothing where
    /// there is none, or another version wrote it.
    pub fn change_kept_form<T>(self, key: &str, change: impl FnOnce(&mut EntryForm) -> T) -> Option<T> {
        let mut draft = self.draft(key).and_then(|text| Draft::read(&text))?;
        let done = change(&mut draft.form);
        self.keep_draft(key, json::write(&draft).ok()?);
        self.drafts.update(|_| ());
        Some(done)
    }

    /// What this tab holds for nobody in particular: the page was loaded anew in between. Called once, by `frontend`.
    pub fn look_into_tab(self) {
        self.change_drafts(|drafts| {
            for (key, text) in in_tab() {
                drafts.keep(&key, text);
            }
        });
    }

    /// What was written in this tab while nobody was signed in belongs to whoever is now: it leaves the tab when the device
    /// has it.
    pub(super) fn adopt_tab(self) {
        for (key, text) in in_tab() {
            self.keep_draft(&key, text);
        }
    }

    /// By this tab's own hand: nobody here needs to be told.
    pub(super) fn change_drafts(self, change: impl FnOnce(&mut Drafts)) {
        self.drafts.try_maybe_update(|drafts| (false, change(drafts)));
    }
}

/// Before the key of a text in the tab's own storage.
const IN_TAB: &str = "watchlog-draft/";

fn tab() -> Option<web_sys::Storage> {
    if !cfg!(target_family = "wasm") {
        return None;
    }
    window().session_storage().ok().flatten()
}

fn keep_in_tab(key: &str, text: &str) {
    let Some(tab) = tab() else { return };
    let key = [IN_TAB, key].concat();
    // Where there is no room, the words are on the screen.
    let _ = if text.is_empty() { tab.remove_item(&key) } else { tab.set_item(&key, text) };
}

fn in_tab() -> Vec<(String, String)> {
    let Some(tab) = tab() else { return Vec::new() };
    let count = tab.length().unwrap_or_default();
    let read = |index| {
        let key = tab.key(index).ok().flatten()?;
        let text = tab.get_item(&key).ok().flatten()?;
        Some((key.strip_prefix(IN_TAB)?.to_owned(), text))
    };
    (0..count).filter_map(read).collect()
}
