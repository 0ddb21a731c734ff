//! What two people, or two devices, have said differently in the same field without knowing of each other: side by side, and
//! for whoever may change the entry, with a choice.

use super::{Icon, IconName, focus_if_lost, name_of, spoken_time};
use crate::domain::{Act, Clash, Entry, EntryVersion, Field, Part, Timestamp};
use crate::ui::Client;
use crate::ui::reactive::{RwSignal, Views, handler, live};
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
    let current = entry.current();
    let both = |clash: &Clash| Some((clash.field, entry.version(clash.with)?.clone()));
    let clashes: Vec<(Field, EntryVersion)> = current.clashes.iter().filter_map(both).collect();
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
        .map(|(index, (field, other))| one(client, &entry, index, *field, other, settle.then_some(chosen)));
    let list = list.views();
    let save = {
        let entry = Arc::clone(&entry);
        move |_| {
            if saving.get_untracked() {
                return;
            }
            saving.set(true);
            let current = entry.current();
            let mut form = client.form_of(current);
            for ((field, other), take) in clashes.iter().zip(chosen.get_untracked()) {
                if take {
                    form.take(*field, &client.form_of(other));
                }
            }
            let act = Act::AmendEntry { entry: entry.id, replaces: current.id, form };
            leptos::task::spawn_local(async move {
                match client.submit(act, None).await {
                    // The card goes; the focus would go with it.
                    Ok(_) => request_animation_frame(|| focus_if_lost("h1")),
                    Err(reason) => {
                        failed.try_set(Some(reason.spoken_of_deed()));
                        saving.try_set(false);
                    }
                }
            });
        }
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

fn one(
    client: Client,
    entry: &Entry,
    index: usize,
    field: Field,
    other: &EntryVersion,
    chosen: Option<RwSignal<Vec<bool>>>,
) -> AnyView {
    let side = |version: &EntryVersion, is_other: bool| {
        let now = client.now.get_untracked();
        let who = client.records.with_untracked(|records| name_of(records, version.by.unwrap_or(entry.author)));
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
            <legend>{field.title()}</legend>
            <div class="clash">{side(entry.current(), false)}{side(other, true)}</div>
        </fieldset>
    }
    .into_any()
}

/// What a version says in a field, as it is read.
fn value(version: &EntryVersion, field: Field, now: Timestamp) -> String {
    let content = &version.content;
    let part = |part| content.part(part).unwrap_or("没有写").to_owned();
    match field {
        Field::Problem => part(Part::Problem),
        Field::Measures => part(Part::Measures),
        Field::Feedback => part(Part::Feedback),
        Field::Spot => content.spot().title().to_owned(),
        Field::Urgency => content.urgency().title().to_owned(),
        Field::Category | Field::Template => content.category().title().to_owned(),
        Field::Happened => spoken_time(version.times.correct(content.happened()), now),
        // Never two at once: these are gathered from both.
        _ => String::new(),
    }
}
