//! What an entry says, with questions and answers beside the part they belong to, and whom it is about.

use super::desk::Desk;
use crate::ui::components::{EntryParts, Icon, IconName, actor_name, spoken_time, words_erased};
use crate::ui::reactive::Views;
use domain::kernel::Got;
use domain::log::{Entry, Part, Question, Step};
use domain::residents::Resident;
use leptos::prelude::*;
use std::sync::Arc;

/// The three parts, each with what was asked about it.
pub fn parts(desk: Desk, entry: &Arc<Entry>) -> AnyView {
    if entry.erased().is_some() {
        return words_erased();
    }
    let asked = Arc::clone(entry);
    let beneath = move |part: Part| {
        let about_it = asked.questions().filter(|question| question.asked.part == part);
        about_it.map(|one| question(desk, &asked, one)).views().into_any()
    };
    view! { <EntryParts content=entry.content.clone() beneath=Callback::new(beneath) /> }.into_any()
}

fn question(desk: Desk, entry: &Entry, question: Question<'_>) -> AnyView {
    let who = |step: &Step| {
        let now = desk.client.now.get_untracked();
        let name = desk.client.records.with_untracked(|records| actor_name(records, step.by));
        format!("{name} · {}", spoken_time(step.times.corrected(), now))
    };
    let (words, asked_by) = (question.asked.question.as_str().to_owned(), who(question.step));
    let waits = if desk.client.is_me(entry.author) { "等您补充" } else { "等作者补充" };
    let answer = match entry.answer_to(question.step.id) {
        Some((step, answer)) => {
            let (text, answered_by) = (answer.text.as_str().to_owned(), who(step));
            view! { <p><Icon name=IconName::Check /><span>{text}<small>{answered_by}</small></span></p> }.into_any()
        }
        None => view! { <p class="soft"><Icon name=IconName::Waiting /><span>{waits}</span></p> }.into_any(),
    };
    view! {
        <div class="asked">
            <p><Icon name=IconName::Question /><span>{words}<small>{asked_by}</small></span></p>
            {answer}
        </div>
    }
    .into_any()
}

/// 跟谁有关, as far as this person may know.
pub fn subjects(desk: Desk, entry: &Entry) -> AnyView {
    let wanted = entry.content.subjects();
    if wanted.is_empty() {
        return ().into_any();
    }
    let known: Vec<Resident> = desk.client.records.with_untracked(|records| {
        let resident = |id| match records.get::<Resident>(&Resident::key_of(entry.community, id)) {
            // Of whoever has moved away not everybody is told the name.
            Got::Here(resident) => Some(resident.clone()).filter(|one| !one.name.is_empty()),
            Got::Nowhere | Got::Unread => None,
        };
        wanted.iter().copied().filter_map(resident).collect()
    });
    let hidden = wanted.len() - known.len();
    let today = desk.today.get_untracked();
    let line = |resident: Resident| {
        let age = resident.age(today).map(|age| format!("{age}岁"));
        let care = resident.care.iter().map(|group| view! { <span class="care-mark">{group.title()}</span> }).views();
        let door = resident.door.as_ref().map(|door| door.as_str().to_owned());
        let name = resident.name;
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
