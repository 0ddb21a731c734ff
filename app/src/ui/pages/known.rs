//! What several pages ask of the records. Whoever asks within an effect hears of it when the answer has changed.

use crate::ui::components::{IconName, NEWER, Notice};
use crate::ui::{Client, ShownEntry};
use domain::kernel::{PlaceId, Record, Rights};
use domain::log::{Entry, MayWrite};
use domain::organisation::{DoorLabel, Place};
use domain::residents::Resident;
use leptos::prelude::*;
use std::{cmp::Reverse, sync::Arc};

/// All stairwells that stand, in the order of their codes, and so yard by yard; those that have no code yet at the end.
pub fn stairwells(client: Client) -> Vec<Arc<Place>> {
    let mut all = client.stairwells();
    all.sort_by(|one, other| (one.code.is_none(), &one.code).cmp(&(other.code.is_none(), &other.code)));
    all
}

/// Those of the stairwells where the person may do something now.
pub fn stairwells_where(client: Client, may: impl Fn(&Rights<'_>, PlaceId) -> bool) -> Vec<Arc<Place>> {
    let mut all = stairwells(client);
    all.retain(|one| client.with_rights(one.community, |rights| may(rights, one.id)) == Some(true));
    all
}

/// Those in which the person may write now.
pub fn writable(client: Client) -> Vec<Arc<Place>> {
    stairwells_where(client, |rights, place| MayWrite::find(rights, place).is_some())
}

/// What a door is called today; `None` where the stairwell has none of that name.
pub fn called_now<'p>(place: &'p Place, label: &DoorLabel) -> Option<&'p DoorLabel> {
    place.door(label).map(|door| &door.label)
}

/// Everybody who lives behind a door, whatever it was called when they came.
pub fn residents_at(client: Client, place: &Place, door: &str) -> Vec<Arc<Resident>> {
    let mut all = client.residents_at(place.id);
    all.retain(|one| {
        let label = one.door.as_ref().and_then(|label| called_now(place, label));
        label.is_some_and(|label| label.as_str() == door)
    });
    all
}

/// Entries in the order of every list: newest first.
pub fn newest_first(mut entries: Vec<&ShownEntry>) -> Vec<&ShownEntry> {
    entries.sort_unstable_by_key(|shown| Reverse(shown.entry.place_in_list()));
    entries
}

/// Whether the person has a right to an entry.
pub fn may(client: Client, entry: &Entry, ask: impl FnOnce(&Rights<'_>) -> bool) -> bool {
    client.with_rights(entry.community, ask) == Some(true)
}

/// How many entries are here that only a newer version can read.
pub fn unread_entries(client: Client) -> usize {
    client.records.with(|records| records.unread_of_kind(Entry::KIND).count())
}

/// What a list says of them; nothing where there are none.
pub fn unread_line(count: usize) -> AnyView {
    let line = (count > 0).then(|| view! { <p class="soft small">"还有 "{count}" 条："{NEWER}"。"</p> });
    line.into_any()
}

/// What is said of an entry that a newer version has written.
pub fn newer_version() -> AnyView {
    view! {
        <Notice icon=IconName::Download title=NEWER>
            <p>"更新到新版本就能看。没有丢，存在这里。"</p>
            <div class="row"><a class="button" href="/settings">"去更新"</a></div>
        </Notice>
    }
    .into_any()
}
