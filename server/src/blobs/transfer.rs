//! `HEAD`, `PUT` and `GET /api/blobs/{sha256}`.

use super::{BlobError, Blobs, Size, UploadOf};
use crate::{
    answer::{ErrorAnswer, NOT_NOW, bad_request},
    body,
    session::signed_in,
    state::AppState,
};
use app::error::AppError;
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use domain::{
    kernel::{Attachment, AttachmentKind, PersonId, Sha256, Timestamp, sound_type},
    store::{NamedBlob, Store, StoreError},
    sync::{BlobReply, Failure, PART_BYTES, UPLOAD_OFFSET},
};
use futures::StreamExt;
use serde::Deserialize;
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;

/// So long an upload waits for its turn before it is asked to come back later: when a street is back after an outage, most
/// turns are short.
const LONGEST_QUEUE: Duration = Duration::from_secs(5);
/// So long nothing may come before the rest of a part is given up.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// Most bytes of one request.
#[expect(clippy::cast_possible_truncation, reason = "a million")]
const MOST_BYTES: usize = PART_BYTES.get() as usize;

impl From<BlobError> for AppError {
    /// The border: here the cause is logged, once, and stays.
    fn from(error: BlobError) -> Self {
        Self(match error {
            BlobError::Unavailable(cause) => {
                tracing::warn!(%cause, "blobs unavailable");
                NOT_NOW
            }
            BlobError::NotThat(reason) => bad_request(reason.to_string()),
        })
    }
}

/// `HEAD`: how many bytes of one's own blob are here, in the header `Upload-Offset`.
///
/// # Errors
/// [`Failure::NotFound`] where no record of this person names the blob.
pub async fn how_far(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ErrorAnswer> {
    let me = signed_in(&state, &headers).await?.person;
    let upload = upload(&state, me, &sha256).await?;
    let offset = if is_whole(&state, &upload).await? {
        upload.named.attachment.bytes.get()
    } else {
        state.blobs.progress(&upload.of()).await.map_err(AppError::from)?
    };
    Ok(([(UPLOAD_OFFSET, HeaderValue::from(offset))], ()).into_response())
}

/// `PUT`: takes the bytes from `Upload-Offset` on, at most [`PART_BYTES`]. Of a body that is cut off, what came stays.
///
/// # Errors
/// [`Failure::NotFound`] where no record of this person names the blob: the words come first. [`Failure::BadRequest`] where
/// it turns out not to be what the record says.
pub async fn take_part(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<Json<BlobReply>, ErrorAnswer> {
    let me = signed_in(&state, request.headers()).await?.person;
    let upload = upload(&state, me, &sha256).await?;
    let offset = offset_in(request.headers())?;
    // Whoever waits here holds no byte in memory yet.
    let turn = timeout(LONGEST_QUEUE, Arc::clone(&state.blobs.uploading).acquire_owned()).await;
    let turn = turn.ok().and_then(Result::ok).ok_or(NOT_NOW)?;
    // On its own: where the connection is cut, the answer to it ends, and what came is kept all the same.
    let taking = tokio::spawn(async move {
        let more = format!("more than {} bytes in one request", PART_BYTES.get());
        // Of a part that was cut off, what came; so too when the server stops.
        let mut stopping = state.stopping.clone();
        let stopped = async move { drop(stopping.wait_for(|stopping| *stopping).await) };
        let body = Body::from_stream(request.into_body().into_data_stream().take_until(Box::pin(stopped)));
        let part = body::read(body, MOST_BYTES, LONGEST_PAUSE, &more).await?.bytes.into();
        let (offset, whole) = take(&state, &upload, offset, part).await?;
        drop(turn);
        Ok(Json(BlobReply { server: state.server.mark(me), sha256: upload.named.attachment.sha256, offset, whole }))
    });
    taking.await.unwrap_or_else(|_| Err(Failure::Internal.into()))
}

/// How large a picture is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    size: Option<String>,
}

/// `GET`: a photo, drawn anew (`?size=small` or `large`), or a voice note. Nobody keeps it on the way (`no-store`, as every
/// answer that may be about somebody): what a device keeps for use without signal goes with the rest.
///
/// # Errors
/// [`Failure::NotFound`] where there is none that this person may see.
pub async fn handed_out(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    Query(Wanted { size }): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ErrorAnswer> {
    let me = signed_in(&state, &headers).await?.person;
    let sha256 = Sha256::parse(&sha256).ok_or(Failure::NotFound)?;
    let readable = state.server.store.readable_blob(me, &sha256, state.server.now()).await.map_err(AppError::from)?;
    let attachment = readable.ok_or(Failure::NotFound)?;
    let size = match size.as_deref() {
        None | Some("large") => Size::Large,
        Some("small") => Size::Small,
        Some(_) => return Err(bad_request("size is small or large").into()),
    };
    let (content_type, bytes) = content(&state, &attachment, size).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        // Opened alone it is a page, too.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
    ];
    Ok((headers, bytes).into_response())
}

async fn content(
    state: &AppState,
    Attachment { kind, sha256, .. }: &Attachment,
    size: Size,
) -> Result<(&'static str, Bytes), AppError> {
    let found = match kind {
        AttachmentKind::Photo => state.blobs.shown(sha256, size).await?.map(|bytes| ("image/jpeg", bytes)),
        AttachmentKind::Voice => {
            let bytes = state.blobs.sent(sha256).await?;
            bytes.and_then(|bytes| Some((sound_type(&bytes)?, bytes)))
        }
        AttachmentKind::Unknown(_) => None,
    };
    if found.is_none() {
        tracing::error!(%sha256, "a blob that is said to be here is not");
    }
    found.ok_or(AppError(Failure::NotFound))
}

/// What somebody is sending.
struct Upload {
    author: PersonId,
    named: NamedBlob,
}

impl Upload {
    /// Whose parts they are: nobody spoils what another one sends.
    fn of(&self) -> UploadOf<'_> {
        UploadOf { author: self.author, sha256: &self.named.attachment.sha256 }
    }
}

