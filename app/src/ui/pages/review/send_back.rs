//! 退回补充: tap the part that lacks something, ask one question. The author sees only that question.

use super::desk::Desk;
use super::writing::Writing;
use super::{actions, words};
use crate::ui::components::Dialog;
use crate::ui::reactive::{Memo, RwSignal, Signal, handler, optional};
use domain::kernel::EntryId;
use domain::log::{Act, Part};
use leptos::prelude::*;

/// The sheet of 退回补充.
pub fn sheet(desk: Desk, entry: EntryId, close: Callback<()>) -> AnyView {
    let part = RwSignal::new(started(desk, entry));
    let draft = move |part: Part| format!("send-back/{entry}/{}", code(part));
    let saved = move |part| desk.client.draft(&draft(part)).unwrap_or_default();
    let text = RwSignal::new(part.get_untracked().map(saved).unwrap_or_default());
    let (trouble, busy) = (RwSignal::new(None), RwSignal::new(false));
    let on_screen = actions::on_screen(desk, entry);
    let choose = move |chosen| {
        if part.get_untracked() != Some(chosen) {
            part.set(Some(chosen));
            text.set(saved(chosen));
            trouble.set(None);
        }
    };
    let save = Callback::new(move |()| {
        let Some(part) = part.get_untracked() else { return };
        let Some((about, version)) = on_screen.clone().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let act = Act::SendBack { version, part, question: text.get_untracked() };
        leptos::task::spawn_local(async move {
            match actions::submit(desk, about, act, &draft(part), "退回补充").await {
                Ok(()) => close.run(()),
                Err(reason) => trouble.set(Some(reason)),
            }
            busy.try_set(false);
        });
    });
    let keep = Callback::new(move |text| {
        if let Some(part) = part.get_untracked() {
            desk.client.keep_draft(&draft(part), text);
        }
    });
    let writing = Writing { text, trouble, busy, keep, save };
    let label =
        Signal::derive(move || part.get().map(|part| format!("「{}」要补充什么", part.title())).unwrap_or_default());
    let phrases = Signal::derive(move || part.get().map(|part| words::questions(part).to_vec()).unwrap_or_default());
    let chosen = Memo::new(move |_| part.get().is_some());
    view! {
        <Dialog title="退回补充" on_close=close>
            <div class="stack">
                <div class="stack-tight" role="group" aria-label="哪一段要补充">
                    <p class="soft small">"点一下要补充的那一段。对方只会看到这一个问题。"</p>
                    {Part::ALL.map(|one| pick(desk, entry, one, part, Callback::new(choose)))}
                </div>
                {optional(move || chosen.get().then(|| writing.field(label, phrases)))}
            </div>
            {optional(move || chosen.get().then(|| writing.buttons("退回去问", close)))}
        </Dialog>
    }
    .into_any()
}

fn pick(desk: Desk, entry: EntryId, part: Part, chosen: RwSignal<Option<Part>>, choose: Callback<Part>) -> AnyView {
    let words = untrack(|| desk.entry(entry).and_then(|shown| shown.entry.content.part(part).map(str::to_owned)));
    let empty = words.is_none();
    let pressed = move || if chosen.get() == Some(part) { "true" } else { "false" };
    view! {
        <button type="button" class="part-pick" aria-pressed=pressed on:click=handler(move |_| choose.run(part))>
            <strong>{part.title()}</strong>
            <span class:soft=empty>{words.unwrap_or_else(|| "没有写".to_owned())}</span>
        </button>
    }
    .into_any()
}

/// The part whose question was begun before.
fn started(desk: Desk, entry: EntryId) -> Option<Part> {
    Part::ALL.into_iter().find(|part| desk.client.draft(&format!("send-back/{entry}/{}", code(*part))).is_some())
}

const fn code(part: Part) -> &'static str {
    match part {
        Part::Problem => "problem",
        Part::Measures => "measures",
        Part::Feedback | Part::Unknown => "feedback",
    }
}
