//! 这一户.

use leptos::prelude::*;
use leptos_meta::Title;

/// 这一户
#[component]
#[must_use]
pub fn DoorPage() -> impl IntoView {
    view! {
        <Title text="这一户" />
        <main class="page"><h1>"这一户"</h1></main>
    }
}
