//! 不要了, after a second thought.

use crate::ui::components::Dialog;
use crate::ui::reactive::{RwSignal, handler, optional};
use leptos::prelude::*;

/// The button and its question.
#[component]
pub fn GiveUp(
    /// The question.
    title: &'static str,
    /// What becomes of the words.
    words: &'static str,
    /// The person means it.
    on_yes: Callback<()>,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let give_up = move |_| {
        asking.set(false);
        on_yes.run(());
    };
    view! {
        <button type="button" class="button button-quiet" on:click=handler(move |_| asking.set(true))>"不要了"</button>
        {optional(move || asking.get().then(|| view! {
            <Dialog title=title on_close=Callback::new(move |()| asking.set(false))>
                <p>{words}</p>
                <div class="dialog-actions">
                    <button type="button" class="button" on:click=handler(move |_| asking.set(false))>"先留着"</button>
                    <button type="button" class="button button-danger" on:click=handler(give_up)>"不要了"</button>
                </div>
            </Dialog>
        }))}
    }
    .into_any()
}
