//! The browser's door to the server, [`Transport`]: the server functions of `app`, and `fetch` for the bytes of photos.

use crate::{events::within, indexed_db::LazyPart, talking::Talking};
use app::{api, error::AppError, ui::js};
use async_trait::async_trait;
use domain::{
    kernel::{Sha256, Unreadable, json},
    sync::{BlobReply, Failure, MeReply, PullReply, PullRequest, PushReply, PushRequest, Transport, UPLOAD_OFFSET},
};
use js_sys::Uint8Array;
use server_fn::error::FromServerFnError;
use std::pin::Pin;
use wasm_bindgen::JsValue;

/// How long a question may take, in milliseconds.
const QUESTION_MILLIS: u32 = 15_000;
/// A part of an upload may take as long as a slow stairwell needs for a photo. What came of it stays with the server.
const PART_MILLIS: u32 = 120_000;

/// A question under way.
pub(crate) type Asking<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;
/// A part of a photo under way.
pub(crate) type Sending<'d> = Pin<Box<dyn Future<Output = Result<BlobReply, Failure>> + 'd>>;

/// The server, over the network.
pub(crate) struct Fetch;

#[async_trait(?Send)]
impl Transport for Fetch {
    async fn me(&self) -> Result<MeReply, Failure> {
        (part().await?.me)().await
    }

    async fn push(&self, request: &PushRequest) -> Result<PushReply, Failure> {
        (part().await?.push)(request.write().map_err(unwritten)?).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullReply, Failure> {
        (part().await?.pull)(json::write(request).map_err(unwritten)?).await
    }

    async fn blob_offset(&self, sha256: &Sha256) -> Result<u64, Failure> {
        // A lazy part that cannot be had now is asked for at the next round.
        let part = LazyPart::here().await.map_err(|_| Failure::Unreachable)?;
        (part.blob_offset)(*sha256).await
    }

    async fn send_part(&self, sha256: &Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
        let part = LazyPart::here().await.map_err(|_| Failure::Unreachable)?;
        (part.send_part)(*sha256, offset, bytes).await
    }

    async fn sign_out(&self) -> Result<(), Failure> {
        (part().await?.sign_out)().await
    }
}

/// The lazy part that asks. One that cannot be had now is asked for at the next round.
async fn part() -> Result<&'static Talking, Failure> {
    Talking::here().await.map_err(|_| Failure::Unreachable)
}

/// Whose session this is. Like the next three in the part that talks.
pub(crate) async fn me() -> Result<MeReply, Failure> {
    answered(api::me()).await
}

/// Sends a batch of commands.
pub(crate) async fn push(request: String) -> Result<PushReply, Failure> {
    answered(api::push(request)).await
}

/// Reads a page of the feeds.
pub(crate) async fn pull(request: String) -> Result<PullReply, Failure> {
    answered(api::pull(request)).await
}

/// Ends the session.
pub(crate) async fn sign_out() -> Result<(), Failure> {
    answered(api::sign_out()).await
}

/// A reply, or [`Failure::Unreachable`] when the server takes longer than anybody waits.
async fn answered<T>(request: impl Future<Output = Result<T, AppError>>) -> Result<T, Failure> {
    let reply = within(QUESTION_MILLIS, request).await.unwrap_or(Err(AppError(Failure::Unreachable)));
    reply.map_err(|AppError(failure)| failure)
}

/// None of our requests fails to have a form.
fn unwritten(error: Unreadable) -> Failure {
    Failure::BadRequest { detail: error.detail }
}

/// How many bytes of a blob the server has. In a lazy part of the program.
pub(crate) async fn blob_offset(sha256: Sha256) -> Result<u64, Failure> {
    let answer = fetched(QUESTION_MILLIS, sha256, &[("method", "HEAD".into())]).await?;
    let there = js::call(&js::get(&answer, "headers"), "get", &[UPLOAD_OFFSET.into()]);
    match (status(&answer), there.ok().and_then(|there| there.as_string()?.parse().ok())) {
        (200, Some(there)) => Ok(there),
        (other, _) => Err(Failure::of_status(other)),
    }
}

/// Sends a part of a blob. In a lazy part of the program.
pub(crate) async fn send_part(sha256: Sha256, offset: u64, bytes: &[u8]) -> Result<BlobReply, Failure> {
    let headers =
        js::object(&[("content-type", "application/octet-stream".into()), (UPLOAD_OFFSET, offset.to_string().into())]);
    let request = [("method", "PUT".into()), ("headers", headers), ("body", Uint8Array::from(bytes).into())];
    let answer = fetched(PART_MILLIS, sha256, &request).await?;
    let text = within(QUESTION_MILLIS, js::promised(&answer, "text", &[])).await.and_then(Result::ok);
    let text = text.and_then(|text| text.as_string()).ok_or(Failure::Unreachable)?;
    if status(&answer) != 200 {
        return Err(AppError::de(text.into_bytes().into()).0);
    }
    json::read(text.as_bytes()).map_err(|_| Failure::NotOurAnswer)
}

fn status(answer: &JsValue) -> u16 {
    // Between 100 and 599.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status has three digits")]
    js::get(answer, "status").as_f64().map_or(0, |status| status as u16)
}

/// An answer about a blob, or [`Failure::Unreachable`]; a request that takes too long is given up.
async fn fetched(millis: u32, sha256: Sha256, request: &[(&str, JsValue)]) -> Result<JsValue, Failure> {
    let window = JsValue::from(web_sys::window());
    let url = ["/api/blobs/", &sha256.to_string()].concat();
    let (request, stop) = (js::object(request), js::construct("AbortController", &[]).unwrap_or_default());
    js::set(&request, "signal", &js::get(&stop, "signal"));
    let answer = within(millis, js::promised(&window, "fetch", &[url.into(), request])).await;
    if answer.is_none() {
        let _ = js::call(&stop, "abort", &[]);
    }
    answer.and_then(Result::ok).ok_or(Failure::Unreachable)
}
