//! Push and pull of protocol 1 ([`crate::sync`]).

use super::Json;
use crate::error::AppError;
use crate::sync::{PullReply, PullRequest, PushReply, PushRequest};
use leptos::prelude::*;

/// `POST /api/sync/push`: up to 100 commands, one reply each. One bad command never holds up another.
///
/// # Errors
/// [`AppError::SignInNeeded`], [`AppError::BadRequest`] for more than 100 commands, [`AppError::TooOld`],
/// [`AppError::Unavailable`]: in each case nothing of the batch counts as stored.
#[server(prefix = "/api", endpoint = "sync/push", input = Json, output = Json)]
pub async fn push(
    /// The commands.
    request: PushRequest,
) -> Result<PushReply, AppError> {
    let server = super::Server::here()?;
    let sender = server.signed_in().await?;
    let batch = server.batch(request, sender.id)?;
    let replies = server.store.push(batch).await?;
    Ok(PushReply { server: server.mark(sender.id), replies })
}

/// `POST /api/sync/pull`: what is new after a cursor, in the order of commits. Whoever has no post any more is told of what
/// they wrote: without that their phone never learns which photos the server still waits for.
///
/// # Errors
/// [`AppError::SignInNeeded`], [`AppError::Forbidden`] for a person who never had a place, [`AppError::TooOld`],
/// [`AppError::Unavailable`].
#[server(prefix = "/api", endpoint = "sync/pull", input = Json, output = Json)]
pub async fn pull(
    /// From where.
    request: PullRequest,
) -> Result<PullReply, AppError> {
    let server = super::Server::here()?;
    server.understands(request.protocol)?;
    let rights = server.rights().await?;
    let community = rights.community().ok_or(AppError::Forbidden)?;
    let page = server.store.pull(&rights, &community, request.cursor, request.limit, server.horizon()).await?;
    let crate::store::FeedPage { changes, next, more, start_over } = page;
    Ok(PullReply { server: server.mark(rights.person()), changes, next, more, start_over })
}
