//! Signing in and out without loading the page anew.

use super::{Client, Phase};
use crate::{
    api,
    domain::Records,
    error::AppError,
    local_store::{Drafts, LocalError},
    sync::{Link, Outbox, SyncMarks},
};

impl Client {
    /// To be called after [`api::sign_in`] or [`api::sign_in_demo`] answered: asks who it is, and shows what this
    /// device holds for them.
    ///
    /// # Errors
    /// [`AppError::SignInNeeded`], [`AppError::Unreachable`]. Where the device keeps nothing, this is `Ok` and
    /// [`Client::phase`] tells.
    pub async fn sign_in_finished(self) -> Result<(), AppError> {
        let card = api::me().await?;
        let Some(device) = self.device() else { return Ok(()) };
        let another = self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id != card.id));
        if another && let Err(error) = device.close().await {
            self.phase.set(Phase::NoStorage(error));
            return Ok(());
        }
        match device.open(&card).await {
            Ok(snapshot) => self.show(card, snapshot),
            Err(error) => self.phase.set(Phase::NoStorage(error)),
        }
        self.link.set(Link::Unknown);
        device.kick();
        Ok(())
    }

    /// Signs out, with or without signal: this device forgets what it read and keeps what the server does not have. The
    /// session ends as soon as the server can be reached, which nobody waits for. Returns how many commands stay.
    ///
    /// # Errors
    /// [`LocalError`]; then the person is still signed in.
    pub async fn sign_out(self) -> Result<usize, LocalError> {
        let Some(device) = self.device() else { return Ok(0) };
        let staying = self.outbox.with_untracked(|outbox| outbox.unsent().count());
        device.close().await?;
        let left_behind = device.left_behind().await.unwrap_or_default();
        self.forget();
        self.left_behind.set(left_behind);
        leptos::task::spawn_local(async move {
            if api::sign_out().await.is_ok() {
                // Should the device not note it, an ended session is ended once more at the next start.
                let _ = device.session_ended().await;
            }
            device.kick();
        });
        Ok(staying)
    }

    /// Nobody is signed in any more: the screens forget what they showed. What waits stays on the device.
    pub fn forget(self) {
        self.phase.set(Phase::SignedOut);
        self.me.set(None);
        self.drafts.set(Drafts::default());
        self.outbox.set(Outbox::default());
        self.records.set(Records::default());
        self.marks.set(SyncMarks::default());
        self.blobs.set(Vec::new());
        self.link.set(Link::Unknown);
    }
}
