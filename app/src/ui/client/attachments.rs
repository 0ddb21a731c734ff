//! Photos and voice notes, as this tab knows them: kept on the device when they are taken, uploaded after their words.

use super::Client;
use domain::kernel::{Attachment, AttachmentKind, PersonId, Sha256};
use domain::sync::LocalError;

/// A photo or a recording is on its way into the device, for an unfinished text. Until this is dropped no text names it: 保存
/// of its text waits, and so do 退出登录 and a new version.
pub struct Capturing {
    client: Client,
    /// Whose it is. What somebody else finds when it is through is not for their form.
    pub owner: PersonId,
    /// The text that it is for, should another one be in the form by then, or none.
    pub key: String,
}

/// Why a photo or a recording did not come into the device.
#[derive(Clone, PartialEq, Eq)]
pub enum NotCaptured {
    /// This browser cannot read it.
    Unreadable,
    /// There are as many as there may be.
    TooMany(AttachmentKind),
    /// The device did not keep it.
    Device(LocalError),
    /// The browser gives no microphone.
    NoMicrophone,
    /// The form was left before it could be taken in.
    TooSoon,
    /// Another tab has saved the text meanwhile.
    SavedElsewhere,
}

impl Capturing {
    /// Whether its owner is the one who is signed in.
    #[must_use]
    pub fn is_theirs(&self) -> bool {
        self.client.is_me(self.owner)
    }

    /// It did not come. Its text says so wherever it is open by now, and 保存 that waited does not go on without it.
    pub fn failed(&self, why: NotCaptured) {
        self.client.not_captured.update(|all| {
            all.retain(|(key, _)| *key != self.key);
            all.push((self.key.clone(), why));
        });
    }
}

impl Drop for Capturing {
    fn drop(&mut self) {
        self.client.capturing.try_update(|keys| {
            if let Some(place) = keys.iter().position(|key| *key == self.key) {
                keys.swap_remove(place);
            }
        });
    }
}

impl Client {
    /// Something is being taken in for an unfinished text from now on. What is said of an earlier one stays: a camera may have
    /// been before it.
    #[must_use]
    pub fn capture(self, owner: PersonId, key: String) -> Capturing {
        self.capturing.update(|keys| keys.push(key.clone()));
        Capturing { client: self, owner, key }
    }

    /// Whether anything is being taken in by this tab.
    #[must_use]
    pub fn is_capturing(self) -> bool {
        self.capturing.with(|keys| !keys.is_empty())
    }

    /// Whether anything is being taken in for a text.
    #[must_use]
    pub fn is_capturing_for(self, key: &str) -> bool {
        self.capturing.with(|keys| keys.iter().any(|other| other == key))
    }

    /// Why something did not come that was meant for a text.
    #[must_use]
    pub fn not_captured(self, key: &str) -> Option<NotCaptured> {
        self.not_captured.with(|all| all.iter().find(|(other, _)| other == key).map(|(_, why)| why.clone()))
    }

    /// What the server waits for and this device has, the oldest entry's first. Whoever asks hears of a change.
    #[must_use]
    pub fn to_upload(self) -> Vec<Attachment> {
        self.records.track();
        self.outbox.track();
        self.blobs.track();
        let replica = if self.my_id().is_some() { self.replica() } else { None };
        replica.map(|replica| replica.to_upload()).unwrap_or_default()
    }

    /// Whether the bytes are on this device. Whoever asks hears of a change.
    #[must_use]
    pub fn has_blob(self, sha256: &Sha256) -> bool {
        self.blobs.with(|blobs| blobs.iter().any(|blob| blob.sha256 == *sha256))
    }

    /// Such bytes, if they are on this device.
    ///
    /// # Errors
    /// [`LocalError`].
    pub async fn blob(self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError> {
        match self.replica() {
            Some(replica) if replica.has_blob(sha256) => replica.blob(sha256).await,
            _ => Ok(None),
        }
    }

    /// Keeps the bytes of somebody's photo or voice note on the device: when this returns `Ok`, they are on its disk. Where there
    /// is no room, what the server has already makes some.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was kept.
    pub async fn keep_attachment(
        self,
        owner: PersonId,
        kind: AttachmentKind,
        bytes: &[u8],
    ) -> Result<Attachment, LocalError> {
        let not_connected = || LocalError::Unavailable("not connected".to_owned());
        self.replica().ok_or_else(not_connected)?.keep_attachment(owner, kind, bytes).await
    }

    /// Removes the bytes of what its author does not want any more, unless something else still names them.
    pub async fn drop_attachment(self, sha256: &Sha256) {
        if let Some(replica) = self.replica() {
            replica.drop_attachment(sha256).await;
        }
    }
}
