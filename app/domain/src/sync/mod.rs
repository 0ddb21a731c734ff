//! What happened, in which order: how commands and records travel, what a phone keeps and shows of them, what a server
//! decides about a group of pushes, and the one sync loop. No IO, no clock, no random numbers: what comes from outside
//! comes through the traits.

mod card;
pub mod checkup;
#[cfg(not(target_family = "wasm"))]
pub mod decide;
mod delivery;
mod drafts;
mod export_file;
mod failure;
#[cfg(not(target_family = "wasm"))]
pub mod feed;
mod host;
mod local_error;
mod local_store;
mod notify;
mod outbox;
mod queued;
mod records;
mod replica;
mod retention;
mod retry;
mod stash;
mod status;
mod talk;
mod transport;
mod uploads;
mod view;
mod wire;

pub use card::{Card, MeReply, MeReplyHead};
pub use checkup::{Checkup, DeviceFacts};
pub use delivery::{Delivery, delivery_of};
pub use drafts::Drafts;
pub use export_file::{ExportFile, ExportFileError, ExportedBlob, ToTakeIn, UnfinishedText};
pub use failure::Failure;
pub use host::{Alone, Host, News, Turn};
pub use local_error::LocalError;
pub use local_store::{Identity, KeptBlob, LeftBehind, LocalStore, Page, Snapshot};
pub use notify::Notify;
pub use outbox::{Outbox, Settled};
pub use queued::{Queued, QueuedState, Trouble};
pub use records::{Records, as_type};
pub use replica::{Changed, Doors, NotEntered, NotSaved, NotTakenIn, Replica, State, TakenIn};
pub use retention::{Cause, Holding, KINDS_THAT_STAY, LetGo, let_go};
pub use retry::{AfterFailure, Backoff, BatchSize, NextStep, after_failure, any_number};
pub use stash::Stash;
pub use status::{Link, SyncMarks, SyncStatus, sync_status};
pub use talk::{Done, Stop, Work, upload};
pub use transport::Transport;
pub use uploads::{AfterUpload, Kept, Upload, UploadStep, after_failed_upload, kept_for, still_awaited, to_upload};
pub use view::{Overlay, Shown, View, check};
pub use wire::{
    BATCH_BYTES, BATCH_COMMANDS, BlobReply, CommandReply, Cursor, Epoch, Outcome, PAGE_BYTES, PAGE_RECORDS, PART_BYTES,
    PROTOCOL, PullReply, PullReplyHead, PullRequest, PushHead, PushReply, PushReplyHead, PushRequest, ServerMark,
    UPLOAD_OFFSET,
};
