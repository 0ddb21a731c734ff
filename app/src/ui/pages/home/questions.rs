//! What social workers ask, on top of everything else.

use crate::domain::{Entry, EntryId};
use crate::sync::newest_first;
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, spoken_spot, stairwell_of};
use crate::ui::reactive::{Memo, Views, dynamic};
use leptos::prelude::*;

/// Most questions shown here; the log has them all under 待补充.
const SHOWN: usize = 2;

#[derive(Clone, PartialEq, Eq)]
struct Asked {
    entry: EntryId,
    about: String,
    question: String,
}

/// The oldest open questions on one's own entries.
#[component]
pub fn OpenQuestions() -> impl IntoView {
    let client = Client::here();
    let asked = Memo::new(move |_| open_questions(client));
    let card = |one: Asked| {
        view! {
            <section class="question">
                <h2><Icon name=IconName::Question />"待补充："{one.about}</h2>
                <blockquote>{one.question}</blockquote>
                <a class="button button-primary" href=["/log/", &one.entry.to_string()].concat()>"回答"</a>
            </section>
        }
    };
    dynamic(move || {
        let asked = asked.get();
        let more = asked.len().saturating_sub(SHOWN);
        let rest = (more > 0).then(|| view! { <p><a href="/log?show=asked">"还有 "{more}" 条待补充"</a></p> });
        view! { {asked.into_iter().take(SHOWN).map(card).views()}{rest} }
    })
}

fn open_questions(client: Client) -> Vec<Asked> {
    let Some(me) = client.me.with(|me| me.as_ref().map(|me| me.id)) else { return Vec::new() };
    let shown = client.shown.get();
    let mine = shown.values().filter(|shown| shown.entry.questions_to(me).next().is_some()).collect();
    client.records.with(|records| {
        let about = |entry: &Entry| {
            let stairwell = stairwell_of(records, entry);
            [entry.content().category().title(), " ", &spoken_spot(entry, stairwell.as_deref())].concat()
        };
        let mut asked = Vec::new();
        for shown in newest_first(mine).into_iter().rev() {
            let entry = shown.entry.as_ref();
            asked.extend(entry.questions_to(me).map(|(_, _, question)| Asked {
                entry: entry.id,
                about: about(entry),
                question: question.as_str().to_owned(),
            }));
        }
        asked
    })
}
