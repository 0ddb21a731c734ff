//! Push and pull ([`domain::sync`]). Requests are taken as they came: whoever speaks another protocol is told so before
//! anything else is read.

use super::{AsLines, Lines};
use crate::error::AppError;
use domain::kernel::Unreadable;
use domain::sync::{PullReply, PushReply};
use leptos::prelude::*;

/// `POST /api/sync/push`: up to 100 commands ([`domain::sync::PushRequest`]), one reply each. One bad command never holds
/// up another.
///
/// # Errors
/// In each case nothing of the batch counts as stored: [`domain::sync::Failure::SignInNeeded`], `BadRequest` for more than
/// 100 commands, `TooOld`, `Unavailable`.
#[server(prefix = "/api", endpoint = "sync/push", input = Lines, output = Lines, input_derive = (Clone,))]
pub async fn push(
    /// The lines of a request.
    body: String,
) -> Result<PushReply, AppError> {
    let server = super::Server::here()?;
    let sender = server.signed_in().await?.person;
    let batch = server.batch(&body, sender)?;
    let replies = server.store.push(batch).await?;
    Ok(PushReply { server: server.mark(sender), replies: replies.into_iter().map(Some).collect() })
}

/// `POST /api/sync/pull` ([`domain::sync::PullRequest`]): what is new after a cursor for each community, in the order of
/// each one's commits. Whoever has no post any more is told for a while what they wrote: without that their phone never
/// learns which photos the server still waits for.
///
/// # Errors
/// [`domain::sync::Failure::SignInNeeded`], `TooOld`, `Unavailable`.
#[server(prefix = "/api", endpoint = "sync/pull", input = Lines, output = Lines, input_derive = (Clone,))]
pub async fn pull(
    /// The line of a request.
    body: String,
) -> Result<PullReply, AppError> {
    let server = super::Server::here()?;
    let reader = server.signed_in().await?.person;
    let (cursors, limit) = server.wanted(&body)?;
    let page = server.store.pull(reader, cursors, limit, server.now()).await?;
    Ok(server.page(reader, page))
}

impl AsLines for Push {
    fn write_lines(&self) -> Result<String, Unreadable> {
        Ok(self.body.clone())
    }

    fn read_lines(body: &str) -> Result<Self, Unreadable> {
        Ok(Self { body: body.to_owned() })
    }
}

impl AsLines for Pull {
    fn write_lines(&self) -> Result<String, Unreadable> {
        Ok(self.body.clone())
    }

    fn read_lines(body: &str) -> Result<Self, Unreadable> {
        Ok(Self { body: body.to_owned() })
    }
}
