//! What the app itself has to say: a new version, ready for use without signal, put me on the home screen.

use super::{Icon, IconName};
use crate::ui::Client;
use crate::ui::reactive::{Effect, RwSignal, Show, handler};
use leptos::prelude::*;

/// A new version lies ready. The person decides when.
#[component]
#[must_use]
pub fn UpdateBanner() -> impl IntoView {
    let client = Client::here();
    let later = RwSignal::new(false);
    let shown = move || client.update_ready.get() && !later.get();
    view! {
        <div role="status">
            <Show when=shown>
                <div class="banner">
                    <Icon name=IconName::Refresh />
                    <p>"有新版本。写了一半的字都会留着。"</p>
                    <div class="row">
                        <button type="button" class="button button-quiet" on:click=handler(move |_| later.set(true))>"以后再说"</button>
                        <button type="button" class="button button-primary" on:click=handler(move |_| client.take_update())>"现在更新"</button>
                    </div>
                </div>
            </Show>
        </div>
    }
    .into_any()
}

/// The browser offers to put the app on the home screen; what is kept there is kept longer.
#[component]
#[must_use]
pub fn InstallHint() -> impl IntoView {
    let client = Client::here();
    let later = RwSignal::new(false);
    let shown = move || client.install_ready.get() && !client.installed.get() && !later.get();
    view! {
        <Show when=shown>
            <div class="banner">
                <Icon name=IconName::Download />
                <p>"放到手机桌面上，点一下就开，存得也更稳。"</p>
                <div class="row">
                    <button type="button" class="button button-quiet" on:click=handler(move |_| later.set(true))>"以后再说"</button>
                    <button type="button" class="button" on:click=handler(move |_| client.install())>"放到桌面"</button>
                </div>
            </div>
        </Show>
    }
    .into_any()
}

/// Said once, when the program has been kept: from now on it starts without signal.
#[component]
#[must_use]
pub fn OfflineToast() -> impl IntoView {
    let client = Client::here();
    Effect::new(move |_| {
        if client.offline_news.get() {
            let done = move || {
                client.offline_news.try_set(false);
            };
            set_timeout(done, std::time::Duration::from_secs(6));
        }
    });
    view! {
        <div role="status">
            <Show when=move || client.offline_news.get()>
                <div class="toast"><Icon name=IconName::Check /><span>"好了，现在没信号也能打开、能写。"</span></div>
            </Show>
        </div>
    }
    .into_any()
}

/// The browser was cleared: what had not been uploaded is gone, and nobody may be left in the dark about it.
#[component]
#[must_use]
pub fn StorageLost() -> impl IntoView {
    let client = Client::here();
    view! {
        <div role="alert">
            <Show when=move || client.storage_lost.get()>
                <div class="banner">
                    <Icon name=IconName::Attention />
                    <p>"手机上存的东西被清过。已上传的都在；清的时候还没传上去的，手机上没有了。"</p>
                    <div class="row">
                        <button type="button" class="button" on:click=handler(move |_| client.storage_lost.set(false))>"知道了"</button>
                    </div>
                </div>
            </Show>
        </div>
    }
    .into_any()
}
