//! What the screens may ask of the browser, besides keeping things and talking to the server.

use super::Client;
use async_trait::async_trait;
use domain::sync::{DeviceFacts, LocalError};
use leptos::prelude::*;

/// The browser around the app. Implemented in `frontend`; the server has none.
#[async_trait(?Send)]
pub trait Device {
    /// What the browser says about itself and its storage.
    ///
    /// # Errors
    /// [`LocalError::Unavailable`], where the part of the program that asks it cannot be had.
    async fn facts(&self) -> Result<DeviceFacts, LocalError>;

    /// Lets the version that lies ready take over and loads the page anew, drafts written first.
    fn take_update(&self);

    /// Shows the browser's own question whether to put the app on the home screen.
    fn install(&self);
}

impl Client {
    /// What the browser says about itself and its storage.
    ///
    /// # Errors
    /// [`LocalError::Unavailable`].
    pub async fn facts(self) -> Result<DeviceFacts, LocalError> {
        match self.device.get_value() {
            Some(device) => device.facts().await,
            None => Err(LocalError::Unavailable("not connected".to_owned())),
        }
    }

    /// Takes the new version: [`Client::update_ready`] said that it lies ready. The page is loaded anew, once; drafts
    /// are written before. Not while something is being taken in: no text names it yet.
    pub fn take_update(self) {
        if let Some(device) = self.device.get_value().filter(|_| !untrack(|| self.is_capturing())) {
            device.take_update();
        }
    }

    /// Puts the app on the home screen: the browser asks the person. Only after [`Client::install_ready`].
    pub fn install(self) {
        if let Some(device) = self.device.get_value() {
            device.install();
        }
    }

    /// Asks for a talk with the server soon.
    pub fn talk_soon(self) {
        if let Some(replica) = self.replica() {
            replica.talk_soon();
        }
    }
}
