//! JSON, as phones and server functions write and read it.
//!
//! The server reads what anybody may have sent, with `serde_json`, which tells what is wrong and stops at too deep a
//! nesting. A phone reads what our server sent and what it wrote itself; it uses the smaller `serde-json-core`, which
//! only says that something is wrong, and spares the phone a tenth of what it loads. Both read our types alike
//! (`app/tests/rules/json.rs`). Our types hold no maps and no untagged choices, which the smaller one does not know.

use serde::{Serialize, de::DeserializeOwned};

/// The bytes are not JSON, or not the JSON of this type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// Writes a value.
///
/// # Errors
/// None of our types fails to have a JSON form.
pub fn write(value: &impl Serialize) -> Result<String, Unreadable> {
    serde_json::to_string(value).map_err(unreadable)
}

/// Reads a value.
///
/// # Errors
/// [`Unreadable`].
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    if cfg!(target_family = "wasm") { read_small(text) } else { serde_json::from_slice(text).map_err(unreadable) }
}

/// Reads a value as a phone does.
///
/// # Errors
/// [`Unreadable`], without a reason.
pub fn read_small<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    // Escapes only ever shorten a text.
    let mut unescaped = vec![0; if text.contains(&b'\\') { text.len() } else { 0 }];
    match serde_json_core::from_slice_escaped(text, &mut unescaped) {
        Ok((value, _)) => Ok(value),
        Err(_) => Err(Unreadable(String::new())),
    }
}

fn unreadable(error: serde_json::Error) -> Unreadable {
    Unreadable(error.to_string())
}
