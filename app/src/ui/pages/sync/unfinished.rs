//! 没写完的: every unfinished text of the person on this device, in full, with the way to go on. A text whose question was
//! answered elsewhere, or whose entry was given up, has no way on any more; it is here all the same, until its writer
//! says 不要了.

use super::give_up::GiveUp;
use super::item::form_words;
use crate::domain::{CommandId, EntryId};
use crate::sync::ShownEntry;
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, focus_if_lost};
use crate::ui::pages::write::Draft;
use crate::ui::reactive::{Memo, Show, Views, dynamic};
use leptos::prelude::*;

/// An unfinished text.
#[derive(Clone, PartialEq)]
struct Unfinished {
    key: String,
    deed: &'static str,
    words: String,
    /// Where it goes on; nowhere once what it was about is done.
    way: Option<String>,
}

/// The list, where there is anything unfinished.
#[component]
pub fn UnfinishedTexts() -> impl IntoView {
    let client = Client::here();
    let texts = Memo::new(move |_| {
        let texts = client.drafts().into_iter().map(|(key, text)| unfinished(client, key, text));
        texts.collect::<Vec<_>>()
    });
    let any = Memo::new(move |_| texts.with(|texts| !texts.is_empty()));
    view! {
        <Show when=move || any.get()>
            <section>
                <h2 class="section-head">"没写完的"<small>{move || texts.with(Vec::len)}" 段，只在这台手机里"</small></h2>
                <ul class="entries">{dynamic(move || texts.get().into_iter().map(line).views())}</ul>
            </section>
        </Show>
    }
    .into_any()
}

fn line(text: Unfinished) -> AnyView {
    let client = Client::here();
    let Unfinished { key, deed, words, way } = text;
    let done = way.is_none();
    let forget = Callback::new(move |()| {
        client.forget_draft(&key);
        request_animation_frame(|| focus_if_lost("h1"));
    });
    view! {
        <li class="outbox-item">
            <Icon name=IconName::Pen />
            <div>
                <h3>{deed}</h3>
                <p>{words}</p>
                {done.then(|| view! { <p class="soft small">"这件事别处已经办了，字还留着。"</p> })}
                <div class="row">
                    {way.map(|href| view! { <a class="button button-primary" href=href>"接着写"</a> })}
                    <GiveUp title="这一段不要了？" words="它没有存成一条。不要了，手机里就没有它了。" on_yes=forget />
                </div>
            </div>
        </li>
    }
    .into_any()
}

fn unfinished(client: Client, key: String, text: String) -> Unfinished {
    let (place, about) = key.split_once('/').unwrap_or_default();
    let about = about.split('/').next().unwrap_or_default();
    let stands = |entry: &EntryId| {
        client.shown.with(|shown| shown.get(entry).is_some_and(|shown| shown.entry.withdrawn.is_none()))
    };
    let (deed, way) = match place {
        "answer" => ("回答", question(client, about).map(|entry| ["/log/", &entry.to_string()].concat())),
        "comment" | "send-back" => {
            let entry = about.parse().ok().filter(stands);
            let deed = if place == "comment" { "点评" } else { "退回补充" };
            (deed, entry.map(|entry: EntryId| ["/review/", &entry.to_string()].concat()))
        }
        _ => {
            let draft = Draft::read(&text);
            let words = draft.as_ref().map_or(text, |draft| form_words(&draft.form));
            let goes_on = match place {
                "amend" => about.parse().is_ok_and(|entry| stands(&entry)),
                "mend" => about.parse().is_ok_and(|bad| is_refused(client, bad)),
                _ => true,
            };
            let way = draft.filter(|_| goes_on).map(|draft| draft.address.href());
            return Unfinished { deed: if place == "write" { "记一条" } else { "改一条" }, words, way, key };
        }
    };
    Unfinished { deed, words: text, way, key }
}

/// The entry that a question is about, while it waits for the person's answer.
fn question(client: Client, asked: &str) -> Option<EntryId> {
    let asked: CommandId = asked.parse().ok()?;
    let me = client.me.with(|me| me.as_ref().map(|me| me.id))?;
    client.shown.with(|shown| {
        let waits = |shown: &&ShownEntry| shown.entry.questions_to(me).any(|(event, ..)| event.id == asked);
        shown.values().find(waits).map(|shown| shown.entry.id)
    })
}

fn is_refused(client: Client, id: CommandId) -> bool {
    client.outbox.with(|outbox| outbox.items().iter().any(|item| item.needs_person() && item.id() == Some(id)))
}
