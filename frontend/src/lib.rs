//! The browser's side of 邻里守望工作日志: everything that phone and tablet need besides the screens of `app`.
//!
//! | module | holds |
//! |---|---|
//! | [`take_over`] | from the page that the server made to the app, with what was typed meanwhile |
//! | [`mod@start`] | what happens when a tab opens: device, person, screens, and only then the network |
//! | [`device`] | the door to the device, `LocalStore`; [`indexed_db`] is what it keeps, and how |
//! | [`transport`] | the door to the server, `Transport` |
//! | [`host`] | the platform under the sync loop, `Host`: clock, random bytes, pauses; [`tabs`] and [`live`] are parts of it |
//! | [`talking`] | the lazy part of the program that talks with the server, and how it is loaded |
//! | [`service_worker`], [`install`] | starting without signal, new versions, the home screen |
//! | [`checkup`] | what the browser says about itself |
//! | [`browser`], [`events`] | clock, random bytes, events as futures |
//!
//! Never here: a rule, or what is said when (`domain` decides, the sync loop included), a word that a person reads
//! (`app::ui` says it).

mod browser;
mod checkup;
mod device;
mod events;
mod host;
mod indexed_db;
mod install;
mod live;
mod service_worker;
mod start;
mod tabs;
mod take_over;
mod talking;
mod transport;

use app::ui::{App, Client};
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the app: fills the empty shell that the service worker keeps, or takes the place of the server's page.
#[wasm_bindgen]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    leptos::mount::mount_to_body(app);
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        wasm_bindgen_futures::spawn_local(async move { take_over::take_over(&document).await });
    }
}

/// The app around a client of its own, which the rest of this crate fills after the first render.
fn app() -> impl IntoView {
    let client = Client::new();
    provide_context(client);
    wasm_bindgen_futures::spawn_local(start::start(client));
    view! { <App /> }
}
