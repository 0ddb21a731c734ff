//! The log: what its acts do, who may do them, how changes meet, and how large an entry may become.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod amend;
mod apply;
mod attachments;
mod bounds;
mod care;
mod category;
mod decoders;
mod erasing;
mod filter;
mod list;
mod names;
mod neighbourhood;
mod newer;
mod review;
mod rights;
mod stories;
mod words;
