//! JSON, as phones and server write and read it.
//!
//! The server reads what anybody may have sent, with `serde_json`, which tells what is wrong and stops at too deep a
//! nesting. A phone reads what our server sent and what it wrote itself; it uses the smaller `serde-json-core`, which
//! only says that something is wrong, and spares the phone a tenth of what it loads. Both read our types alike
//! (`tests/*/decoders.rs`). Our types hold no maps and no untagged choices, which the smaller one does not know.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

/// The bytes are not JSON, or not the JSON of this type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Unreadable {
    /// Well-formed, but with a word that this version does not know: a newer version wrote it. Only the larger reader
    /// can tell.
    pub is_newer: bool,
    /// For the log.
    pub detail: String,
}

impl Unreadable {
    /// Not what any version writes.
    #[must_use]
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self { is_newer: false, detail: detail.into() }
    }
}

/// Writes a value.
///
/// # Errors
/// None of our types fails to have a JSON form.
pub fn write(value: &impl Serialize) -> Result<String, Unreadable> {
    let unwritten = |error| if cfg!(target_family = "wasm") { Unreadable::malformed("") } else { unreadable(error) };
    serde_json::to_string(value).map_err(unwritten)
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
        Err(_) => Err(Unreadable::malformed("")),
    }
}

/// Reads a list through `Strict`, which has the same fields and refuses others: what a command holds is read by its own
/// rules. A record passes over fields of a newer version; a command that names one is taken by a newer server only, because
/// this one would answer that it is in force and forget what it said.
///
/// # Errors
/// What the list's reader says.
pub fn strict<'de, Strict, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    Strict: Deserialize<'de> + Into<T>,
    D: Deserializer<'de>,
{
    Ok(Vec::<Strict>::deserialize(deserializer)?.into_iter().map(Into::into).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn unreadable(error: serde_json::Error) -> Unreadable {
    let detail = error.to_string();
    // serde's own words for a field or a choice that the type does not have.
    let is_newer = error.is_data() && (detail.starts_with("unknown field") || detail.starts_with("unknown variant"));
    Unreadable { is_newer, detail }
}
