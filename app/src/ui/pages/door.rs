//! One door: who lives there, what was written about it, and a new entry with the place filled in.

mod people;

use super::known;
use super::write::{Address, Step};
use crate::ui::components::{BottomBar, EntryRow, Gate, IconName, Notice, PageHead};
use crate::ui::reactive::{Memo, Signal, Views, dynamic};
use crate::ui::{Client, ShownEntry};
use domain::kernel::PlaceId;
use domain::organisation::Place;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use std::sync::Arc;

/// Most entries shown; older ones are in the log.
const ENTRIES: usize = 30;

/// `/door/:door?micro_grid=…`
#[component]
#[must_use]
pub fn DoorPage() -> impl IntoView {
    let client = Client::here();
    let (params, query) = (use_params_map(), use_query_map());
    let label = Memo::new(move |_| params.with(|params| params.get("door")).unwrap_or_default());
    let named = Memo::new(move |_| query.with(|query| query.get("micro_grid")?.parse::<PlaceId>().ok()));
    let place = Memo::new(move |_| match named.get() {
        Some(id) => client.stairwell(id),
        None => match known::stairwells(client).as_slice() {
            [only] => Some(Arc::clone(only)),
            _ => None,
        },
    });
    let known = Memo::new(move |_| {
        place.with(|one| one.as_ref().is_some_and(|one| one.doors().any(|door| door.label.as_str() == label.get())))
    });
    let stairwell = Signal::derive(move || place.get().map(|one| client.place_name(one.id)).unwrap_or_default());
    // Back to the stairwell one came from, where there are several.
    let back = match named.get_untracked() {
        Some(id) => ["/?micro_grid=", &id.to_string()].concat(),
        None => "/".to_owned(),
    };
    let write = Signal::derive(move || {
        let micro_grid = named.get().map(|id| id.to_string()).unwrap_or_default();
        Address { step: Step::What, door: label.get(), micro_grid, ..Address::default() }.href()
    });
    view! {
        <Title text=move || label.get() />
        <PageHead title=Signal::derive(move || label.get()) sub=stairwell back=back />
        <main id="main" class="page has-bar stack-wide">
            <Gate>
                {dynamic(move || match place.get().filter(|_| known.get()) {
                    Some(one) => view! {
                        <people::People place=Arc::clone(&one) door=label.get() />
                        <Entries place=one door=label.get() />
                    }
                    .into_any(),
                    None => view! {
                        <Notice icon=IconName::Door title="这台手机上没有这个门">
                            <p>"回到门牌表，点一下要看的门。"</p>
                            <div class="row"><a class="button" href="/">"门牌表"</a></div>
                        </Notice>
                    }
                    .into_any(),
                })}
            </Gate>
        </main>
        <BottomBar write=write />
    }
    .into_any()
}

#[component]
fn Entries(place: Arc<Place>, door: String) -> impl IntoView {
    let client = Client::here();
    let listed = Memo::new(move |_| {
        let shown = client.shown.get();
        let here = |one: &&ShownEntry| {
            let entry = &one.entry;
            let at = entry.content.spot().door().map(|at| known::called_now(&place, at).unwrap_or(at));
            entry.place == place.id && at.is_some_and(|at| at.as_str() == door)
        };
        known::newest_first(shown.values().filter(here).collect())
            .into_iter()
            .take(ENTRIES)
            .cloned()
            .collect::<Vec<_>>()
    });
    let line = |shown: ShownEntry| {
        let href = ["/log/", &shown.entry.id.to_string()].concat();
        view! { <li><EntryRow shown=shown href=href dated=true /></li> }
    };
    view! {
        <section>
            <h2 class="section-head">"这一户的日志"</h2>
            {dynamic(move || {
                let listed = listed.get();
                if listed.is_empty() {
                    view! { <p class="soft">"还没有。下面“记一条”会填好这个门。"</p> }.into_any()
                } else {
                    view! { <ul class="entries">{listed.into_iter().map(line).views()}</ul> }.into_any()
                }
            })}
        </section>
    }
    .into_any()
}
