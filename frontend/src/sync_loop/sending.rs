//! Sending: one batch after another until nothing waits.

use super::{SyncLoop, answered, round::Stop};
use crate::browser;
use app::{
    api,
    domain::PersonId,
    error::AppError,
    local_store::LocalStore,
    sync::{NextStep, Outbox, PROTOCOL, PushReply, PushRequest, Queued, after_failure},
};

impl SyncLoop {
    pub(super) async fn send(&self, person: PersonId) -> Result<(), Stop> {
        // What the server holds is asked about once, and otherwise only with what waits: it would be held again and again,
        // and the entry that it needs comes by reading.
        let mut first = true;
        while std::mem::take(&mut first) || self.client.outbox.with_untracked(Outbox::has_waiting) {
            let most = self.batch.get().get();
            let batch = self.client.outbox.with_untracked(|outbox| outbox.next_batch(most));
            if batch.is_empty() {
                break;
            }
            let asked = browser::now();
            let request = PushRequest {
                protocol: PROTOCOL,
                device: self.device.device(),
                sent_at: asked,
                commands: batch.clone(),
            };
            let reply = match answered(api::push(request)).await {
                Ok(reply) => complete(reply, batch.len())?,
                Err(error) => {
                    self.after_failed_push(&batch, error).await?;
                    continue;
                }
            };
            self.batch.set(self.batch.get().grown());
            self.meet(person, &reply.server, asked).await?;
            let settled = self.client.outbox.try_update(|outbox| outbox.settle(&batch, &reply.replies));
            self.keep_states(&settled.unwrap_or_default()).await;
        }
        Ok(())
    }

    /// Asks again about what the server holds for an entry that has come meanwhile. Says whether there is any.
    pub(super) async fn wake(&self) -> bool {
        let known = self.client.records;
        let woken = known.with_untracked(|known| {
            self.client.outbox.try_maybe_update(|outbox| {
                let woken = outbox.wake(known);
                (!woken.is_empty(), woken)
            })
        });
        let woken = woken.unwrap_or_default();
        self.keep_states(&woken).await;
        !woken.is_empty()
    }

    /// A state that is not kept is asked for again after the next start.
    async fn keep_states(&self, items: &[Queued]) {
        if let Err(error) = self.device.settle(items).await {
            leptos::logging::warn!("states not kept: {error}");
        }
    }

    /// `Ok` where the others can go on at once.
    async fn after_failed_push(&self, batch: &[String], error: AppError) -> Result<(), Stop> {
        match after_failure(&error, batch.len()).step {
            NextStep::Halve => self.batch.set(self.batch.get().halved(batch.len())),
            NextStep::SetAside => self.client.outbox.update(|outbox| outbox.set_aside(batch)),
            NextStep::Quarantine => {
                let refused = self.client.outbox.try_update(|outbox| outbox.quarantine(batch, &error.to_string()));
                self.keep_states(&refused.unwrap_or_default()).await;
                return Ok(());
            }
            NextStep::Retry | NextStep::AwaitSignIn | NextStep::AwaitUpdate => {}
        }
        Err(error.into())
    }
}

/// A reply that does not answer every command is not ours.
fn complete(reply: PushReply, sent: usize) -> Result<PushReply, AppError> {
    if reply.replies.len() == sent { Ok(reply) } else { Err(AppError::NotOurAnswer) }
}
