//! One entry: what is asked of it, what it says, what became of it.

mod actions;
mod answer;
mod trouble;

use super::known;
use crate::ui::components::{
    AttachedOf, Clashes, EarlierVersions, EntryFacts, EntryParts, EntryState, Gate, Icon, IconName, Notice, PageHead,
    ReadAloud, Timeline, UrgencyMark, spoken_spot, words_erased,
};
use crate::ui::reactive::{Memo, Show, dynamic, optional};
use crate::ui::{Client, ShownEntry};
use domain::kernel::{CommandId, EntryId, Got, PersonId, Record, Role, main_role};
use domain::log::{Entry, MayAmend, Part, Question};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::sync::Arc;

/// `/log/:entry`
#[component]
#[must_use]
pub fn EntryPage() -> impl IntoView {
    let client = Client::here();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("entry")?.parse::<EntryId>().ok()));
    let shown = Memo::new(move |_| {
        let id = id.get()?;
        client.shown.with(|all| all.get(&id).cloned())
    });
    let known = Memo::new(move |_| shown.with(Option::is_some));
    let newer = Memo::new(move |_| id.get().is_some_and(|id| client.is_unread(id)));
    // Whoever starts at the desk came from there.
    let from_desk = Memo::new(move |_| main_role(&client.memberships()).is_some_and(Role::is_reader));
    let back = move || match id.get().filter(|_| from_desk.get()) {
        Some(id) => ["/review/", &id.to_string()].concat(),
        None => "/log".to_owned(),
    };
    view! {
        <Title text="一条日志" />
        {dynamic(move || view! { <PageHead title="一条日志" back=back() urgent=true /> })}
        <main id="main" class="page stack">
            <Gate>
                {dynamic(move || if known.get() {
                    view! { <Known shown=shown /> }.into_any()
                } else if newer.get() {
                    known::newer_version()
                } else {
                    view! { <Unknown /> }.into_any()
                })}
            </Gate>
        </main>
    }
    .into_any()
}

#[component]
fn Unknown() -> impl IntoView {
    view! {
        <Notice icon=IconName::Search title="这台手机上没有这一条">
            <p>"可能是更早的日志，或者不在您负责的范围里。"</p>
            <div class="row"><a class="button" href="/log">"看看全部日志"</a></div>
        </Notice>
    }
}

#[component]
fn Known(shown: Memo<Option<ShownEntry>>) -> impl IntoView {
    let client = Client::here();
    let entry = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| Arc::clone(&shown.entry))));
    let id = entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.id));
    let key = entry.with_untracked(|entry| entry.as_ref().map(|entry| entry.key()));
    // What is being chosen stays as it is until it changes itself.
    let disputed =
        Memo::new(move |_| entry.with(|entry| entry.as_ref().map(|entry| (entry.words(), entry.clashes.clone()))));
    let able = Memo::new(move |_| {
        let may = |entry: &Arc<Entry>| known::may(client, entry, |rights| MayAmend::find(rights, entry).is_some());
        entry.with(|entry| entry.as_ref().is_some_and(may))
    });
    let questions =
        Memo::new(move |_| id.zip(client.my_id()).map(|(id, me)| asked_of(client, id, me)).unwrap_or_default());
    let question = move |Asked { question, part, words, refused }: Asked| {
        let entry = key.clone();
        entry.map(
            |entry| view! { <answer::Question entry=entry asked=question part=part words=words refused=refused /> },
        )
    };
    let words =
        Callback::new(move |()| entry.with_untracked(|entry| entry.as_deref().map(read_out).unwrap_or_default()));
    view! {
        {optional(move || shown.get().map(|shown| view! { <Head shown=shown /> }))}
        {id.map(|id| view! { <trouble::Troubles entry=id /> })}
        {dynamic(move || {
            disputed.with(|_| ());
            let entry = entry.get_untracked();
            entry.map(|entry| view! { <Clashes entry=entry settle=able.get() /> }).into_any()
        })}
        <For each=move || questions.get() key=|asked| (asked.question, asked.refused.clone()) children=question />
        {optional(move || entry.get().map(|entry| match entry.erased() {
            Some(_) => words_erased(),
            None => view! { <EntryParts content=entry.content.clone() /> }.into_any(),
        }))}
        <AttachedOf entry=entry />
        <ReadAloud words=words />
        {optional(move || entry.get().map(|entry| view! { <EntryFacts entry=entry records=client.records now=client.now /> }))}
        <section class="stack-tight">
            <h2 class="section-head">"经过"</h2>
            {optional(move || entry.get().map(|entry| view! { <Timeline entry=entry records=client.records now=client.now /> }))}
        </section>
        {optional(move || entry.get().map(|entry| view! { <EarlierVersions entry=entry now=client.now /> }))}
        <Show when=move || able.get()><actions::Actions entry=entry /></Show>
    }
    .into_any()
}

/// What it is about, how urgent, where its words are.
#[component]
fn Head(shown: ShownEntry) -> impl IntoView {
    let content = &shown.entry.content;
    let (category, urgency, spot) = (content.category(), content.urgency(), spoken_spot(&shown.entry, None));
    let number = shown.entry.number.as_ref().map(ToString::to_string);
    view! {
        <div>
            <div class="entry-head">
                <h2 class="with-icon"><Icon name=IconName::of_category(category) />{category.title()}" "{spot}</h2>
                <UrgencyMark urgency=urgency />
            </div>
            <EntryState shown=shown />
            <p class="entry-head"><span class="number">{number}</span></p>
        </div>
    }
    .into_any()
}

/// A question that wants an answer.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) question: CommandId,
    part: Part,
    words: String,
    /// The answer that the server did not take, and what it says.
    refused: Option<(CommandId, String)>,
}

/// What is open, and what is only answered on this device, in words that the server did not take.
pub(super) fn asked_of(client: Client, id: EntryId, me: PersonId) -> Vec<Asked> {
    let shown = client.shown.with(|all| all.get(&id).map(|shown| Arc::clone(&shown.entry)));
    let Some(shown) = shown.filter(|entry| entry.is_listed()) else { return Vec::new() };
    let is_open = |question| shown.questions_to(me).any(|open| open.step.id == question);
    let asked = |question: Question<'_>| {
        let Question { step, asked } = question;
        let refused = client.refused_answer(step.id);
        let wanted = is_open(step.id) || refused.is_some();
        wanted.then(|| Asked {
            question: step.id,
            part: asked.part,
            words: asked.question.as_str().to_owned(),
            refused,
        })
    };
    let open = |entry: &Entry| entry.questions_to(me).filter_map(asked).collect();
    client.records.with(|records| match records.get::<Entry>(&shown.key()) {
        Got::Here(confirmed) => open(confirmed),
        Got::Nowhere | Got::Unread => open(&shown),
    })
}

/// The entry as it would be told.
fn read_out(entry: &Entry) -> String {
    let content = &entry.content;
    if entry.erased().is_some() {
        return [content.category().title(), "，内容清除了。"].concat();
    }
    let mut told = [content.category().title(), "，", content.spot().title(), "。"].concat();
    for part in Part::ALL {
        if let Some(text) = content.part(part) {
            told.push_str(part.title());
            told.push('：');
            told.push_str(text);
            told.push('。');
        }
    }
    for question in entry.open_questions() {
        told.push_str("社工问：");
        told.push_str(question.asked.question.as_str());
    }
    told
}
