//! What an entry says, with questions and answers beside the part they belong to, and whom it is about.

use super::desk::Desk;
use crate::domain::{Entry, Part, Resident, ReviewAct, ReviewEvent};
use crate::ui::components::{EntryParts, Icon, IconName, name_of, spoken_time};
use crate::ui::reactive::Views;
use leptos::prelude::*;
use std::sync::Arc;

/// The three parts, each with what was asked about it.
pub fn parts(desk: Desk, entry: &Arc<Entry>) -> AnyView {
    let asked = Arc::clone(entry);
    let beneath = move |part: Part| {
        let asked = asked.reviews.iter().filter_map(|event| question(desk, &asked, event, part));
        asked.views().into_any()
    };
    view! { <EntryParts content=entry.content().clone() beneath=Callback::new(beneath) /> }.into_any()
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
    let own = desk.client.is_me(entry.author);
    let waits = if own { "等您补充" } else { "等作者补充" };
    Some(
        view! {
            <div class="asked">
                <p><Icon name=IconName::Question /><span>{question.as_str().to_owned()}<small>{who(event)}</small></span></p>
                {match text {
                    Some(text) => view! { <p><Icon name=IconName::Check /><span>{text}<small>{answered}</small></span></p> }.into_any(),
                    None => view! { <p class="soft"><Icon name=IconName::Waiting /><span>{waits}</span></p> }.into_any(),
                }}
            </div>
        }
        .into_any(),
    )
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
