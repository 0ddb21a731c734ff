//! The platform under a phone's program, as far as the sync loop needs it: a clock, random bytes, a pause, and the
//! other tabs. Implemented over the browser in `frontend`, and with simulated time in `memory`.

use crate::kernel::{Span, Timestamp};
use async_trait::async_trait;

/// What only one tab does at a time (a Web Lock in browsers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// The talk with the server.
    Talk,
    /// Uploading photos and voice notes, which may take minutes, while the talk goes on.
    Uploads,
}

/// What one tab tells the others (over a BroadcastChannel in browsers). Whoever hears of it reads the device anew, so
/// it is kept there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A command was saved and wants sending.
    Saved,
    /// Records or states of commands have changed.
    Changed,
    /// Unfinished texts have changed, and nothing else.
    Drafts,
    /// Somebody signed in or out.
    Person,
}

impl News {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Saved, Self::Changed, Self::Drafts, Self::Person];

    /// The word for it between tabs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Changed => "changed",
            Self::Drafts => "drafts",
            Self::Person => "person",
        }
    }
}

/// A turn that this tab has; it ends when this is dropped.
#[must_use = "the turn ends when this is dropped"]
pub struct Alone(Option<Box<dyn FnOnce()>>);

impl Alone {
    /// A turn, and how it is given back.
    pub fn new(give_back: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(give_back)))
    }

    /// A turn where tabs cannot be kept apart: the server takes the same command and the same bytes twice.
    pub const fn unguarded() -> Self {
        Self(None)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(give_back) = self.0.take() {
            give_back();
        }
    }
}

/// The platform of one tab.
#[async_trait(?Send)]
pub trait Host {
    /// The device's clock.
    fn now(&self) -> Timestamp;

    /// Ten random bytes: fit for an id that is unique among all devices, and for spreading what many phones do at once.
    fn random(&self) -> [u8; 10];

    /// Waits. A pause may take longer where the system lets the program sleep.
    async fn sleep(&self, span: Span);

    /// Takes a turn; `None` while another tab of this device has it.
    async fn alone(&self, turn: Turn) -> Option<Alone>;

    /// Whether somebody looks at this tab.
    fn is_visible(&self) -> bool;

    /// Tells the other tabs. Those who hear it call `Replica::hear`.
    fn tell(&self, news: News);

    /// Wants to be told by the server as soon as something is new (`/api/live`), or no longer; says whether news come by
    /// themselves right now. Asking again changes nothing.
    fn listen(&self, wanted: bool) -> bool {
        let _ = wanted;
        false
    }

    /// The server no longer understands this version: the new one is looked for at once.
    fn is_too_old(&self) {}

    /// For whoever looks for a fault on this device.
    fn warn(&self, what: &str) {
        let _ = what;
    }
}
