//! The stash of a page that is about to go (`pagehide`), kept in `localStorage`: the browser may have emptied IndexedDB,
//! and not have said so yet.
//!
//! | | |
//! |---|---|
//! | data | unfinished texts with their places, and the very bytes of unsent commands, of one person |
//! | who | the next page on the same device, once that person is signed in there |
//! | offline | always |
//! | never | it takes the place of nothing that the device has by then, and brings nothing back to a device that lost nothing |

use super::{Drafts, Outbox};
use crate::kernel::{Unreadable, json};
use serde::{Deserialize, Serialize};

/// What a page knew when it went ([`super::LocalStore::stash`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stash {
    /// Unfinished texts with their places, oldest first.
    pub texts: Vec<(String, String)>,
    /// The bytes of commands that the server does not have, in their order.
    pub commands: Vec<String>,
}

impl Stash {
    /// Everything that only this page may know, should the device have lost it.
    #[must_use]
    pub fn of(drafts: &Drafts, outbox: &Outbox) -> Self {
        Self {
            texts: drafts.iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect(),
            commands: outbox.unsent().map(|item| item.bytes.clone()).collect(),
        }
    }

    /// The texts alone, where there is no room for all.
    #[must_use]
    pub fn without_commands(self) -> Self {
        Self { commands: Vec::new(), ..self }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.commands.is_empty()
    }

    /// As a device keeps it.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        json::write(self)
    }

    /// What a device has kept.
    ///
    /// # Errors
    /// [`Unreadable`]: another version wrote it.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        json::read(text.as_bytes())
    }
}
