//! Deciding a group of deliveries, on the server: idempotency, conflict, parking and release, effects, numbers,
//! positions. An engine fetches what a group needs and writes what came out; it decides nothing.
//!
//! ```text
//! let mut group = Group::new(&kinds, &deliveries);
//! let decision = loop {
//!     match group.decide() {
//!         Ok(decision) => break decision,
//!         Err(needs) => {
//!             let found = fetch(&needs);
//!             group.learn(needs, found);
//!         }
//!     }
//! };
//! write(&decision);
//! ```
//!
//! The first needs follow from the heads alone. What turns up while deciding (commands that are released, a second
//! number of a day) is asked for in a further round, and the group is decided anew from the start: deciding changes
//! nothing outside of itself.
//!
//! | | |
//! |---|---|
//! | data | [`Delivery`] comes in, [`Needs`] are fetched as [`Found`], [`Decision`] goes out |
//! | who | the sender is the actor; the system and residents act inside the server only |
//! | offline | nothing: a phone never decides for others |
//! | never | IO, a clock, random numbers, SQL; a command of which nothing is stored is not remembered |
//!
//! What a reply promises:
//! - **Accepted, parked and held** are stored before they are said.
//! - **An id names one sequence of bytes for ever**, from the moment it is stored. Others under the same id change
//!   nothing and are kept beside it, a few of them.
//! - **What is rejected is not remembered**: the same bytes are judged anew each time, so that 再传一次 can succeed.
//!   What was decided against ([`Rejection::TOO_LATE`](crate::kernel::Rejection::TOO_LATE)) stays so.
//! - **What one device did to one record keeps its order**: behind a parked command its later ones wait, nobody else's.
//! - **What erases the words of a record erases them everywhere**: in its state, and the bytes of every command about it, of
//!   the group too. Their hashes stay, and nothing that comes later about it is kept ([`Decision::erased`]).
//! - **One command never holds up another's**: whatever is wrong with it is answered to it alone.

mod decision;
mod delivery;
mod draft;
mod group;
mod judge;
mod known;
mod made;
mod needs;
mod server_side;

pub use decision::{Change, Conflict, Decision, NewCommand, Ruled, Trouble};
pub use delivery::{Arrival, Delivery, Ruling, Sender};
pub use group::Group;
pub use judge::{MOST_CONFLICTS, MOST_PARKED};
pub use made::{arrivals, end_posts};
pub use needs::{CommunityState, Filed, Found, Kept, Needs, Queue, Serial, Verdict, Waiting};
