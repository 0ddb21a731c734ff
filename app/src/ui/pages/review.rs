//! 日志.

use leptos::prelude::*;
use leptos_meta::Title;

/// 日志
#[component]
#[must_use]
pub fn Review() -> impl IntoView {
    view! {
        <Title text="日志" />
        <main class="page"><h1>"日志"</h1></main>
    }
}
