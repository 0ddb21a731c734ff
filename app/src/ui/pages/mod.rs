//! One page per route.

mod door;
mod entry;
mod home;
mod log;
mod not_found;
mod phone;
mod review;
mod settings;
mod sign_in;
mod sync;
mod write;

pub use door::DoorPage;
pub use entry::EntryPage;
pub use home::Home;
pub use log::Log;
pub use not_found::NotFound;
pub use phone::PhonePage;
pub use review::Review;
pub use settings::Settings;
pub use sign_in::SignInPage;
pub use sync::SyncPage;
pub use write::Write;
