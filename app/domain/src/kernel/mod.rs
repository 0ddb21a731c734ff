//! What all modules stand on. A module adds records and acts; it never adds another way to change something.
//!
//! **A command** is everything somebody can do, decided at the moment they do it. Its bytes are two lines of JSON: the
//! **head**, which sync reads (id, actor, device, written, offset, `about`), and the **act**, which only its module
//! reads. The act does not repeat what the head says: the record that it is about is `about[0]`, so that the two can
//! never disagree. From the head alone phone and server know what to fetch, what belongs together and what it waits for.
//!
//! **A record** is the newest state of one thing. It is known by its [`RecordKey`]: community, kind, UUID. On the wire
//! and on the phone it is an [`Envelope`] of two lines, head and JSON text, and sync never reads the text.
//!
//! **Who may read** is said once, by [`Record::audience`]; rights, SQL and tests ask the same [`ReadScope::admits`].
//!
//! | module | holds |
//! |---|---|
//! | `ids`, `key` | newtypes of UUIDs; community, kind and id as one key |
//! | `moment`, `units` | instants and days; spans, sizes, hashes |
//! | `text` | fields, what can be wrong with them, validated text |
//! | `json` | how values become text and back |
//! | `sorted` | maps and sets that cost a phone little |
//! | `role`, `place` | roles and posts; the tree of places and who lies within whom |
//! | `audience`, `rights` | who may read; who may do what |
//! | `command`, `rejection` | head and act; why a command did nothing |
//! | `change` | fields and items of lists that were changed, and how two changes meet |
//! | `attachment` | photos and voice notes, named by their hash |
//! | `record`, `envelope`, `bounds` | records, how they are told, how large they may become |
//! | `apply` | what a module's `apply` may ask, and what comes out |

mod apply;
mod attachment;
mod audience;
mod bounds;
mod change;
mod command;
mod envelope;
mod ids;
pub mod json;
mod key;
mod moment;
mod place;
mod record;
mod rejection;
mod rights;
mod role;
mod sorted;
mod text;
mod times;
mod units;

pub use apply::{Effects, Got, Known, Look, Occasion, Refusal, ServerSide, check_time};
pub use attachment::{ATTACHMENTS, Attachment, AttachmentKind, KindWord, NoAttachment, sound_type};
pub use audience::{Audience, Reach, ReadScope, Reader, Reading, Topics};
pub use bounds::{Bounds, Weight};
pub use change::{Clash, FieldChange, MOST_CHANGES, Merge};
pub use command::{Actor, Command, Head, Job, MOST_COMMAND_BYTES, MOST_KEYS};
pub use envelope::{Envelope, EnvelopeHead};
pub use ids::{CommandId, CommunityId, DeviceId, EntryId, IdError, PersonId, PlaceId, RequestId, ResidentId};
pub use json::Unreadable;
pub use key::{Kind, RecordKey};
pub use moment::{Day, Timestamp};
pub use place::{Node, PlaceKind, Tree};
pub use record::{AnyRecord, Arrival, Record, Row, Shared, StoredRecord};
pub use rejection::{Reason, Rejection};
pub use rights::{Rights, Standing};
pub use role::{Membership, Post, Role, main_role};
pub use sorted::{SortedMap, SortedSet};
pub use text::{Field, FieldError, Problem, Text, is_word};
pub use times::Times;
pub use units::{Bytes, Sha256, Span};
