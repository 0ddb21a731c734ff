//! 记一条.

use leptos::prelude::*;
use leptos_meta::Title;

/// 记一条
#[component]
#[must_use]
pub fn Write() -> impl IntoView {
    view! {
        <Title text="记一条" />
        <main class="page"><h1>"记一条"</h1></main>
    }
}
