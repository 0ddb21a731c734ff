//! For whoever watches over the server.

use crate::{
    answer::{ErrorAnswer, NOT_NOW},
    state::AppState,
};
use app::error::AppError;
use axum::extract::State;
use domain::sync::Failure;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers and can be written to, and the place of the photos can be reached; otherwise 503 and
/// when to ask again.
///
/// # Errors
/// [`Failure::Unavailable`].
pub async fn ready(State(state): State<AppState>) -> Result<&'static str, ErrorAnswer> {
    // Whatever is wrong with the database, for the outside it is "not now"; the cause is in the log.
    let not_now = |AppError(failure): AppError| match failure.retry_after() {
        Some(retry_after) => Failure::Unavailable { retry_after },
        None => NOT_NOW,
    };
    state.server.store.ready().await.map_err(|error| not_now(error.into()))?;
    state.blobs.ready().await.map_err(|error| not_now(error.into()))?;
    Ok("ready\n")
}
