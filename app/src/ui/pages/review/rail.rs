//! The rail: the few places one goes to from the desk.

use super::desk::{Desk, Sheet};
use crate::ui::components::{Icon, IconName};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, handler, optional};
use leptos::prelude::*;

/// 日志, 待补充 (where somebody is asked), 传送, 急, 记一条 (for those who may write), the keys, 设置.
pub fn rail(desk: Desk) -> AnyView {
    let unread = Memo::new(move |_| desk.unread.with(|unread| unread.len()));
    let count = move || {
        (unread.get() > 0).then(|| {
            view! {
                <span class="rail-count">{unread}<span class="visually-hidden">"条没看"</span></span>
            }
        })
    };
    let asked = Memo::new(move |_| {
        let Some(me) = desk.client.my_id() else { return 0 };
        desk.client.shown.with(|shown| shown.values().filter(|one| one.entry.questions_to(me).next().is_some()).count())
    });
    let may_write = Memo::new(move |_| !known::writable(desk.client).is_empty());
    let unsent = Memo::new(move |_| desk.client.status.with(|status| !status.all_uploaded()));
    view! {
        <nav class="rail" aria-label="主要页面">
            <a href="/review" aria-current="page"><Icon name=IconName::Log /><span>"日志"</span>{count}</a>
            {optional(move || (asked.get() > 0).then(|| view! {
                <a href="/log?show=asked">
                    <Icon name=IconName::Question /><span>"待补充"</span>
                    <span class="rail-count">{asked}<span class="visually-hidden">"条问到您"</span></span>
                </a>
            }))}
            {optional(move || may_write.get().then(|| view! { <a href="/write"><Icon name=IconName::Pen /><span>"记一条"</span></a> }))}
            <a href="/sync">
                <Icon name=IconName::Sending /><span>"传送"</span>
                {optional(move || unsent.get().then(|| view! { <span class="rail-dot"><span class="visually-hidden">"有没传上去的"</span></span> }))}
            </a>
            <a class="rail-urgent" href="/phone"><Icon name=IconName::Phone /><span>"急"</span></a>
            <button type="button" class="keys-only" on:click=handler(move |_| desk.sheet.set(Some(Sheet::Keys)))>
                <Icon name=IconName::Keyboard /><span>"按键"</span>
            </button>
            <a class="last" href="/settings"><Icon name=IconName::Settings /><span>"设置"</span></a>
        </nav>
    }
    .into_any()
}
