//! 登录: a plain form that the server also understands without script; under `--demo` one click per person.

mod demo;
mod form;

use crate::error::AppError;
use crate::ui::components::{Icon, IconName, StorageLost, unsent_words};
use crate::ui::reactive::{Effect, Memo, RwSignal, Views, dynamic};
use crate::ui::{Client, Phase};
use domain::sync::{LeftBehind, Link};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// `/sign-in`
#[component]
#[must_use]
pub fn SignInPage() -> impl IntoView {
    let client = Client::here();
    let navigate = use_navigate();
    let entered = RwSignal::new(false);
    provide_context(Entered(entered));
    // Also when another tab, or a session that still holds, has opened somebody's log meanwhile. While that is not known,
    // and where the session is over, somebody may be typing here.
    let open = Memo::new(move |_| {
        let known = !matches!(client.link.get(), Link::Unknown | Link::Busy | Link::SignInNeeded);
        known && client.phase.get() == Phase::Ready && !client.session_over.get()
    });
    Effect::new(move |_| {
        if entered.get() || open.get() {
            navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    view! {
        <Title text="登录" />
        <main id="main" class="page sign-in stack-wide">
            <header class="brand">
                <span class="brand-mark"><Icon name=IconName::Door /></span>
                <h1 tabindex="-1">"邻里守望工作日志"<small>"小事不出楼，急事有人帮"</small></h1>
            </header>
            <div class="news"><StorageLost /></div>
            <Left />
            <form::SignInForm />
            <demo::DemoPeople />
            <p><a class="button button-quiet" href="/phone"><Icon name=IconName::Phone />"急事先打电话"</a></p>
        </main>
    }
    .into_any()
}

/// Whose words still wait on this phone.
#[component]
fn Left() -> impl IntoView {
    let client = Client::here();
    let line = |LeftBehind { name, unsent, blobs }: LeftBehind| {
        let what = unsent_words(unsent, blobs);
        view! { <p>"这台手机上还有 "<strong>{name}</strong>" 的 "{what}"没传上去，本人登录后会接着传。"</p> }
    };
    dynamic(move || {
        let left = client.left_behind.get();
        (!left.is_empty()).then(|| {
            view! {
                <div class="banner" role="status">
                    <Icon name=IconName::OnDevice />
                    <div class="grow">{left.into_iter().map(line).views()}</div>
                </div>
            }
        })
    })
}

/// Somebody has signed in on this page.
#[derive(Clone, Copy)]
struct Entered(RwSignal<bool>);

/// Starts a session and opens the log of whose it is. While it goes on, no page sends the person back here: the
/// answer leads to the first page before the device has opened.
async fn enter(
    client: Client,
    entered: Entered,
    sign_in: impl Future<Output = Result<(), AppError>>,
) -> Result<(), AppError> {
    let signed_out = client.phase.get_untracked() == Phase::SignedOut;
    if signed_out {
        client.phase.set(Phase::Opening);
    }
    let result = match sign_in.await {
        Ok(()) => client.sign_in_finished().await,
        Err(error) => Err(error),
    };
    if signed_out && result.is_err() {
        client.phase.set(Phase::SignedOut);
    }
    if result.is_ok() {
        entered.0.try_set(true);
    }
    result
}
