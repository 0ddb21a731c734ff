//! The bar under the thumb: the log, a new entry, the red card.

use super::{Icon, IconName};
use crate::ui::reactive::{Signal, live};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// 日志 | ＋记一条 | ☎急. `write` is where 记一条 leads: with the place filled in where there is one.
#[component]
#[must_use]
pub fn BottomBar(
    /// Address of 记一条.
    #[prop(into, default = "/write".into())]
    write: Signal<String>,
) -> impl IntoView {
    let path = use_location().pathname;
    let here = move |address: &'static str| path.with(|path| (path == address).then_some("page"));
    view! {
        <nav class="bottom-bar" aria-label="常用">
            <a href="/log" aria-current=live(move || here("/log"))><Icon name=IconName::Log />"日志"</a>
            <a class="write" href=write><Icon name=IconName::Plus />"记一条"</a>
            <a class="urgent" href="/phone" aria-current=live(move || here("/phone"))><Icon name=IconName::Phone />"急"</a>
        </nav>
    }
}
