//! What the browser says about itself and its storage: the facts of 手机体检. What they mean is decided by
//! `domain::sync::checkup`.

use crate::{browser, device::Device};
use app::ui::js;
use domain::{kernel::Bytes, sync::DeviceFacts};
use wasm_bindgen::JsValue;

impl Device {
    /// Asks all of it, at this moment.
    pub(crate) async fn facts_here(&self) -> DeviceFacts {
        let navigator = js::get(&web_sys::window().into(), "navigator");
        let estimate = js::promised(&js::get(&navigator, "storage"), "estimate", &[]).await.unwrap_or_default();
        let container = js::get(&navigator, "serviceWorker");
        DeviceFacts {
            user_agent: js::text(&navigator, "userAgent").unwrap_or_default(),
            persisted: browser::is_persisted(false).await,
            quota: bytes(&estimate, "quota"),
            usage: bytes(&estimate, "usage"),
            locks: !js::get(&navigator, "locks").is_undefined(),
            service_worker: !container.is_undefined(),
            controlled: js::get(&container, "controller").is_object(),
            installed: self.client().installed.get_untracked(),
            update_ready: self.client().update_ready.get_untracked(),
        }
    }
}

fn bytes(estimate: &JsValue, name: &str) -> Option<Bytes> {
    // Never negative, and far inside the range in which it is exact.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of bytes")]
    js::get(estimate, name).as_f64().map(|bytes| Bytes::new(bytes as u64))
}
