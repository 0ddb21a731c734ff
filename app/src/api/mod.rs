//! What may be asked: the server functions. Each is four moves: who asks, parse, one call to the store, reply.
//!
//! Installed clients keep calling these addresses, so every function names its own. From 0.2.0 on whatever changes here
//! must go on understanding requests of the two protocols before.

mod encoding;
mod log;
mod session;
mod sync;

#[cfg(feature = "ssr")]
mod clock;
#[cfg(feature = "ssr")]
mod demo;
#[cfg(feature = "ssr")]
mod server;

#[cfg(feature = "ssr")]
pub use clock::Clock;
pub use encoding::{AsLines, Json, JsonEncoding, Lines, LinesEncoding};
pub use log::{FindEntries, SearchRequest, find_entries};
#[cfg(feature = "ssr")]
pub use server::{Cookies, Server, session_token};
pub use session::{
    DemoPeople, DemoPerson, Me, SignIn, SignInDemo, SignOut, demo_people, me, sign_in, sign_in_demo, sign_out,
};
pub use sync::{Pull, Push, pull, push};
