//! One command that the server does not have: what, where, when written, why, and what can be done.

use crate::domain::{Act, Command, EntryForm};
use crate::sync::{Queued, QueuedState, Trouble};
use crate::ui::Client;
use crate::ui::components::{Dialog, Icon, IconName, spoken_time};
use crate::ui::pages::write::{Address, Step};
use crate::ui::reactive::{RwSignal, handler, optional};
use leptos::prelude::*;

/// Whether it cannot go on by itself.
pub fn needs_person(item: &Queued) -> bool {
    matches!(item.state, QueuedState::NeedsPerson { .. })
}

/// A line of the outbox, with what can be done about it.
#[component]
#[must_use]
pub fn OutboxItem(
    /// The command and where it stands.
    item: Queued,
) -> impl IntoView {
    let client = Client::here();
    let now = client.now.get_untracked();
    let ask = needs_person(&item);
    let (icon, why) = state_words(&item);
    let Some(command) = item.command else {
        return view! {
            <li class="outbox-item" data-tone="ask">
                <Icon name=IconName::Attention />
                <div><h3>"有一条这个版本看不懂"</h3><p class="soft">"内容原样留着。更新到新版本就好。"</p></div>
            </li>
        }
        .into_any();
    };
    let words = words_of(&command.act);
    let entry = ["/log/", &command.act.entry().to_string()].concat();
    let about = client.shown.with_untracked(|shown| {
        shown.get(&command.act.entry()).map(|one| {
            let content = one.entry.content();
            [content.category().title(), " ", content.spot().title()].concat()
        })
    });
    view! {
        <li class="outbox-item" data-tone=ask.then_some("ask")>
            <Icon name=icon />
            <div>
                <h3>{deed(&command.act)}{about.map(|about| view! { "：" {about} })}</h3>
                <p>{words}</p>
                <p class="soft small"><time>{spoken_time(command.written, now)}</time>" 写的 · "{why}</p>
                {if ask {
                    view! { <WhatToDo command=command /> }.into_any()
                } else {
                    view! { <p><a href=entry>"看这一条"</a></p> }.into_any()
                }}
            </div>
        </li>
    }
    .into_any()
}

/// 改一改再存, or 不要了 after a second thought.
#[component]
fn WhatToDo(command: Command) -> impl IntoView {
    let client = Client::here();
    let asking = RwSignal::new(false);
    let failed = RwSignal::new(None::<&'static str>);
    let id = command.id;
    let mend = mend_address(&command);
    let give_up = move |_| {
        asking.set(false);
        leptos::task::spawn_local(async move {
            if let Err(error) = client.give_up(id).await {
                failed.try_set(Some(error.spoken()));
            }
        });
    };
    view! {
        <div class="row">
            {mend.map(|href| view! { <a class="button button-primary" href=href>"改一改再存"</a> })}
            <button type="button" class="button button-quiet" on:click=handler(move |_| asking.set(true))>"不要了"</button>
        </div>
        <div role="alert">{failed}</div>
        {optional(move || asking.get().then(|| view! {
            <Dialog title="这一条不要了？" on_close=Callback::new(move |()| asking.set(false))>
                <p>"它没有传上去。不要了，手机里就没有它了。"</p>
                <div class="dialog-actions">
                    <button type="button" class="button" on:click=handler(move |_| asking.set(false))>"先留着"</button>
                    <button type="button" class="button button-danger" on:click=handler(give_up)>"不要了"</button>
                </div>
            </Dialog>
        }))}
    }
    .into_any()
}

fn state_words(item: &Queued) -> (IconName, String) {
    match &item.state {
        QueuedState::Waiting => (IconName::OnDevice, "在手机里，等信号".to_owned()),
        QueuedState::Held { .. } => (IconName::Waiting, "服务器收着，等前一条到了一起生效".to_owned()),
        QueuedState::Acknowledged { .. } => (IconName::DoubleCheck, "已上传".to_owned()),
        QueuedState::NeedsPerson { trouble } => (IconName::Attention, trouble_words(trouble)),
    }
}

fn trouble_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Rejected { reason } => reason.spoken(),
        Trouble::Conflict => "同一个编号下，服务器有另一份不一样的内容。看一眼，改一改再存，两份都会在。".to_owned(),
    }
}

const fn deed(act: &Act) -> &'static str {
    match act {
        Act::WriteEntry { .. } => "记一条",
        Act::AmendEntry { .. } => "改一条",
        Act::WithdrawEntry { .. } => "撤回",
        Act::MarkRead { .. } => "已阅",
        Act::Comment { .. } => "点评",
        Act::SendBack { .. } => "退回补充",
        Act::Answer { .. } => "回答",
    }
}

/// The words that must not be lost, in full.
fn words_of(act: &Act) -> String {
    match act {
        Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. } => {
            let parts = [&form.problem, &form.measures, &form.feedback];
            parts.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("。")
        }
        Act::Comment { text, .. } | Act::Answer { text, .. } => text.clone(),
        Act::SendBack { question, .. } => question.clone(),
        Act::WithdrawEntry { .. } | Act::MarkRead { .. } => String::new(),
    }
}

/// The form with what was refused in it. Reviews are written again at the desk.
fn mend_address(command: &Command) -> Option<String> {
    let fill = |form: &EntryForm, micro_grid: &str, entry: String| Address {
        step: Step::Say,
        template: form.template.clone(),
        category: if form.template.is_empty() { form.category.clone() } else { String::new() },
        door: form.spot.clone(),
        micro_grid: micro_grid.to_owned(),
        entry,
        mend: command.id.to_string(),
    };
    match &command.act {
        Act::WriteEntry { micro_grid, form, .. } => Some(fill(form, micro_grid, String::new()).href()),
        Act::AmendEntry { entry, form, .. } => Some(fill(form, "", entry.to_string()).href()),
        Act::Answer { entry, .. } => Some(["/log/", &entry.to_string()].concat()),
        _ => None,
    }
}
