//! Name and password. Without script the browser posts the form and the server answers with a page.

use super::{Entered, enter};
use crate::api::{SignIn, sign_in};
use crate::error::AppError;
use crate::ui::Client;
use crate::ui::components::{FieldNote, focus_first};
use crate::ui::reactive::{RwSignal, Signal, dynamic, handler, live};
use domain::sync::Failure;
use leptos::{html, prelude::*};
use leptos_router::hooks::use_query_map;
use server_fn::{ServerFn, error::ServerFnUrlError};

/// The form.
#[component]
pub fn SignInForm() -> impl IntoView {
    let client = Client::here();
    let entered: Entered = expect_context();
    // Without script the error comes back in the address, so the first render knows it on both sides.
    let query = use_query_map();
    let from_address =
        query.with_untracked(|query| query.get("__err")).map(|raw| ServerFnUrlError::<AppError>::decode_err(&raw));
    let trouble = RwSignal::new(from_address);
    let busy = RwSignal::new(false);
    let seen = RwSignal::new(false);
    let (name, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(password)) = (name.get_untracked(), password.get_untracked()) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        trouble.set(None);
        let (name, secret) = (name.value().trim().to_owned(), password.value());
        leptos::task::spawn_local(async move {
            let result = enter(client, entered, sign_in(name, secret)).await;
            busy.try_set(false);
            if let Err(error) = result {
                trouble.try_set(Some(error));
                request_animation_frame(|| focus_first("#password"));
            }
        });
    };
    let words = Signal::derive(move || trouble.with(|trouble| trouble.as_ref().map(spoken)));
    let invalid = move || words.with(Option::is_some).then_some("true");
    view! {
        <form method="post" action=SignIn::url() class="stack" on:submit=handler(submit)>
            <div class="field">
                <label for="name">"名字"</label>
                <input
                    id="name" name="name" class="input" node_ref=name required autocomplete="username" autocapitalize="none"
                    spellcheck="false" aria-describedby="sign-in-note" aria-invalid=invalid
                />
            </div>
            <div class="field">
                <label for="password">"密码"</label>
                <input
                    id="password" name="password" class="input" node_ref=password required autocomplete="current-password"
                    type=live(move || if seen.get() { "text" } else { "password" }) aria-describedby="sign-in-note" aria-invalid=invalid
                />
            </div>
            <label class="check-line">
                <input type="checkbox" class="check" on:change=handler(move |event| seen.set(event_target_checked(&event))) />
                "让我看见密码"
            </label>
            <FieldNote id="sign-in-note" words=words />
            <button type="submit" class="button button-primary button-wide" aria-disabled=live(move || busy.get().then_some("true"))>
                {dynamic(move || if busy.get() { "正在登录……" } else { "登录" })}
            </button>
            <p class="hint">"忘了密码，请找网格员。登录一次，这台手机记 30 天。"</p>
        </form>
    }
    .into_any()
}

/// At this page nothing has been written yet, so the words of other pages would be odd.
fn spoken(error: &AppError) -> String {
    match &error.0 {
        Failure::Unreachable => "连不上网，登录要有信号。登录过一次，以后没信号也能写。急事先打电话。".to_owned(),
        Failure::SignInNeeded { .. } => "没登录上，再试一次。".to_owned(),
        other => other.spoken(),
    }
}
