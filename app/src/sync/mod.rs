//! What happened, in which order: the outbox of a phone, what the server answers, and what a person sees while the
//! two are not yet one. Pure code, like the domain: the browser's store and the server's database are elsewhere.

mod carried;
pub mod checkup;
mod outbox;
mod retry;
mod status;
mod uploads;
mod view;
mod wire;

pub use carried::{Carried, CarriedBlob, CarriedError, ToTakeIn, UnfinishedText};
pub use checkup::{Checkup, DeviceFacts};
pub use outbox::{BATCH_BYTES, BATCH_COMMANDS, Outbox, Queued, QueuedState, Trouble};
pub use retry::{AfterFailure, Backoff, BatchSize, NextStep, after_failure};
pub use status::{Link, SyncMarks, SyncStatus, sync_status};
pub use uploads::{AfterUpload, Kept, Upload, UploadStep, after_failed_upload, kept_for, to_upload};
pub use view::{Delivery, ShownEntry, check, delivery_of, newest_first, view};
pub use wire::{
    BlobReply, CommandReply, Cursor, Epoch, Outcome, PART_BYTES, PROTOCOL, PullReply, PullRequest, PushReply,
    PushRequest, ServerMark, UPLOAD_OFFSET,
};
