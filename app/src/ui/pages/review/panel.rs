//! One entry at the desk: what it says, what happened to it, what can be done with it.

use super::desk::{Desk, Focus, Sheet};
use super::listing::Step;
use super::{actions, focus, parts, state};
use crate::ui::ShownEntry;
use crate::ui::components::{
    AttachedOf, Clashes, EarlierVersions, EntryFacts, EntryState, Icon, IconName, Notice, Skeleton, Timeline,
    UrgencyMark, spoken_spot,
};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, dynamic, handler, live, optional};
use domain::kernel::{EntryId, PersonId};
use domain::log::{Entry, MayContinue};
use leptos::prelude::*;
use std::sync::Arc;

/// The right pane.
pub fn pane(desk: Desk) -> AnyView {
    view! {
        <section class="desk-entry" aria-label="打开的这一条">
            {dynamic(move || match desk.open.get() {
                Some(entry) => opened(desk, entry),
                None => nothing_open(desk),
            })}
        </section>
    }
    .into_any()
}

fn nothing_open(desk: Desk) -> AnyView {
    let unread = Memo::new(move |_| desk.unread.with(|unread| unread.len()));
    let words = move || match unread.get() {
        0 => "都看过了。新的来了会自己出现在左边。".to_owned(),
        unread => format!("有 {unread} 条没看。点左边一条，就在这里打开。"),
    };
    view! {
        <div class="desk-scroll">
            <Notice icon=IconName::Log title="还没打开哪一条">
                <p>{words}</p>
                <p class="keys-only">"按 "<kbd>"J"</kbd>" 看第一条，按 "<kbd>"?"</kbd>" 看所有按键。"</p>
            </Notice>
        </div>
    }
    .into_any()
}

fn opened(desk: Desk, id: EntryId) -> AnyView {
    let shown = Memo::new(move |_| desk.entry(id));
    let known = Memo::new(move |_| shown.with(Option::is_some));
    let back = move |_| desk.wish_focus(Focus::Row(id));
    view! {
        <div class="entry-bar">
            <a class="head-link desk-back" href=live(move || desk.address(None)) prop:replace=true on:click=handler(back)><Icon name=IconName::Back />"返回列表"</a>
            {steps(desk, id)}
        </div>
        <div class="desk-scroll" id=focus::ENTRY role="group" aria-label="日志内容" tabindex="0">
            {dynamic(move || if known.get() { article(desk, shown) } else { not_here(desk, id) })}
        </div>
        {optional(move || shown.get().map(|shown| view! {
            <div class="action-bar" role="group" aria-label="怎么处理">{deeds(desk, &shown.entry)}</div>
        }))}
    }
    .into_any()
}

fn article(desk: Desk, shown: Memo<Option<ShownEntry>>) -> AnyView {
    let entry = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| Arc::clone(&shown.entry))));
    view! {
        <article class="stack">
            {optional(move || shown.get().map(|shown| head(desk, shown)))}
            <AttachedOf entry=entry />
            {optional(move || entry.get().map(|entry| rest(desk, &entry)))}
        </article>
    }
    .into_any()
}

/// What it is about, and what it says.
fn head(desk: Desk, shown: ShownEntry) -> AnyView {
    let entry = Arc::clone(&shown.entry);
    let stairwell = untrack(|| desk.client.place_name(entry.place));
    let stairwell = Some(stairwell).filter(|name| !name.is_empty());
    let content = &entry.content;
    let title = format!("{} · {}", content.category().title(), spoken_spot(&entry, stairwell.as_deref()));
    let number = entry.number.as_ref().map(ToString::to_string);
    let urgency = content.urgency();
    view! {
        <header class="stack-tight">
            <h1 id=focus::TITLE tabindex="-1">{title}</h1>
            <p class="entry-head"><UrgencyMark urgency=urgency /><EntryState shown=shown /><span class="number">{number}</span></p>
        </header>
        <Clashes entry=Arc::clone(&entry) settle=false />
        {parts::parts(desk, &entry)}
    }
    .into_any()
}

/// Whom it concerns, and what became of it.
fn rest(desk: Desk, entry: &Arc<Entry>) -> AnyView {
    let records = desk.client.records;
    view! {
        {parts::subjects(desk, entry)}
        <EarlierVersions entry=Arc::clone(entry) now=desk.client.now />
        <EntryFacts entry=Arc::clone(entry) records=records now=desk.client.now />
        <section>
            <h2 class="section-head">"经过"</h2>
            <Timeline entry=Arc::clone(entry) records=records now=desk.client.now />
        </section>
    }
    .into_any()
}

