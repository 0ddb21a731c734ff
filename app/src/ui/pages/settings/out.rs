//! 退出登录: says how much waits, and that it stays.

use crate::ui::components::{Dialog, Icon, IconName, unsent_words};
use crate::ui::reactive::{Memo, RwSignal, StoredValue, dynamic, handler, live, optional};
use crate::ui::{Client, Phase};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The way out; the way in where nobody is signed in.
#[component]
pub fn SignOut() -> impl IntoView {
    let client = Client::here();
    let asking = RwSignal::new(false);
    let failed = RwSignal::new(None::<&'static str>);
    let navigate = StoredValue::new(use_navigate());
    let capturing = Memo::new(move |_| client.is_capturing());
    let leave = move |_| {
        if capturing.get_untracked() {
            return;
        }
        asking.set(false);
        leptos::task::spawn_local(async move {
            match client.sign_out().await {
                Ok(_) => {
                    navigate.try_with_value(|navigate| navigate("/sign-in", NavigateOptions::default()));
                }
                Err(error) => {
                    failed.try_set(Some(error.spoken_of_deed()));
                }
            }
        });
    };
    let waiting =
        Memo::new(move |_| client.status.with(|status| unsent_words(status.unsent_commands(), status.unsent_blobs())));
    let dialog = move || {
        view! {
            <Dialog title="退出登录？" on_close=Callback::new(move |()| asking.set(false))>
                {dynamic(move || match waiting.get() {
                    _ if capturing.get() => view! { <p role="status">"照片、语音还在收进手机，等几秒再退。"</p> }.into_any(),
                    None => view! { <p>"都已上传。下次登录再取回来。"</p> }.into_any(),
                    Some(what) => view! {
                        <p>"还有 "<strong>{what}</strong>"没传上去。它们会留在这台手机里，您下次登录会接着传，别人看不到。"</p>
                    }
                    .into_any(),
                })}
                <div class="dialog-actions">
                    <button type="button" class="button" on:click=handler(move |_| asking.set(false))>"不退了"</button>
                    <button
                        type="button" class="button button-primary" on:click=handler(leave)
                        aria-disabled=live(move || capturing.get().then_some("true"))
                    >"退出登录"</button>
                </div>
            </Dialog>
        }
    };
    view! {
        {dynamic(move || match client.phase.get() {
            Phase::Ready => view! {
                <button type="button" class="button button-wide" on:click=handler(move |_| asking.set(true))>
                    <Icon name=IconName::SignOut />"退出登录"
                </button>
            }
            .into_any(),
            Phase::SignedOut => view! { <a class="button button-primary button-wide" href="/sign-in">"去登录"</a> }.into_any(),
            Phase::Opening | Phase::NoStorage(_) => ().into_any(),
        })}
        <div role="alert">{failed}</div>
        {optional(move || asking.get().then(dialog))}
    }
    .into_any()
}
