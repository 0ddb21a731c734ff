//! What of this entry did not reach the server, and what can be done.

use crate::ui::Client;
use crate::ui::pages::sync::Items;
use crate::ui::reactive::{Memo, Show};
use domain::kernel::{EntryId, Record};
use domain::log::Entry;
use domain::sync::Queued;
use leptos::prelude::*;

/// Commands on this entry that need a person.
#[component]
pub fn Troubles(entry: EntryId) -> impl IntoView {
    let client = Client::here();
    let stuck = Memo::new(move |_| {
        let concerns = |item: &&Queued| {
            let is_about = item.record().is_some_and(|key| key.kind == Entry::KIND && key.id == entry.uuid());
            item.needs_person() && is_about
        };
        client.outbox.with(|outbox| outbox.items().iter().filter(concerns).cloned().collect::<Vec<_>>())
    });
    view! {
        <Show when=move || stuck.with(|stuck| !stuck.is_empty())>
            <ul class="entries"><Items items=stuck entry=entry /></ul>
        </Show>
    }
    .into_any()
}
