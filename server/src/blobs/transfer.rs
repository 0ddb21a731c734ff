//! `HEAD`, `PUT` and `GET /api/blobs/{sha256}`.

use super::{BlobError, Blobs, Size, UploadOf};
use crate::{answer::Failure, body, session::signed_in, state::AppState};
use app::{
    domain::{AttachmentKind, PersonId, Rights, Sha256Hex, Timestamp, sound_type},
    error::AppError,
    store::{NamedBlob, Store, StoreError},
    sync::{BlobReply, PART_BYTES, UPLOAD_OFFSET},
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
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

impl From<BlobError> for AppError {
    /// The border: here the cause is logged, once, and stays.
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Unavailable(cause) => {
                tracing::warn!(%cause, "blobs unavailable");
                Self::Unavailable { retry_after_seconds: 5 }
            }
            BlobError::NotThat(reason) => Self::BadRequest { detail: reason.to_string() },
        }
    }
}

/// `HEAD`: how many bytes of one's own blob are here, in the header `Upload-Offset`.
///
/// # Errors
/// [`AppError::NotFound`] where no entry of this person names the blob.
pub async fn how_far(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let me = signed_in(&state, &headers).await?.id;
    let upload = upload(&state, me, &sha256).await?;
    let whole = is_whole(&state, &upload).await?;
    let offset =
        if whole { upload.named.bytes } else { state.blobs.progress(&upload.of()).await.map_err(AppError::from)? };
    Ok(([(UPLOAD_OFFSET, HeaderValue::from(offset))], ()).into_response())
}

/// `PUT`: takes the bytes from `Upload-Offset` on, at most [`PART_BYTES`]. Of a body that is cut off, what came stays.
///
/// # Errors
/// [`AppError::NotFound`] where no entry of this person names the blob: the words come first. [`AppError::BadRequest`] where
/// it turns out not to be what the entry says.
pub async fn take_part(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    request: Request,
) -> Result<Json<BlobReply>, Failure> {
    let me = signed_in(&state, request.headers()).await?.id;
    let upload = upload(&state, me, &sha256).await?;
    let offset = offset_in(request.headers())?;
    // Whoever waits here holds no byte in memory yet.
    let turn = timeout(LONGEST_QUEUE, Arc::clone(&state.blobs.uploading).acquire_owned()).await;
    let turn = turn.ok().and_then(Result::ok).ok_or(AppError::Unavailable { retry_after_seconds: 5 })?;
    // On its own: where the connection is cut, the answer to it ends, and what came is kept all the same.
    let taking = tokio::spawn(async move {
        let more = format!("more than {PART_BYTES} bytes in one request");
        // Of a part that was cut off, what came; so too when the server stops.
        let mut stopping = state.stopping.clone();
        let stopped = async move { drop(stopping.wait_for(|stopping| *stopping).await) };
        let body = Body::from_stream(request.into_body().into_data_stream().take_until(Box::pin(stopped)));
        let part = body::read(body, PART_BYTES, LONGEST_PAUSE, &more).await?.bytes.into();
        let (offset, whole) = take(&state, &upload, offset, part).await?;
        drop(turn);
        Ok(Json(BlobReply { server: state.server.mark(me), sha256: upload.sha256, offset, whole }))
    });
    taking.await.unwrap_or_else(|_| Err(AppError::Internal.into()))
}

/// How large a picture is wanted.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    size: Option<String>,
}

/// `GET`: a photo, drawn anew (`?size=small` or `large`), or a voice note.
///
/// # Errors
/// [`AppError::NotFound`] where there is none that this person may see.
pub async fn handed_out(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
    Query(Wanted { size }): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let me = signed_in(&state, &headers).await?;
    let sha256 = Sha256Hex::parse(&sha256).ok_or(AppError::NotFound)?;
    let rights = Rights::of(me.id, &me.memberships, state.server.now());
    let kind = state.server.store.readable_blob(&rights, &sha256).await.map_err(AppError::from)?;
    let kind = kind.ok_or(AppError::NotFound)?;
    let size = match size.as_deref() {
        None | Some("large") => Size::Large,
        Some("small") => Size::Small,
        Some(_) => return Err(AppError::BadRequest { detail: "size is small or large".to_owned() }.into()),
    };
    let tag = format!("\"{}-{}\"", sha256.0, size.name());
    let tag = HeaderValue::try_from(tag).map_err(|_| AppError::Internal)?;
    let keep = [
        // Kept by the browser, and asked about each time: the next person at this tablet may not see it.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        // Opened alone it is a page, too.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (header::ETAG, tag.clone()),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, keep).into_response());
    }
    let (content_type, bytes) = content(&state, &sha256, kind, size).await?;
    Ok((keep, [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], bytes).into_response())
}

