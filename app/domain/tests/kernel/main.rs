//! What every module is made of: values in writing, instants, places, text, and the table of kinds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it does not expect should stop right there"
)]

mod bounds;
mod change;
mod envelope;
mod json;
mod key;
mod kinds;
mod moment;
mod place;
mod sorted;
mod text;
mod units;
