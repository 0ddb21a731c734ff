//! 设置.

use leptos::prelude::*;
use leptos_meta::Title;

/// 设置
#[component]
#[must_use]
pub fn Settings() -> impl IntoView {
    view! {
        <Title text="设置" />
        <main class="page"><h1>"设置"</h1></main>
    }
}
