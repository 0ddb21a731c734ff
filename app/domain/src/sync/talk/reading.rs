//! Reading: one page of the feeds after another until there is no more.

use super::round::Stop;
use crate::{
    kernel::{CommunityId, PersonId},
    sync::{Failure, PROTOCOL, Page, PullReply, PullRequest, Replica},
};

/// Records in one page: about 100 kB on the wire.
pub(in crate::sync) const FULL_PAGE: u32 = 500;
/// A page that gets through wherever anything does.
const SMALLEST_PAGE: u32 = 50;

impl Replica {
    pub(super) async fn read(&self, person: PersonId) -> Result<(), Stop> {
        loop {
            let cursors = self.with(|state| state.marks.cursors.clone());
            let known: Vec<CommunityId> = cursors.iter().map(|cursor| cursor.community).collect();
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
            if self.meet(person, &reply.head.server, asked).await? {
                // This page was cut by a cursor of the life before.
                return Err(Stop::Anew);
            }
            let more = reply.head.more;
            self.take_in_page(person, reply, &known).await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn take_in_page(&self, person: PersonId, reply: PullReply, known: &[CommunityId]) -> Result<(), Stop> {
        let PullReply { mut head, envelopes } = reply;
        // A community that this device has no place in is told from its start, whatever the reply calls it.
        for cursor in &head.cursors {
            if !known.contains(&cursor.community) && !head.start_over.contains(&cursor.community) {
                head.start_over.push(cursor.community);
            }
        }
        let forgotten = self.with(|state| state.records.taken_away_by(&head));
        let mut marks = self.with(|state| state.marks.clone());
        if !forgotten.is_empty() {
            // The records that say it are about to be forgotten.
            marks.blobs_left = self.status().unsent_blobs();
        }
        let marks = marks.read_on(&head);
        // A record that somebody touched again stands later in the feed than the command that this device waits for: only when
        // all is read, its effect is here for certain.
        let confirmed =
            if head.more { Vec::new() } else { self.with(|state| state.outbox.clone().drop_confirmed(&marks.cursors)) };
        let erased = self.with(|state| state.records.erased_among(&envelopes));
        self.keep_page(person, Page { envelopes, marks, confirmed, forgotten, erased }).await
    }
}
