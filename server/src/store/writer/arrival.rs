//! A command as it arrives: read, hashed and looked at by the task that received it, so that the one writer has
//! less to do.

use app::domain::{Command, CommandId, DeviceId, PersonId, Rejection, Sha256Hex, Timestamp};
use app::store::PushBatch;
use app::sync::{CommandReply, Outcome};
use serde::Deserialize;

/// Most characters of what a parser says about bytes that are no command.
const DETAIL_LIMIT: usize = 200;

/// The commands of one push.
pub(in crate::store) struct Delivery {
    pub sender: PersonId,
    pub device: DeviceId,
    pub sent_at: Timestamp,
    pub received: Timestamp,
    pub arrivals: Vec<Arrival>,
}

/// One command of a push.
pub(in crate::store) struct Arrival {
    pub bytes: String,
    pub sha256: Sha256Hex,
    /// The command with the best known clock offset, or what to answer at the door.
    ///
    /// Refusals at the door are not stored: they follow from bytes and sender alone, so the same push gets the same
    /// answer again. Storing "another author" would even be harmful, since its real author may still send it.
    pub command: Result<Command, CommandReply>,
}

impl Delivery {
    pub(in crate::store) fn read(batch: PushBatch) -> Self {
        let PushBatch { sender, device, sent_at, received, commands } = batch;
        let offset = received.since(sent_at);
        let arrivals = commands.into_iter().map(|bytes| Arrival::read(bytes, sender, offset)).collect();
        Self { sender, device, sent_at, received, arrivals }
    }

    /// About how much memory it takes.
    pub(in crate::store) fn bytes(&self) -> usize {
        self.arrivals.iter().map(|arrival| arrival.bytes.len()).sum()
    }
}

impl Arrival {
    fn read(bytes: String, sender: PersonId, offset: i64) -> Self {
        let sha256 = Sha256Hex::of(bytes.as_bytes());
        let refused = |id, reason| CommandReply { id, sha256: sha256.clone(), outcome: Outcome::Rejected { reason } };
        let command = match Command::from_bytes(&bytes) {
            Ok(command) if command.author != sender => Err(refused(Some(command.id), Rejection::AnotherAuthor)),
            Ok(command) => Ok(with_offset(command, offset)),
            Err(error) => {
                let detail = error.to_string().chars().take(DETAIL_LIMIT).collect();
                Err(refused(readable_id(&bytes), Rejection::Malformed { detail }))
            }
        };
        Self { bytes, sha256, command }
    }
}

/// A phone that has not yet measured its clock is corrected by what it showed when it sent (DESIGN.md 5).
/// The bytes stay as they were; only the times that follow from them know the offset.
pub(super) fn with_offset(mut command: Command, offset: i64) -> Command {
    command.clock_offset.get_or_insert(offset);
    command
}

fn readable_id(bytes: &str) -> Option<CommandId> {
    #[derive(Deserialize)]
    struct Named {
        id: CommandId,
    }
    serde_json::from_str(bytes).ok().map(|named: Named| named.id)
}
