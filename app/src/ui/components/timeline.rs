//! What happened to an entry, oldest first: written, changed, reviewed, answered, taken back.

use super::{name_of, spoken_time};
use crate::domain::{Entry, PersonId, Records, ReviewAct, Times, Timestamp};
use crate::ui::reactive::{Signal, Views};
use leptos::prelude::*;
use std::sync::Arc;

/// One step, ready to be shown.
struct Step {
    by: PersonId,
    times: Times,
    deed: String,
    words: Option<String>,
    is_review: bool,
}

fn steps(entry: &Entry) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut add = |by, times, deed: &str, words: Option<&str>, is_review| {
        steps.push(Step { by, times, deed: deed.to_owned(), words: words.map(str::to_owned), is_review });
    };
    add(entry.author, entry.first.times, "记下", None, false);
    for version in &entry.amendments {
        let deed = if version.merges.is_some() { "合上另一处的改动" } else { "改过一次" };
        add(version.by.unwrap_or(entry.author), version.times, deed, None, false);
    }
    for event in &entry.reviews {
        match &event.act {
            ReviewAct::Read => add(event.by, event.times, "已阅", None, true),
            ReviewAct::Comment { text } => add(event.by, event.times, "点评", Some(text.as_str()), true),
            ReviewAct::SendBack { part, question } => {
                add(event.by, event.times, &format!("退回补充「{}」", part.title()), Some(question.as_str()), true);
            }
            ReviewAct::Answer { text, .. } => add(event.by, event.times, "补充", Some(text.as_str()), false),
        }
    }
    if let Some(times) = entry.withdrawn {
        add(entry.author, times, "撤回", None, false);
    }
    steps.sort_by_key(|step| step.times.corrected());
    steps
}

/// 经过.
#[component]
#[must_use]
pub fn Timeline(
    /// The entry.
    entry: Arc<Entry>,
    /// For names.
    #[prop(into)]
    records: Signal<Records>,
    /// The clock.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    let now = now.get_untracked();
    let line = move |step: Step| {
        let name = records.with_untracked(|records| name_of(records, step.by));
        view! {
            <li data-kind=step.is_review.then_some("review")>
                <p class="timeline-who">
                    <time>{spoken_time(step.times.corrected(), now)}</time><strong>{step.deed}</strong><span>{name}</span>
                    {step.times.received.is_none().then(|| view! { <span class="mark">"还没上传"</span> })}
                </p>
                {step.words.map(|words| view! { <blockquote>{words}</blockquote> })}
            </li>
        }
    };
    view! { <ol class="timeline">{steps(&entry).into_iter().map(line).views()}</ol> }
}
