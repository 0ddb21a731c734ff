//! What social workers ask, on top of everything else.

use crate::ui::Client;
use crate::ui::components::{Icon, IconName, spoken_spot, stairwell_of};
use crate::ui::reactive::{Memo, optional};
use leptos::prelude::*;

#[derive(Clone, PartialEq, Eq)]
struct Asked {
    href: String,
    about: String,
    question: String,
    /// Entries that are asked about, beside this one.
    more: usize,
}

/// The oldest open question on one's own entries; the log has all of them under 待补充.
#[component]
pub fn OpenQuestions() -> impl IntoView {
    let client = Client::here();
    let asked = Memo::new(move |_| oldest(client));
    optional(move || {
        let Asked { href, about, question, more } = asked.get()?;
        let rest = (more > 0).then(|| view! { <p><a href="/log?show=asked">"还有 "{more}" 条待补充"</a></p> });
        Some(view! {
            <section class="question">
                <h2><Icon name=IconName::Question />"待补充："{about}</h2>
                <blockquote>{question}</blockquote>
                <a class="button button-primary" href=href>"回答"</a>
            </section>
            {rest}
        })
    })
}

fn oldest(client: Client) -> Option<Asked> {
    let me = client.my_id()?;
    let shown = client.shown.get();
    let asked = || shown.values().map(|shown| &shown.entry).filter(|entry| entry.questions_to(me).next().is_some());
    let entry = asked().min_by_key(|entry| entry.place_in_list())?;
    let question = entry.questions_to(me).next()?.asked.question.as_str().to_owned();
    let stairwell = client.records.with(|records| stairwell_of(records, entry));
    Some(Asked {
        href: ["/log/", &entry.id.to_string()].concat(),
        about: [entry.content.category().title(), " ", &spoken_spot(entry, stairwell.as_deref())].concat(),
        question,
        more: asked().count() - 1,
    })
}
