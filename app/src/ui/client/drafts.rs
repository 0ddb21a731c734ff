//! Unfinished texts, as this tab knows them.

use super::Client;
use crate::local_store::Drafts;

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

    /// Keeps an unfinished text, on every stroke; empty text removes it. A device that cannot keep it says so when
    /// the person saves. While nobody is signed in it is kept in memory, for whoever signs in next ([`Client::show`]).
    pub fn keep_draft(self, key: &str, text: String) {
        let Some(device) = self.device() else { return };
        self.change_drafts(|drafts| drafts.keep(key, text.clone()));
        if self.me.with_untracked(Option::is_none) {
            return;
        }
        let key = key.to_owned();
        leptos::task::spawn_local(async move {
            if let Err(error) = device.keep_draft(&key, &text).await {
                leptos::logging::warn!("draft not kept: {error}");
            }
        });
    }

    /// Takes in what the device holds by now: another tab has changed it.
    pub fn renew_drafts(self, drafts: Drafts) {
        self.drafts.set(drafts);
    }

    /// By this tab's own hand: nobody here needs to be told.
    pub(super) fn change_drafts(self, change: impl FnOnce(&mut Drafts)) {
        self.drafts.try_maybe_update(|drafts| (false, change(drafts)));
    }
}
