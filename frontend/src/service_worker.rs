//! The bridge to the service worker (`assets/sw.js`): says when the app starts without signal and when a new version
//! lies ready. It never takes a new version by itself: the person decides.

use crate::events::listen;
use app::ui::Client;
use app::ui::js;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration, ServiceWorkerState};

const ADDRESS: &str = "/sw.js";
/// An app that stays open for days asks for a new version no more often than this, in milliseconds.
const CHECK_MILLIS: f64 = 3_600_000.0;

/// What is known of the service worker.
#[derive(Clone)]
pub(crate) struct Versions {
    client: Client,
    registration: Rc<RefCell<Option<ServiceWorkerRegistration>>>,
    wanted: Rc<Cell<bool>>,
    checked: Rc<Cell<f64>>,
}

impl Versions {
    pub(crate) fn new(client: Client) -> Self {
        let (registration, wanted, checked) = (Rc::default(), Rc::default(), Rc::new(Cell::new(js_sys::Date::now())));
        Self { client, registration, wanted, checked }
    }

    /// Registers the service worker. To be called after the first render: it downloads what the page just loaded.
    pub(crate) async fn register(self) {
        let Some(container) = container() else { return };
        self.client.offline_ready.set(container.controller().is_some());
        self.hear_takeover(&container);
        let options = js::object(&[("updateViaCache", "none".into())]);
        let Ok(promise) = js::call(&container, "register", &[ADDRESS.into(), options]) else { return };
        // Without signal this fails, and the version that is here keeps running.
        let Ok(registration) = JsFuture::from(promise.unchecked_into::<js_sys::Promise>()).await else { return };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        self.look_at(&registration);
        let (this, seen) = (self.clone(), registration.clone());
        listen(&registration, "updatefound", move |_| this.look_at(&seen));
        self.registration.replace(Some(registration));
    }

    /// Asks for a new version, now and then. `at_once` when the server says that this one is too old.
    pub(crate) fn check(&self, at_once: bool) {
        let now = js_sys::Date::now();
        if !at_once && now - self.checked.get() < CHECK_MILLIS {
            return;
        }
        self.checked.set(now);
        let registration = self.registration.borrow().clone();
        if let Some(Ok(promise)) = registration.map(|registration| registration.update()) {
            // Without signal it fails, and is asked again later.
            spawn_local(async move { drop(JsFuture::from(promise).await) });
        }
    }

    /// Lets the version that lies ready take over. The page is loaded anew when it has.
    pub(crate) fn take(&self) {
        let waiting = self.registration.borrow().as_ref().and_then(ServiceWorkerRegistration::waiting);
        let activate = js::object(&[("type", "activate".into())]);
        match waiting {
            Some(waiting) if waiting.post_message(&activate).is_ok() => self.wanted.set(true),
            // Another tab has let it take over: this page only has to be loaded anew.
            _ => reload(),
        }
    }

    fn look_at(&self, registration: &ServiceWorkerRegistration) {
        if registration.waiting().is_some() {
            self.announce();
        }
        let Some(installing) = registration.installing() else { return };
        let (this, worker) = (self.clone(), installing.clone());
        listen(&installing, "statechange", move |_| {
            if ServiceWorker::state(&worker) == ServiceWorkerState::Installed {
                this.announce();
            }
        });
    }

    /// The very first version takes over by itself; only a later one is an update.
    fn announce(&self) {
        if container().is_some_and(|container| container.controller().is_some()) {
            self.client.update_ready.set(true);
        }
    }

    fn hear_takeover(&self, container: &ServiceWorkerContainer) {
        let (this, first) = (self.clone(), Cell::new(container.controller().is_none()));
        listen(container, "controllerchange", move |_| {
            this.client.offline_ready.set(true);
            if first.replace(false) {
                this.client.offline_news.set(true);
            } else if this.wanted.replace(false) {
                reload();
            } else {
                this.client.update_ready.set(true);
            }
        });
    }
}

/// There is none on plain HTTP, except on the device itself, and in some private windows.
fn container() -> Option<ServiceWorkerContainer> {
    let container: JsValue = js::get(&web_sys::window()?.navigator(), "serviceWorker");
    container.is_object().then(|| container.unchecked_into())
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
