//! Photos and voice notes, after their words (DESIGN.md 5.8): beside the talk with the server, so that words never wait for
//! pictures, and two at a time, so that none waits for another. What comes next and what an answer means is decided by
//! `app::sync::Upload`.
//!
//! Whoever has nothing to upload does without this code: it is in a later part of the program.

use crate::{
    device::Device,
    events::within,
    tabs::{self, Turn},
};
use app::{
    domain::{Attachment, PersonId, Sha256Hex},
    error::AppError,
    local_store::LocalStore,
    sync::{AfterUpload, BlobReply, UPLOAD_OFFSET, Upload, UploadStep, after_failed_upload},
    ui::{Client, js},
};
use js_sys::Uint8Array;
use leptos::prelude::*;
use server_fn::error::FromServerFnError;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    ops::Range,
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// A part of an upload may take as long as a slow stairwell needs for a photo. What came of it stays with the server.
const PART_MILLIS: u32 = 120_000;
/// A question may take as long as any other.
const QUESTION_MILLIS: u32 = 15_000;

/// The uploads of this tab.
#[derive(Default)]
pub(crate) struct Uploads {
    under_way: Cell<bool>,
}

type Run = fn(Client, Rc<Device>) -> Pin<Box<dyn Future<Output = ()>>>;

#[wasm_split(more, fallible)]
fn uploader() -> Result<Run, SplitLoaderError> {
    Ok(|client, device| Box::pin(Lanes::run(client, device)))
}

impl Uploads {
    /// Uploads all that waits, unless it is under way, here or in another tab.
    pub(crate) fn begin(self: &Rc<Self>, client: Client, device: &Rc<Device>) {
        if self.under_way.replace(true) {
            return;
        }
        let (this, device) = (Rc::clone(self), Rc::clone(device));
        spawn_local(async move {
            // A part that cannot be had now is asked for at the next round.
            if let Ok(run) = uploader().await {
                tabs::alone(Turn::Uploads, run(client, device)).await;
            }
            this.under_way.set(false);
        });
    }
}

/// What is being uploaded, and by whom.
struct Lanes {
    client: Client,
    device: Rc<Device>,
    person: PersonId,
    queue: RefCell<VecDeque<Attachment>>,
    /// Begun in this run, whatever became of them.
    begun: RefCell<Vec<Sha256Hex>>,
    stopped: Cell<bool>,
    arrived: Cell<bool>,
}

