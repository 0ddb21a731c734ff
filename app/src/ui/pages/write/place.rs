//! 2/3 where: the door table, 楼道, 院里. Grid workers and stand-ins first say which stairwell.

use super::address::Address;
use super::writing::Writing;
use crate::domain::{DoorLabel, MicroGrid, MicroGridCode, Spot};
use crate::ui::Phase;
use crate::ui::components::{DoorTable, Icon, IconName, Notice, Skeleton, door_notes, storage_closed};
use crate::ui::reactive::{Memo, Views, dynamic, handler, optional};
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
    let current = Memo::new(move |_| {
        let code = writing.micro_grid()?;
        client.records.with(|records| records.micro_grids.get(&code).cloned())
    });
    let open = move || match (client.phase.get(), current.get()) {
        (Phase::Ready, Some(one)) => view! { <Doors micro_grid=one /> }.into_any(),
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
        <h2 class="section-head">"在哪儿？"<small>{optional(move || current.get().map(|one| one.name()))}</small></h2>
        <div class="tiles">
            {shared(Spot::STAIRWELL, IconName::Stairs, "楼道", "楼梯、单元门、走廊")}
            {shared(Spot::YARD, IconName::Yard, "院里", "楼外、车棚、空地")}
        </div>
        {open}
    }
    .into_any()
}

#[component]
fn Doors(micro_grid: Arc<MicroGrid>) -> impl IntoView {
    let Writing { client, address, .. } = expect_context();
    let today = Memo::new(move |_| client.now.get().day());
    let one = Arc::clone(&micro_grid);
    let notes = Memo::new(move |_| {
        let shown = client.shown.get();
        client.records.with(|records| door_notes(records, shown.values(), &one, today.get()))
    });
    let code = micro_grid.code.to_string();
    let href = Callback::new(move |label: DoorLabel| {
        address.with_untracked(|address| {
            // The only stairwell of a watcher needs no mention.
            let code = if address.micro_grid.is_empty() { "" } else { &code };
            address.with_place(label.as_str(), code).href()
        })
    });
    let chosen = address.with_untracked(|address| address.door.clone());
    view! { <DoorTable micro_grid=micro_grid notes=notes href=href chosen=chosen /> }
}

/// Which stairwell.
#[component]
fn Choose() -> impl IntoView {
    let writing: Writing = expect_context();
    let records = writing.client.records;
    dynamic(move || {
        let codes = writing.writable();
        let all: Vec<_> =
            records.with(|records| codes.iter().filter_map(|code| records.micro_grids.get(code).cloned()).collect());
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
fn Stairwells(all: Vec<Arc<MicroGrid>>) -> impl IntoView {
    let Writing { address, .. } = expect_context();
    let to = move |code: &str| address.with_untracked(|address| at_stairwell(address, code).href());
    if all.len() <= BUTTONS {
        let tile = move |one: Arc<MicroGrid>| {
            view! { <a class="tile" href=to(one.code.as_str())><Icon name=IconName::Stairs /><span>{one.name()}</span></a> }
        };
        return view! { <div class="tiles">{all.into_iter().map(tile).views()}</div> }.into_any();
    }
    let navigate = use_navigate();
    let choose = move |event| {
        let code = event_target_value(&event);
        if MicroGridCode::parse(&code).is_ok() {
            navigate(&to(&code), NavigateOptions::default());
        }
    };
    // In the order of their codes, and so yard by yard.
    let mut by_yard = Vec::<(String, Vec<Arc<MicroGrid>>)>::new();
    for one in all {
        match by_yard.iter_mut().find(|(yard, _)| *yard == one.yard_name) {
            Some((_, stairwells)) => stairwells.push(one),
            None => by_yard.push((one.yard_name.clone(), vec![one])),
        }
    }
    let option = |one: Arc<MicroGrid>| view! { <option value=one.code.to_string()>{one.name()}</option> };
    let group = move |(yard, stairwells): (String, Vec<Arc<MicroGrid>>)| {
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
fn at_stairwell(address: &Address, code: &str) -> Address {
    Address { micro_grid: code.to_owned(), ..address.clone() }
}
