//! 首页.

use leptos::prelude::*;
use leptos_meta::Title;

/// 首页
#[component]
#[must_use]
pub fn Home() -> impl IntoView {
    view! {
        <Title text="首页" />
        <main class="page"><h1>"首页"</h1></main>
    }
}
