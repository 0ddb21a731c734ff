//! Signing in and out without loading the page anew.

use super::{Client, Phase};
use crate::error::AppError;
use domain::sync::{LocalError, NotEntered};

impl Client {
    /// To be called after [`crate::api::sign_in`] or [`crate::api::sign_in_demo`] answered: asks who it is, and shows what
    /// this device holds for them.
    ///
    /// # Errors
    /// [`AppError`]. Where the device keeps nothing, this is `Ok` and [`Client::phase`] tells.
    pub async fn sign_in_finished(self) -> Result<(), AppError> {
        let Some(replica) = self.replica() else { return Ok(()) };
        match replica.signed_in().await {
            Ok(()) => Ok(()),
            Err(NotEntered::Unanswered(failure)) => Err(AppError(failure)),
            // Another tab has signed them out again.
            Err(NotEntered::Device(LocalError::AnotherPerson)) => {
                self.show_nobody();
                Ok(())
            }
            Err(NotEntered::Device(error)) => {
                self.phase.set(Phase::NoStorage(error));
                Ok(())
            }
        }
    }

    /// Signs out, with or without signal: this device forgets what the server has acknowledged, and keeps what it has not.
    /// The session ends as soon as the server can be reached, which nobody waits for. Returns how many commands stay.
    ///
    /// # Errors
    /// [`LocalError`]; then the person is still signed in.
    pub async fn sign_out(self) -> Result<usize, LocalError> {
        match self.replica() {
            Some(replica) => replica.sign_out().await,
            None => Ok(0),
        }
    }

    /// Nobody is signed in here: the sign-in page says whose entries wait. What it shows already is not set anew: somebody
    /// may be typing there.
    pub(super) fn show_nobody(self) {
        if self.phase.with_untracked(|phase| *phase != Phase::SignedOut) {
            self.phase.set(Phase::SignedOut);
        }
        let Some(replica) = self.replica() else { return };
        leptos::task::spawn_local(async move {
            let left_behind = replica.left_behind().await;
            if self.left_behind.with_untracked(|known| *known != left_behind) {
                self.left_behind.set(left_behind);
            }
        });
    }
}
