//! What a phone has still to upload beside its words: photos and voice notes, after the records that name them.
//!
//! Nothing is noted about a blob on the phone but its bytes. Whether it waits, for what, and whether it may go follows from
//! what names it: a record, a command in the outbox, or an unfinished text. Where the record has to go from the phone
//! before the server has the bytes, the marks name it ([`super::SyncMarks::still_awaited`]).

use super::{Failure, Outbox, PART_BYTES, Queued, Records};
use crate::kernel::{Arrival, Attachment, CommunityId, PersonId, Sha256, Shared, Span};
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

impl Kept {
    /// What nothing names may be about to be named, in another tab.
    const UNNAMED: Span = Span::days(1);
    /// What is uploaded stays as long as the words that were sent.
    const SENT: Span = Span::days(30);

    /// Whether the bytes may go from the phone, so long after they were kept, or uploaded. Everything that the server does
    /// not have, or that may still be wanted, stays whatever happens. Only asked when the records are whole
    /// ([`super::SyncMarks::first_sync_done`]).
    #[must_use]
    pub fn may_go(self, idle: Span) -> bool {
        match self {
            Self::ForNothing => idle > Self::UNNAMED,
            Self::Uploaded => idle > Self::SENT,
            Self::ForDraft | Self::AfterWords | Self::ToUpload => false,
        }
    }
}

/// Why the bytes of `sha256` are kept by `me`; `drafts` are unfinished texts as the device keeps them, `forgotten` what
/// records that went from here waited for. Where several things name it, what is most urgent counts. What another
/// version of the product wrote counts by the mere name in it.
#[must_use]
pub fn kept_for<'d>(
    sha256: &Sha256,
    me: PersonId,
    records: &Records,
    outbox: &Outbox,
    forgotten: &[Attachment],
    drafts: impl IntoIterator<Item = &'d str>,
) -> Kept {
    let name = sha256.to_string();
    let names_it = |record: &&Shared| record.attachments().iter().any(|one| one.sha256 == *sha256);
    let naming: Vec<&Shared> = records.with_attachments_of(me).filter(names_it).collect();
    // What a record that is here says of it is newer.
    let is_forgotten = naming.is_empty() && forgotten.iter().any(|one| one.sha256 == *sha256);
    let in_records = naming.into_iter().map(|record| match record.arrival(sha256) {
        Arrival::Arrived => Kept::Uploaded,
        Arrival::Awaited => Kept::ToUpload,
        Arrival::LetGo => Kept::ForNothing,
    });
    let in_records = in_records.chain(is_forgotten.then_some(Kept::ToUpload));
    let in_outbox = outbox.items().iter().filter(|item| item.bytes.contains(&name));
    let in_outbox = in_outbox.map(|item| if item.is_unsent() { Kept::AfterWords } else { Kept::ToUpload });
    let in_draft = drafts.into_iter().filter(|text| text.contains(&name)).map(|_| Kept::ForDraft);
    in_records.chain(in_outbox).chain(in_draft).max().unwrap_or(Kept::ForNothing)
}

/// What the server waits for and this phone may have: the oldest record first, each attachment once, and last what records
/// that went from here waited for. One that cannot be sent is passed over by whoever sends; none waits for another.
#[must_use]
pub fn to_upload(me: PersonId, records: &Records, outbox: &Outbox, forgotten: &[Attachment]) -> Vec<Attachment> {
    let mut own: Vec<&Shared> = records.with_attachments_of(me).collect();
    own.sort_by_cached_key(|record| record.key().id);
    let named: Vec<(Attachment, Arrival)> = own.iter().flat_map(|record| with_arrival(record)).collect();
    let arrived = |sha256: &Sha256| named.iter().any(|(one, how)| one.sha256 == *sha256 && *how == Arrival::Arrived);
    // What its author has taken off again, or made unrecognisable, before it was uploaded stays where it is.
    let awaited = named.iter().filter(|(_, how)| *how == Arrival::Awaited).map(|(one, _)| one.clone());
    let acknowledged = outbox.items().iter().filter(|item| !item.is_unsent()).flat_map(Queued::attached);
    let is_named = |sha256: &Sha256| named.iter().any(|(one, _)| one.sha256 == *sha256);
    let forgotten = forgotten.iter().filter(|one| !is_named(&one.sha256)).cloned();
    each_once(awaited.chain(acknowledged).chain(forgotten).filter(|one| !arrived(&one.sha256)).collect())
}

