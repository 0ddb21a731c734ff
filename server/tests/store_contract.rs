//! What every implementation of [`app::store::Store`] has to do. The tests speak to `dyn Store`; an engine joins by
//! adding its constructor to `fixture`. A fresh database per test, people with names, no sleeps.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop"
)]

mod store_contract {
    mod blobs;
    mod feed;
    mod fixture;
    mod followers;
    mod lists;
    mod numbers;
    mod parked;
    mod push;
    mod roles;
    mod sessions;
    mod trouble;
    mod upkeep;
}
