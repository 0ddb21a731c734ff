//! Where the focus goes when the page changes, and the way round the head for people who use the keyboard.

use super::focus_first;
use crate::ui::reactive::{Effect, Memo, handler};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The first thing that Tab reaches: over the head, straight to the page (`<main id="main">`).
#[component]
#[must_use]
pub fn SkipLink() -> impl IntoView {
    // Moves the focus itself: a hash in the address would be one more step for the phone's back button.
    let skip = |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        focus_first("#main");
    };
    view! { <a class="skip-link" href="#main" rel="external" on:click=handler(skip)>"跳到正文"</a> }
}

/// After a change of page or step, the focus goes to its headline: a screen reader says where one is, and Tab goes
/// on from there. The router itself leaves the focus on what is gone.
#[component]
#[must_use]
pub fn RouteFocus() -> impl IntoView {
    let location = use_location();
    // The desk is one page for the list and every entry, and moves the focus between them itself.
    let page = move |path: &str| if path.starts_with("/review") { "/review".to_owned() } else { path.to_owned() };
    let place =
        Memo::new(move |_| (location.pathname.with(|path| page(path)), location.query.with(|query| query.get("step"))));
    Effect::new(move |before: Option<_>| {
        let now = place.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(|| {
                // A sheet that opened with the page has the focus already.
                if !matches!(document().query_selector(".dialog"), Ok(Some(_))) {
                    focus_first("h1");
                }
            });
        }
        now
    });
}