/// What the server goes on waiting for when the records of some communities go from this phone, as far as no record that
/// stays says so: the words are with the server, and it takes the bytes of its sender whatever has become of their posts.
/// `before` went earlier.
#[must_use]
pub fn still_awaited(
    me: PersonId,
    records: &Records,
    outbox: &Outbox,
    before: &[Attachment],
    goes: impl Fn(CommunityId) -> bool,
) -> Vec<Attachment> {
    let own = records.with_attachments_of(me).flat_map(|record| {
        let goes = goes(record.key().community);
        with_arrival(record).into_iter().map(move |(one, how)| (one, how, goes))
    });
    let own: Vec<(Attachment, Arrival, bool)> = own.collect();
    let is_said = |one: &Attachment| {
        let says = |(other, how, goes): &(Attachment, Arrival, bool)| {
            other.sha256 == one.sha256 && (!goes || *how == Arrival::Arrived)
        };
        own.iter().any(says)
    };
    let awaited = own.iter().filter(|(_, how, goes)| *goes && *how == Arrival::Awaited).map(|(one, _, _)| one.clone());
    let is_going = |item: &&Queued| !item.is_unsent() && item.record().is_some_and(|key| goes(key.community));
    let acknowledged = outbox.items().iter().filter(is_going).flat_map(Queued::attached);
    each_once(before.iter().cloned().chain(awaited).chain(acknowledged).filter(|one| !is_said(one)).collect())
}

fn each_once(attachments: Vec<Attachment>) -> Vec<Attachment> {
    let mut all: Vec<Attachment> = Vec::new();
    for one in attachments {
        if all.iter().all(|other| other.sha256 != one.sha256) {
            all.push(one);
        }
    }
    all
}

fn with_arrival(record: &Shared) -> Vec<(Attachment, Arrival)> {
    let with = |one: Attachment| {
        let arrival = record.arrival(&one.sha256);
        (one, arrival)
    };
    record.attachments().into_iter().map(with).collect()
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
    /// Parts in a row that bring an upload no further, before it has to wait: the way may be broken, or the bytes
    /// damaged on it each time.
    const PATIENCE: u8 = 3;

    /// Begins to upload an attachment, or goes on with it: nobody notes how far it came, the server knows.
    #[must_use]
    pub const fn new(attachment: &Attachment) -> Self {
        Self { bytes: attachment.bytes.get(), there: None, best: 0, stuck: 0, whole: false }
    }

    /// What to do next.
    #[must_use]
    pub fn step(&self) -> UploadStep {
        match self.there {
            _ if self.whole => UploadStep::Done,
            _ if self.stuck >= Self::PATIENCE => UploadStep::Rest,
            None => UploadStep::Ask,
            Some(there) => UploadStep::Send(there..self.bytes.min(there.saturating_add(PART_BYTES.get()))),
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
        self.stuck = self.stuck.saturating_add(1);
        self.asked(there);
    }

    /// A part went without an answer: how much of it came is not known.
    pub const fn cut(&mut self) {
        self.stuck = self.stuck.saturating_add(1);
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

/// The table: what each failure means for the uploads.
#[must_use]
pub const fn after_failed_upload(failure: &Failure) -> AfterUpload {
    match failure {
        Failure::BadRequest { .. } => AfterUpload::Refused,
        Failure::NotFound | Failure::Forbidden { .. } | Failure::Internal => AfterUpload::PassOver,
        Failure::Unreachable
        | Failure::NotOurAnswer
        | Failure::SignInNeeded { .. }
        | Failure::WrongCredentials
        | Failure::TooOld
        | Failure::TooManyAttempts { .. }
        | Failure::Unavailable { .. } => AfterUpload::Stop,
    }
}
