//! Unfinished texts: in memory with every stroke, on the device soon after.

use super::{Changed, Replica};
use crate::sync::{Drafts, LocalError, News};

impl Replica {
    /// An unfinished text.
    #[must_use]
    pub fn draft(&self, key: &str) -> Option<String> {
        self.with(|state| state.drafts.get(key).cloned())
    }

    /// Notes an unfinished text in memory alone: what names a photo by now is known before [`Replica::keep_draft`] has its turn.
    pub fn note_draft(&self, key: &str, text: String) {
        // By this tab's own hand: nobody here needs to be told.
        self.state.borrow_mut().drafts.keep(key, text);
    }

    /// Keeps an unfinished text, on every stroke; empty text removes it. It is in memory at once, whatever the device says.
    /// While nobody is signed in it stays there, for whoever signs in next ([`Replica::signed_in`]).
    ///
    /// # Errors
    /// [`LocalError`]: the device did not keep it. The person hears of it when they save.
    pub async fn keep_draft(&self, key: &str, text: String) -> Result<(), LocalError> {
        self.note_draft(key, text.clone());
        if self.person().is_none() {
            return Ok(());
        }
        self.wrote();
        self.local.keep_draft(key, &text).await?;
        self.tell(News::Drafts);
        Ok(())
    }

    /// 不要了: forgets an unfinished text, on the device and then here.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed here.
    pub async fn forget_draft(&self, key: &str) -> Result<(), LocalError> {
        if self.person().is_some() {
            self.wrote();
            self.local.keep_draft(key, "").await?;
            self.tell(News::Drafts);
        }
        self.change(Changed::Drafts, |state| state.drafts.keep(key, String::new()));
        Ok(())
    }

    /// What was written while nobody was signed in belongs to whoever is now. What the device does not keep of it is in
    /// memory, and kept with the next stroke.
    pub(super) async fn adopt(&self, nobodys: Drafts) {
        for (key, text) in nobodys {
            if let Err(error) = self.keep_draft(&key, text).await {
                self.host.warn(&format!("draft not kept: {error}"));
            }
        }
    }
}
