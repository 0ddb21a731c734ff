//! Empty, no right, not found, broken: what is, then what to do.

use super::{Icon, IconName};
use leptos::prelude::*;

/// A quiet page-wide notice; its children say what to do, links included.
#[component]
#[must_use]
pub fn Notice(
    /// The drawing above.
    icon: IconName,
    /// What is.
    title: &'static str,
    /// What to do.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="notice">
            <Icon name=icon />
            <h2>{title}</h2>
            {children()}
        </section>
    }
}

/// Lines that stand for what is being fetched; invisible for the first 300 ms.
#[component]
#[must_use]
pub fn Skeleton() -> impl IntoView {
    view! { <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i><i></i><i></i></div> }
}
