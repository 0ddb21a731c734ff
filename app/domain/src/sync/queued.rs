//! A command in the outbox, and where it stands.

use crate::{
    kernel::{Actor, Attachment, Command, CommandId, CommunityId, RecordKey, Rejection, Unreadable, json},
    kinds::PRIVATE,
};
use serde::{Deserialize, Serialize};

/// A command in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The bytes that are stored, sent and hashed.
    pub bytes: String,
    /// What they say; `None` where this version cannot read their head.
    pub command: Option<Command>,
    /// Where it stands.
    pub state: QueuedState,
}

/// Where a queued command stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedState {
    /// On this device only.
    Waiting,
    /// The server keeps it until the record that it needs arrives.
    Parked {
        /// The record.
        waits_for: RecordKey,
    },
    /// The server keeps it until somebody has decided about it: late work after the end of a post.
    AwaitsDecision,
    /// The server is older than what was done (服务器还没更新): offered again when its version is another.
    AwaitsServer {
        /// The version that did not know it.
        version: String,
    },
    /// The server has it; it stays here until the feed has brought its effect.
    Acknowledged {
        /// In which feed.
        community: CommunityId,
        /// Position in it.
        position: i64,
        /// The number that it was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// Its words were erased on the server: they go from here with the next page ([`Page::erases`](super::Page::erases)).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        erased: bool,
    },
    /// It cannot go on by itself.
    NeedsPerson {
        /// Why.
        trouble: Trouble,
    },
}

/// Why a command needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The server will not take it as it is.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// The server has other bytes under its id.
    Conflict,
}

impl Trouble {
    /// What happened and what to do, in words from life.
    #[must_use]
    pub fn spoken(&self) -> &str {
        match self {
            Self::Rejected { reason } => &reason.says,
            Self::Conflict => "服务器上已经有一条同样编号的，内容不一样。改一改另存一条；字都在。",
        }
    }

    /// Whether 再传一次 may help: what was refused for a state of things that can change.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Rejected { reason } => {
                !reason.is(Rejection::ANOTHER_AUTHOR) && !self.is_of_erased_record() && !self.is_id_taken()
            }
            Self::Conflict => false,
        }
    }

    /// Whether the record that it makes needs another id before it can be sent.
    #[must_use]
    pub fn is_id_taken(&self) -> bool {
        match self {
            Self::Rejected { reason } => reason.is(Rejection::EXISTS),
            Self::Conflict => true,
        }
    }

    /// Whether the words of what it is about were erased: it is not offered to be sent again in any way.
    #[must_use]
    pub fn is_of_erased_record(&self) -> bool {
        matches!(self, Self::Rejected { reason } if reason.is(Rejection::ERASED))
    }
}

impl QueuedState {
    /// Reads a state as a device has stored it. One of another version counts as waiting: the server says again what became
    /// of it.
    #[must_use]
    pub fn read(text: &str) -> Self {
        json::read(text.as_bytes()).unwrap_or(Self::Waiting)
    }

    /// As a device stores it.
    ///
    /// # Errors
    /// None of our types fails to have a JSON form.
    pub fn write(&self) -> Result<String, Unreadable> {
        json::write(self)
    }
}

impl Queued {
    /// Puts a command into its final bytes.
    ///
    /// # Errors
    /// None in practice, see [`Command::to_bytes`].
    pub fn new(command: Command) -> Result<Self, Unreadable> {
        let bytes = command.to_bytes()?;
        Ok(Self { bytes, command: Some(command), state: QueuedState::Waiting })
    }

    /// Reads back what a device has stored. Bytes that this version cannot read are kept all the same.
    #[must_use]
    pub fn restored(bytes: String, state: QueuedState) -> Self {
        let command = Command::read(&bytes).ok();
        Self { bytes, command, state }
    }

    /// The command's id, where its bytes can be read.
    #[must_use]
    pub fn id(&self) -> Option<CommandId> {
        self.command.as_ref().map(|command| command.head.id)
    }

    /// Who did it, where its bytes can be read.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        self.command.as_ref().map(|command| command.head.actor)
    }

    /// The record that it is about, where its bytes can be read. What one device did to one record keeps its order.
    #[must_use]
    pub fn record(&self) -> Option<&RecordKey> {
        self.command.as_ref().map(|command| command.head.first())
    }

    /// Whether it is not in force on the server: it never leaves this device by itself.
    #[must_use]
    pub const fn is_unsent(&self) -> bool {
        !matches!(self.state, QueuedState::Acknowledged { .. })
    }

    /// Whether its person is told that the server does not have it. What concerns nobody else goes without a word, unless it
    /// needs them.
    #[must_use]
    pub fn is_shown_as_unsent(&self) -> bool {
        let is_private = self.record().is_some_and(|key| PRIVATE.contains(&key.kind.as_str()));
        self.is_unsent() && (!is_private || self.needs_person())
    }

    /// Whether it cannot go on by itself.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        matches!(self.state, QueuedState::NeedsPerson { .. })
    }

    /// Whether its author may take it out: it needs a person, or waits on the server for something that may never come.
    #[must_use]
    pub const fn may_be_given_up(&self) -> bool {
        matches!(self.state, QueuedState::NeedsPerson { .. } | QueuedState::Parked { .. })
    }

    /// Whether it is to be sent.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, QueuedState::Waiting)
    }

    /// Whether the server keeps it without having applied it, and can be asked what became of it.
    #[must_use]
    pub const fn is_kept_by_server(&self) -> bool {
        matches!(self.state, QueuedState::Parked { .. } | QueuedState::AwaitsDecision)
    }

    /// What it attaches: an attachment is one word ([`Attachment::word`]), wherever a module's act has it.
    #[must_use]
    pub fn attached(&self) -> Vec<Attachment> {
        let act = self.command.as_ref().map_or("", |command| command.act.as_str());
        let mut all: Vec<Attachment> = Vec::new();
        for one in act.split('"').filter_map(Attachment::read) {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }
}
