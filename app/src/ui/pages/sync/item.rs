//! One command that the server does not have: what, where, when written, why, and what can be done.

use super::{carry::save, give_up::GiveUp};
use crate::domain::{Act, Command, EntryForm, EntryId};
use crate::local_store::LocalError;
use crate::sync::{Queued, QueuedState, Trouble};
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, focus_if_lost, spoken_time};
use crate::ui::pages::write::Address;
use crate::ui::reactive::{Memo, RwSignal, handler};
use leptos::prelude::*;

/// Lines of the outbox. A line stays as it is, with a question that is being answered, until its own command changes.
#[component]
#[must_use]
pub fn Items(
    /// The commands and where they stand.
    items: Memo<Vec<Queued>>,
    /// The page that this is, where it is the page of an entry.
    #[prop(optional)]
    entry: Option<EntryId>,
) -> impl IntoView {
    let key = |item: &Queued| (item.bytes.clone(), state_words(item).1);
    view! { <For each=move || items.get() key=key children=move |item| view! { <OutboxItem item=item here=entry /> } /> }
}

/// A line of the outbox, with what can be done about it.
#[component]
fn OutboxItem(item: Queued, here: Option<EntryId>) -> impl IntoView {
    let client = Client::here();
    let now = client.now.get_untracked();
    let ask = item.needs_person();
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
    let shown = client.shown.with_untracked(|shown| shown.get(&command.act.entry()).cloned());
    let about = shown.as_ref().map(|one| {
        let content = one.entry.content();
        [content.category().title(), " ", content.spot().title()].concat()
    });
    let micro_grid = shown.map(|one| one.entry.micro_grid.to_string()).unwrap_or_default();
    let mend = mend_address(&command, &micro_grid).filter(|href| here.is_none() || *href != entry);
    view! {
        <li class="outbox-item" data-tone=ask.then_some("ask")>
            <Icon name=icon />
            <div>
                <h3>{deed(&command.act)}{about.map(|about| view! { "：" {about} })}</h3>
                <p>{words}</p>
                <p class="soft small"><time>{spoken_time(command.corrected(), now)}</time>" 写的 · "{why}</p>
                {if ask {
                    view! { <WhatToDo command=command mend=mend /> }.into_any()
                } else {
                    view! { <p><a href=entry>"看这一条"</a></p> }.into_any()
                }}
            </div>
        </li>
    }
    .into_any()
}

/// 改一改再存, 再传一次 as it is, 存成文件 to bring it another way, or 不要了 after a second thought.
#[component]
fn WhatToDo(command: Command, mend: Option<String>) -> impl IntoView {
    let client = Client::here();
    let failed = RwSignal::new(None::<&'static str>);
    let id = command.id;
    let done = move |outcome: Result<(), LocalError>| match outcome {
        // The line goes or becomes another one; the focus would go with it.
        Ok(()) => request_animation_frame(|| focus_if_lost("h1")),
        Err(error) => failed.try_set(Some(error.spoken_of_deed())),
    };
    let give_up = Callback::new(move |()| leptos::task::spawn_local(async move { done(client.give_up(id).await) }));
    let said = RwSignal::new(None::<&'static str>);
    let carry = move |_| leptos::task::spawn_local(async move { said.try_set(Some(save(client, Some(id)).await)) });
    let try_again = move |_| leptos::task::spawn_local(async move { done(client.try_again(id).await) });
    view! {
        <div class="row">
            {mend.map(|href| view! { <a class="button button-primary" href=href>"改一改再存"</a> })}
            <button type="button" class="button" on:click=handler(try_again)>"再传一次"</button>
            <button type="button" class="button" on:click=handler(carry)>"把它存成文件"</button>
            <GiveUp title="这一条不要了？" words="它没有传上去。不要了，手机里就没有它了。" on_yes=give_up />
        </div>
        <p class="soft" role="status">{said}</p>
        <div role="alert">{failed}</div>
    }
    .into_any()
}

fn state_words(item: &Queued) -> (IconName, String) {
    match &item.state {
        QueuedState::Waiting => (IconName::OnDevice, "已存本机，还没传".to_owned()),
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
        Act::WriteEntry { form, .. } | Act::AmendEntry { form, .. } => form_words(form),
        Act::Comment { text, .. } | Act::Answer { text, .. } => text.clone(),
        Act::SendBack { question, .. } => question.clone(),
        Act::WithdrawEntry { .. } | Act::MarkRead { .. } => String::new(),
    }
}

/// The parts of a form, one after the other.
pub(super) fn form_words(form: &EntryForm) -> String {
    let parts = [&form.problem, &form.measures, &form.feedback];
    parts.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect::<Vec<_>>().join("。")
}

/// The form with what was refused in it, at its entry's micro-grid. An answer is mended on the page of its entry;
/// reviews are written again at the desk.
fn mend_address(command: &Command, entrys: &str) -> Option<String> {
    let fill = |form: &EntryForm, micro_grid: &str, entry: String| Address {
        entry,
        mend: command.id.to_string(),
        ..Address::of_form(form, micro_grid)
    };
    match &command.act {
        Act::WriteEntry { micro_grid, form, .. } => Some(fill(form, micro_grid, String::new()).href()),
        Act::AmendEntry { entry, form, .. } => Some(fill(form, entrys, entry.to_string()).href()),
        Act::Answer { entry, .. } => Some(["/log/", &entry.to_string()].concat()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CommandId, DeviceId, PersonId, Timestamp};

    #[test]
    fn a_change_is_mended_where_its_entry_is() {
        let (entry, replaces) = (EntryId::from_parts(1, [1; 10]), CommandId::from_parts(2, [2; 10]));
        let form = EntryForm { template: "light_out".to_owned(), spot: "5-2".to_owned(), ..EntryForm::default() };
        let command = Command {
            id: CommandId::from_parts(3, [3; 10]),
            author: PersonId::from_parts(1, [1; 10]),
            device: DeviceId::from_parts(1, [1; 10]),
            written: Timestamp::EARLIEST,
            clock_offset: None,
            act: Act::AmendEntry { entry, replaces, form },
        };
        let address = mend_address(&command, "210102025900003017").expect("a form");
        assert!(address.contains("&micro_grid=210102025900003017&"), "{address}");
    }
}
