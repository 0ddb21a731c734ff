//! What an entry said before it was changed. Nothing is ever overwritten.

use super::{Attached, EntryParts, Icon, IconName, spoken_time};
use crate::domain::{Entry, EntryVersion, Timestamp};
use crate::ui::reactive::{Signal, Views};
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
    let changes = entry.amendments.iter().filter(|version| version.merges.is_none()).count();
    let (arrived, author) = (entry.arrived.clone(), entry.author);
    let arrived = Signal::derive(move || arrived.clone());
    let version = move |version: &EntryVersion| {
        view! {
            <div class="stack-tight">
                <p class="small soft"><time>{spoken_time(version.times.corrected(), now)}</time>" 时这样写"</p>
                <EntryParts content=version.content.clone() />
                <Attached all=version.content.attachments().to_vec() arrived=arrived author=Some(author) />
            </div>
        }
    };
    (changes > 0).then(|| {
        let versions: Vec<&EntryVersion> = entry.versions().collect();
        view! {
            <details class="fold">
                <summary>"以前的写法"<small class="soft">"改过 "{changes}" 次"</small><Icon name=IconName::Forward /></summary>
                <div class="stack">{versions.into_iter().rev().skip(1).map(version).views()}</div>
            </details>
        }
    })
}
