//! Looking things up in the whole log, also what no phone keeps.

use super::Json;
use crate::error::AppError;
use domain::log::{EntryFilter, EntryPage, ListMark};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// `POST /api/log/search`. Words travel in the body, never in an address that logs keep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRequest {
    /// What is wanted.
    pub filter: EntryFilter,
    /// Where the page before ended.
    #[serde(default)]
    pub after: Option<ListMark>,
    /// Most entries wanted; the server gives at most 200.
    pub limit: u32,
}

/// A page of the log, newest first, of all communities of whoever asks.
///
/// # Errors
/// [`domain::sync::Failure::SignInNeeded`], `Unavailable`.
#[server(prefix = "/api", endpoint = "log/search", input = Json, output = Json)]
pub async fn find_entries(
    /// What is wanted.
    request: SearchRequest,
) -> Result<EntryPage, AppError> {
    let server = super::Server::here()?;
    let reader = server.signed_in().await?.person;
    let SearchRequest { filter, after, limit } = request;
    Ok(server.store.find_entries(reader, &filter, after, limit.clamp(1, 200), server.now()).await?)
}
