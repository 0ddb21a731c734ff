//! Everything a person can do, decided at the moment they do it. Replaying a command needs no clock, no random
//! number and no network. Commands are kept for ever: they are the audit trail.

use super::{CommandId, DeviceId, EntryForm, EntryId, Part, PersonId, Timestamp};
use crate::json::{self, Unreadable};
use serde::{Deserialize, Serialize};

/// What somebody did, when, where and as whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The key of idempotency.
    pub id: CommandId,
    /// Who.
    pub author: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// When, by the device's clock.
    pub written: Timestamp,
    /// What to add to the device's clock to get the server's (milliseconds), as last measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<i64>,
    /// What.
    pub act: Act,
}

/// What can be done. Each act concerns one entry: order matters within an entry and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// 记一条
    WriteEntry {
        /// The new entry's id.
        entry: EntryId,
        /// Code of the micro-grid.
        micro_grid: String,
        /// What it says.
        form: EntryForm,
    },
    /// 改一改: a later version of one's own entry.
    AmendEntry {
        /// Which entry.
        entry: EntryId,
        /// The version that the author was looking at.
        replaces: CommandId,
        /// What it says now.
        form: EntryForm,
    },
    /// 撤回: take back one's own entry.
    WithdrawEntry {
        /// Which entry.
        entry: EntryId,
    },
    /// 已阅
    MarkRead {
        /// Which entry.
        entry: EntryId,
    },
    /// 点评
    Comment {
        /// Which entry.
        entry: EntryId,
        /// What the reviewer says.
        text: String,
    },
    /// 退回补充
    SendBack {
        /// Which entry.
        entry: EntryId,
        /// The part that lacks something.
        part: Part,
        /// What is asked.
        question: String,
    },
    /// The author's answer to a question.
    Answer {
        /// Which entry.
        entry: EntryId,
        /// The command that asked.
        question: CommandId,
        /// The answer.
        text: String,
    },
}

impl Act {
    /// The entry that it concerns.
    #[must_use]
    pub const fn entry(&self) -> EntryId {
        match self {
            Self::WriteEntry { entry, .. }
            | Self::AmendEntry { entry, .. }
            | Self::WithdrawEntry { entry }
            | Self::MarkRead { entry }
            | Self::Comment { entry, .. }
            | Self::SendBack { entry, .. }
            | Self::Answer { entry, .. } => *entry,
        }
    }

    /// What the entry is to say, where it writes or changes one.
    #[must_use]
    pub const fn form(&self) -> Option<&EntryForm> {
        match self {
            Self::WriteEntry { form, .. } | Self::AmendEntry { form, .. } => Some(form),
            _ => None,
        }
    }
}

/// The bytes are not a command of this protocol.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a command: {0}")]
pub struct CommandParseError(String);

impl From<Unreadable> for CommandParseError {
    fn from(error: Unreadable) -> Self {
        Self(error.to_string())
    }
}

impl Command {
    /// Most bytes of one command: three full parts of four-byte characters and all the rest.
    pub const MOST_BYTES: usize = 48 * 1024;

    /// When it was written, by the server's clock as well as we know.
    #[must_use]
    pub const fn corrected(&self) -> Timestamp {
        match self.clock_offset {
            Some(offset) => self.written.plus_millis(offset),
            None => self.written,
        }
    }

    /// The bytes that are stored, sent and hashed: JSON, made once, never made again.
    ///
    /// # Errors
    /// When it would be longer than [`Command::MOST_BYTES`]: what [`Command::from_bytes`] would not read is not
    /// written in the first place (LESSONS.md L9).
    pub fn to_bytes(&self) -> Result<String, CommandParseError> {
        let bytes = json::write(self)?;
        fits(&bytes).map(|()| bytes)
    }

    /// Reads the bytes of a command.
    ///
    /// # Errors
    /// For anything that is not a command of this protocol, unknown fields included.
    pub fn from_bytes(bytes: &str) -> Result<Self, CommandParseError> {
        fits(bytes)?;
        Ok(json::read(bytes.as_bytes())?)
    }
}

fn fits(bytes: &str) -> Result<(), CommandParseError> {
    if bytes.len() > Command::MOST_BYTES {
        return Err(CommandParseError(format!("more than {} bytes", Command::MOST_BYTES)));
    }
    Ok(())
}
