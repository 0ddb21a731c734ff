//! Small questions to the browser: the clock, random bytes, whether anybody looks, the promise to keep the storage.

use app::ui::js;
use domain::kernel::{DeviceId, Timestamp};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, VisibilityState};

/// The device's id, beside the one in IndexedDB: when only this one is left, the database was lost.
const DEVICE_KEY: &str = "watchlog-device";

/// The device's clock.
pub(crate) fn now() -> Timestamp {
    // Whole milliseconds, far inside the range in which this is exact.
    #[expect(clippy::cast_possible_truncation, reason = "dates fit into 53 bits")]
    Timestamp::from_millis(js_sys::Date::now() as i64)
}

/// Ten random bytes.
pub(crate) fn random() -> [u8; 10] {
    let mut bytes = [0; 10];
    // Every browser that runs WASM has a source of random bytes.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// Whether somebody has just signed in (`server/src/functions.rs`), and this device has not noted it yet: also where
/// the page before this one went while it was about to.
pub(crate) fn has_just_entered() -> bool {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return false };
    let cookies = js::text(&document, "cookie").unwrap_or_default();
    cookies.split(';').any(|cookie| cookie.trim() == "entered=1")
}

/// The device knows who is signed in, or that nobody is any more: nothing else has to say it.
pub(crate) fn entry_is_noted() {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        js::set(&document, "cookie", &"entered=; Path=/; Max-Age=0; SameSite=Lax".into());
    }
}

/// Whether the page is in the foreground.
pub(crate) fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_some_and(|document| document.visibility_state() == VisibilityState::Visible)
}

/// The id that this profile had, if `localStorage` still knows it.
pub(crate) fn remembered_device() -> Option<DeviceId> {
    small_storage()?.get_item(DEVICE_KEY).ok()??.parse().ok()
}

/// Remembers the id of this profile.
pub(crate) fn remember_device(id: DeviceId) {
    remember(DEVICE_KEY, Some(&id.to_string()));
}

/// Whether the browser has promised not to clear the storage by itself; `ask` asks for the promise.
pub(crate) async fn is_persisted(ask: bool) -> Option<bool> {
    let manager = js::get(&web_sys::window()?.navigator(), "storage");
    let promise = js::call(&manager, if ask { "persist" } else { "persisted" }, &[]).ok()?;
    JsFuture::from(promise.dyn_into::<js_sys::Promise>().ok()?).await.ok()?.as_bool()
}

/// Keeps a text in `localStorage`, at once; `None` takes it away. Says whether there was room.
pub(crate) fn remember(name: &str, text: Option<&str>) -> bool {
    let done = small_storage().map(|storage| match text {
        Some(text) => storage.set_item(name, text),
        None => storage.remove_item(name),
    });
    matches!(done, Some(Ok(())))
}

/// The texts in `localStorage` whose names begin like this, with their names.
pub(crate) fn remembered_below(start: &str) -> Vec<(String, String)> {
    let Some(storage) = small_storage() else { return Vec::new() };
    let read = |index| {
        let name = storage.key(index).ok().flatten().filter(|name| name.starts_with(start))?;
        let text = storage.get_item(&name).ok().flatten()?;
        Some((name, text))
    };
    (0..storage.length().unwrap_or_default()).filter_map(read).collect()
}

fn small_storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// A name that nothing else has: for a tab, or for what is kept from now on.
pub(crate) fn new_name() -> String {
    DeviceId::from_parts(now().millis(), random()).to_string()
}