async fn content(
    state: &AppState,
    sha256: &Sha256Hex,
    kind: AttachmentKind,
    size: Size,
) -> Result<(&'static str, Bytes), AppError> {
    let found = match kind {
        AttachmentKind::Photo => state.blobs.shown(sha256, size).await?.map(|bytes| ("image/jpeg", bytes)),
        AttachmentKind::Voice => {
            let bytes = state.blobs.sent(sha256).await?;
            bytes.and_then(|bytes| Some((sound_type(&bytes)?, bytes)))
        }
    };
    if found.is_none() {
        tracing::error!(sha256 = sha256.0, "a blob that is said to be here is not");
    }
    found.ok_or(AppError::NotFound)
}

/// What somebody is sending.
struct Upload {
    author: PersonId,
    sha256: Sha256Hex,
    named: NamedBlob,
}

impl Upload {
    /// Whose parts they are: nobody spoils what another one sends.
    fn of(&self) -> UploadOf<'_> {
        UploadOf { author: self.author, sha256: &self.sha256 }
    }
}

/// The blob of an address, where an entry of this person names it.
async fn upload(state: &AppState, author: PersonId, sha256: &str) -> Result<Upload, AppError> {
    let sha256 = Sha256Hex::parse(sha256).ok_or(AppError::NotFound)?;
    let named = state.server.store.named_blob(author, &sha256).await?.ok_or(AppError::NotFound)?;
    Ok(Upload { author, sha256, named })
}

/// Whether this person has sent it, and the bytes are here: those of a restored log may be gone.
async fn is_whole(state: &AppState, upload: &Upload) -> Result<bool, AppError> {
    Ok(upload.named.arrived && state.blobs.has(&upload.sha256).await?)
}

/// Takes a part; says how far it is by now, and whether it is whole.
async fn take(state: &AppState, upload: &Upload, offset: u64, part: Bytes) -> Result<(u64, bool), AppError> {
    let (blobs, Upload { author, sha256, named }) = (&state.blobs, upload);
    if is_whole(state, upload).await? {
        return Ok((named.bytes, true));
    }
    let here = blobs.progress(&upload.of()).await?;
    if here > named.bytes {
        // Of an entry that named another size.
        blobs.forget_parts(&upload.of()).await?;
        return Ok((0, false));
    }
    if offset != here {
        return Ok((here, false));
    }
    let end = offset + part.len() as u64;
    if end > named.bytes {
        return Err(AppError::BadRequest { detail: format!("the entry names {} bytes", named.bytes) });
    }
    let whole = if end == named.bytes && offset == 0 {
        part
    } else {
        if !part.is_empty() {
            blobs.keep_part(&upload.of(), offset, part).await?;
        }
        if end < named.bytes {
            return Ok((end, false));
        }
        blobs.joined(&upload.of()).await?.into()
    };
    if Sha256Hex::of(&whole) != *sha256 {
        // Something was damaged on its way: once more from the beginning.
        blobs.forget_parts(&upload.of()).await?;
        return Ok((0, false));
    }
    let (store, at) = (&*state.server.store, state.server.now());
    if let Err(error) = blobs.take_whole(store, *author, sha256, *named, whole, at).await {
        if matches!(error, TakeError::Blob(BlobError::NotThat(_))) {
            blobs.forget_parts(&upload.of()).await?;
        }
        return Err(error.into());
    }
    // What stays after all is an orphan.
    let _ = blobs.forget_parts(&upload.of()).await;
    Ok((named.bytes, true))
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
        sha256: &Sha256Hex,
        named: NamedBlob,
        whole: Bytes,
        at: Timestamp,
    ) -> Result<(), TakeError> {
        let _keeping = self.keeping.read().await;
        self.keep(sha256, named.kind, whole).await?;
        Ok(store.blob_arrived(author, sha256, named, at).await?)
    }
}

fn offset_in(headers: &HeaderMap) -> Result<u64, AppError> {
    let Some(raw) = headers.get(UPLOAD_OFFSET) else { return Ok(0) };
    let offset = raw.to_str().ok().and_then(|raw| raw.parse().ok());
    offset.ok_or_else(|| AppError::BadRequest { detail: format!("{UPLOAD_OFFSET}: expected a number of bytes") })
}
