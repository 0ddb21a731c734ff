//! What happened, in which order: how commands and records travel, what a phone keeps and shows of them, what a server
//! decides about a group of pushes, and the one loop that talks. No IO, no clock, no chance: what comes from outside
//! comes through the traits.

pub mod decide;
pub mod feed;
mod wire;

pub use wire::{
    BATCH_BYTES, BATCH_COMMANDS, BlobReply, CommandReply, Cursor, Epoch, Outcome, PAGE_BYTES, PAGE_RECORDS, PART_BYTES,
    PROTOCOL, PullReply, PullReplyHead, PullRequest, PushHead, PushReply, PushReplyHead, PushRequest, ServerMark,
    UPLOAD_OFFSET,
};
