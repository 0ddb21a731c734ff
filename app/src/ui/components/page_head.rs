//! The head of a phone page: the way back, where one is, and one more link.

use super::{Icon, IconName};
use crate::ui::reactive::Signal;
use leptos::prelude::*;

/// Sticks to the top. `back` is a real address, so that it works before the app is ready and without history.
#[component]
#[must_use]
pub fn PageHead(
    /// What the page is.
    #[prop(into)]
    title: Signal<String>,
    /// A smaller line under it.
    #[prop(optional, into)]
    sub: Option<Signal<String>>,
    /// Where 返回 leads; `None` on first pages.
    #[prop(optional, into)]
    back: Option<String>,
    /// The red card is one tap away: for pages without the bar under the thumb.
    #[prop(optional)]
    urgent: bool,
    /// What stands at the right.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            {back.map(|href| view! { <a class="head-link" href=href><Icon name=IconName::Back />"返回"</a> })}
            <h1 tabindex="-1">{title}{sub.map(|sub| view! { <small>{sub}</small> })}</h1>
            {children.map(|children| children())}
            {urgent.then(|| view! { <a class="head-link head-urgent" href="/phone"><Icon name=IconName::Phone />"急"</a> })}
        </header>
    }
}
