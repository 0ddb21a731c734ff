//! The app on the home screen: the browser offers, the person decides, and the question is asked when they want it.

use crate::events::listen;
use app::ui::Client;
use app::ui::js;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// The browser's offer, kept until the person wants it.
#[derive(Clone, Default)]
pub(crate) struct Install(Rc<RefCell<Option<JsValue>>>);

impl Install {
    /// Waits for the offer, or takes the one that the page (`app::ui::shell`) has kept since before the app was there.
    pub(crate) fn watch(&self, client: Client) {
        let Some(window) = web_sys::window() else { return };
        client.installed.set(runs_from_home_screen(&window));
        let kept = js::get(&window, "installOffer");
        if kept.is_object() {
            self.0.replace(Some(kept));
            client.install_ready.set(true);
        }
        let offer = Rc::clone(&self.0);
        listen(&window, "beforeinstallprompt", move |event| {
            // The browser's own bar would come at a moment of its choice.
            event.prevent_default();
            offer.replace(Some(event.into()));
            client.install_ready.set(true);
        });
        listen(&window, "appinstalled", move |_| {
            client.install_ready.set(false);
            client.installed.set(true);
        });
    }

    /// Shows the question. An offer can be taken up once; the browser makes another one later.
    pub(crate) fn ask(&self, client: Client) {
        let Some(offer) = self.0.take() else { return };
        client.install_ready.set(false);
        if let Ok(promise) = js::call(&offer, "prompt", &[]) {
            spawn_local(async move { drop(JsFuture::from(js_sys::Promise::resolve(&promise)).await) });
        }
    }
}

fn runs_from_home_screen(window: &web_sys::Window) -> bool {
    let query = js::call(window, "matchMedia", &["(display-mode: standalone)".into()]);
    let standalone = query.is_ok_and(|query| js::get(&query, "matches").is_truthy());
    // Safari's own word for it.
    standalone || js::get(&window.navigator(), "standalone").is_truthy()
}
