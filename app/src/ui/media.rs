//! Pictures and sound in the browser: files into bytes, bytes into addresses, photos made small. Only later parts of the
//! program use it.

use super::js;
use leptos::prelude::*;
use std::{pin::Pin, task::Poll, time::Duration};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    js_sys::{Promise, Uint8Array},
    wasm_bindgen::{JsCast, JsValue},
};

/// What a file or a recording holds.
///
/// # Errors
/// What the browser says; a file may be gone by then.
pub async fn bytes_of(blob: &JsValue) -> Result<Vec<u8>, JsValue> {
    Ok(Uint8Array::new(&js::promised(blob, "arrayBuffer", &[]).await?).to_vec())
}

/// Bytes as the browser hands them to a picture, a player or a decoder.
///
/// # Errors
/// None that is known.
pub fn blob_of(bytes: &[u8], content_type: &str) -> Result<JsValue, JsValue> {
    let parts = web_sys::js_sys::Array::of1(&Uint8Array::from(bytes));
    js::construct("Blob", &[parts.into(), js::object(&[("type", content_type.into())])])
}

/// An address for such bytes, until whoever asked for it is gone.
#[must_use]
pub fn address_of(bytes: &[u8], content_type: &str) -> Option<String> {
    let blob = blob_of(bytes, content_type).ok()?;
    js::call(&url_class(), "createObjectURL", &[blob]).ok()?.as_string()
}

/// Lets go of an address of [`address_of`].
pub fn let_go(address: &str) {
    let _ = js::call(&url_class(), "revokeObjectURL", &[address.into()]);
}

fn url_class() -> JsValue {
    js::get(&web_sys::js_sys::global(), "URL")
}

/// The first event of these names, heard from the moment of the call; the last name is that of a failure.
pub fn first_event(target: &JsValue, heard: &[&str], failed: &str) -> JsFuture {
    let promise = Promise::new(&mut |done, broken| {
        for name in heard {
            let _ = js::call(target, "addEventListener", &[(*name).into(), done.clone().into()]);
        }
        let _ = js::call(target, "addEventListener", &[failed.into(), broken.into()]);
    });
    JsFuture::from(promise)
}

/// How long a photo may take on a slow phone, before nobody waits for it any more.
const SHRINKING: Duration = Duration::from_secs(40);
/// How long the question whether the microphone may be used may stand.
pub const PERMISSION: Duration = Duration::from_secs(60);

/// What comes in time; the words for too late otherwise. Some browsers never say that a worker has died, or that a question
/// is not answered.
///
/// # Errors
/// Those of `work`, and a text.
pub async fn in_time<T>(limit: Duration, work: impl Future<Output = Result<T, JsValue>>) -> Result<T, JsValue> {
    let late = Promise::new(&mut |done, _| {
        set_timeout(move || drop(done.call0(&JsValue::NULL)), limit);
    });
    let (mut work, mut late) = (std::pin::pin!(work), JsFuture::from(late));
    std::future::poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(done),
        Poll::Pending => Pin::new(&mut late).poll(context).map(|_| Err("too late".into())),
    })
    .await
}

/// A photo as it is kept, made by `frontend/assets/shrink.js`: small, upright, and nothing but the picture. In a worker, so
/// that the page goes on; in the page where browsers cannot draw elsewhere.
///
/// # Errors
/// What is no picture that this browser can read.
pub async fn shrink(photo: &JsValue) -> Result<Vec<u8>, JsValue> {
    let root = document().document_element().ok_or(JsValue::NULL)?;
    let script = root.get_attribute("data-shrink").unwrap_or_default();
    let can_draw = !js::get(&web_sys::js_sys::global(), "OffscreenCanvas").is_undefined();
    let small = if can_draw { in_worker(&script, photo).await? } else { in_page(&script, photo).await? };
    // Words instead of bytes say why not.
    if small.is_string() { Err(small) } else { Ok(Uint8Array::new(&small).to_vec()) }
}

async fn in_worker(script: &str, photo: &JsValue) -> Result<JsValue, JsValue> {
    let worker = js::construct("Worker", &[script.into()])?;
    let answer = first_event(&worker, &["message"], "error");
    js::call(&worker, "postMessage", std::slice::from_ref(photo))?;
    let answer = in_time(SHRINKING, answer).await;
    let _ = js::call(&worker, "terminate", &[]);
    Ok(js::get(&answer?, "data"))
}

async fn in_page(script: &str, photo: &JsValue) -> Result<JsValue, JsValue> {
    const FUNCTION: &str = "shrinkPhoto";
    let global = web_sys::js_sys::global();
    if js::get(&global, FUNCTION).is_undefined() {
        let element = document().create_element("script")?;
        element.set_attribute("src", script)?;
        let loaded = first_event(&element, &["load"], "error");
        document().head().ok_or(JsValue::NULL)?.append_child(&element)?;
        in_time(SHRINKING, loaded).await?;
    }
    in_time(SHRINKING, js::promised(&global, FUNCTION, std::slice::from_ref(photo))).await
}

/// The files that were chosen, and the field empty again, so that the same one can be chosen once more.
#[must_use]
pub fn chosen_files(event: &web_sys::Event) -> Vec<JsValue> {
    let Some(input) = event.target() else { return Vec::new() };
    let files = js::get(&input, "files");
    let files = web_sys::js_sys::Array::from(&files).iter().collect();
    js::set(input.unchecked_ref(), "value", &"".into());
    files
}
