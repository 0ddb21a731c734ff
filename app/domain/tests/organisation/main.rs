//! The modules organisation, residents and seen, from outside: what somebody does, what it leaves, who is told what.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets what it does not expect stops right there")]

mod acts;
mod any_story;
mod communities;
mod dates;
mod decoders;
mod erasing;
mod mask;
mod masks;
mod newer_acts;
mod people;
mod places;
mod residents;
mod seen;
mod stories;
mod surplus;
mod unknown_words;
mod world;
