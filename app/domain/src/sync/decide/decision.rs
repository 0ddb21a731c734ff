//! What came out of a group: what an engine writes, in one transaction, before it answers.

use super::{Arrival, Delivery, Filed, Ruling, Serial, Verdict};
use crate::kernel::{Command, CommandId, CommunityId, RecordKey, Sha256, Shared, StoredRecord, Timestamp};
use crate::organisation::Directory;
use crate::sync::CommandReply;

/// A command that is stored for the first time.
#[derive(Clone, Debug)]
pub struct NewCommand<'g> {
    /// How it came: device, times.
    pub delivery: &'g Delivery,
    /// Its bytes and their name.
    pub arrival: &'g Arrival,
    /// What it says: id, actor, device, keys, name of the act.
    pub command: &'g Command,
    /// What became of it.
    pub verdict: Verdict,
    /// Where it is in force, it is carried out again after a restore from a backup that does not know it
    /// ([`Ends::outlives_restore`](crate::kinds::Ends::outlives_restore)): its bytes stay until what it is about is erased by a later one.
    pub outlives_restore: bool,
}

/// A command that was stored before, and of which something else has become.
#[derive(Clone, Debug)]
pub struct Ruled {
    /// Which, and what became of it.
    pub filed: Filed,
    /// What was decided about it, if anything: it stays with the command.
    pub ruling: Option<Ruling>,
}

/// The new state of a record.
#[derive(Clone)]
pub struct Change {
    /// For whoever knows the kind.
    pub state: Shared,
    /// As it is stored.
    pub stored: StoredRecord,
    /// Where the feed has it from now on.
    pub position: i64,
    /// When the newest command about it came.
    pub received: Timestamp,
    /// It was not there before.
    pub is_new: bool,
}

/// Other bytes under the id of a command that is stored. Nothing was changed by them.
#[derive(Clone, Debug)]
pub struct Conflict<'g> {
    /// Under which id.
    pub id: CommandId,
    /// How they came.
    pub delivery: &'g Delivery,
    /// The bytes.
    pub arrival: &'g Arrival,
}

/// Something that an operator should hear of: a command that was answered `later` for a fault that is not its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which command.
    pub id: CommandId,
    /// The name of its bytes.
    pub sha256: Sha256,
    /// The record that this version cannot read or write.
    pub record: RecordKey,
}

/// What came out of a group.
#[derive(Clone)]
pub struct Decision<'g> {
    /// One list a delivery, one reply a command, in their order.
    pub replies: Vec<Vec<CommandReply>>,
    /// In the order of arrival.
    pub commands: Vec<NewCommand<'g>>,
    /// By id.
    pub ruled: Vec<Ruled>,
    /// By position: each record once, in its newest state.
    pub records: Vec<Change>,
    /// The feeds that have become longer: their newest position.
    pub heads: Vec<(CommunityId, i64)>,
    /// The serials of which numbers were taken: the last one.
    pub serials: Vec<(Serial, u32)>,
    /// To be kept beside the commands whose ids they bear.
    pub conflicts: Vec<Conflict<'g>>,
    /// Communities whose places or people have changed: what the engine keeps from now on, once it has committed.
    pub directories: Vec<(CommunityId, Directory)>,
    /// Records whose words were erased, with the command that did so last. When everything else is written, the bytes of
    /// every other command about them go, also of those that erased them before, with the bytes in conflict with them or
    /// about the same record. Their hashes stay; what was parked or held of them is
    /// [`Rejection::ERASED`](crate::kernel::Rejection::ERASED) for ever.
    pub erased: Vec<(RecordKey, CommandId)>,
    /// Commands that came into force and are not to be undone by a restore from an older backup
    /// ([`Ends::outlives_restore`](crate::kinds::Ends::outlives_restore)): an engine notes them outside of the database.
    pub ended: Vec<CommandId>,
    /// For the log.
    pub troubles: Vec<Trouble>,
}
