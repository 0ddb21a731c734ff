//! 点评: a word to the author. What is not finished is kept as a draft.

use super::desk::Desk;
use super::writing::Writing;
use super::{actions, words};
use crate::ui::components::Dialog;
use crate::ui::reactive::{RwSignal, Signal};
use domain::kernel::EntryId;
use domain::log::Act;
use leptos::prelude::*;

/// The sheet of 点评.
pub fn sheet(desk: Desk, entry: EntryId, close: Callback<()>) -> AnyView {
    let draft = format!("comment/{entry}");
    let text = RwSignal::new(desk.client.draft(&draft).unwrap_or_default());
    let (trouble, busy) = (RwSignal::new(None), RwSignal::new(false));
    let on_screen = actions::on_screen(desk, entry);
    let key = draft.clone();
    let save = Callback::new(move |()| {
        let Some((about, version)) = on_screen.clone().filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        let (act, draft) = (Act::Comment { version, text: text.get_untracked() }, draft.clone());
        leptos::task::spawn_local(async move {
            match actions::submit(desk, about, act, &draft, "点评写好了").await {
                Ok(()) => close.run(()),
                Err(reason) => trouble.set(Some(reason)),
            }
            busy.try_set(false);
        });
    });
    let keep = Callback::new(move |text| desk.client.keep_draft(&key, text));
    let writing = Writing { text, trouble, busy, keep, save };
    view! {
        <Dialog title="点评" on_close=close>
            <div class="stack">
                {actions::reminder(desk, entry)}
                {writing.field(Signal::stored("写给作者".to_owned()), Signal::stored(words::COMMENTS.to_vec()))}
            </div>
            {writing.buttons("保存点评", close)}
        </Dialog>
    }
    .into_any()
}
