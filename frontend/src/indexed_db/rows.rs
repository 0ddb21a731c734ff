//! How rows look: plain objects around JSON text, so that people and tools can read them without this program.

use super::failure::Failure;
use app::ui::js;
use domain::{
    kernel::{Envelope, json as text},
    sync::{Queued, QueuedState},
};
use js_sys::{Array, JsString};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// JSON text. None of our types fails to have one.
pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    text::write(value).map_err(|_| Failure::Broken("no JSON form".to_owned()))
}

/// A text that was kept, in its type; `None` where there is none or another version wrote it.
pub(super) fn parsed<T: DeserializeOwned>(json: &JsValue) -> Option<T> {
    read(&json.as_string()?)
}

/// The type that a JSON text says.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    text::read(json.as_bytes()).ok()
}

/// A row of the outbox: `{person, bytes, state}`.
pub(super) fn outbox_row(person: &str, item: &Queued) -> Result<JsValue, Failure> {
    let state = json(&item.state)?;
    Ok(js::object(&[("person", person.into()), ("bytes", item.bytes.as_str().into()), ("state", state.into())]))
}

/// A row of what was sent: the same with the time of its confirmation.
pub(super) fn sent_row(person: &str, item: &Queued, at: &JsValue) -> Result<JsValue, Failure> {
    let row = outbox_row(person, item)?;
    js_sys::Reflect::set(&row, &"at".into(), at)?;
    Ok(row)
}

/// The bytes of the command in a row.
pub(super) fn bytes(row: &JsValue) -> Option<String> {
    js::text(row, "bytes")
}

/// The commands in rows, each once: a row that was written twice (the system closed the connection between `commit`
/// and `complete`) is one command. A state that cannot be read counts as waiting; the server knows better.
pub(super) fn queued(rows: &Array) -> Vec<Queued> {
    let mut queued: Vec<Queued> = Vec::new();
    for row in rows.iter() {
        let Some(bytes) = bytes(&row).filter(|bytes| queued.iter().all(|item| item.bytes != *bytes)) else { continue };
        let state = parsed(&js::get(&row, "state")).unwrap_or(QueuedState::Waiting);
        queued.push(Queued::restored(bytes, state));
    }
    queued
}

/// A record as it is kept: its two lines.
pub(super) fn record(envelope: &Envelope) -> Result<String, Failure> {
    let mut lines = String::new();
    envelope.write_to(&mut lines).map_err(|_| Failure::Broken("no JSON form".to_owned()))?;
    Ok(lines)
}

/// The records in rows. One long text crosses from JavaScript much faster than thousands of short ones. `None` where
/// another version wrote one of them in a way that even sync cannot read.
pub(super) fn records(rows: JsValue) -> Option<Vec<Envelope>> {
    let joined: JsString = rows.unchecked_into::<Array>().join("");
    let joined = String::from(joined);
    let mut lines = joined.lines();
    let mut records = Vec::new();
    while let Some(envelope) = Envelope::read_from(&mut lines).ok()? {
        records.push(envelope);
    }
    Some(records)
}
