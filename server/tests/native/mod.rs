//! What a replica needs to be a phone outside of a browser: a way to a server over HTTP, a platform in real time, and
//! communities to work in. What it keeps lies in memory ([`domain::memory::MemoryDisk::at_once`]).
//!
//! | module | holds |
//! |---|---|
//! | [`transport`] | [`Transport`](domain::sync::Transport) over HTTP, with a session |
//! | [`host`] | [`Host`](domain::sync::Host): a clock that may be wrong, random numbers from a seed, tokio's pauses |
//! | [`founding`] | communities, their places and people, by commands of whoever runs the server |

pub mod founding;
pub mod host;
pub mod transport;

pub use founding::{Founding, PASSWORD, Post, id, person};
pub use host::NativeHost;
pub use transport::HttpTransport;
