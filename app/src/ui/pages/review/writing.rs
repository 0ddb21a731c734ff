//! A field to write a few words to a colleague: ready phrases, how much fits, and what is wrong.

use super::focus;
use crate::ui::components::{FieldNote, RoomLeft};
use crate::ui::reactive::{RwSignal, Signal, Views, dynamic, handler, live};
use domain::log::QUESTION_LIMIT;
use leptos::{ev, prelude::*};

/// What a sheet writes into.
#[derive(Clone, Copy)]
pub struct Writing {
    /// What is written so far.
    pub text: RwSignal<String>,
    /// Why it was not kept.
    pub trouble: RwSignal<Option<String>>,
    /// It is being kept: a second tap does nothing.
    pub busy: RwSignal<bool>,
    /// Called on every stroke.
    pub keep: Callback<String>,
    /// Called by the button and by Ctrl + Enter.
    pub save: Callback<()>,
}

impl Writing {
    fn write(self, text: String) {
        self.keep.run(text.clone());
        self.text.set(text);
        self.trouble.set(None);
    }

    /// The field with its phrases.
    pub fn field(self, label: Signal<String>, phrases: Signal<Vec<&'static str>>) -> AnyView {
        let Self { text, trouble, .. } = self;
        let insert = move |phrase: &'static str| {
            let mut words = text.get_untracked();
            words.push_str(phrase);
            self.write(words);
            focus::give(focus::TEXT);
        };
        let chip = move |phrase: &'static str| {
            view! { <button type="button" class="phrase" on:click=handler(move |_| insert(phrase))>{phrase}</button> }
        };
        let on_key = move |event: ev::KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                self.save.run(());
            }
        };
        let length = Signal::derive(move || text.with(|text| text.trim().chars().count()));
        view! {
            <div class="field stack-tight">
                <div class="phrases" role="group" aria-label="常用的话">{dynamic(move || phrases.get().into_iter().map(chip).views())}</div>
                <div>
                    <label class="label" for=focus::TEXT>{label}</label>
                    <textarea
                        class="input" id=focus::TEXT rows="3" prop:value=live(move || text.get()) aria-describedby="sheet-trouble"
                        aria-invalid=live(move || trouble.with(Option::is_some).then_some("true"))
                        on:input=handler(move |event| self.write(event_target_value(&event))) on:keydown=handler(on_key)
                    ></textarea>
                    <RoomLeft length=length limit=QUESTION_LIMIT />
                    <FieldNote id="sheet-trouble" words=trouble />
                    <p class="hint">"没写完关上也不会丢。"</p>
                </div>
            </div>
        }
        .into_any()
    }

    /// Save and second thoughts.
    pub fn buttons(self, save: &'static str, close: Callback<()>) -> AnyView {
        view! {
            <div class="dialog-actions">
                <button type="button" class="button" on:click=handler(move |_| close.run(()))>"以后再说"</button>
                <button
                    type="button" class="button button-primary" aria-disabled=live(move || self.busy.get().then_some("true"))
                    on:click=handler(move |_| self.save.run(()))
                >
                    {save}
                </button>
            </div>
        }
        .into_any()
    }
}
