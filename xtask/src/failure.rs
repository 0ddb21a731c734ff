//! The one error of the build: a sentence for the person at the terminal, and the cause beneath it.

use std::error::Error;
use std::fmt::{self, Display};

/// What every step of the build returns.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What was being done, and why it could not be done.
#[derive(Debug)]
struct Failure {
    doing: String,
    cause: Box<dyn Error>,
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n  because {}", self.doing, self.cause)
    }
}

impl Error for Failure {}

/// Says what was being done when an error came up.
pub(crate) trait Context<T> {
    /// Wraps the error; `doing` is only put together when there is one.
    fn when<D: Display>(self, doing: impl FnOnce() -> D) -> Result<T>;
}

impl<T, E: Into<Box<dyn Error>>> Context<T> for std::result::Result<T, E> {
    fn when<D: Display>(self, doing: impl FnOnce() -> D) -> Result<T> {
        self.map_err(|cause| Failure { doing: doing().to_string(), cause: cause.into() }.into())
    }
}
