//! Reading: one page of the feed after another until there is no more.

use super::{SyncLoop, answered, round::Stop};
use crate::browser;
use app::{
    api,
    domain::{PersonId, Records},
    error::AppError,
    local_store::LocalStore,
    sync::{PROTOCOL, PullReply, PullRequest, SyncStatus},
};

/// Changes in one page: about 100 kB on the wire.
pub(super) const PAGE: u32 = 500;
const SMALLEST_PAGE: u32 = 50;

impl SyncLoop {
    pub(super) async fn read(&self, person: PersonId) -> Result<(), Stop> {
        loop {
            let cursor = self.client.marks.with_untracked(|marks| marks.cursor.clone());
            let from_the_start = cursor.is_none();
            let asked = browser::now();
            let request = PullRequest { protocol: PROTOCOL, cursor, limit: self.page.get() };
            let reply = match answered(api::pull(request)).await {
                Ok(reply) => reply,
                Err(error) => {
                    if error == AppError::Unreachable {
                        // Perhaps only too slow for a whole page.
                        self.page.set((self.page.get() / 2).max(SMALLEST_PAGE));
                    }
                    return Err(error.into());
                }
            };
            self.page.set((self.page.get() * 2).min(PAGE));
            if self.meet(person, &reply.server, asked).await? {
                // This page was cut by a cursor of the life before.
                return Err(Stop::Anew);
            }
            let more = reply.more;
            self.take_in(person, reply, from_the_start).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// First on the device, then on the screen: what is seen is also there after the next start.
    async fn take_in(&self, person: PersonId, reply: PullReply, from_the_start: bool) -> Result<(), Stop> {
        let PullReply { changes, next, more, start_over, .. } = reply;
        let start_over = start_over || from_the_start;
        let position = next.position;
        let mut marks = self.client.marks.get_untracked();
        if start_over {
            // The records that say it are about to be forgotten.
            marks.blobs_left = self.client.status.with_untracked(SyncStatus::unsent_blobs);
        }
        let marks = marks.read_on(next, more, start_over);
        let confirmed = self.client.outbox.with_untracked(|outbox| outbox.clone().drop_confirmed(position));
        self.device.absorb(&changes, &marks, &confirmed, start_over).await?;
        self.still(person)?;
        if start_over || !changes.is_empty() {
            self.client.records.update(|records| {
                if start_over {
                    *records = Records::default();
                }
                for change in changes {
                    records.absorb(change);
                }
            });
        }
        if !confirmed.is_empty() {
            self.client.outbox.update(|outbox| drop(outbox.drop_confirmed(position)));
        }
        self.client.marks.set(marks);
        Ok(())
    }
}
