//! 登录.

use leptos::prelude::*;
use leptos_meta::Title;

/// 登录
#[component]
#[must_use]
pub fn SignInPage() -> impl IntoView {
    view! {
        <Title text="登录" />
        <main class="page"><h1>"登录"</h1></main>
    }
}
