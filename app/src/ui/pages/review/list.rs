//! The list: new entries first, then day by day. It keeps its place; what came since waits behind one button.

use super::desk::{Desk, ROWS};
use super::listing::{Group, Heading};
use super::older::{self, Asked};
use super::{bulk, filters, focus, row};
use crate::ui::components::{Icon, IconName, Notice, StateStrip, StorageLost, UpdateBanner, spoken_day};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, dynamic, handler};
use leptos::prelude::*;

/// The left pane.
pub fn pane(desk: Desk) -> AnyView {
    let groups = Memo::new(move |_| desk.listing.with(|listing| listing.first(desk.rows.get())));
    let headings = move || groups.with(|groups| groups.iter().map(|group| group.heading).collect::<Vec<_>>());
    view! {
        <section class="desk-list" aria-label="日志">
            <header class="list-head"><h1>"日志"</h1><StateStrip /></header>
            <div class="news"><UpdateBanner /><StorageLost /></div>
            {filters::bar(desk)}
            <div class="desk-scroll" id=focus::LIST on:scroll=handler(move |_| draw_more(desk))>
                {arrivals(desk)}
                <For each=headings key=|heading| *heading children=move |heading| group(desk, groups, heading) />
                {foot(desk)}
            </div>
            {bulk::bar(desk)}
        </section>
    }
    .into_any()
}

fn arrivals(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| desk.listing.with(|listing| listing.arrivals));
    let bring_in = move |_| {
        desk.show_anew();
        focus::list_to_top();
    };
    let button = move || {
        (count.get() > 0).then(|| {
            view! {
                <button type="button" on:click=handler(bring_in)>
                    <Icon name=IconName::Refresh />"又来了 "{count}" 条"<kbd class="keys-only">"N"</kbd>
                </button>
            }
        })
    };
    view! { <div class="arrivals" aria-live="polite">{button}</div> }.into_any()
}

fn group(desk: Desk, groups: Memo<Vec<Group>>, heading: Heading) -> AnyView {
    let entries = Memo::new(move |_| {
        groups.with(|groups| {
            let group = groups.iter().find(|group| group.heading == heading);
            group.map(|group| group.entries.clone()).unwrap_or_default()
        })
    });
    let words = move || match heading {
        Heading::On(day) => spoken_day(day, desk.today.get()),
        Heading::New => {
            let new = entries
                .with(|entries| desk.unread.with(|unread| entries.iter().filter(|id| unread.contains(id)).count()));
            if new == 0 { "新的，都看过了".to_owned() } else { format!("新的 {new}") }
        }
    };
    view! {
        <section>
            <h2 class="group-head">{words}</h2>
            <ol><For each=move || entries.get() key=|entry| *entry children=move |entry| row::row(desk, entry, heading) /></ol>
        </section>
    }
    .into_any()
}

/// What stands under the last row: more, nothing more, or why nothing is here.
fn foot(desk: Desk) -> AnyView {
    let hits = Memo::new(move |_| desk.listing.with(|listing| listing.order.len()));
    let first_reading = Memo::new(move |_| desk.client.marks.with(|marks| !marks.first_sync_done));
    let narrowed = Memo::new(move |_| desk.filter.with(|filter| !filter.is_empty()));
    let nothing = move || {
        if hits.get() > 0 {
            return ().into_any();
        }
        if narrowed.get() {
            return view! {
                <Notice icon=IconName::Filter title="没有这样的日志">
                    <p>"换个词，或者少选几样。"</p>
                    <div class="row"><button type="button" class="button" on:click=handler(move |_| filters::clear(desk))>"清除筛选"</button></div>
                </Notice>
            }
            .into_any();
        }
        if first_reading.get() {
            return view! {
                <Notice icon=IconName::Download title="正在取日志">
                    <p>"第一次要等一会儿。没有信号的话，有信号了会自己接着取。"</p>
                </Notice>
            }
            .into_any();
        }
        view! {
            <Notice icon=IconName::Log title="还没有日志">
                <p>"守望员写的日志会自己出现在这里，不用刷新。"</p>
            </Notice>
        }
        .into_any()
    };
    let unread = Memo::new(move |_| known::unread_entries(desk.client));
    view! {
        {nothing}
        {dynamic(move || known::unread_line(unread.get()))}
        <div class="list-foot" aria-live="polite">{beyond(desk, hits)}</div>
    }
    .into_any()
}

/// What can be said about entries that this device does not hold.
fn beyond(desk: Desk, hits: Memo<usize>) -> AnyView {
    let reachable = older::reachable(desk);
    let asked = Memo::new(move |_| desk.older.with(|older| older.asked.clone()));
    let reaches_back = Memo::new(move |_| older::reaches_back(desk));
    dynamic(move || {
        if hits.get() > desk.rows.get() {
            return view! { <button type="button" class="button" on:click=handler(move |_| more_rows(desk))>"再显示一些"</button> }.into_any();
        }
        if !reaches_back.get() {
            return view! { <p class="soft small">"就这些"</p> }.into_any();
        }
        if !reachable.get() {
            return view! { <p class="soft small">"现在没信号，只找了这台平板里的（近三个月）。有信号时能再看早一些。"</p> }.into_any();
        }
        match asked.get() {
            Asked::Asking => {
                view! { <p class="soft small with-icon"><Icon name=IconName::Waiting />"正在找更早的…"</p> }.into_any()
            }
            Asked::Answered { next: None } => view! { <p class="soft small">"到头了，再早的没有了"</p> }.into_any(),
            Asked::NotYet | Asked::Answered { .. } => again(desk, "再看早一些"),
            Asked::Failed { error, .. } => view! {
                <p class="soft small">{error.spoken()}" 上面这些是平板里有的。"</p>
                {again(desk, "再试一次")}
            }
            .into_any(),
        }
    })
}

fn again(desk: Desk, words: &'static str) -> AnyView {
    view! { <button type="button" class="button" on:click=handler(move |_| older::ask_on(desk))>{words}</button> }
        .into_any()
}

fn more_rows(desk: Desk) {
    let hits = desk.listing.with_untracked(|listing| listing.order.len());
    if desk.rows.get_untracked() < hits {
        desk.rows.update(|rows| *rows += ROWS);
    }
}

/// Draws more before the person reaches the end of what is drawn.
fn draw_more(desk: Desk) {
    if focus::list_is_near_its_end() {
        more_rows(desk);
    }
}
