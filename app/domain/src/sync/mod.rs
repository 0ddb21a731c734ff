//! What happened, in which order: how commands and records travel, what a phone keeps and shows of them, what a server
//! decides about a group of pushes, and the one loop that talks. No IO, no clock, no chance: what comes from outside
//! comes through the traits.

mod failure;
mod outbox;
mod queued;
mod retry;
mod status;
mod wire;

pub use failure::Failure;
pub use outbox::{Outbox, Settled};
pub use queued::{Queued, QueuedState, Trouble};
pub use retry::{AfterFailure, Backoff, BatchSize, NextStep, after_failure};
pub use status::{Link, SyncMarks, SyncStatus, sync_status};
pub use wire::{
    BATCH_BYTES, BATCH_COMMANDS, BlobReply, CommandReply, Cursor, Epoch, Outcome, PAGE_BYTES, PAGE_RECORDS, PART_BYTES,
    PROTOCOL, PullReply, PullReplyHead, PullRequest, PushHead, PushReply, PushReplyHead, PushRequest, ServerMark,
    UPLOAD_OFFSET,
};
