//! The sync loop over its three doors: devices with tabs, storage that fails, a network that loses, a server that is
//! restored, in simulated time. Browser and oracle run the very same loop.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop right there"
)]

#[path = "../phone/neighbourhood.rs"]
#[allow(dead_code, reason = "shared with the tests of what a phone keeps")]
mod neighbourhood;
#[path = "../phone/notebook.rs"]
#[allow(dead_code, reason = "shared with the tests of what a phone keeps")]
mod notebook;

mod acts;
mod communities;
mod erasing;
mod letting_go;
mod patience;
mod photos;
mod product;
mod restored;
mod sessions;
mod signed_out;
mod site;
mod stash;
mod storage;
mod storm;
mod tabs;
mod talking;
mod versions;
mod world;
