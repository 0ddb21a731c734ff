//! 2/3 where: the door table, 楼道, 院里. Grid workers and stand-ins first say which stairwell.

use super::address::Address;
use super::writing::Writing;
use crate::ui::Phase;
use crate::ui::components::{DoorTable, Icon, IconName, Notice, Skeleton, door_notes, storage_closed};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, Views, dynamic, handler, optional};
use domain::kernel::{PlaceId, PlaceKind};
use domain::log::Spot;
use domain::organisation::{self, DoorLabel};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::sync::Arc;

/// Up to so many stairwells are buttons; more are a list to choose from.
const BUTTONS: usize = 4;

/// 2/3
#[component]
pub fn Place() -> impl IntoView {
    let writing: Writing = expect_context();
    let Writing { client, address, .. } = writing;
    let current = Memo::new(move |_| client.stairwell(writing.place()?));
    let open = move || match (client.phase.get(), current.get()) {
        (Phase::Ready, Some(one)) => view! { <Doors place=one /> }.into_any(),
        (Phase::Ready, None) => view! { <Choose /> }.into_any(),
        (Phase::Opening, _) => view! { <Skeleton /> }.into_any(),
        (Phase::NoStorage(error), _) => storage_closed(&error),
        (Phase::SignedOut, _) => view! {
            <Notice icon=IconName::Person title="先登录，才有门牌表">
                <div class="row"><a class="button button-primary" href="/sign-in">"去登录"</a></div>
            </Notice>
        }
        .into_any(),
    };
    let shared = move |value: &'static str, icon: IconName, title: &'static str, hint: &'static str| {
        let href = move || address.with(|address| address.with_place(value, &address.micro_grid).href());
        let current = move || address.with(|address| (address.door == value).then_some("true"));
        view! { <a class="tile" href=href aria-current=current><Icon name=icon /><span>{title}<small>{hint}</small></span></a> }
    };
    view! {
        <h2 class="section-head">"在哪儿？"<small>{optional(move || current.get().map(|one| client.place_name(one.id)))}</small></h2>
        <div class="tiles">
            {shared(Spot::STAIRWELL, IconName::Stairs, "楼道", "楼梯、单元门、走廊")}
            {shared(Spot::YARD, IconName::Yard, "院里", "楼外、车棚、空地")}
        </div>
        {open}
    }
    .into_any()
}

#[component]
fn Doors(place: Arc<organisation::Place>) -> impl IntoView {
    let Writing { client, address, .. } = expect_context();
    let today = Memo::new(move |_| client.now.get().day());
    let one = Arc::clone(&place);
    let notes = Memo::new(move |_| {
        let shown = client.shown.get();
        client.records.with(|records| door_notes(records, shown.values(), &one, today.get()))
    });
    let id = place.id.to_string();
    let href = Callback::new(move |label: DoorLabel| {
        address.with_untracked(|address| {
            // The only stairwell of a watcher needs no mention.
            let id = if address.micro_grid.is_empty() { "" } else { &id };
            address.with_place(label.as_str(), id).href()
        })
    });
    let chosen = address.with_untracked(|address| address.door.clone());
    view! { <DoorTable place=place notes=notes href=href chosen=chosen /> }
}

/// Which stairwell.
#[component]
fn Choose() -> impl IntoView {
    let writing: Writing = expect_context();
    dynamic(move || {
        let all = known::writable(writing.client);
        if all.is_empty() {
            return view! {
                <Notice icon=IconName::Stairs title="还没有您能记的单元">
                    <p>"头一回要有信号，取一次就存在手机里。一直没有的话，请找网格员。"</p>
                </Notice>
            }
            .into_any();
        }
        view! { <Stairwells all=all /> }.into_any()
    })
}

#[component]
fn Stairwells(all: Vec<Arc<organisation::Place>>) -> impl IntoView {
    let Writing { address, client, .. } = expect_context();
    let to = move |id: PlaceId| address.with_untracked(|address| at_stairwell(address, id).href());
    if all.len() <= BUTTONS {
        let tile = move |one: Arc<organisation::Place>| {
            let name = client.place_name(one.id);
            view! { <a class="tile" href=to(one.id)><Icon name=IconName::Stairs /><span>{name}</span></a> }
        };
        return view! { <div class="tiles">{all.into_iter().map(tile).views()}</div> }.into_any();
    }
    let navigate = use_navigate();
    let choose = move |event| {
        if let Ok(id) = event_target_value(&event).parse() {
            navigate(&to(id), NavigateOptions::default());
        }
    };
    // In the order of their codes, and so yard by yard.
    let mut by_yard = Vec::<(String, Vec<PlaceId>)>::new();
    for one in all {
        let yard = client.with_directory(one.community, |directory| {
            let yard = directory.tree().nearest(one.id, PlaceKind::Yard);
            yard.map_or_else(|| one.name.clone(), |yard| yard.name.clone())
        });
        match by_yard.iter_mut().find(|(known, _)| *known == yard) {
            Some((_, stairwells)) => stairwells.push(one.id),
            None => by_yard.push((yard, vec![one.id])),
        }
    }
    let option = move |id: PlaceId| view! { <option value=id.to_string()>{client.place_name(id)}</option> };
    let group = move |(yard, stairwells): (String, Vec<PlaceId>)| {
        view! { <optgroup label=yard>{stairwells.into_iter().map(option).views()}</optgroup> }
    };
    view! {
        <div class="field">
            <label for="stairwell">"先选单元，再点门牌"</label>
            <select id="stairwell" class="input" on:change=handler(choose)>
                <option value="">"选一个单元"</option>
                {by_yard.into_iter().map(group).views()}
            </select>
        </div>
    }
    .into_any()
}

/// The same step, with the stairwell known.
fn at_stairwell(address: &Address, id: PlaceId) -> Address {
    Address { micro_grid: id.to_string(), ..address.clone() }
}
