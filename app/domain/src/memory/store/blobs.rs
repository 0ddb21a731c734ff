//! Who may send bytes, who sees them, and which nobody names.

use super::state::{RecordRow, State};
use crate::kernel::{Attachment, CommandId, PersonId, RecordKey, Sha256, Timestamp};
use crate::kinds::Kinds;
use crate::store::{NamedBlob, StoreError};
use crate::sync::decide::arrivals;
use std::collections::BTreeSet;

impl State {
    pub(super) fn named_blob(&self, person: PersonId, sha256: &Sha256) -> Option<NamedBlob> {
        let attachment = self.naming(person, sha256).find_map(|row| row.names(sha256))?.clone();
        Some(NamedBlob { attachment, arrived: self.blobs.contains_key(&(person, *sha256)) })
    }

    /// The records of a person that name a blob.
    fn naming(&self, person: PersonId, sha256: &Sha256) -> impl Iterator<Item = &RecordRow> {
        self.records.values().filter(move |row| row.author() == Some(person) && row.names(sha256).is_some())
    }

    pub(super) fn take_blob(
        &mut self,
        kinds: &Kinds,
        person: PersonId,
        blob: &Attachment,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // What nobody names any more is an orphan.
        if self.is_named(&blob.sha256) {
            self.blobs.insert((person, blob.sha256), blob.clone());
        }
        let naming: Vec<RecordKey> = self.naming(person, &blob.sha256).map(|row| row.stored.key.clone()).collect();
        let mut new_id = || CommandId::from_parts(at.millis(), self.unique());
        let commands = arrivals(blob, &naming, at, &mut new_id).map_err(|error| StoreError::Failed(error.into()))?;
        self.act(kinds, &commands, at)?;
        Ok(())
    }

    pub(super) fn readable_blob(
        &self,
        kinds: &Kinds,
        person: PersonId,
        sha256: &Sha256,
        now: Timestamp,
    ) -> Result<Option<Attachment>, StoreError> {
        // Only what the record's own author has sent: to name a hash that one has heard of shows nothing.
        let sent = |row: &RecordRow| row.author().is_some_and(|author| self.blobs.contains_key(&(author, *sha256)));
        let seen = self.seen_among(kinds, person, now, |row| row.names(sha256).is_some() && sent(row))?;
        let named = seen.iter().flat_map(|envelope| Attachment::words_in(&envelope.text));
        Ok(named.into_iter().find(|attachment| attachment.sha256 == *sha256))
    }

    /// Bytes that no record names any more are swept: whoever names them next has to send them again.
    pub(super) fn forget_unnamed_blobs(&mut self) {
        let named: BTreeSet<Sha256> =
            self.records.values().flat_map(|row| row.stored.attachments.iter()).map(|one| one.sha256).collect();
        self.blobs.retain(|(_, sha256), _| named.contains(sha256));
    }

    pub(super) fn is_named(&self, sha256: &Sha256) -> bool {
        self.records.values().any(|row| row.names(sha256).is_some())
    }
}

impl RecordRow {
    fn names(&self, sha256: &Sha256) -> Option<&Attachment> {
        self.stored.attachments.iter().find(|attachment| attachment.sha256 == *sha256)
    }
}
