//! A record: the newest state of one thing. Every kind goes the same way.

use super::{
    Actor, Attachment, Audience, Bounds, Bytes, CommandId, Post, RecordKey, Refusal, Rights, Sha256, Timestamp, Weight,
};
#[cfg(not(target_family = "wasm"))]
use super::{Unreadable, json};
use crate::kinds::Ends;
use serde::{Serialize, de::DeserializeOwned};
use std::{any::Any, sync::Arc};

/// What lists and jobs ask of a record, whatever its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in a list: when it was first written, by the server's clock as well as we know.
    pub written: Timestamp,
    /// When its newest step came.
    pub changed: Timestamp,
    /// The word of its state.
    pub state: &'static str,
    /// When something has to happen.
    pub due: Option<Timestamp>,
    /// Whose turn it is.
    pub responsible: Option<Post>,
    /// What is looked through for words; empty where it is not.
    pub search: String,
}

/// How it stands with the bytes of an attachment that a record names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The server waits for them.
    Awaited,
    /// The server has them.
    Arrived,
    /// Nobody waits for them any more: taken off by the author, or redacted, before they were uploaded.
    LetGo,
}

/// A kind of record.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Its word, in `kinds::NAMES`.
    const KIND: &'static str;
    /// `false`: the stored text goes out as it is. `true`: decode, [`Record::seen_with`], encode.
    const MASKED: bool = false;

    /// Its name among all.
    fn key(&self) -> RecordKey;

    /// Who may read it.
    fn audience(&self) -> Audience;

    /// What lists and jobs ask.
    fn row(&self) -> Row;

    /// Who made it, where that matters for reading.
    fn author(&self) -> Option<Actor> {
        None
    }

    /// Told to a new device whatever its age. What is not, is told only while it is recent.
    fn stays_open(&self) -> bool {
        true
    }

    /// The photos and voice notes that any of its steps names: who may read the record sees them, and its author may send
    /// their bytes.
    fn attachments(&self) -> Vec<Attachment> {
        Vec::new()
    }

    /// How it stands with the bytes of one of [`Record::attachments`]. A kind with attachments overrides it: the author's
    /// phone uploads what is awaited.
    fn arrival(&self, sha256: &Sha256) -> Arrival {
        let _ = sha256;
        Arrival::Awaited
    }

    /// Whether a command has left a step in it: a phone asks whether its own has come back with the feed. `false` where
    /// commands leave none.
    fn has_step(&self, command: CommandId) -> bool {
        let _ = command;
        false
    }

    /// Whether its words were erased. Which it is, who did what and when, stays; it takes nothing more.
    fn is_erased(&self) -> bool {
        false
    }

    /// What somebody with these rights is told of it; `None` if nothing.
    #[must_use]
    fn seen_with(self, rights: &Rights<'_>) -> Option<Self> {
        let _ = rights;
        Some(self)
    }

    /// How large one may become, and how much may wait for it. Every kind says it.
    #[must_use]
    fn bounds() -> Bounds;

    /// What it holds, and how much of it is `actor`'s.
    fn weight(&self, actor: Actor) -> Weight;
}

/// A record of any kind.
pub type Shared = Arc<dyn AnyRecord>;

/// A record, whatever its kind.
pub trait AnyRecord: Any + Send + Sync {
    /// For whoever knows the kind.
    fn as_any(&self) -> &dyn Any;
    /// [`Record::key`]
    fn key(&self) -> RecordKey;
    /// [`Record::author`]
    fn author(&self) -> Option<Actor>;
    /// [`Record::attachments`]
    fn attachments(&self) -> Vec<Attachment>;
    /// [`Record::arrival`]
    fn arrival(&self, sha256: &Sha256) -> Arrival;
    /// [`Record::has_step`]
    fn has_step(&self, command: CommandId) -> bool;
    /// [`Record::is_erased`]
    fn is_erased(&self) -> bool;
    /// Its JSON text. On the server: a phone keeps envelopes as they came, and does without this code.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    #[cfg(not(target_family = "wasm"))]
    fn text(&self) -> Result<String, Unreadable>;
    /// As it is stored under its JSON text.
    #[cfg(not(target_family = "wasm"))]
    fn stored_as(&self, text: String) -> StoredRecord;
    /// As it is stored.
    ///
    /// # Errors
    /// As [`AnyRecord::text`].
    #[cfg(not(target_family = "wasm"))]
    fn stored(&self) -> Result<StoredRecord, Unreadable> {
        Ok(self.stored_as(self.text()?))
    }
    /// Whether it fits its bounds with so many bytes after a command of `actor`.
    ///
    /// # Errors
    /// [`super::Rejection::FULL`].
    fn check_bounds(&self, bytes: Bytes, actor: Actor, ends: Ends) -> Result<(), Refusal>;
}

/// A record as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its name.
    pub key: RecordKey,
    /// Its JSON text.
    pub text: String,
    /// Who may read it.
    pub audience: Audience,
    /// Who made it.
    pub author: Option<Actor>,
    /// What lists and jobs ask.
    pub row: Row,
    /// Told to a new device whatever its age.
    pub stays_open: bool,
    /// The photos and voice notes that it names.
    pub attachments: Vec<Attachment>,
}

impl<R: Record> AnyRecord for R {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn key(&self) -> RecordKey {
        Record::key(self)
    }

    fn author(&self) -> Option<Actor> {
        Record::author(self)
    }

    fn attachments(&self) -> Vec<Attachment> {
        Record::attachments(self)
    }

    fn arrival(&self, sha256: &Sha256) -> Arrival {
        Record::arrival(self, sha256)
    }

    fn has_step(&self, command: CommandId) -> bool {
        Record::has_step(self, command)
    }

    fn is_erased(&self) -> bool {
        Record::is_erased(self)
    }

    #[cfg(not(target_family = "wasm"))]
    fn text(&self) -> Result<String, Unreadable> {
        json::write(self)
    }

    #[cfg(not(target_family = "wasm"))]
    fn stored_as(&self, text: String) -> StoredRecord {
        StoredRecord {
            key: Record::key(self),
            text,
            audience: self.audience(),
            author: Record::author(self),
            row: Record::row(self),
            stays_open: self.stays_open(),
            attachments: Record::attachments(self),
        }
    }

    fn check_bounds(&self, bytes: Bytes, actor: Actor, ends: Ends) -> Result<(), Refusal> {
        Ok(R::bounds().check(bytes, self.weight(actor), ends)?)
    }
}
