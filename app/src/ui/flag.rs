//! A yes that this device keeps in `localStorage`, whoever is signed in.

use leptos::prelude::window;

/// One of them. Only in the browser; a device that keeps nothing says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(&'static str);

impl Flag {
    /// What was kept here was cleared, and the person has not yet said 知道了.
    pub const STORAGE_LOST: Self = Self("watchlog-storage-lost");
    /// The person does not want to be told again how to put the app on the home screen.
    pub const NO_INSTALL_HINT: Self = Self("watchlog-no-install-hint");
    /// The desk's keys of one character are switched off (WCAG 2.1.4).
    pub const NO_KEYS: Self = Self("watchlog-no-keys");

    /// Whether it is set.
    #[must_use]
    pub fn is_set(self) -> bool {
        let storage = window().local_storage().ok().flatten();
        storage.is_some_and(|storage| matches!(storage.get_item(self.0), Ok(Some(_))))
    }

    /// Sets or forgets it.
    pub fn keep(self, set: bool) {
        if let Ok(Some(storage)) = window().local_storage() {
            let _ = if set { storage.set_item(self.0, "1") } else { storage.remove_item(self.0) };
        }
    }
}
