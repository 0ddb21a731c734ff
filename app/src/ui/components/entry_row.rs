//! One entry in a list: when, what, where, the first words, and how it stands.

use super::{EntryState, Icon, IconName, UrgencyMark, place_name};
use crate::ui::ShownEntry;
use domain::kernel::{PlaceId, PlaceKind};
use domain::log::{Entry, Part, Urgency};
use domain::sync::Records;
use leptos::prelude::*;

/// Where an entry was, within its stairwell: `5-2`, `楼道`; with the stairwell in front for readers of several. Of one whose
/// words were erased the stairwell alone.
#[must_use]
pub fn spoken_spot(entry: &Entry, stairwell: Option<&str>) -> String {
    let spot = if entry.erased().is_some() { "" } else { entry.content.spot().title() };
    match stairwell {
        Some(stairwell) => [stairwell, " ", spot].concat(),
        None => spot.to_owned(),
    }
}

/// What a line of a list says of an entry.
#[must_use]
pub fn spoken_problem(entry: &Entry) -> String {
    let words = if entry.erased().is_some() {
        "内容已清除"
    } else {
        entry.content.part(Part::Problem).unwrap_or_default()
    };
    words.to_owned()
}

/// The name of the stairwell of an entry, for whoever has several: `5-2` alone would be any of them.
#[must_use]
pub fn stairwell_of(records: &Records, entry: &Entry) -> Option<String> {
    let directories = records.communities().map(|community| records.directory(community));
    let stairwells = directories.flat_map(|one| one.tree().nodes()).filter(|node| node.kind == PlaceKind::Stairwell);
    let is_another = |node: &domain::kernel::Node| node.id != entry.place;
    let known = |place: PlaceId| Some(place_name(records, place)).filter(|name| !name.is_empty());
    known(entry.place).filter(|_| stairwells.into_iter().any(is_another))
}

/// A line of the log. The whole line is the link.
#[component]
#[must_use]
pub fn EntryRow(
    /// The entry as its reader sees it.
    shown: ShownEntry,
    /// Where the line leads.
    href: String,
    /// The stairwell's name, where the list has several.
    #[prop(optional_no_strip)]
    stairwell: Option<String>,
    /// Says the day as well, where the list has no days of its own.
    #[prop(optional)]
    dated: bool,
) -> impl IntoView {
    let entry = shown.entry.clone();
    let content = &entry.content;
    let (category, urgency) = (content.category(), content.urgency());
    let words = spoken_problem(&entry);
    let spot = spoken_spot(&entry, stairwell.as_deref());
    // An entry that was written on a later day than it happened says so.
    let day = entry.happened().day();
    let (_, month, date) = day.numbers();
    let day = (dated || day != entry.written().day()).then(|| view! { <small>{month}"月"{date}"日"</small> });
    view! {
        <a class="entry-row" href=href data-withdrawn=entry.withdrawn().is_some().then_some("")>
            <time class="entry-time">{day}{entry.happened().clock()}</time>
            <span class="entry-body">
                <span class="entry-title">
                    <Icon name=IconName::of_category(category) />
                    <span>{category.title()}" "{spot}</span>
                    {(urgency != Urgency::Ordinary).then(|| view! { <UrgencyMark urgency=urgency /> })}
                </span>
                <span class="entry-text">{words}</span>
                <EntryState shown=shown />
            </span>
        </a>
    }
    .into_any()
}
