//! Who asks, for handlers that are no server functions.

use crate::state::AppState;
use app::{api::session_token, domain::PersonCard, error::AppError};
use axum::http::HeaderMap;

/// The person whose session the request carries.
///
/// # Errors
/// [`AppError::SignInNeeded`], or the store's.
pub async fn signed_in(state: &AppState, headers: &HeaderMap) -> Result<PersonCard, AppError> {
    state.server.person_of(session_token(headers, state.server.cookies)).await
}
