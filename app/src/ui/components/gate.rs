//! What stands before every page that shows what the device holds.

use super::{IconName, Notice, Skeleton};
use crate::ui::reactive::{Effect, Memo, dynamic};
use crate::ui::{Client, Phase};
use domain::sync::LocalError;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Shows the page once the device has said what it holds; leads to the sign-in page where nobody is signed in.
#[component]
#[must_use]
pub fn Gate(
    /// The page.
    children: ChildrenFn,
) -> impl IntoView {
    let client = Client::here();
    let phase = Memo::new(move |_| client.phase.get());
    dynamic(move || match phase.get() {
        Phase::Opening => view! { <Skeleton /> }.into_any(),
        Phase::SignedOut => view! { <ToSignIn /> }.into_any(),
        Phase::NoStorage(error) => storage_closed(&error),
        Phase::Ready => children().into_any(),
    })
}

/// The device keeps nothing, or does not say what it keeps.
pub fn storage_closed(error: &LocalError) -> AnyView {
    let words = error.spoken_at_start();
    view! {
        <Notice icon=IconName::Attention title="这里存不住东西">
            <p>{words}</p>
            <div class="row">
                // The whole page anew: the router would only stay where it is.
                <a class="button button-primary" href="" rel="external">"再试一次"</a>
                <a class="button" href="/phone">"急事打电话"</a>
            </div>
        </Notice>
    }
    .into_any()
}

#[component]
fn ToSignIn() -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move |_| navigate("/sign-in", NavigateOptions { replace: true, ..NavigateOptions::default() }));
    view! {
        <Notice icon=IconName::Person title="还没有登录">
            <p>"登录以后，没有信号也能看、也能写。"</p>
            <div class="row"><a class="button button-primary" href="/sign-in">"去登录"</a></div>
        </Notice>
    }
}
