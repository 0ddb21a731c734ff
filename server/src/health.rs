//! For whoever watches over the server.

use crate::{answer::Failure, state::AppState};
use app::error::AppError;
use axum::extract::State;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and can be written to, and the place of the photos can be reached; otherwise 503 and when to ask again.
///
/// # Errors
/// [`AppError::Unavailable`].
pub async fn ready(State(state): State<AppState>) -> Result<&'static str, Failure> {
    // Whatever is wrong with the database, for the outside it is "not now"; the cause is in the log.
    let not_now = |error: AppError| AppError::Unavailable { retry_after_seconds: error.retry_after().unwrap_or(5) };
    state.server.store.ready().await.map_err(|error| not_now(error.into()))?;
    state.blobs.ready().await.map_err(|error| not_now(error.into()))?;
    Ok("ready\n")
}
