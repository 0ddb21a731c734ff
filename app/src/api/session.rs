//! Who is signed in. The session lives in a cookie that no script can read.

use super::{Json, Lines};
use crate::error::AppError;
use domain::{kernel::PersonId, organisation::Person, sync::MeReply};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::PostUrl;

/// Somebody on the demo's sign-in page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPerson {
    /// Who, in their first community.
    pub card: Person,
    /// Where they work: the name of their first place (`八经街46号院·3单元`).
    pub place: String,
}

/// `POST /api/session/me`: the signed-in person, as colleagues see them in each community.
///
/// # Errors
/// [`domain::sync::Failure::SignInNeeded`].
#[server(prefix = "/api", endpoint = "session/me", input = Json, output = Lines)]
pub async fn me() -> Result<MeReply, AppError> {
    let server = super::Server::here()?;
    server.me(server.signed_in().await?)
}

/// `POST /api/session/sign-in` (a plain form works, too): starts a session and goes to the first page.
///
/// # Errors
/// [`domain::sync::Failure::WrongCredentials`], `TooManyAttempts`.
#[server(prefix = "/api", endpoint = "session/sign-in", input = PostUrl, output = Json)]
pub async fn sign_in(
    /// The name to sign in with.
    name: String,
    /// The password.
    password: String,
) -> Result<(), AppError> {
    let server = super::Server::here()?;
    let token = server.store.sign_in(&name, &password, server.now()).await;
    server.start_session(&token.map_err(|error| server.sign_in_error(error))?);
    Ok(())
}

/// `POST /api/session/sign-in-demo`: one click per person, only under `--demo`.
///
/// # Errors
/// [`domain::sync::Failure::NotFound`] outside of the demo.
#[server(prefix = "/api", endpoint = "session/sign-in-demo", input = PostUrl, output = Json)]
pub async fn sign_in_demo(
    /// Who.
    person: PersonId,
) -> Result<(), AppError> {
    let server = super::Server::here()?;
    server.demo_only()?;
    let token = server.store.sign_in_without_password(person, server.now()).await;
    server.start_session(&token.map_err(|error| server.sign_in_error(error))?);
    Ok(())
}

/// `POST /api/session/demo-people`: whom one can be under `--demo`; nobody otherwise.
///
/// # Errors
/// [`domain::sync::Failure::Unavailable`].
#[server(prefix = "/api", endpoint = "session/demo-people", input = Json, output = Json)]
pub async fn demo_people() -> Result<Vec<DemoPerson>, AppError> {
    let server = super::Server::here()?;
    if server.demo_only().is_err() {
        return Ok(Vec::new());
    }
    server.demo_people().await
}

/// `POST /api/session/sign-out`: ends the session. What waits on the phone stays there.
///
/// # Errors
/// [`domain::sync::Failure::Unavailable`].
#[server(prefix = "/api", endpoint = "session/sign-out", input = Json, output = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    super::Server::here()?.end_session().await
}
