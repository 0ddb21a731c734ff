//! 没写完的: every unfinished text of the person on this device, in full, with the way to go on. A text whose question was
//! answered elsewhere, or whose entry was given up, has no way on any more; it is here all the same, until its writer
//! says 不要了.

use super::deed::form_words;
use super::give_up::GiveUp;
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, focus_if_lost};
use crate::ui::pages::entry::asked_of;
use crate::ui::pages::write::Draft;
use crate::ui::reactive::{Memo, RwSignal, Show};
use domain::kernel::{CommandId, EntryId};
use domain::sync::Queued;
use leptos::prelude::*;

/// Where a text goes on.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Way {
    /// There.
    To(String),
    /// What it was about is still on its way: nobody can say yet.
    NotYet,
    /// What it was about is done, given up, or no longer this person's.
    Nowhere,
    /// Another version wrote it.
    Unreadable,
}

impl Way {
    const fn words(&self) -> Option<&'static str> {
        match self {
            Self::To(_) => None,
            Self::NotYet => Some("要接着写的那一条还没传到，字先留着。"),
            Self::Unreadable => Some("这个版本认不出它的样子，字都还留着。更新以后再看。"),
            Self::Nowhere => Some("找不到要接着写的那一条了，字还留着。"),
        }
    }
}

/// An unfinished text.
#[derive(Clone, PartialEq)]
struct Unfinished {
    key: String,
    deed: &'static str,
    words: String,
    way: Way,
}

/// The list, where there is anything unfinished. A line stays as it is, with a question that is being answered, until its
/// own text changes.
#[component]
pub fn UnfinishedTexts() -> impl IntoView {
    let client = Client::here();
    let texts = Memo::new(move |_| {
        let texts = client.drafts().into_iter().map(|(key, text)| unfinished(client, key, text));
        texts.collect::<Vec<_>>()
    });
    let any = Memo::new(move |_| texts.with(|texts| !texts.is_empty()));
    let key = |text: &Unfinished| (text.key.clone(), text.words.clone(), text.way.clone());
    view! {
        <Show when=move || any.get()>
            <section>
                <h2 class="section-head">"没写完的"<small>{move || texts.with(Vec::len)}" 段，只在这台手机里"</small></h2>
                <ul class="entries"><For each=move || texts.get() key=key children=line /></ul>
            </section>
        </Show>
    }
    .into_any()
}

fn line(text: Unfinished) -> AnyView {
    let client = Client::here();
    let failed = RwSignal::new(None::<&'static str>);
    let Unfinished { key, deed, words, way } = text;
    let forget = Callback::new(move |()| {
        let key = key.clone();
        leptos::task::spawn_local(async move {
            match client.forget_draft(&key).await {
                Ok(()) => request_animation_frame(|| focus_if_lost("h1")),
                Err(error) => failed.try_set(Some(error.spoken_of_deed())),
            }
        });
    });
    let why = way.words().map(|words| view! { <p class="soft small">{words}</p> });
    let go_on = match way {
        Way::To(href) => Some(view! { <a class="button button-primary" href=href>"接着写"</a> }),
        Way::NotYet | Way::Nowhere | Way::Unreadable => None,
    };
    view! {
        <li class="outbox-item">
            <Icon name=IconName::Pen />
            <div>
                <h3>{deed}</h3>
                <p>{words}</p>
                {why}
                <div class="row">
                    {go_on}
                    <GiveUp title="这一段不要了？" words="它没有存成一条。不要了，手机里就没有它了。" on_yes=forget />
                </div>
                <div role="alert">{failed}</div>
            </div>
        </li>
    }
    .into_any()
}

fn unfinished(client: Client, key: String, text: String) -> Unfinished {
    let (place, about) = key.split_once('/').unwrap_or_default();
    let about = about.split('/').next().unwrap_or_default();
    let (deed, words, href) = match place {
        "answer" => ("回答", text, question(client, about).map(|entry| address("/log/", entry))),
        "comment" => ("点评", text, standing(client, about).map(|entry| address("/review/", entry))),
        "send-back" => ("退回补充", text, standing(client, about).map(|entry| address("/review/", entry))),
        _ => {
            let deed = if place == "write" { "记一条" } else { "改一条" };
            let Some(draft) = Draft::read(&text) else {
                return Unfinished { way: Way::Unreadable, deed, words: text, key };
            };
            let goes_on = match place {
                "amend" => standing(client, about).is_some(),
                "mend" => queued(client, about, Queued::needs_person),
                _ => true,
            };
            (deed, form_words(&draft.form), goes_on.then(|| draft.address.href()))
        }
    };
    // Right after signing in the log is still being read, and a command that is offered once more may be refused again.
    let on_its_way = !client.marks.with(|marks| marks.first_sync_done) || queued(client, about, |_| true);
    let nowhere = if on_its_way { Way::NotYet } else { Way::Nowhere };
    Unfinished { way: href.map_or(nowhere, Way::To), deed, words, key }
}

fn address(page: &str, entry: EntryId) -> String {
    [page, &entry.to_string()].concat()
}

/// The entry, while it can be changed and reviewed.
fn standing(client: Client, entry: &str) -> Option<EntryId> {
    let entry = entry.parse().ok()?;
    client.shown.with(|shown| shown.get(&entry).is_some_and(|shown| shown.entry.is_listed())).then_some(entry)
}

/// The entry that a question is about, while it waits for the person's answer, or for a better one.
fn question(client: Client, asked: &str) -> Option<EntryId> {
    let asked: CommandId = asked.parse().ok()?;
    let me = client.my_id()?;
    let entry = client.shown.with(|shown| {
        let mut entries = shown.values().map(|shown| &shown.entry);
        entries.find(|entry| entry.questions().any(|question| question.step.id == asked)).map(|entry| entry.id)
    })?;
    asked_of(client, entry, me).iter().any(|open| open.question == asked).then_some(entry)
}

/// Whether the outbox has such a command.
fn queued(client: Client, id: &str, wanted: impl Fn(&Queued) -> bool) -> bool {
    let Ok(id) = id.parse::<CommandId>() else { return false };
    client.outbox.with(|outbox| outbox.items().iter().any(|item| item.id() == Some(id) && wanted(item)))
}
