//! How an error leaves the server: as JSON of [`Failure`], with the status that fits.

use app::error::AppError;
use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{kernel::Span, sync::Failure};
use std::{any::Any, time::Duration};

/// A [`Failure`] on its way out.
#[derive(Clone, Debug)]
pub struct ErrorAnswer {
    /// The status; usually [`Failure::status`].
    pub status: StatusCode,
    /// What the client reads.
    pub failure: Failure,
}

impl ErrorAnswer {
    /// A request that HTTP itself has a status for (405, 413, 415): the same request will fail again.
    #[must_use]
    pub fn of_request(status: StatusCode, detail: &str) -> Self {
        Self { status, failure: bad_request(detail) }
    }
}

/// The request makes no sense.
#[must_use]
pub fn bad_request(detail: impl Into<String>) -> Failure {
    Failure::BadRequest { detail: detail.into() }
}

/// Not now; asked again after a few seconds it may work.
pub const NOT_NOW: Failure = Failure::Unavailable { retry_after: Span::seconds(5) };

impl From<Failure> for ErrorAnswer {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, failure }
    }
}

impl From<AppError> for ErrorAnswer {
    fn from(AppError(failure): AppError) -> Self {
        failure.into()
    }
}

impl IntoResponse for ErrorAnswer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(pause) = self.failure.retry_after() {
            let seconds = pause.millis().max(0).unsigned_abs().div_ceil(1_000);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        (self.status, headers, Json(self.failure)).into_response()
    }
}

/// Longest time until an answer begins. A phone gives up sooner.
const LONGEST: Duration = Duration::from_secs(30);

/// The layer that answers 503 when a handler takes too long. A live stream has begun by then and goes on.
pub async fn in_time(request: Request, next: Next) -> Response {
    if request.method() == Method::PUT {
        // An upload from a stairwell may take minutes; it ends by itself where nothing comes any more (`blobs/transfer.rs`).
        return next.run(request).await;
    }
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ErrorAnswer::from(NOT_NOW).into_response(),
    }
}

/// A panic in a handler is a fault of ours; the others go on.
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = cause.unwrap_or("unknown"), "panic while answering");
    ErrorAnswer::from(Failure::Internal).into_response()
}

/// An address under `/api/` that is none of ours.
pub async fn unknown_api() -> ErrorAnswer {
    Failure::NotFound.into()
}

/// An address of ours, by a method that it does not have; the header `Allow` says which it has.
pub async fn wrong_method() -> ErrorAnswer {
    ErrorAnswer::of_request(StatusCode::METHOD_NOT_ALLOWED, "another method is expected, see the header Allow")
}
