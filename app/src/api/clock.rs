//! What time the server takes it to be.

use domain::kernel::Timestamp;
use std::sync::Arc;

/// The server's clock, handed in when it is started: that of the machine, or one that a test moves. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that says what `ask` returns.
    #[must_use]
    pub fn of(ask: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}
