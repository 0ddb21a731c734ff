//! Who hears that a feed has become longer: a channel for each community, so that a commit in one wakes nobody in another.

use crate::store::sqlite::communities::Head;
use domain::kernel::CommunityId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;

/// The newest position of each community, as far as it was told.
#[derive(Clone, Default)]
pub(in crate::store::sqlite) struct News(Arc<Mutex<HashMap<CommunityId, watch::Sender<i64>>>>);

impl News {
    /// Hears of a community from now on, also of one that is not there yet.
    pub(in crate::store::sqlite) fn listen(&self, community: CommunityId) -> watch::Receiver<i64> {
        self.with(community, watch::Sender::subscribe)
    }

    /// Whether anybody listens.
    pub(super) fn is_heard(&self) -> bool {
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders.values().any(|sender| sender.receiver_count() > 0)
    }

    /// Tells the newest positions. Also those that another process (the command line) has committed.
    pub(in crate::store::sqlite) fn tell<'h>(&self, heads: impl IntoIterator<Item = &'h Head>) {
        for head in heads {
            self.with(head.community, |sender| {
                sender.send_if_modified(|position| {
                    let rises = head.head > *position;
                    *position = head.head.max(*position);
                    rises
                });
            });
        }
    }

    fn with<T>(&self, community: CommunityId, work: impl FnOnce(&watch::Sender<i64>) -> T) -> T {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(senders.entry(community).or_insert_with(|| watch::Sender::new(0)))
    }
}
