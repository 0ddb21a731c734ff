//! What an entry says, as on paper: 问题 — 措施 — 反馈, and beneath it the plain facts.

use super::NEWER;
use super::{spoken_spot, spoken_time};
use crate::ui::reactive::Signal;
use domain::kernel::{Actor, PersonId, PlaceId, Timestamp};
use domain::log::{Entry, EntryContent, Part};
use domain::sync::Records;
use leptos::prelude::*;

/// The three parts; those that are empty say so in a soft word.
#[component]
#[must_use]
pub fn EntryParts(
    /// What the entry says.
    content: EntryContent,
    /// What stands beneath a part.
    #[prop(optional, into)]
    beneath: Option<Callback<Part, AnyView>>,
) -> impl IntoView {
    let part = move |part: Part| {
        let text = content.part(part).map(str::to_owned);
        let empty = text.is_none();
        view! {
            <div>
                <dt>{part.title()}</dt>
                <dd class:none=empty>{text.unwrap_or_else(|| "没有写".to_owned())}{beneath.map(|beneath| beneath.run(part))}</dd>
            </div>
        }
    };
    view! { <dl class="parts card">{Part::ALL.map(part)}</dl> }
}

/// Instead of the parts of an entry whose words were erased.
#[must_use]
pub fn words_erased() -> AnyView {
    view! { <p class="card soft">"这一条的内容已经按要求清除了，只留下哪一类、什么时候、谁记的。"</p> }.into_any()
}

/// When it happened, was written and was received; who wrote it where; its number.
#[component]
#[must_use]
pub fn EntryFacts(
    /// The entry.
    entry: std::sync::Arc<Entry>,
    /// For the names of people and places.
    #[prop(into)]
    records: Signal<Records>,
    /// The clock.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    let now = now.get_untracked();
    let (place, author) =
        records.with_untracked(|records| (place_name(records, entry.place), name_of(records, entry.author)));
    let times = entry.steps.first().map(|step| step.times);
    let received =
        times.and_then(|times| times.received).map_or_else(|| "还没上传".to_owned(), |at| spoken_time(at, now));
    let number = entry.number.as_ref().map_or_else(|| "上传后编号".to_owned(), ToString::to_string);
    view! {
        <dl class="facts card">
            <div><dt>"地点"</dt><dd>{spoken_spot(&entry, Some(&place))}</dd></div>
            <div><dt>"发生"</dt><dd>{spoken_time(entry.happened(), now)}</dd></div>
            <div><dt>"记下"</dt><dd>{spoken_time(entry.written(), now)}" · "{author}</dd></div>
            <div>
                <dt>"收到"</dt>
                <dd>{received}" "{times.is_some_and(|times| times.is_late_upload()).then(|| view! { <span class="mark">"离线补传"</span> })}</dd>
            </div>
            <div><dt>"编号"</dt><dd class="number">{number}</dd></div>
        </dl>
    }
}

/// A colleague's name; a short word for somebody this device does not know.
#[must_use]
pub fn name_of(records: &Records, person: PersonId) -> String {
    let card = records.communities().find_map(|community| records.directory(community).person(person));
    card.map_or_else(|| "同事".to_owned(), |card| card.name.clone())
}

/// Who did something, as people say it.
#[must_use]
pub fn actor_name(records: &Records, actor: Actor) -> String {
    match actor {
        Actor::Person(person) => name_of(records, person),
        Actor::System(_) => "系统".to_owned(),
        Actor::Resident(_) => "居民".to_owned(),
        Actor::Unknown {} => NEWER.to_owned(),
    }
}

/// The name of a place as people say it (`八经街46号院·3单元`); empty where this device does not know it.
#[must_use]
pub fn place_name(records: &Records, place: PlaceId) -> String {
    let directories = records.communities().map(|community| records.directory(community));
    let mut names = directories.map(|directory| directory.place_name(place));
    names.find(|name| !name.is_empty()).unwrap_or_default()
}
