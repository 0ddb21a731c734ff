//! What an entry says, with questions and answers beside the part they belong to, and what it said before.

use super::desk::Desk;
use crate::domain::{Entry, EntryVersion, Part, Resident, ReviewAct, ReviewEvent};
use crate::ui::components::{EntryParts, Icon, IconName, name_of, spoken_time};
use crate::ui::reactive::Views;
use leptos::prelude::*;
use std::sync::Arc;

/// The three parts, each with what was asked about it.
pub fn parts(desk: Desk, entry: &Entry) -> AnyView {
    let part = |part: Part| {
        let text = entry.content().part(part).map(str::to_owned);
        let empty = text.is_none();
        let asked: Vec<_> = entry.reviews.iter().filter_map(|event| question(desk, entry, event, part)).collect();
        view! {
            <div>
                <dt>{part.title()}</dt>
                <dd class:none=empty>{text.unwrap_or_else(|| "没有写".to_owned())}{asked}</dd>
            </div>
        }
    };
    view! { <dl class="parts card">{Part::ALL.map(part)}</dl> }.into_any()
}

fn question(desk: Desk, entry: &Entry, event: &ReviewEvent, wanted: Part) -> Option<AnyView> {
    let ReviewAct::SendBack { part, question } = &event.act else { return None };
    if *part != wanted {
        return None;
    }
    let answer = entry.answer_to(event.id);
    let text = answer.and_then(|answer| match &answer.act {
        ReviewAct::Answer { text, .. } => Some(text.as_str().to_owned()),
        _ => None,
    });
    let who = move |event: &ReviewEvent| {
        let now = desk.client.now.get_untracked();
        let name = desk.client.records.with_untracked(|records| name_of(records, event.by));
        format!("{name} · {}", spoken_time(event.times.corrected(), now))
    };
    let answered = answer.map(who);
    Some(
        view! {
            <div class="asked">
                <p><Icon name=IconName::Question /><span>{question.as_str().to_owned()}<small>{who(event)}</small></span></p>
                {match text {
                    Some(text) => view! { <p><Icon name=IconName::Check /><span>{text}<small>{answered}</small></span></p> }.into_any(),
                    None => view! { <p class="soft"><Icon name=IconName::Waiting /><span>"等作者补充"</span></p> }.into_any(),
                }}
            </div>
        }
        .into_any(),
    )
}

/// 改过几次: all earlier versions, newest first. Nothing is ever overwritten.
pub fn earlier(desk: Desk, entry: &Entry) -> AnyView {
    let earlier: Vec<EntryVersion> = entry.versions().cloned().collect();
    let Some((_, earlier)) = earlier.split_last() else { return ().into_any() };
    if earlier.is_empty() {
        return ().into_any();
    }
    let now = desk.client.now.get_untracked();
    let version = |version: &EntryVersion| {
        view! {
            <div class="stack-tight">
                <p class="soft small">{spoken_time(version.times.corrected(), now)}" 这样写的"</p>
                <EntryParts content=version.content.clone() />
            </div>
        }
    };
    view! {
        <details class="fold">
            <summary><Icon name=IconName::Pen />"改过 "{earlier.len()}" 次，看以前怎么写的"<Icon name=IconName::Forward /></summary>
            <div class="stack">{earlier.iter().rev().map(version).views()}</div>
        </details>
    }
    .into_any()
}

/// 跟谁有关, as far as this person may know.
pub fn subjects(desk: Desk, entry: &Entry) -> AnyView {
    let wanted = entry.content().subjects();
    if wanted.is_empty() {
        return ().into_any();
    }
    let known: Vec<Arc<Resident>> = desk
        .client
        .records
        .with_untracked(|records| wanted.iter().filter_map(|id| records.residents.get(id).cloned()).collect());
    let hidden = wanted.len() - known.len();
    let today = desk.today.get_untracked();
    let line = |resident: Arc<Resident>| {
        let age = resident.age(today).map(|age| format!("{age}岁"));
        let care = resident.care.iter().map(|group| view! { <span class="care-mark">{group.title()}</span> }).views();
        let name = resident.name.clone();
        let door = resident.door.as_str().to_owned();
        view! { <li class="row"><strong>{name}</strong><span class="soft small">{door}" "{age}</span>{care}</li> }
    };
    view! {
        <section>
            <h2 class="section-head">"跟谁有关"</h2>
            <ul class="card stack-tight">
                {known.into_iter().map(line).views()}
                {(hidden > 0).then(|| view! { <li class="soft small">{hidden}" 位居民的情况您这里看不到"</li> })}
            </ul>
        </section>
    }
    .into_any()
}
