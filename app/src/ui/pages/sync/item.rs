//! One command that the server does not have: what, where, when written, why, and what can be done.

use super::deed::{deed, words_of};
use super::{export::save, give_up::GiveUp};
use crate::ui::components::{Icon, IconName, NEWER, focus_if_lost, spoken_spot, spoken_time, state_words};
use crate::ui::pages::write::{anew_address, mend_address};
use crate::ui::reactive::{Memo, RwSignal, handler};
use crate::ui::{Client, Stuck};
use domain::kernel::{Command, EntryId, Record};
use domain::log::{Entry, wants_another_entry};
use domain::sync::{LocalError, Queued, QueuedState, Trouble};
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
    let key = |item: &Queued| (item.bytes.clone(), where_it_stands(&item.state).1);
    view! { <For each=move || items.get() key=key children=move |item| view! { <OutboxItem item=item here=entry /> } /> }
}

/// A line of the outbox, with what can be done about it.
#[component]
fn OutboxItem(item: Queued, here: Option<EntryId>) -> impl IntoView {
    let client = Client::here();
    let now = client.now.get_untracked();
    let ask = item.needs_person();
    let (icon, why) = where_it_stands(&item.state);
    let Some(command) = item.command else {
        return view! {
            <li class="outbox-item" data-tone="ask">
                <Icon name=IconName::Attention />
                <div><h3>"有一条这个版本看不懂"</h3><p class="soft">"内容原样留着。更新到新版本就好。"</p></div>
            </li>
        }
        .into_any();
    };
    let key = command.head.first();
    let entry: Option<EntryId> = (key.kind == Entry::KIND).then_some(key.id.into());
    let about = entry.and_then(|entry| {
        let shown = client.shown.with_untracked(|shown| shown.get(&entry).map(|shown| shown.entry.clone()));
        let is_newer = || untrack(|| client.is_unread(entry)).then(|| NEWER.to_owned());
        shown.map_or_else(is_newer, |entry| {
            Some([entry.content.category().title(), " ", &spoken_spot(&entry, None)].concat())
        })
    });
    let (what, words) = (deed(command.act_name()), words_of(&command));
    let written = spoken_time(command.head.corrected(), now);
    let there = entry.map(|entry| ["/log/", &entry.to_string()].concat());
    view! {
        <li class="outbox-item" data-tone=ask.then_some("ask")>
            <Icon name=icon />
            <div>
                <h3>{what}{about.map(|about| view! { "：" {about} })}</h3>
                <p>{words}</p>
                <p class="soft small"><time>{written}</time>" 写的 · "{why}</p>
                {if ask {
                    view! { <WhatToDo command=command here=here /> }.into_any()
                } else {
                    view! { <p>{there.map(|there| view! { <a href=there>"看这一条"</a> })}</p> }.into_any()
                }}
            </div>
        </li>
    }
    .into_any()
}

/// 另记一条 where its entry takes no more, 改一改再存, 再传一次 as it is where that may help, 存成文件 to bring it another way,
/// or 不要了 after a second thought.
#[component]
fn WhatToDo(command: Command, here: Option<EntryId>) -> impl IntoView {
    let client = Client::here();
    let failed = RwSignal::new(None::<&'static str>);
    let id = command.head.id;
    let stuck = untrack(|| client.stuck(id));
    let page = here.map(|entry| ["/log/", &entry.to_string()].concat());
    let mend = stuck.as_ref().and_then(|stuck| mend_address(client, stuck)).filter(|href| Some(href) != page.as_ref());
    let may_pass = stuck.as_ref().is_some_and(|stuck| stuck.trouble.may_pass());
    let takes_no_more =
        |trouble: &Trouble| matches!(trouble, Trouble::Rejected { reason } if wants_another_entry(reason));
    let anew = stuck.filter(|Stuck { trouble, .. }| takes_no_more(trouble));
    let anew = anew.and_then(|stuck| anew_address(client, &stuck));
    let first = if anew.is_some() { "button" } else { "button button-primary" };
    let done = move |outcome: Result<(), LocalError>| match outcome {
        // The line goes or becomes another one; the focus would go with it.
        Ok(()) => request_animation_frame(|| focus_if_lost("h1")),
        Err(error) => failed.try_set(Some(error.spoken_of_deed())),
    };
    let give_up = Callback::new(move |()| leptos::task::spawn_local(async move { done(client.give_up(id).await) }));
    let said = RwSignal::new(None::<&'static str>);
    let export = move |_| leptos::task::spawn_local(async move { said.try_set(Some(save(client, Some(id)).await)) });
    let try_again = move |_| leptos::task::spawn_local(async move { done(client.try_again(id).await) });
    view! {
        <div class="row">
            {anew.map(|href| view! { <a class="button button-primary" href=href>"另记一条"</a> })}
            {mend.map(|href| view! { <a class=first href=href>"改一改再存"</a> })}
            {may_pass.then(|| view! { <button type="button" class="button" on:click=handler(try_again)>"再传一次"</button> })}
            <button type="button" class="button" on:click=handler(export)>"把它存成文件"</button>
            <GiveUp title="这一条不要了？" words="它没有传上去。不要了，手机里就没有它了。" on_yes=give_up />
        </div>
        <p class="soft" role="status">{said}</p>
        <div role="alert">{failed}</div>
    }
    .into_any()
}

fn where_it_stands(state: &QueuedState) -> (IconName, String) {
    match state {
        QueuedState::NeedsPerson { trouble: Trouble::Conflict } => {
            let words = "同一个编号下，服务器有另一份不一样的内容。看一眼，改一改再存，两份都会在。";
            (IconName::Attention, words.to_owned())
        }
        state => state_words(state),
    }
}
