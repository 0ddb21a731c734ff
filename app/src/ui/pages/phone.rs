//! 急.

use leptos::prelude::*;
use leptos_meta::Title;

/// 急
#[component]
#[must_use]
pub fn PhonePage() -> impl IntoView {
    view! {
        <Title text="急" />
        <main class="page"><h1>"急"</h1></main>
    }
}
