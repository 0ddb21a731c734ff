//! Sending: one batch after another until nothing waits.

use super::round::Stop;
use crate::{
    kernel::PersonId,
    sync::{Failure, NextStep, PushReply, PushRequest, Replica, State, after_failure},
};

impl Replica {
    /// Returns how many commands the server wants to be offered again later.
    pub(super) async fn send(&self, person: PersonId) -> Result<usize, Stop> {
        let mut put_off = 0;
        // What the server keeps unapplied is asked about once, and otherwise only with what waits: it would be kept again
        // and again, and the record that it needs comes by reading.
        let mut first = true;
        while std::mem::take(&mut first) || self.with(|state| state.outbox.has_to_send()) {
            let most = self.batch.get().get();
            let batch = self.with(|state| state.outbox.next_batch(most));
            if batch.is_empty() {
                break;
            }
            let asked = self.host.now();
            let request = PushRequest { device: self.local.device(), sent_at: asked, commands: batch };
            let answer = self.transport.push(&request).await;
            let batch = request.commands;
            let reply = match answer.and_then(|reply| complete(reply, batch.len())) {
                Ok(reply) => reply,
                Err(failure) => {
                    if self.after_failed_push(&batch, failure).await? {
                        continue;
                    }
                    put_off += 1;
                    break;
                }
            };
            self.batch.set(self.batch.get().grown());
            self.meet(person, &reply.server, asked).await?;
            let settle = |state: &mut State| state.outbox.settle(&batch, &reply);
            let settled = self.change_outbox(settle, |settled| !settled.changed.is_empty());
            put_off += settled.later;
            self.keep_states(&settled.changed).await;
            self.still(person)?;
        }
        Ok(put_off)
    }

    /// Asks again about what the server has parked for a record that has come meanwhile. Says whether there is any.
    pub(super) async fn wake(&self) -> bool {
        let wake = |state: &mut State| state.outbox.wake(&state.records);
        let woken = self.change_outbox(wake, |woken| !woken.is_empty());
        self.keep_states(&woken).await;
        !woken.is_empty()
    }

    /// Whether sending goes on at once. It does not where the server stumbled over one command: that one comes after all
    /// others in the next round, and reading is not held up by it.
    async fn after_failed_push(&self, batch: &[String], failure: Failure) -> Result<bool, Stop> {
        match after_failure(&failure, batch.len()).step {
            NextStep::Halve => self.batch.set(self.batch.get().halved(batch.len())),
            NextStep::SetAside => {
                self.change_outbox(|state| state.outbox.set_aside(batch), |()| false);
                return Ok(false);
            }
            NextStep::Quarantine => {
                if !self.change_outbox(|state| state.outbox.is_misread_for_good(batch), |_| false) {
                    self.change_outbox(|state| state.outbox.set_aside(batch), |()| false);
                    return Ok(false);
                }
                let refused = self.change_outbox(|state| state.outbox.quarantine(batch), |_| true);
                self.keep_states(&refused).await;
                return Ok(true);
            }
            NextStep::Retry | NextStep::AwaitSignIn | NextStep::AwaitUpdate => {}
        }
        Err(failure.into())
    }
}

/// A reply that does not answer every command is not ours.
fn complete(reply: PushReply, sent: usize) -> Result<PushReply, Failure> {
    if reply.replies.len() == sent { Ok(reply) } else { Err(Failure::NotOurAnswer) }
}
