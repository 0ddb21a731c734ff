//! The door to the server, as a phone sees it. Implemented over `fetch` in `frontend`, over the in-memory store in
//! `memory` and over HTTP by the tests that run against a server.

use super::{BlobReply, Failure, MeReply, PullReply, PullRequest, PushReply, PushRequest};
use crate::kernel::Sha256;
use async_trait::async_trait;

/// Asks the server.
///
/// A reply counts as ours only if its first line is JSON with an epoch, whatever its status (captive portals answer 200,
/// and 401 and 403, too): everything else is [`Failure::NotOurAnswer`]. Nobody waits for ever: a question that takes longer
/// than anybody waits is dropped, and is [`Failure::Unreachable`]. What was sent may have arrived all the same.
#[async_trait(?Send)]
pub trait Transport {
    /// Whose session this is.
    ///
    /// # Errors
    /// [`Failure`].
    async fn me(&self) -> Result<MeReply, Failure>;

    /// `POST /api/sync/push`
    ///
    /// # Errors
    /// [`Failure`]; which of the commands are stored is not known then.
    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure>;

    /// `POST /api/sync/pull`
    ///
    /// # Errors
    /// [`Failure`].
    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure>;

    /// `HEAD /api/blobs/HASH`: how many bytes of a blob the server has.
    ///
    /// # Errors
    /// [`Failure`].
    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure>;

    /// `PUT /api/blobs/HASH`: sends a part of a blob, which begins at `offset`; an empty one has the server look at what it
    /// has. A part may take as long as a slow stairwell needs for a photo.
    ///
    /// # Errors
    /// [`Failure`]; how much of it came is not known then.
    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure>;

    /// Ends the session.
    ///
    /// # Errors
    /// [`Failure`].
    async fn sign_out(&self) -> Result<(), Failure>;
}
