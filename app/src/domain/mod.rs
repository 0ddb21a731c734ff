//! What is true: the neighbourhood's places, people, rights, log entries and reviews, and the one function
//! ([`apply`]) that says what a command does to them.
//!
//! The same code decides on the phone (for what the watcher sees at once) and on the server (for the truth).
//! Nothing here may touch a clock, a random number, a network, a disk, a database or a screen:
//! whatever comes from outside arrives as an argument. `make check` enforces it.

mod apply;
mod attachment;
mod care;
mod category;
mod command;
mod content;
mod entry;
mod field;
mod filter;
mod ids;
mod merge;
mod moment;
mod number;
mod person;
mod place;
mod record;
mod refused;
mod resident;
mod review;
mod rights;
mod template;

pub use apply::{Known, Refusal, Rejection, apply};
pub use attachment::{Attachment, AttachmentKind, NoAttachment, Sha256Hex, sound_type};
pub use care::{CareGroup, LastSeen, VisitFrequency, last_seen, seen_at, visits_due};
pub use category::{Category, CategorySet, Urgency};
pub use command::{Act, Command, CommandParseError};
pub use content::{EntryContent, EntryForm, PART_LIMIT, Part, Spot};
pub use entry::{Entry, EntryVersion, Times};
pub use field::{Field, FieldError, Problem, Text};
pub use filter::{EntryFilter, EntryPage, ListMark};
pub use ids::{CommandId, DeviceId, EntryId, IdError, PersonId, ResidentId};
pub use merge::Clash;
pub use moment::{Day, Timestamp};
pub use number::EntryNumber;
pub use person::{Agency, Membership, PersonCard, Role, main_role};
pub use place::{
    Community, CommunityCode, Door, DoorLabel, GridCode, LocalNumber, MicroGrid, MicroGridCode, PlaceCode, YardCode,
};
pub use record::{Change, Records};
pub use refused::as_meant;
pub use resident::{Phone, Resident, mask_name, mask_phone};
pub use review::{QUESTION_LIMIT, ReviewAct, ReviewEvent, ReviewState};
pub use rights::{MayReview, MayWrite, ReadScope, Rights};
pub use template::Template;