/// The blob of an address, where a record of this person names it.
async fn upload(state: &AppState, author: PersonId, sha256: &str) -> Result<Upload, AppError> {
    let sha256 = Sha256::parse(sha256).ok_or(Failure::NotFound)?;
    let named = state.server.store.named_blob(author, &sha256).await?.ok_or(Failure::NotFound)?;
    Ok(Upload { author, named })
}

/// Whether this person has sent it, and the bytes are here: those of a restored log may be gone.
async fn is_whole(state: &AppState, upload: &Upload) -> Result<bool, AppError> {
    Ok(upload.named.arrived && state.blobs.has(&upload.named.attachment.sha256).await?)
}

/// Takes a part; says how far it is by now, and whether it is whole.
async fn take(state: &AppState, upload: &Upload, offset: u64, part: Bytes) -> Result<(u64, bool), AppError> {
    let (blobs, attachment) = (&state.blobs, &upload.named.attachment);
    let size = attachment.bytes.get();
    if is_whole(state, upload).await? {
        return Ok((size, true));
    }
    let here = blobs.progress(&upload.of()).await?;
    if here > size {
        // Of a record that named another size.
        blobs.forget_parts(&upload.of()).await?;
        return Ok((0, false));
    }
    if offset != here {
        return Ok((here, false));
    }
    let end = offset + part.len() as u64;
    if end > size {
        return Err(bad_request(format!("the record names {size} bytes")).into());
    }
    let whole = if end == size && offset == 0 {
        part
    } else {
        if !part.is_empty() {
            blobs.keep_part(&upload.of(), offset, part).await?;
        }
        if end < size {
            return Ok((end, false));
        }
        blobs.joined(&upload.of()).await?.into()
    };
    if Sha256::of(&whole) != attachment.sha256 {
        // Something was damaged on its way: once more from the beginning.
        blobs.forget_parts(&upload.of()).await?;
        return Ok((0, false));
    }
    let (store, at) = (&*state.server.store, state.server.now());
    if let Err(error) = blobs.take_whole(store, upload.author, attachment, whole, at).await {
        if matches!(error, TakeError::Blob(BlobError::NotThat(_))) {
            blobs.forget_parts(&upload.of()).await?;
        }
        return Err(error.into());
    }
    // What stays after all is an orphan.
    let _ = blobs.forget_parts(&upload.of()).await;
    Ok((size, true))
}

/// Why a whole blob was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Its bytes.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TakeError> for AppError {
    fn from(error: TakeError) -> Self {
        match error {
            TakeError::Blob(error) => error.into(),
            TakeError::Store(error) => error.into(),
        }
    }
}

impl Blobs {
    /// Keeps all of a blob, whose hash was compared by whoever calls, and then notes that it has arrived at `at`.
    ///
    /// # Errors
    /// [`TakeError`]: then nobody was told that it is here.
    pub async fn take_whole(
        &self,
        store: &dyn Store,
        author: PersonId,
        blob: &Attachment,
        whole: Bytes,
        at: Timestamp,
    ) -> Result<(), TakeError> {
        let _keeping = self.keeping.read().await;
        self.keep(&blob.sha256, blob.kind, whole).await?;
        Ok(store.blob_arrived(author, blob, at).await?)
    }
}

fn offset_in(headers: &HeaderMap) -> Result<u64, AppError> {
    let Some(raw) = headers.get(UPLOAD_OFFSET) else { return Ok(0) };
    let offset = raw.to_str().ok().and_then(|raw| raw.parse().ok());
    offset.ok_or_else(|| bad_request(format!("{UPLOAD_OFFSET}: expected a number of bytes")).into())
}
