//! What went wrong in IndexedDB, in the two kinds that matter.

use app::ui::js;
use domain::sync::LocalError;
use wasm_bindgen::JsValue;

/// A transaction that changed nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No room. Trying again is of no use.
    Full,
    /// Anything else, the connection that the system has closed above all: one more try on a new connection.
    Broken(String),
    /// Bytes that the write relies on are not here.
    Incomplete,
    /// Another person is signed in on this device by now, or nobody.
    AnotherPerson,
    /// Another tab has read on meanwhile.
    Outdated,
    /// What was kept here before was taken away.
    Emptied,
}

impl From<JsValue> for Failure {
    fn from(error: JsValue) -> Self {
        match js::text(&error, "name") {
            Some(name) if name == "QuotaExceededError" => Self::Full,
            Some(name) => Self::Broken(name),
            None => Self::Broken("closed".to_owned()),
        }
    }
}

impl From<Failure> for LocalError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::Full,
            Failure::Broken(what) => Self::Unavailable(what),
            Failure::Incomplete => Self::Incomplete,
            Failure::AnotherPerson => Self::AnotherPerson,
            Failure::Outdated => Self::Outdated,
            Failure::Emptied => Self::Emptied,
        }
    }
}
