//! An entry of the log, through all its versions. Nothing is ever overwritten: a later version names the one it
//! replaces, and all of them stay.

use super::{
    Attachment, CategorySet, Clash, CommandId, CommunityCode, EntryContent, EntryId, EntryNumber, MicroGridCode,
    PersonId, ReviewEvent, Sha256Hex, Timestamp,
};
use serde::{Deserialize, Serialize};

/// The times of one thing that somebody did (DESIGN.md 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// By the clock of the device.
    pub written: Timestamp,
    /// What to add to the device's clock to get the server's, in milliseconds, as far as it was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<i64>,
    /// When the server had it; `None` while it is only on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Timestamp>,
}

/// From this much time between writing and receiving, an entry is marked 离线补传.
const LATE_MILLIS: i64 = 10 * 60_000;

impl Times {
    /// When it was written, by the server's clock as well as we know.
    #[must_use]
    pub const fn corrected(&self) -> Timestamp {
        self.correct(self.written)
    }

    /// An instant of the device's clock, by the server's clock as well as we know.
    #[must_use]
    pub const fn correct(&self, device_time: Timestamp) -> Timestamp {
        match self.clock_offset {
            Some(offset) => device_time.plus_millis(offset),
            None => device_time,
        }
    }

    /// When it counts as having happened among what others did: receipt, or writing while it is only on the phone.
    #[must_use]
    pub const fn effective(&self) -> Timestamp {
        match self.received {
            Some(received) => received,
            None => self.corrected(),
        }
    }

    /// Whether it was written without signal and sent later (离线补传). Such an entry is never a late answer.
    #[must_use]
    pub fn is_late_upload(&self) -> bool {
        self.received.is_some_and(|received| received.since(self.corrected()) >= LATE_MILLIS)
    }
}

/// What an entry said at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryVersion {
    /// The command that wrote it.
    pub id: CommandId,
    /// The version that whoever wrote it was looking at. It may be one that the server never took; the words count all
    /// the same, in the order in which they arrive, and nothing is overwritten by them without a word (`merge.rs`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CommandId>,
    /// Who wrote it, where that is not the author of the entry: a stand-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Another version, where this one says what that and the one that it replaces say together (`merge.rs`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merges: Option<CommandId>,
    /// What it says.
    pub content: EntryContent,
    /// Where the other one says something else in the same field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<Clash>,
    /// When.
    pub times: Times,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Made by the phone.
    pub id: EntryId,
    /// Given by the server; `None` while the entry is only on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<EntryNumber>,
    /// Who wrote it.
    pub author: PersonId,
    /// The one micro-grid it hangs on.
    pub micro_grid: MicroGridCode,
    /// What it said first.
    pub first: EntryVersion,
    /// What it said later, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amendments: Vec<EntryVersion>,
    /// What reviewers and the author said about it, in the order in which the server had it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<ReviewEvent>,
    /// Taken back by its author (撤回): kept, and shown as such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Times>,
    /// The command that took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<CommandId>,
    /// Attachments of any of its versions whose bytes the server has, in the order in which they came. What is named and
    /// not here is still on a phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrived: Vec<Sha256Hex>,
}

impl Entry {
    /// The version that counts.
    #[must_use]
    pub fn current(&self) -> &EntryVersion {
        self.amendments.last().unwrap_or(&self.first)
    }

    /// A version.
    #[must_use]
    pub fn version(&self, id: CommandId) -> Option<&EntryVersion> {
        self.versions().find(|version| version.id == id)
    }

    /// What the entry says now.
    #[must_use]
    pub fn content(&self) -> &EntryContent {
        &self.current().content
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &EntryVersion> {
        std::iter::once(&self.first).chain(&self.amendments)
    }

    /// The categories that any of its versions has had. Whoever could see one version keeps seeing the entry: what
    /// was read and reviewed does not vanish because its author files it elsewhere.
    #[must_use]
    pub fn categories(&self) -> CategorySet {
        self.versions().map(|version| version.content.category()).collect()
    }

    /// The community it belongs to.
    #[must_use]
    pub fn community(&self) -> CommunityCode {
        self.micro_grid.community()
    }

    /// When it was first written, by the server's clock as well as we know.
    #[must_use]
    pub const fn written(&self) -> Timestamp {
        self.first.times.corrected()
    }

    /// Where it stands in a list. The id alone would not do: it carries the clock of the device, which may have been
    /// wrong by years.
    #[must_use]
    pub const fn place_in_list(&self) -> (Timestamp, EntryId) {
        (self.written(), self.id)
    }

    /// When it happened, by the server's clock as well as we know.
    #[must_use]
    pub fn happened(&self) -> Timestamp {
        let current = self.current();
        current.times.correct(current.content.happened())
    }

    /// The attachments of all its versions, each once, oldest first.
    #[must_use]
    pub fn attachments(&self) -> Vec<&Attachment> {
        let mut all: Vec<&Attachment> = Vec::new();
        for one in self.versions().flat_map(|version| version.content.attachments()) {
            if all.iter().all(|other| other.sha256 != one.sha256) {
                all.push(one);
            }
        }
        all
    }

    /// The attachment of this name, in any of its versions.
    #[must_use]
    pub fn attachment(&self, sha256: &Sha256Hex) -> Option<&Attachment> {
        self.versions().flat_map(|version| version.content.attachments()).find(|one| one.sha256 == *sha256)
    }

    /// Attachments of the current version whose bytes the server does not have (LESSONS.md L15).
    pub fn missing(&self) -> impl Iterator<Item = &Attachment> {
        self.content().attachments().iter().filter(|one| !self.arrived.contains(&one.sha256))
    }

    /// The server has the bytes of an attachment. Says whether that is news.
    pub fn take_arrival(&mut self, sha256: &Sha256Hex) -> bool {
        let news = self.attachment(sha256).is_some() && !self.arrived.contains(sha256);
        if news {
            self.arrived.push(sha256.clone());
        }
        news
    }

    /// Whether a command has already had its effect on the entry.
    #[must_use]
    pub fn has_step(&self, command: CommandId) -> bool {
        self.versions().any(|version| version.id == command)
            || self.reviews.iter().any(|event| event.id == command)
            || self.withdrawn_by == Some(command)
    }
}
