//! Photos and voice notes, as this tab knows them: kept on the device when they are taken, uploaded after their words.

use super::{Client, waiting_blobs};
use crate::domain::{Attachment, AttachmentKind, PersonId, Sha256Hex};
use crate::local_store::{KeptBlob, LocalError};
use crate::sync::{Kept, Queued, kept_for};
use leptos::prelude::*;

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

    /// What the server waits for and this device has, the oldest entry's first.
    #[must_use]
    pub fn to_upload(self) -> Vec<Attachment> {
        waiting_blobs(self.me.get(), &self.records, &self.outbox, &self.blobs)
    }

    /// Whether the bytes are on this device.
    #[must_use]
    pub fn has_blob(self, sha256: &Sha256Hex) -> bool {
        self.blobs.with(|blobs| blobs.iter().any(|blob| blob.sha256 == *sha256))
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
        let device = self.device().ok_or_else(|| LocalError::Unavailable("not connected".to_owned()))?;
        let one = Attachment::of(kind, bytes);
        let mut kept = device.keep_blob(owner, &one.sha256, bytes).await;
        if kept == Err(LocalError::Full) {
            self.forget_blobs(|why, _| why == Kept::Uploaded).await;
            kept = device.keep_blob(owner, &one.sha256, bytes).await;
        }
        kept?;
        if self.is_me(owner) {
            self.here_is(one.sha256.clone());
        }
        Ok(one)
    }

    /// Such bytes are kept here from now on.
    pub fn here_is(self, sha256: Sha256Hex) {
        let Some(at) = self.device().map(|device| device.now()) else { return };
        self.blobs.update(|blobs| {
            blobs.retain(|blob| blob.sha256 != sha256);
            blobs.push(KeptBlob { sha256, at });
        });
    }

    /// What only this device has, as far as is known.
    pub(super) fn blobs_to_carry(self) -> Vec<Sha256Hex> {
        self.chosen_blobs(|why, _| matches!(why, Kept::ForDraft | Kept::AfterWords | Kept::ToUpload))
    }

    /// Removes the bytes of what its author does not want any more, unless something else still names it.
    pub async fn drop_attachment(self, sha256: &Sha256Hex) {
        self.forget_blobs(|why, blob| why == Kept::ForNothing && blob.sha256 == *sha256).await;
    }

    /// Removes bytes that nobody will ask for ([`Kept::may_go`]).
    pub async fn tidy_blobs(self) {
        let Some(device) = self.device() else { return };
        let now = device.now();
        self.forget_blobs(|why, blob| why.may_go(now.since(blob.at))).await;
    }

    async fn forget_blobs(self, chosen: impl Fn(Kept, &KeptBlob) -> bool) {
        let Some(device) = self.device() else { return };
        if !self.marks.with_untracked(|marks| marks.first_sync_done) {
            // While the log is still being read, what it names is not all known.
            return;
        }
        for sha256 in self.chosen_blobs(chosen) {
            // What stays is tried again at the next start.
            if device.forget_blob(&sha256).await.is_ok() {
                self.blobs.update(|blobs| blobs.retain(|blob| blob.sha256 != sha256));
            }
        }
    }

    fn chosen_blobs(self, chosen: impl Fn(Kept, &KeptBlob) -> bool) -> Vec<Sha256Hex> {
        let Some(me) = self.me.get_untracked() else { return Vec::new() };
        let drafts: Vec<String> = untrack(|| self.drafts()).into_iter().map(|(_, text)| text).collect();
        self.records.with_untracked(|records| {
            self.outbox.with_untracked(|outbox| {
                let drafts = || drafts.iter().map(String::as_str);
                let why = |blob: &KeptBlob| kept_for(&blob.sha256, me.id, records, outbox, drafts());
                let blobs = self.blobs.get_untracked().into_iter().filter(|blob| chosen(why(blob), blob));
                blobs.map(|blob| blob.sha256).collect()
            })
        })
    }

    /// What a command attaches that no version of its entry had before: its bytes have to be here. Of what it had, they may be
    /// with the server, or on another phone.
    pub(super) fn new_attachments(self, item: &Queued) -> Vec<Sha256Hex> {
        let Some(act) = item.command.as_ref().map(|command| &command.act) else { return Vec::new() };
        let attached = item.attached().into_iter().map(|one| one.sha256);
        self.shown.with_untracked(|shown| {
            let entry = shown.get(&act.entry()).map(|shown| &shown.entry);
            attached.filter(|sha256| entry.is_none_or(|entry| entry.attachment(sha256).is_none())).collect()
        })
    }
}
