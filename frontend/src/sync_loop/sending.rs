//! Sending: one batch after another until nothing waits.

use super::{SyncLoop, answered, round::Stop};
use crate::browser;
use app::{
    api,
    domain::{PersonId, Rejection},
    error::AppError,
    local_store::LocalStore,
    sync::{BATCH_COMMANDS, CommandReply, Outbox, Outcome, PROTOCOL, PushReply, PushRequest, QueuedState},
};
use leptos::prelude::*;

impl SyncLoop {
    pub(super) async fn send(&self, person: PersonId, just_asked: bool) -> Result<(), Stop> {
        // What the server holds is asked about once a round; what waits, until nothing does.
        let mut worth_it = self.client.outbox.with_untracked(|outbox| outbox.has_waiting() || has_held(outbox));
        while worth_it {
            let batch = self.client.outbox.with_untracked(|outbox| outbox.next_batch(self.batch.get()));
            if batch.is_empty() {
                break;
            }
            let asked = browser::now();
            let request =
                PushRequest { protocol: PROTOCOL, device: self.device.device(), sent_at: asked, commands: batch.clone() };
            let reply = match answered(api::push(request)).await {
                Ok(reply) => complete(reply, batch.len())?,
                Err(error) => {
                    self.send_less(batch.len(), error)?;
                    continue;
                }
            };
            self.batch.set((self.batch.get() * 2).min(BATCH_COMMANDS));
            self.still(person)?;
            self.meet(&reply.server, asked).await?;
            if !just_asked && reply.replies.iter().any(is_another_author) {
                // Not the commands are wrong but the session: somebody else has signed in, past this page.
                self.identified.set(None);
                return Err(Stop::Anew);
            }
            let settled = self.client.outbox.try_update(|outbox| outbox.settle(&batch, &reply.replies));
            let settled = settled.unwrap_or_default();
            // A state that is not kept is asked for again after the next start.
            if let Err(error) = self.device.settle(&settled).await {
                leptos::logging::warn!("states not kept: {error}");
            }
            // Where a batch changed nothing, the next one would be the same.
            worth_it = !settled.is_empty() && self.client.outbox.with_untracked(Outbox::has_waiting);
        }
        Ok(())
    }

    /// A push may fail for its size: refused by something on the way, or too slow for this network.
    fn send_less(&self, sent: usize, error: AppError) -> Result<(), Stop> {
        self.batch.set((sent / 2).max(1));
        let too_large = sent > 1 && matches!(error, AppError::BadRequest { .. } | AppError::NotOurAnswer);
        if too_large { Ok(()) } else { Err(error.into()) }
    }
}

/// A reply that does not answer every command is not ours.
fn complete(reply: PushReply, sent: usize) -> Result<PushReply, AppError> {
    if reply.replies.len() == sent { Ok(reply) } else { Err(AppError::NotOurAnswer) }
}

fn has_held(outbox: &Outbox) -> bool {
    outbox.items().iter().any(|item| matches!(item.state, QueuedState::Held { .. }))
}

fn is_another_author(reply: &CommandReply) -> bool {
    matches!(reply.outcome, Outcome::Rejected { reason: Rejection::AnotherAuthor })
}
