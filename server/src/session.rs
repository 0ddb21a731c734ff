//! Who asks, for handlers that are no server functions.

use crate::state::AppState;
use app::{
    api::session_token,
    domain::{PersonCard, Timestamp},
    error::AppError,
};
use axum::http::HeaderMap;
use std::time::SystemTime;

/// The server's clock.
#[must_use]
pub fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

/// The person whose session the request carries.
///
/// # Errors
/// [`AppError::SignInNeeded`], or the store's.
pub async fn signed_in(state: &AppState, headers: &HeaderMap) -> Result<PersonCard, AppError> {
    let token = session_token(headers, state.server.cookies).ok_or(AppError::SignInNeeded)?;
    state.server.store.signed_in(&token, now()).await?.ok_or(AppError::SignInNeeded)
}
