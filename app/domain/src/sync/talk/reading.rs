//! Reading: one page of the feeds after another until there is no more.

use super::round::Stop;
use crate::{
    kernel::{CommunityId, PersonId},
    sync::{Cursor, Failure, PROTOCOL, Page, PullReply, PullRequest, Replica},
};

/// Records in one page: about 100 kB on the wire.
pub(in crate::sync) const FULL_PAGE: u32 = 500;
/// A page that gets through wherever anything does.
const SMALLEST_PAGE: u32 = 50;

impl Replica {
    pub(super) async fn read(&self, person: PersonId) -> Result<(), Stop> {
        loop {
            let cursors = self.with(|state| state.marks.cursors.clone());
            let asked = self.host.now();
            let request = PullRequest { protocol: PROTOCOL, cursors, limit: self.page.get() };
            let reply = match self.transport.pull(&request).await {
                Ok(reply) => reply,
                Err(failure) => {
                    if failure == Failure::Unreachable {
                        // Perhaps only too slow for a whole page.
                        self.page.set((self.page.get() / 2).max(SMALLEST_PAGE));
                    }
                    return Err(failure.into());
                }
            };
            self.page.set((self.page.get() * 2).min(FULL_PAGE));
            let is_another_epoch = self.meet(person, &reply.head.server, asked).await?;
            if is_another_epoch || self.with(|state| state.marks.cursors != request.cursors) {
                // This page was cut by cursors of the epoch before, or by those of records that went meanwhile.
                return Err(Stop::Anew);
            }
            let more = reply.head.more;
            self.take_in_page(person, reply, request.cursors).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// `after`: where this device stood when it asked.
    async fn take_in_page(&self, person: PersonId, reply: PullReply, after: Vec<Cursor>) -> Result<(), Stop> {
        self.still(person)?;
        let PullReply { mut head, envelopes } = reply;
        // A community that this device has no place in is told from its start, whatever the reply calls it.
        for cursor in &head.cursors {
            let is_known = after.iter().any(|known| known.community == cursor.community);
            if !is_known && !head.start_over.contains(&cursor.community) {
                head.start_over.push(cursor.community);
            }
        }
        let forgotten = self.with(|state| state.records.taken_away_by(&head));
        let mut marks = self.with(|state| state.marks.clone());
        if !forgotten.is_empty() {
            // The records that say it are about to be forgotten.
            marks.blobs_left = self.status().unsent_blobs();
        }
        let goes = |community: CommunityId| {
            forgotten.contains(&community) || head.cursors.iter().all(|cursor| cursor.community != community)
        };
        let mut erased = self.with(|state| state.records.erased_among(&envelopes));
        // No page tells of a record that another epoch of the server does not have.
        self.with(|state| erased.extend(state.outbox.erased()));
        let pictures = self.with(|state| state.records.attachments_of(&erased));
        marks.still_awaited = self.with(|state| state.still_awaited(goes));
        marks.still_awaited.retain(|one| !pictures.contains(&one.sha256));
        let marks = marks.read_on(&head);
        // A record that somebody touched again stands later in the feed than the command that this device waits for:
        // only when all is read, its effect is here for certain.
        let confirmed =
            if head.more { Vec::new() } else { self.with(|state| state.outbox.clone().drop_confirmed(&marks.cursors)) };
        self.keep_page(person, Page { after, envelopes, marks, confirmed, forgotten, erased }).await
    }
}
