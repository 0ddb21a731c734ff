//! Where somebody's words are: on the device, with the server, or in need of a person.

use super::{Outbox, Queued, QueuedState, Records};
use crate::kernel::{CommandId, Known, Look, RecordKey, Timestamp};

/// Where the newest words of a record are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// The server has all of it (已上传 ✓✓).
    #[default]
    Uploaded,
    /// The server keeps something of it until somebody has decided.
    AwaitsDecision,
    /// The server keeps something of it until another record arrives.
    Parked,
    /// The server is too old for something of it (服务器还没更新).
    AwaitsServer,
    /// Something of it is on this device only, since then (已存本机 ✓).
    OnDevice {
        /// When the oldest waiting command was written, by the device's clock.
        since: Timestamp,
    },
    /// Something of it cannot go on by itself.
    NeedsPerson,
}

impl Delivery {
    /// Where a command of the outbox is.
    #[must_use]
    pub const fn of(state: &QueuedState, written: Timestamp) -> Self {
        match state {
            QueuedState::Acknowledged { .. } => Self::Uploaded,
            QueuedState::AwaitsDecision => Self::AwaitsDecision,
            QueuedState::Parked { .. } => Self::Parked,
            QueuedState::AwaitsServer { .. } => Self::AwaitsServer,
            QueuedState::Waiting => Self::OnDevice { since: written },
            QueuedState::NeedsPerson { .. } => Self::NeedsPerson,
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Uploaded => 0,
            Self::AwaitsDecision => 1,
            Self::Parked => 2,
            Self::AwaitsServer => 3,
            Self::OnDevice { .. } => 4,
            Self::NeedsPerson => 5,
        }
    }

    /// Of two, the one that a person should hear of; of two waiting commands, since the older one.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::OnDevice { since: one }, Self::OnDevice { since: other }) => {
                Self::OnDevice { since: one.min(other) }
            }
            _ if self.rank() >= other.rank() => self,
            _ => other,
        }
    }
}

/// Where one command is, whatever else waits for its record; `None` where neither the outbox nor the record knows it: it
/// was given up, or is not known here. What merely left the outbox is never called uploaded.
#[must_use]
pub fn delivery_of(records: &Records, outbox: &Outbox, key: &RecordKey, command: CommandId) -> Option<Delivery> {
    let is_it = |item: &&Queued| item.id() == Some(command);
    if let Some(Queued { command: Some(command), state, .. }) = outbox.items().iter().find(is_it) {
        return Some(Delivery::of(state, command.head.written));
    }
    match records.look(key) {
        Look::Here(record) => record.has_step(command).then_some(Delivery::Uploaded),
        Look::Nowhere | Look::Unread => None,
    }
}
