//! What two people, or two devices, have said differently in the same field without knowing of each other: side by side, and
//! for whoever may change the entry, with a choice.

use super::{Icon, IconName, actor_name, focus_if_lost, spoken_time};
use crate::ui::Client;
use crate::ui::reactive::{RwSignal, Views, handler, live};
use domain::kernel::{FieldChange, Timestamp};
use domain::log::{Act, Entry, EntryField, EntryVersion, Part};
use leptos::prelude::*;
use std::sync::Arc;

/// The card; nothing for an entry that says one thing.
#[component]
#[must_use]
pub fn Clashes(
    /// The entry.
    entry: Arc<Entry>,
    /// Whether whoever looks may say which of the two holds.
    settle: bool,
) -> impl IntoView {
    if entry.clashes.is_empty() {
        return None;
    }
    let versions = entry.versions();
    let current = versions.last()?.clone();
    let version = |id| versions.iter().find(|version| version.id == id).cloned();
    let clashes = entry.clashes.iter();
    // A field of a newer version is settled there.
    let both = clashes.filter_map(|clash| Some((EntryField::from_key(&clash.field)?, version(clash.with)?)));
    let clashes: Vec<(EntryField, EntryVersion)> = both.collect();
    if clashes.is_empty() {
        return None;
    }
    let client = Client::here();
    // For each of them whether the other one holds.
    let chosen = RwSignal::new(vec![false; clashes.len()]);
    let (failed, saving) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let list = clashes
        .iter()
        .enumerate()
        .map(|(index, (field, other))| one(client, &current, index, *field, other, settle.then_some(chosen)));
    let list = list.views();
    let save = move |_| {
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        let act = Act::AmendEntry { seen: entry.version(), changes: settled(client, &entry, &clashes, chosen) };
        let about = act.about(&entry);
        leptos::task::spawn_local(async move {
            match client.submit(about, &act, None).await {
                // The card goes; the focus would go with it.
                Ok(_) => request_animation_frame(|| focus_if_lost("h1")),
                Err(reason) => {
                    failed.try_set(Some(reason.spoken_of_deed()));
                    saving.try_set(false);
                }
            }
        });
    };
    let words = if settle {
        "两处改的不一样，看看哪个对。没选的也留着底。"
    } else {
        "两处改的不一样，等作者定。"
    };
    Some(view! {
        <section class="question stack-tight" aria-label="两处改的不一样">
            <h2><Icon name=IconName::Attention />{words}</h2>
            {list}
            {settle.then(|| view! {
                <div role="alert">{failed}</div>
                <button type="button" class="button button-primary" on:click=handler(save)>"就这样定"</button>
            })}
        </section>
    })
}

/// What to change, so that what was chosen holds, also where it stands there already.
fn settled(
    client: Client,
    entry: &Entry,
    clashes: &[(EntryField, EntryVersion)],
    chosen: RwSignal<Vec<bool>>,
) -> Vec<FieldChange> {
    let now = entry.content.to_form();
    let mut changes = Vec::new();
    for ((field, other), takes_other) in clashes.iter().zip(chosen.get_untracked()) {
        let to = if takes_other { client.form_of(&other.content) } else { now.clone() };
        changes.extend(now.changes_of(*field, &to));
    }
    changes
}

fn one(
    client: Client,
    current: &EntryVersion,
    index: usize,
    field: EntryField,
    other: &EntryVersion,
    chosen: Option<RwSignal<Vec<bool>>>,
) -> AnyView {
    let side = |version: &EntryVersion, is_other: bool| {
        let now = client.now.get_untracked();
        let who = client.records.with_untracked(|records| actor_name(records, version.by));
        let said = view! {
            <span class="clash-side">
                <strong>{value(version, field, now)}</strong>
                <small>{who}" · "{spoken_time(version.times.corrected(), now)}</small>
            </span>
        };
        let Some(chosen) = chosen else { return view! { <div class="card">{said}</div> }.into_any() };
        let choose = move |_| chosen.update(|chosen| chosen[index] = is_other);
        view! {
            <label class="choice">
                <input
                    type="radio" name=["clash-", &index.to_string()].concat()
                    prop:checked=live(move || chosen.with(|chosen| chosen[index] == is_other)) on:change=handler(choose)
                />
                {said}
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="field">
            <legend>{field.field().title}</legend>
            <div class="clash">{side(current, false)}{side(other, true)}</div>
        </fieldset>
    }
    .into_any()
}

/// What a version says in a field, as it is read.
fn value(version: &EntryVersion, field: EntryField, now: Timestamp) -> String {
    let content = &version.content;
    let part = |part| content.part(part).unwrap_or("没有写").to_owned();
    match field {
        EntryField::Problem => part(Part::Problem),
        EntryField::Measures => part(Part::Measures),
        EntryField::Feedback => part(Part::Feedback),
        EntryField::Spot => content.spot().title().to_owned(),
        EntryField::Urgency => content.urgency().title().to_owned(),
        EntryField::Category | EntryField::Template => content.category().title().to_owned(),
        EntryField::Happened => spoken_time(content.happened(), now),
        // Never two at once: these are gathered from both.
        EntryField::Subjects | EntryField::Attachments => String::new(),
    }
}
