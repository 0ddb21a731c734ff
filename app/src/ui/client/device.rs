//! What the screens may ask of the device, besides keeping things.

use super::Client;
use leptos::prelude::*;

impl Client {
    /// Takes the new version: [`Client::update_ready`] said that it lies ready. The page is loaded anew, once; drafts
    /// are written before. Not while something is being taken in: no text names it yet.
    pub fn take_update(self) {
        if let Some(device) = self.device().filter(|_| !untrack(|| self.is_capturing())) {
            device.take_update();
        }
    }

    /// Puts the app on the home screen: the browser asks the person. Only after [`Client::install_ready`].
    pub fn install(self) {
        if let Some(device) = self.device() {
            device.install();
        }
    }
}
