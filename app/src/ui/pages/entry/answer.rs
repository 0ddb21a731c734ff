//! A social worker's question and the field to answer it in. The draft of an answer survives everything.

use crate::ui::Client;
use crate::ui::components::{Icon, IconName, RoomLeft, focus_first};
use crate::ui::pages::said;
use crate::ui::reactive::{Effect, RwSignal, Signal, StoredValue, handler, live, optional};
use domain::kernel::{CommandId, RecordKey};
use domain::log::{Act, Part, QUESTION_LIMIT};
use domain::sync::NotSaved;
use leptos::{html, prelude::*};

/// One question, on one part. `refused` is an answer to it that the server did not take: its words are in the field, and
/// what is saved takes its place.
#[component]
pub fn Question(
    entry: RecordKey,
    asked: CommandId,
    part: Part,
    words: String,
    refused: Option<(CommandId, String)>,
) -> impl IntoView {
    let client = Client::here();
    // Several questions may be open: each has names of its own.
    let key = StoredValue::new(["answer/", &asked.to_string()].concat());
    let id = ["answer-", &asked.to_string()].concat();
    let note_id = [&id, "-note"].concat();
    let field = StoredValue::new(["#", &id].concat());
    let (bad, before) = refused.unzip();
    let text = RwSignal::new(key.with_value(|key| client.draft(key)).or(before).unwrap_or_default());
    let trouble = RwSignal::new(None::<NotSaved>);
    let saving = RwSignal::new(false);
    let area = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            area.set_value(&text.get_untracked());
        }
    });
    let on_input = move |event| {
        text.set(event_target_value(&event));
        trouble.set(None);
        client.keep_draft(&key.get_value(), text.get_untracked());
    };
    let save = move |_| {
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        let about = vec![entry.clone()];
        leptos::task::spawn_local(async move {
            let act = Act::Answer { question: asked, text: text.get_untracked() };
            let draft = key.get_value();
            let result = match bad {
                Some(bad) => client.mend(bad, about, &act, Some(&draft)).await,
                None => client.submit(about, &act, Some(&draft)).await,
            };
            saving.try_set(false);
            match result {
                // The question goes; the focus would go with it.
                Ok(_) => request_animation_frame(|| focus_first("h1")),
                Err(reason) => {
                    trouble.try_set(Some(reason));
                    request_animation_frame(move || {
                        field.try_with_value(|field| focus_first(field)).unwrap_or_default()
                    });
                }
            }
        });
    };
    let note = Signal::derive(move || trouble.with(|trouble| trouble.as_ref().map(said::at_field)));
    let length = Signal::derive(move || text.with(|text| text.trim().chars().count()));
    view! {
        <section class="question" aria-label="要补充的">
            <h2><Icon name=IconName::Question />"社工问，关于“"{part.title()}"”"</h2>
            <blockquote>{words}</blockquote>
            <div class="field">
                <label for=id.clone()>"您的回答"</label>
                <textarea
                    id=id class="input" rows="3" node_ref=area on:input=handler(on_input) autocomplete="off"
                    aria-describedby=note_id.clone() aria-invalid=live(move || note.get().is_some().then_some("true"))
                ></textarea>
                <div id=note_id role="alert">
                    {optional(move || note.get().map(|words| view! {
                        <p class="field-error"><Icon name=IconName::Attention /><span>{words}</span></p>
                    }))}
                </div>
                <RoomLeft length=length limit=QUESTION_LIMIT />
            </div>
            <button
                type="button" class="button button-primary button-wide" on:click=handler(save)
                aria-disabled=live(move || saving.get().then_some("true"))
            >
                "保存回答"
            </button>
        </section>
    }
    .into_any()
}