impl Lanes {
    async fn run(client: Client, device: Rc<Device>) {
        let Some(person) = client.me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return };
        let this = Self {
            client,
            device,
            person,
            queue: RefCell::default(),
            begun: RefCell::default(),
            stopped: Cell::default(),
            arrived: Cell::default(),
        };
        while !this.stopped.get() && this.fill() {
            futures::future::join(this.lane(), this.lane()).await;
        }
        if this.arrived.get() {
            // The feed says so of each; then it waits no longer.
            this.device.kick();
        }
        client.tidy_blobs().await;
    }

    /// What has come to wait meanwhile. Says whether there is anything.
    fn fill(&self) -> bool {
        let begun = self.begun.borrow();
        let new = untrack(|| self.client.to_upload()).into_iter();
        let refused = self.client.refused_blobs.get_untracked();
        let new = new.filter(|one| !begun.contains(&one.sha256) && !refused.contains(&one.sha256));
        self.queue.replace(new.collect());
        !self.queue.borrow().is_empty()
    }

    async fn lane(&self) {
        while !self.stopped.get() {
            let Some(next) = self.queue.borrow_mut().pop_front() else { return };
            self.begun.borrow_mut().push(next.sha256.clone());
            match self.upload(&next).await {
                Ok(true) => self.arrived.set(true),
                Ok(false) => {}
                Err(error) => match after_failed_upload(&error) {
                    AfterUpload::Stop => self.stopped.set(true),
                    AfterUpload::PassOver => leptos::logging::warn!("{} passed over: {error}", next.sha256.0),
                    AfterUpload::Refused => self.client.refused_blobs.update(|refused| refused.push(next.sha256)),
                },
            }
        }
    }

    /// Uploads one; says whether the server has it now.
    async fn upload(&self, one: &Attachment) -> Result<bool, AppError> {
        // Bytes that are not here, or not what they were, are on no way to the server; their entry says that they are missing.
        let Ok(Some(bytes)) = self.device.blob(&one.sha256).await else { return Ok(false) };
        if Attachment::of(one.kind, &bytes) != *one {
            return Err(AppError::BadRequest { detail: "the bytes were damaged on this device".to_owned() });
        }
        let mut upload = Upload::new(one);
        loop {
            self.still()?;
            match upload.step() {
                UploadStep::Done => break,
                UploadStep::Rest => return Ok(false),
                UploadStep::Ask => upload.asked(self.ask(&one.sha256).await?),
                UploadStep::Send(range) => match self.send(&one.sha256, &bytes, range).await {
                    Ok((there, whole)) => upload.sent(there, whole),
                    // What came of it is with the server; whether it can be reached at all says the question.
                    Err(AppError::Unreachable) => upload.cut(),
                    Err(error) => return Err(error),
                },
            }
        }
        // Should the device not note it, the bytes go from it a little earlier than they might.
        if self.device.shelf.blob_uploaded(&one.sha256).await.is_ok() {
            self.client.here_is(one.sha256.clone());
        }
        Ok(true)
    }

    /// Nobody's photos go up in another one's name.
    fn still(&self) -> Result<(), AppError> {
        let shown = self.client.is_me(self.person);
        if shown && self.device.shelf.is_of(self.person) { Ok(()) } else { Err(AppError::SignInNeeded) }
    }

    /// How many bytes the server has.
    async fn ask(&self, sha256: &Sha256Hex) -> Result<u64, AppError> {
        let answer = fetched(QUESTION_MILLIS, sha256, &[("method", "HEAD".into())]).await?;
        let there = js::call(&js::get(&answer, "headers"), "get", &[UPLOAD_OFFSET.into()]);
        match (status(&answer), there.ok().and_then(|there| there.as_string()?.parse().ok())) {
            (200, Some(there)) => Ok(there),
            (other, _) => Err(AppError::of_status(other)),
        }
    }

    /// Sends a part; how many bytes the server has then, and whether that is all.
    async fn send(&self, sha256: &Sha256Hex, bytes: &[u8], range: Range<u64>) -> Result<(u64, bool), AppError> {
        let of = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let body = Uint8Array::from(&bytes[of(range.start)..of(range.end)]);
        let headers = js::object(&[
            ("content-type", "application/octet-stream".into()),
            (UPLOAD_OFFSET, range.start.to_string().into()),
        ]);
        let request = [("method", "PUT".into()), ("headers", headers), ("body", body.into())];
        let answer = fetched(PART_MILLIS, sha256, &request).await?;
        let text = within(QUESTION_MILLIS, js::promised(&answer, "text", &[])).await.and_then(Result::ok);
        let text = text.and_then(|text| text.as_string()).ok_or(AppError::Unreachable)?;
        if status(&answer) != 200 {
            return Err(AppError::de(text.into_bytes().into()));
        }
        let reply: BlobReply = app::json::read(text.as_bytes()).map_err(|_| AppError::NotOurAnswer)?;
        let epoch = self.client.marks.with_untracked(|marks| marks.epoch.clone());
        if reply.server.person != self.person || Some(reply.server.epoch) != epoch || reply.sha256 != *sha256 {
            return Err(AppError::NotOurAnswer);
        }
        Ok((reply.offset, reply.whole))
    }
}

fn status(answer: &JsValue) -> u16 {
    // Between 100 and 599.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a status has three digits")]
    js::get(answer, "status").as_f64().map_or(0, |status| status as u16)
}

/// An answer about a blob, or [`AppError::Unreachable`]; a request that takes too long is given up.
async fn fetched(millis: u32, sha256: &Sha256Hex, request: &[(&str, JsValue)]) -> Result<JsValue, AppError> {
    let window = JsValue::from(web_sys::window());
    let url = ["/api/blobs/", &sha256.0].concat();
    let (request, stop) = (js::object(request), js::construct("AbortController", &[]).unwrap_or_default());
    js::set(&request, "signal", &js::get(&stop, "signal"));
    let answer = within(millis, js::promised(&window, "fetch", &[url.into(), request])).await;
    if answer.is_none() {
        let _ = js::call(&stop, "abort", &[]);
    }
    answer.and_then(Result::ok).ok_or(AppError::Unreachable)
}
