//! An address that leads nowhere.

use crate::ui::components::{IconName, Notice, PageHead};
use leptos::prelude::*;
use leptos_meta::Title;

/// Every other address. The server answers with 404.
#[component]
#[must_use]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="没有这一页" />
        <PageHead title="没有这一页" back="/" urgent=true />
        <main id="main" class="page">
            <Notice icon=IconName::Search title="这个地址打不开">
                <p>"可能抄错了，也可能挪了地方。您写的都在。"</p>
                <div class="row"><a class="button button-primary" href="/">"回到第一页"</a></div>
            </Notice>
        </main>
    }
    .into_any()
}
