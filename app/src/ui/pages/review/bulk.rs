//! 多选: mark several as read. One cannot take that back, so the bar says what will happen and then what did.

use super::actions;
use super::desk::Desk;
use crate::ui::components::{Icon, IconName};
use crate::ui::reactive::{Memo, handler, live, optional};
use leptos::prelude::*;

/// The bar under the list while something is picked.
pub fn bar(desk: Desk) -> AnyView {
    let picked = Memo::new(move |_| desk.picked.with(|picked| picked.len()));
    let all = Memo::new(move |_| desk.listing.with(|listing| listing.order.len()));
    let at_work = Memo::new(move |_| desk.progress.get().is_some());
    let some = Memo::new(move |_| picked.get() > 0 || at_work.get());
    let words = move || match desk.progress.get() {
        Some((done, all)) => format!("正在标 {done}/{all}"),
        None => format!("选了 {} 条", picked.get()),
    };
    let pick_all = move |_| {
        let every = desk.listing.with_untracked(|listing| listing.order.iter().copied().collect());
        desk.picked.set(every);
    };
    let mark = move |_| {
        if desk.progress.get_untracked().is_none() {
            actions::mark_picked_read(desk);
        }
    };
    let bar = move || {
        some.get().then(|| view! {
            <div class="bulk-bar" role="group" aria-label="选上的这些">
                <strong role="status">{words}</strong>
                {optional(move || (picked.get() < all.get() && !at_work.get()).then(|| view! {
                    <button type="button" class="button button-quiet" on:click=handler(pick_all)>"全选 "{all}" 条"</button>
                }))}
                <button type="button" class="button button-quiet" on:click=handler(move |_| desk.picked.set(std::collections::BTreeSet::new()))>
                    "不选了"
                </button>
                <button type="button" class="button button-primary push" aria-disabled=live(move || at_work.get().then_some("true")) on:click=handler(mark)>
                    <Icon name=IconName::Eye />"都标已阅"
                </button>
            </div>
        })
    };
    bar.into_any()
}
