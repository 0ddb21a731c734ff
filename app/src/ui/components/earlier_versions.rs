//! What an entry said before it was changed. Nothing is ever overwritten.

use super::{Attached, EntryParts, Icon, IconName, spoken_time};
use crate::ui::reactive::{Signal, Views};
use domain::kernel::Timestamp;
use domain::log::{Entry, EntryVersion};
use leptos::prelude::*;
use std::sync::Arc;

/// All earlier versions, the one before the last change first; nothing for an entry that was never changed.
#[component]
#[must_use]
pub fn EarlierVersions(
    /// The entry.
    entry: Arc<Entry>,
    /// The clock.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    let now = now.get_untracked();
    // What an erased entry said before, nobody knows any more.
    let changes = if entry.erased().is_some() { 0 } else { entry.times_changed() };
    let (arrived, author) = (entry.arrived.clone(), entry.author);
    let arrived = Signal::derive(move || arrived.clone());
    let version = move |version: EntryVersion| {
        let parts = view! { <EntryParts content=version.content.clone() /> };
        view! {
            <div class="stack-tight">
                <p class="small soft"><time>{spoken_time(version.times.corrected(), now)}</time>" 时这样写"</p>
                {parts}
                <Attached all=version.content.attachments().to_vec() arrived=arrived author=Some(author) />
            </div>
        }
    };
    (changes > 0).then(|| {
        view! {
            <details class="fold">
                <summary>"以前的写法"<small class="soft">"改过 "{changes}" 次"</small><Icon name=IconName::Forward /></summary>
                <div class="stack">{entry.versions().into_iter().rev().skip(1).map(version).views()}</div>
            </details>
        }
    })
}
