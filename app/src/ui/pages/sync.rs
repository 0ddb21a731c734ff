//! 传送情况.

use leptos::prelude::*;
use leptos_meta::Title;

/// 传送情况
#[component]
#[must_use]
pub fn SyncPage() -> impl IntoView {
    view! {
        <Title text="传送情况" />
        <main class="page"><h1>"传送情况"</h1></main>
    }
}
