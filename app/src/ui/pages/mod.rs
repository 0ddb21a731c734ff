//! One page per route.

mod check_up;
mod door;
mod entry;
mod home;
mod known;
mod later;
mod log;
mod not_found;
mod phone;
mod review;
mod said;
mod settings;
mod sign_in;
mod sync;
mod write;

pub use home::Home;
#[cfg(feature = "ssr")]
pub(super) use later::LATER_STYLE;
pub use later::{Attach, CheckUp, DoorPage, EntryPage, Log, Review, Settings, SignInPage, SyncPage};
pub use not_found::NotFound;
pub use phone::PhonePage;
pub(super) use write::Draft;
pub use write::Write;
use write::attach;