/// The address names an entry that is not on this device: still on its way, or not for this person.
fn not_here(desk: Desk, id: EntryId) -> AnyView {
    let first_reading = Memo::new(move |_| desk.client.marks.with(|marks| !marks.first_sync_done));
    let newer = Memo::new(move |_| desk.client.is_unread(id));
    dynamic(move || {
        if newer.get() {
            return known::newer_version();
        }
        if first_reading.get() {
            return view! { <Skeleton /><p class="soft">"正在取日志，取到了就在这里打开。"</p> }.into_any();
        }
        view! {
            <Notice icon=IconName::Search title="这台平板里没有这一条">
                <p>"可能是很早以前的，也可能不在您负责的范围里。在左边搜一搜，或者回到列表。"</p>
                <div class="row"><a class="button" href=live(move || desk.address(None)) prop:replace=true>"回到列表"</a></div>
            </Notice>
        }
        .into_any()
    })
}

/// 点评, 退回补充, 已阅; or in words why not, and what the author can do instead.
fn deeds(desk: Desk, entry: &Entry) -> AnyView {
    if let Some(reason) = actions::why_not(desk, entry) {
        let own = known::may(desk.client, entry, |rights| MayContinue::find(rights, entry).is_some());
        let own = (own && entry.is_listed()).then(|| as_author(entry, entry.author));
        return view! { <p class="soft with-icon"><Icon name=IconName::Info />{reason}</p>{own} }.into_any();
    }
    let (id, read) = (entry.id, state::is_read(desk.client, entry));
    let changed = state::was_changed_since(desk.client, entry).then(state::changed_since);
    let button = move |icon, words: &'static str, key: &'static str, class: &'static str, deed: Callback<()>| {
        view! {
            <button type="button" class=class aria-keyshortcuts=shortcut(desk, key) on:click=handler(move |_| deed.run(()))>
                <Icon name=icon />{words}<kbd class="keys-only" aria-hidden="true">{key}</kbd>
            </button>
        }
    };
    let comment = Callback::new(move |()| actions::ask_for(desk, Sheet::Comment(id)));
    let send_back = Callback::new(move |()| actions::ask_for(desk, Sheet::SendBack(id)));
    let mark_read = Callback::new(move |()| actions::mark_read(desk, id));
    view! {
        {changed}
        {button(IconName::Comment, "点评", "R", "button", comment)}
        {button(IconName::SendBack, "退回补充", "B", "button", send_back)}
        {if read {
            view! { <span class="status" data-tone="good"><Icon name=IconName::Check />"您看过了"</span> }.into_any()
        } else {
            button(IconName::Eye, "已阅", "E", "button button-primary", mark_read).into_any()
        }}
    }
    .into_any()
}

/// What assistive technology is told of a key, while it does something.
fn shortcut(desk: Desk, key: &'static str) -> impl Fn() -> Option<&'static str> {
    move || desk.keys.get().then_some(key)
}

/// The way to the page where the author answers, changes and takes back.
fn as_author(entry: &Entry, author: PersonId) -> AnyView {
    let href = ["/log/", &entry.id.to_string()].concat();
    let asked = entry.questions_to(author).next().is_some();
    let change =
        if entry.steps.iter().all(|step| step.reviewed().is_none()) { "改一改、撤回" } else { "改一改" };
    view! {
        {asked.then(|| view! { <a class="button button-primary" href=href.clone()><Icon name=IconName::Pen />"回答"</a> })}
        <a class="button" href=href>{change}</a>
    }
    .into_any()
}

/// 上一条, 下一条.
fn steps(desk: Desk, id: EntryId) -> AnyView {
    let button = move |step: Step, words: &'static str, key: &'static str| {
        let target = Memo::new(move |_| desk.neighbour(Some(id), step));
        let go = move |_| {
            if let Some(entry) = target.get_untracked() {
                desk.go_to(entry, Focus::Panel);
            }
        };
        view! {
            <button
                type="button" class="button button-quiet" aria-keyshortcuts=shortcut(desk, key)
                aria-disabled=live(move || target.get().is_none().then_some("true")) on:click=handler(go)
            >
                {words}<kbd class="keys-only" aria-hidden="true">{key}</kbd>
            </button>
        }
    };
    view! { <span class="row">{button(Step::Previous, "上一条", "K")}{button(Step::Next, "下一条", "J")}</span> }
        .into_any()
}
