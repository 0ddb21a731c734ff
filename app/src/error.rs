//! The one error that crosses the wire: the domain's [`Failure`], in a type of our own, because the trait of server
//! functions may not be implemented for a foreign one.

use crate::api::JsonEncoding;
use domain::sync::Failure;
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why a request was not answered as asked. On the wire it is the [`Failure`] itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error(transparent)]
pub struct AppError(pub Failure);

impl AppError {
    /// What happened and what to do, in words from life.
    #[must_use]
    pub fn spoken(&self) -> String {
        self.0.spoken()
    }
}

impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Request(_) => Failure::Unreachable,
            // In the browser: the answer cannot be read, so it is not our server's.
            ServerFnErrorErr::Deserialization(detail) if cfg!(feature = "ssr") => Failure::BadRequest { detail },
            ServerFnErrorErr::Deserialization(_) => Failure::NotOurAnswer,
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => Failure::BadRequest { detail },
            _ => Failure::Internal,
        })
    }
}

// As the browser reads it.
#[cfg(all(test, not(feature = "ssr")))]
mod tests {
    use super::*;
    use domain::kernel::Span;

    #[test]
    fn an_answer_that_is_not_ours_is_told_from_no_answer() {
        let portal = AppError::de(b"<html>Please log in</html>".to_vec().into());
        assert_eq!(portal, AppError(Failure::NotOurAnswer));
        let ours = AppError::de(AppError(Failure::Unavailable { retry_after: Span::seconds(5) }).ser());
        assert_eq!(ours.0.retry_after(), Some(Span::seconds(5)));
    }
}
