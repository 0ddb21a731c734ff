//! What happened to an entry, oldest first: written, changed, reviewed, answered, taken back.

use super::{NEWER, actor_name, spoken_time};
use crate::ui::reactive::{Signal, Views};
use domain::kernel::{Actor, Times, Timestamp};
use domain::log::{Did, Entry};
use domain::sync::Records;
use leptos::prelude::*;
use std::sync::Arc;

/// One step, ready to be shown.
struct Line {
    by: Actor,
    times: Times,
    deed: String,
    words: Option<String>,
    is_review: bool,
}

fn lines(entry: &Entry) -> Vec<Line> {
    let line = |step: &domain::log::Step| {
        let (deed, words, is_review) = match &step.did {
            Did::Wrote {} => ("记下".to_owned(), None, false),
            Did::Changed(changed) if changed.merged.is_some() => {
                ("改过一次，合上了另一处的改动".to_owned(), None, false)
            }
            Did::Changed(_) => ("改过一次".to_owned(), None, false),
            Did::Withdrew {} => ("撤回".to_owned(), None, false),
            Did::Read(_) => ("已阅".to_owned(), None, true),
            Did::Commented(said) => ("点评".to_owned(), Some(&said.text), true),
            Did::SentBack(asked) => (["退回补充「", asked.part.title(), "」"].concat(), Some(&asked.question), true),
            Did::Answered(answer) => ("补充".to_owned(), Some(&answer.text), false),
            Did::SetAside(aside) => ("停用".to_owned(), Some(&aside.why), false),
            Did::Erased(erased) => ("清除内容".to_owned(), Some(&erased.why), false),
            Did::Unknown {} => (NEWER.to_owned(), None, false),
        };
        // Of what was erased nothing is left to be said.
        let words = words.map(|words| words.as_str().to_owned()).filter(|words| !words.is_empty());
        Line { by: step.by, times: step.times, deed, words, is_review }
    };
    let mut lines: Vec<Line> = entry.steps.iter().map(line).collect();
    lines.sort_by_key(|line| line.times.corrected());
    lines
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
    let line = move |step: Line| {
        let name = records.with_untracked(|records| actor_name(records, step.by));
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
    view! { <ol class="timeline">{lines(&entry).into_iter().map(line).views()}</ol> }
}
