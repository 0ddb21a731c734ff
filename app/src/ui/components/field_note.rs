//! What is wrong with a field, beside the field; and how much more fits.

use super::{Icon, IconName};
use crate::ui::reactive::{Signal, optional};
use leptos::prelude::*;

/// A mistake is not a danger: amber, a shape, and what to do. `id` is what the field's `aria-describedby` names.
#[component]
#[must_use]
pub fn FieldNote(
    /// For `aria-describedby`.
    id: &'static str,
    /// What to say; nothing while all is well.
    #[prop(into)]
    words: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div id=id role="alert">
            {optional(move || words.get().map(|words| view! {
                <p class="field-error"><Icon name=IconName::Attention /><span>{words}</span></p>
            }))}
        </div>
    }
    .into_any()
}

/// Says how much more fits, from the last tenth on; before that it would only be in the way.
#[component]
#[must_use]
pub fn RoomLeft(
    /// Characters so far.
    #[prop(into)]
    length: Signal<usize>,
    /// Most characters.
    limit: usize,
) -> impl IntoView {
    let words = move || {
        let length = length.get();
        if length > limit {
            Some(["超了 ", &(length - limit).to_string(), " 字"].concat())
        } else {
            (length * 10 >= limit * 9).then(|| ["还能写 ", &(limit - length).to_string(), " 字"].concat())
        }
    };
    view! { <p class="hint" aria-live="polite">{words}</p> }.into_any()
}
