//! What this device keeps, over the browser's own IndexedDB: raw, because durability, `close`, `versionchange` and the
//! size of the program matter more here than convenience.
//!
//! Database `watchlog-records`, version 1. Everything that belongs to a person carries the person's id first: two
//! people who share a phone never see or send each other's entries.
//!
//! | store | key | value |
//! |---|---|---|
//! | `device` | `id`, `life`, `signed_in`, `sign_out_owed` | id of this profile; id of this storage, a new one after the browser has emptied it; card of who is signed in (`Card`, lines); id of whose session is still to be ended |
//! | `people` | person | card of everybody who was ever signed in here (lines) |
//! | `outbox` | sequence, by the browser | `{person, bytes, state}`: the very bytes that are sent and hashed; index `by_person` gives a person's rows in their order |
//! | `sent` | sequence | `{person, bytes, state, at}`: confirmed within 30 days; index `by_person_and_time` |
//! | `drafts` | `[person, place of the text]` | text |
//! | `records` | `[person, community/kind/id]` | newest confirmed state: an envelope of two lines, whose second nobody here reads |
//! | `marks` | person | `SyncMarks` (JSON) |
//! | `blobs` | `[person, SHA-256]` | bytes of a photo or voice note |
//! | `blob_times` | `[person, SHA-256]` | milliseconds: when they were kept, or when the server had them |
//!
//! Beside it, in `localStorage`: the stash of a page that went, should the database have been emptied under it.
//!
//! Never here: a rule about what may be sent, shown or dropped. `domain::sync` decides, this remembers.

mod blobs;
mod database;
mod drafts;
mod failure;
mod feed;
mod going;
mod identity;
mod lazy_part;
mod rows;
mod schema;
mod shelf;
mod stash;
mod transaction;

pub(crate) use failure::Failure;
pub(crate) use lazy_part::LazyPart;
pub(crate) use shelf::Shelf;
