//! The export file, which a person takes off a device by hand: everything that the server does not have, and what is
//! not finished.
//!
//! | | |
//! |---|---|
//! | data | the very bytes of every unsent command of one person, their unfinished texts, and the photos and voice notes that only this device has; JSON, so that words can be found in it without us |
//! | who | whoever is signed in on the device, for themselves; also without signal, and after the account was closed |
//! | into the log | `watchlog import outbox FILE` on the server, or 从文件取回 on another device of the same person. Both end in an ordinary push: what came by itself meanwhile is not there twice |
//! | never | the file takes nothing off the device. It is not signed: on another device it is only taken in by its author, and whoever imports it on the server answers for who brought it |

use super::{Outbox, Queued, QueuedState, Records, SyncMarks};
use crate::kernel::{Actor, Bytes, Command, CommandId, DeviceId, Known, Look, PersonId, Sha256, Span, Timestamp, json};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// The export file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// The version of the format: [`ExportFile::FORMAT`].
    pub watchlog_outbox: u32,
    /// Whose it is.
    pub author: PersonId,
    /// As written in the log.
    pub name: String,
    /// The device it was taken from.
    pub device: DeviceId,
    /// When, by that device's clock.
    pub taken: Timestamp,
    /// What to add to that device's clock to get the server's.
    pub clock_offset: Option<Span>,
    /// The bytes of commands as they are sent, in their order.
    pub commands: Vec<String>,
    /// What was not finished.
    pub unfinished: Vec<UnfinishedText>,
    /// Photos and voice notes that the server does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blobs: Vec<ExportedBlob>,
}

/// A photo or a voice note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedBlob {
    /// Its name.
    pub sha256: Sha256,
    /// Its bytes.
    base64: String,
}

impl ExportedBlob {
    /// These bytes, under their name.
    #[must_use]
    pub fn of(sha256: Sha256, bytes: &[u8]) -> Self {
        Self { sha256, base64: STANDARD.encode(bytes) }
    }

    /// The bytes; `None` where they are not what their name says.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(&self.base64).ok()?;
        (Sha256::of(&bytes) == self.sha256).then_some(bytes)
    }
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Form {
    watchlog_outbox: u32,
}

/// What another device takes in of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToTakeIn {
    /// Commands that it does not know.
    pub commands: Vec<Queued>,
    /// How many are somebody else's, and stay in the file.
    pub left_out: usize,
}

/// A text that is no entry yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedText {
    /// The place of the text, as the device calls it.
    pub key: String,
    /// The text as the device keeps it.
    pub text: String,
}

/// Why a file is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportFileError {
    /// It is something else.
    #[error("this is no file of unsent entries")]
    NotOurs,
    /// A newer version wrote it.
    #[error("this file was written by a newer version")]
    Newer,
    /// It is larger than any outbox.
    #[error("this file has more than {} bytes", ExportFile::MOST_BYTES.get())]
    TooLarge,
    /// It is somebody else's.
    #[error("this file belongs to somebody else")]
    NotTheirs,
}

impl ExportFileError {
    /// What is said to whoever chose the file.
    #[must_use]
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::NotOurs => "这不是从这里存出去的文件，没有动手机里的东西。",
            Self::Newer => "这个文件是新版本存的。先更新，再取回。",
            Self::TooLarge => "这个文件太大，不是从这里存出去的。",
            Self::NotTheirs => "这个文件是别人的。请本人登录后再取回。",
        }
    }
}

impl ExportFile {
    /// The version of the format that this code writes.
    pub const FORMAT: u32 = 1;
    /// The largest file that is read: some ten thousand entries, or two hundred photos.
    pub const MOST_BYTES: Bytes = Bytes::new(100_000_000);

    /// Everything of one person, with their name in the log, that the server does not have in force, taken at `now` by the
    /// clock of `device`; unfinished texts with their keys.
    #[must_use]
    pub fn of(
        (author, name): (PersonId, &str),
        device: DeviceId,
        now: Timestamp,
        marks: &SyncMarks,
        outbox: &Outbox,
        unfinished: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            watchlog_outbox: Self::FORMAT,
            author,
            name: name.to_owned(),
            device,
            taken: now,
            clock_offset: marks.offset_at(now),
            commands: outbox.unsent().map(|item| item.bytes.clone()).collect(),
            unfinished: unfinished.into_iter().map(|(key, text)| UnfinishedText { key, text }).collect(),
            blobs: Vec::new(),
        }
    }

    /// The file with this one command alone, for a command that has to go another way than the others.
    #[must_use]
    pub fn alone(mut self, id: CommandId) -> Self {
        self.commands.retain(|bytes| Command::read(bytes).is_ok_and(|command| command.head.id == id));
        self.unfinished.clear();
        self
    }

    /// Whether something in it names a photo or voice note.
    #[must_use]
    pub fn names(&self, sha256: &Sha256) -> bool {
        let name = sha256.to_string();
        let unfinished = self.unfinished.iter().map(|one| &one.text);
        self.commands.iter().chain(unfinished).any(|text| text.contains(&name))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.commands.is_empty() && self.unfinished.is_empty() && self.blobs.is_empty()
    }

    /// A name that tells people whose it is and from when.
    #[must_use]
    pub fn file_name(&self) -> String {
        let taken = self.taken.plus(self.clock_offset.unwrap_or_default());
        ["守望日志-没传的-", &self.name, "-", &taken.day().compact(), ".json"].concat()
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        // None of our types fails to have a JSON form.
        json::write(self).unwrap_or_default()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ExportFileError`], never [`ExportFileError::NotTheirs`].
    pub fn read(text: &[u8]) -> Result<Self, ExportFileError> {
        if Bytes::of(text) > Self::MOST_BYTES {
            return Err(ExportFileError::TooLarge);
        }
        // A later version of the format may have any other fields, but this one it has.
        let form = json::read::<Form>(text).map_err(|_| ExportFileError::NotOurs)?.watchlog_outbox;
        if form > Self::FORMAT {
            return Err(ExportFileError::Newer);
        }
        json::read(text).map_err(|_| ExportFileError::NotOurs)
    }

    /// What another device of the same person takes in: commands that it knows neither as unsent nor from the records,
    /// to be sent as if they had been written there.
    ///
    /// # Errors
    /// [`ExportFileError::NotTheirs`].
    pub fn commands_for(&self, me: PersonId, outbox: &Outbox, records: &Records) -> Result<ToTakeIn, ExportFileError> {
        if self.author != me {
            return Err(ExportFileError::NotTheirs);
        }
        let is_known = |bytes: &String| outbox.items().iter().any(|item| item.bytes == *bytes);
        let has_come = |command: &Command| match records.look(command.head.first()) {
            Look::Here(record) => record.has_step(command.head.id),
            Look::Nowhere | Look::Unread => false,
        };
        let new = self.commands.iter().filter(|bytes| !is_known(bytes));
        let new = new.map(|bytes| Queued::restored(bytes.clone(), QueuedState::Waiting));
        // Whoever edited the file cannot make others say something with it. What this version cannot read is kept as the
        // outbox keeps it: another version, or the server, may.
        let is_mine = |item: &Queued| item.actor().is_none_or(|actor| actor == Actor::Person(me));
        let (mine, others): (Vec<_>, Vec<_>) = new.partition(is_mine);
        let commands = mine.into_iter().filter(|item| !item.command.as_ref().is_some_and(has_come)).collect();
        Ok(ToTakeIn { commands, left_out: others.len() })
    }
}
