//! Who asks, for handlers that are no server functions.

use crate::state::AppState;
use app::{api::session_token, error::AppError};
use axum::http::HeaderMap;
use domain::store::SignedIn;

/// The person whose session the request carries.
///
/// # Errors
/// [`domain::sync::Failure::SignInNeeded`], or the store's.
pub async fn signed_in(state: &AppState, headers: &HeaderMap) -> Result<SignedIn, AppError> {
    state.server.person_of(session_token(headers, state.server.cookies)).await
}
