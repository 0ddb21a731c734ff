//! What nobody will ever ask for goes after a day: parts of uploads that were given up, and blobs that no record names.

use super::{BlobError, Blobs, Size};
use crate::clock::Clock;
use domain::{
    kernel::{Sha256, Span, Timestamp},
    store::{Store, StoreError},
};
use object_store::{ObjectMeta, path::Path};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// How old it is by then.
const OLD: Span = Span::days(1);
/// Between two looks.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// Blobs that are asked about at once.
const AT_ONCE: usize = 500;

/// Why not everything was looked at.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The bytes.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Blobs {
    /// Removes what is a day old at `now` and of no use. Returns how many parts and blobs that was.
    ///
    /// # Errors
    /// [`SweepError`]: the rest goes the next time.
    pub async fn sweep(&self, store: &dyn Store, now: Timestamp) -> Result<usize, SweepError> {
        let changed = |meta: &ObjectMeta| Timestamp::from_millis(meta.last_modified.timestamp_millis());
        let is_old = |meta: &ObjectMeta| now.since(changed(meta)) >= OLD;
        let mut removed = 0;
        let parts = self.all(&Path::from("parts")).await?;
        let upload = |part: &ObjectMeta| part.location.as_ref().rsplit_once('/').map(|(upload, _)| upload.to_owned());
        // One that goes on, however slowly, keeps its beginning.
        let going_on: HashSet<_> = parts.iter().filter(|part| !is_old(part)).map(upload).collect();
        for part in parts.iter().filter(|part| !going_on.contains(&upload(part))) {
            self.remove(&part.location).await?;
            removed += 1;
        }
        let sent = self.all(&Path::from("sent")).await?;
        let old = sent.iter().filter(|blob| is_old(blob)).filter_map(|blob| blob.location.filename());
        let old: Vec<Sha256> = old.filter_map(Sha256::parse).collect();
        for some in old.chunks(AT_ONCE) {
            let _alone = self.keeping.write().await;
            for orphan in store.orphans(some.to_vec()).await? {
                for size in [Size::Small, Size::Large] {
                    self.remove(&super::shown(&orphan, size)).await?;
                }
                self.remove(&super::sent(&orphan)).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Looks every hour, for as long as the server works.
pub async fn sweep_now_and_then(blobs: Blobs, store: Arc<dyn Store>, clock: Clock) {
    loop {
        tokio::time::sleep(EVERY).await;
        match blobs.sweep(&*store, clock.now()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "orphaned blobs and parts are gone"),
            Err(error) => tracing::warn!(%error, "orphaned blobs were not looked for"),
        }
    }
}
