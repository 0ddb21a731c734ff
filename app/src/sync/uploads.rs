//! What a phone has still to upload beside its words: photos and voice notes, after the entries that name them
//! (DESIGN.md 5.8).
//!
//! Nothing is noted about a blob on the phone but its bytes. Whether it waits, for what, and whether it may go follows from
//! what names it: an entry of the log, a command in the outbox, or an unfinished text.

use super::{Outbox, PART_BYTES, Queued, QueuedState};
use crate::domain::{Attachment, Entry, PersonId, Records, Sha256Hex};
use crate::error::AppError;
use std::ops::Range;

/// Why a phone keeps the bytes of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// Nothing names it any more.
    ForNothing,
    /// The server has it: kept for a while, as everything that was sent, for a server that is restored from a backup.
    Uploaded,
    /// Only an unfinished text names it.
    ForDraft,
    /// The words that name it are not uploaded: they come first.
    AfterWords,
    /// The server has the words, and waits for it.
    ToUpload,
}

const DAY_MILLIS: i64 = 24 * 3_600_000;

impl Kept {
    /// Whether the bytes may go from the phone, `idle` milliseconds after they were kept, or uploaded. What nothing names may
    /// be about to be named, in another tab; what is uploaded stays as long as the words that were sent (DESIGN.md 5.4).
    /// Everything else stays whatever happens.
    #[must_use]
    pub const fn may_go(self, idle: i64) -> bool {
        match self {
            Self::ForNothing => idle > DAY_MILLIS,
            Self::Uploaded => idle > 30 * DAY_MILLIS,
            Self::ForDraft | Self::AfterWords | Self::ToUpload => false,
        }
    }
}

/// Why the bytes of `sha256` are kept by `me`; `drafts` are unfinished texts as the device keeps them. Where several things
/// name it, what is most urgent counts. What another version of the product wrote counts by the mere name in it.
#[must_use]
pub fn kept_for<'d>(
    sha256: &Sha256Hex,
    me: PersonId,
    records: &Records,
    outbox: &Outbox,
    drafts: impl IntoIterator<Item = &'d str>,
) -> Kept {
    let in_log = own_entries(records, me).map(|entry| match entry.attachment(sha256) {
        Some(_) if entry.arrived.contains(sha256) => Kept::Uploaded,
        Some(_) if entry.missing().any(|one| one.sha256 == *sha256) => Kept::ToUpload,
        // Taken off by its author before it was uploaded.
        Some(_) | None => Kept::ForNothing,
    });
    let named = |text: &str| text.contains(&sha256.0);
    let in_outbox = outbox.items().iter().filter(|item| named(&item.bytes));
    let in_outbox = in_outbox.map(|item| if is_known(item) { Kept::ToUpload } else { Kept::AfterWords });
    let in_draft = drafts.into_iter().filter(|text| named(text)).map(|_| Kept::ForDraft);
    in_log.chain(in_outbox).chain(in_draft).max().unwrap_or(Kept::ForNothing)
}

/// What the server waits for and this phone may have: the oldest entry first, each attachment once. One that cannot be sent
/// is passed over by whoever sends; none waits for another.
#[must_use]
pub fn to_upload(me: PersonId, records: &Records, outbox: &Outbox) -> Vec<Attachment> {
    let mut entries: Vec<&Entry> = own_entries(records, me).collect();
    entries.sort_by_key(|entry| entry.place_in_list());
    let mut all: Vec<Attachment> = Vec::new();
    let mut add = |one: &Attachment| {
        let arrived = entries.iter().any(|entry| entry.arrived.contains(&one.sha256));
        if !arrived && all.iter().all(|other| other.sha256 != one.sha256) {
            all.push(one.clone());
        }
    };
    for entry in &entries {
        // What its author has taken off again, or made unrecognisable, before it was uploaded stays where it is.
        entry.missing().for_each(&mut add);
    }
    for item in outbox.items().iter().filter(|item| is_known(item)) {
        item.attached().iter().for_each(&mut add);
    }
    all
}

/// The entries that `me` wrote. Only their author's phone has their attachments.
fn own_entries(records: &Records, me: PersonId) -> impl Iterator<Item = &Entry> {
    records.entries.values().map(|entry| &**entry).filter(move |entry| entry.author == me)
}

/// Whether the server has the words.
const fn is_known(item: &Queued) -> bool {
    matches!(item.state, QueuedState::Acknowledged { .. })
}

/// One upload, from the first question to the last byte: what to ask or send next, and what the answers mean. A connection
/// may be cut anywhere; what the server has of it stays there.
#[derive(Clone, Debug)]
pub struct Upload {
    bytes: u64,
    /// How much of it the server has, as far as is known.
    there: Option<u64>,
    /// The most that it ever had.
    best: u64,
    /// How often a part was sent in vain since then.
    stuck: u8,
    /// The server has said that it has these very bytes.
    whole: bool,
}

/// What to do next with an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadStep {
    /// Ask how far it is (`HEAD`).
    Ask,
    /// Send these bytes (`PUT`). An empty range is sent, too: it has the server look at what it has.
    Send(Range<u64>),
    /// The server has it.
    Done,
    /// It does not get on. Another time.
    Rest,
}

impl Upload {
    /// Parts in a row that bring an upload no further, before it has to wait: the way may be broken, or the bytes damaged on
    /// it each time.
    const PATIENCE: u8 = 3;

    /// Begins to upload an attachment, or goes on with it: nobody notes how far it came, the server knows.
    #[must_use]
    pub const fn new(attachment: &Attachment) -> Self {
        Self { bytes: attachment.bytes, there: None, best: 0, stuck: 0, whole: false }
    }

    /// What to do next.
    #[must_use]
    pub fn step(&self) -> UploadStep {
        match self.there {
            _ if self.whole => UploadStep::Done,
            _ if self.stuck >= Self::PATIENCE => UploadStep::Rest,
            None => UploadStep::Ask,
            Some(there) => UploadStep::Send(there..self.bytes.min(there + PART_BYTES as u64)),
        }
    }

    /// The server was asked, and says how much it has.
    pub const fn asked(&mut self, there: u64) {
        // More than there is: it has other bytes in mind, and would not take any of these.
        let there = if there > self.bytes { self.bytes } else { there };
        self.there = Some(there);
        if there > self.best {
            self.best = there;
            self.stuck = 0;
        }
    }

    /// A part was sent: how much the server has then, and whether that is all of it, with the right hash.
    pub const fn sent(&mut self, there: u64, whole: bool) {
        self.whole = whole;
        self.stuck += 1;
        self.asked(there);
    }

    /// A part went without an answer: how much of it came is not known.
    pub const fn cut(&mut self) {
        self.stuck += 1;
        self.there = None;
    }
}

/// What a failed upload means. What is not in here was answered, with how far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterUpload {
    /// Nothing gets through now: all of them wait.
    Stop,
    /// Not this one now, but others: the server does not know its words yet, or stumbles over it.
    PassOver,
    /// The server will never take these bytes: not what they are said to be.
    Refused,
}

/// The table: what each error means for the uploads.
#[must_use]
pub const fn after_failed_upload(error: &AppError) -> AfterUpload {
    match error {
        AppError::BadRequest { .. } => AfterUpload::Refused,
        AppError::NotFound | AppError::Forbidden | AppError::Internal => AfterUpload::PassOver,
        AppError::Unreachable
        | AppError::NotOurAnswer
        | AppError::SignInNeeded
        | AppError::WrongCredentials
        | AppError::TooOld
        | AppError::TooManyAttempts { .. }
        | AppError::Unavailable { .. } => AfterUpload::Stop,
    }
}
