//! Photos and voice notes: kept on the device when they are taken, uploaded after their words, and gone when nobody will
//! ask for them any more.

use super::{Changed, Replica, State};
use crate::{
    kernel::{Attachment, AttachmentKind, CommunityId, PersonId, Sha256},
    sync::{Kept, KeptBlob, LocalError, News, SyncStatus, kept_for, still_awaited, sync_status, to_upload},
};

impl Replica {
    /// Keeps the bytes of somebody's photo or voice note on the device: when this returns `Ok`, they are on its disk. Where
    /// there is no room, what the server has already makes some.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was kept.
    pub async fn keep_attachment(
        &self,
        owner: PersonId,
        kind: AttachmentKind,
        bytes: &[u8],
    ) -> Result<Attachment, LocalError> {
        let one = Attachment::of(kind, bytes);
        self.wrote();
        let mut kept = self.local.keep_blob(owner, &one.sha256, bytes, self.host.now()).await;
        if kept == Err(LocalError::Full) {
            self.forget_blobs(|why, _| why == Kept::Uploaded).await;
            kept = self.local.keep_blob(owner, &one.sha256, bytes, self.host.now()).await;
        }
        kept?;
        if self.is(owner) {
            self.here_is(one.sha256);
        }
        self.tell(News::Changed);
        Ok(one)
    }

    /// Such bytes are here, since now or since the server has them.
    pub(in crate::sync) fn here_is(&self, sha256: Sha256) {
        let kept = KeptBlob { sha256, at: self.host.now() };
        self.change(Changed::Blobs, |state| {
            state.blobs.retain(|blob| blob.sha256 != sha256);
            state.blobs.push(kept);
        });
    }

    /// Whether the bytes are on this device.
    #[must_use]
    pub fn has_blob(&self, sha256: &Sha256) -> bool {
        self.with(|state| state.has_blob(sha256))
    }

    /// Such bytes, if they are on this device.
    ///
    /// # Errors
    /// [`LocalError`].
    pub async fn blob(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError> {
        self.local.blob(sha256).await
    }

    /// What the server waits for and this device has, the oldest record's first.
    #[must_use]
    pub fn to_upload(&self) -> Vec<Attachment> {
        self.with(State::to_upload)
    }

    /// What the state strip has to say.
    #[must_use]
    pub fn status(&self) -> SyncStatus {
        self.with(State::status)
    }

    /// Removes the bytes of what its author does not want any more, unless something still names them.
    pub async fn drop_attachment(&self, sha256: &Sha256) {
        self.forget_blobs(|why, blob| why == Kept::ForNothing && blob.sha256 == *sha256).await;
    }

    /// Removes bytes that nobody will ask for ([`Kept::may_go`]).
    pub async fn tidy_blobs(&self) {
        let now = self.host.now();
        self.forget_blobs(|why, blob| why.may_go(now.since(blob.at))).await;
    }

    async fn forget_blobs(&self, chosen: impl Fn(Kept, &KeptBlob) -> bool) {
        let gone = self.with(|state| {
            // While the log is still being read, what it names is not all known.
            let all = state.blobs.iter().filter(|_| state.marks.first_sync_done);
            all.filter(|blob| chosen(state.kept_for(&blob.sha256), blob)).map(|blob| blob.sha256).collect::<Vec<_>>()
        });
        if gone.is_empty() {
            return;
        }
        self.wrote();
        // What stays is tried again another time.
        if self.local.forget_blobs(&gone).await.is_ok() {
            self.change(Changed::Blobs, |state| state.blobs.retain(|blob| !gone.contains(&blob.sha256)));
            self.tell(News::Changed);
        }
    }
}

impl State {
    /// Whether the bytes are on this device.
    #[must_use]
    pub fn has_blob(&self, sha256: &Sha256) -> bool {
        self.blobs.iter().any(|blob| blob.sha256 == *sha256)
    }

    /// What the server waits for and this device has, the oldest record's first.
    #[must_use]
    pub fn to_upload(&self) -> Vec<Attachment> {
        let Some(card) = self.card.as_ref().filter(|_| !self.blobs.is_empty()) else { return Vec::new() };
        let mut waiting = to_upload(card.person, &self.records, &self.outbox, &self.marks.still_awaited);
        waiting.retain(|one| self.has_blob(&one.sha256));
        waiting
    }

    /// [`State::to_upload`] without what the server will never take.
    pub(in crate::sync) fn waits_for_upload(&self) -> Vec<Attachment> {
        let mut waiting = self.to_upload();
        waiting.retain(|one| !self.refused_blobs.contains(&one.sha256));
        waiting
    }

    /// What the server goes on waiting for once the records of some communities are forgotten ([`still_awaited`]).
    pub(in crate::sync) fn still_awaited(&self, goes: impl Fn(CommunityId) -> bool) -> Vec<Attachment> {
        let Some(card) = self.card.as_ref().filter(|_| !self.blobs.is_empty()) else { return Vec::new() };
        let mut awaited = still_awaited(card.person, &self.records, &self.outbox, &self.marks.still_awaited, goes);
        awaited.retain(|one| self.has_blob(&one.sha256));
        awaited
    }

    /// Why such bytes are kept.
    #[must_use]
    pub fn kept_for(&self, sha256: &Sha256) -> Kept {
        let drafts = self.drafts.iter().map(|(_, text)| text);
        let Some(card) = &self.card else { return Kept::ForDraft };
        kept_for(sha256, card.person, &self.records, &self.outbox, &self.marks.still_awaited, drafts)
    }

    /// What the state strip has to say.
    #[must_use]
    pub fn status(&self) -> SyncStatus {
        let waiting = self.to_upload();
        let refused = waiting.iter().filter(|one| self.refused_blobs.contains(&one.sha256)).count();
        // Until the log is read again after signing in, only the count is known.
        let left = if self.marks.first_sync_done { 0 } else { self.marks.blobs_left };
        let attachments = (waiting.len() - refused).max(left.saturating_sub(refused));
        sync_status(&self.outbox, attachments, refused, self.link)
    }
}
