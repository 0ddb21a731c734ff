//! Deciding, and the store in memory, which every engine is judged by. The world of these tests has one kind of record
//! of its own, the note: small enough that each rule of deciding shows alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod any_order;
mod blobs;
mod deciding;
mod entries;
mod erasing;
mod feed;
mod held;
mod linear;
mod notes;
mod parking;
mod readers;
mod world;
