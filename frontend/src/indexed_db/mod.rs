//! What this device keeps, over the browser's own IndexedDB: raw, because durability, `close`, `versionchange` and the
//! size of the program matter more here than convenience.
//!
//! Database `watchlog`, version 2. Everything that belongs to a person carries the person's id first: two people who
//! share a phone never see or send each other's entries (LESSONS.md L13).
//!
//! | store | key | value |
//! |---|---|---|
//! | `device` | `id`, `signed_in`, `sign_out_owed` | id of this profile; card of who is signed in (JSON); id of whose session is still to be ended |
//! | `people` | person | card of everybody who was ever signed in here (JSON) |
//! | `outbox` | sequence, by the browser | `{person, bytes, state}`: the very bytes that are sent and hashed; index `by_person` gives a person's rows in their order |
//! | `sent` | sequence | `{person, bytes, state, at}`: confirmed within 30 days; index `by_person_and_time` |
//! | `drafts` | `[person, place of the text]` | text |
//! | `records` | `[person, Change::key]` | newest confirmed state (JSON) |
//! | `marks` | person | `SyncMarks` (JSON) |
//! | `blobs` | `[person, SHA-256]` | bytes of a photo or voice note; since version 2 |
//! | `blob_times` | `[person, SHA-256]` | milliseconds: when they were kept, or when the server had them |
//!
//! Never here: a rule about what may be sent, shown or dropped. `app::sync` decides, this remembers.

mod blobs;
mod database;
mod drafts;
mod failure;
mod identity;
mod rows;
mod schema;
mod seldom;
mod shelf;
mod transaction;

pub(crate) use failure::Failure;
pub(crate) use seldom::Seldom;
pub(crate) use shelf::Shelf;
