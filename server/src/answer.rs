//! How an error leaves the server: as JSON of [`AppError`], with the status that fits.

use app::error::AppError;
use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{any::Any, time::Duration};

/// An [`AppError`] on its way out.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The status; usually [`AppError::status`].
    pub status: StatusCode,
    /// What the client reads.
    pub error: AppError,
}

impl Failure {
    /// A request that HTTP itself has a status for (405, 413, 415): the same request will fail again.
    #[must_use]
    pub fn of_request(status: StatusCode, detail: &str) -> Self {
        Self { status, error: AppError::BadRequest { detail: detail.to_owned() } }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, error }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(seconds) = self.error.retry_after() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        (self.status, headers, Json(self.error)).into_response()
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
        Err(_) => Failure::from(AppError::Unavailable { retry_after_seconds: 5 }).into_response(),
    }
}

/// A panic in a handler is a fault of ours; the others go on.
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    tracing::error!(cause = cause.unwrap_or("unknown"), "panic while answering");
    Failure::from(AppError::Internal).into_response()
}

/// An address under `/api/` that is none of ours.
pub async fn unknown_api() -> Failure {
    AppError::NotFound.into()
}

/// An address of ours, by a method that it does not have; the header `Allow` says which it has.
pub async fn wrong_method() -> Failure {
    Failure::of_request(StatusCode::METHOD_NOT_ALLOWED, "another method is expected, see the header Allow")
}
