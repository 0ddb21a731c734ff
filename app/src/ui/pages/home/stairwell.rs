//! One stairwell: who is to be visited today, and the table of doors.

use crate::ui::Client;
use crate::ui::components::{DoorTable, Icon, IconName, door_notes};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, Views, dynamic, live};
use domain::kernel::Day;
use domain::log::{last_seen, visits_due};
use domain::organisation::{DoorLabel, Place};
use domain::residents::Resident;
use leptos::prelude::*;
use std::sync::Arc;

/// Most doors that 今天要看望 names; the table shows the rest.
const NAMED_VISITS: usize = 6;

/// A stand-in has several stairwells: tabs, each an address, so that whoever comes back from a door is where they were.
#[component]
pub fn Tabs(all: Memo<Vec<Arc<Place>>>, current: Memo<Option<Arc<Place>>>) -> impl IntoView {
    let client = Client::here();
    let tab = move |one: Arc<Place>| {
        let (name, href) = (client.place_name(one.id), ["/?micro_grid=", &one.id.to_string()].concat());
        let here = move || {
            current.with(|current| current.as_ref().is_some_and(|current| current.id == one.id)).then_some("page")
        };
        view! { <a class="button" href=href aria-current=live(here)>{name}</a> }
    };
    dynamic(move || {
        let all = all.get();
        (all.len() > 1)
            .then(|| view! { <nav class="row" aria-label="看哪个单元">{all.into_iter().map(tab).views()}</nav> })
    })
}

/// Doors of one stairwell with what is known of them.
#[component]
pub fn Stairwell(place: Arc<Place>) -> impl IntoView {
    let client = Client::here();
    let today = Memo::new(move |_| client.now.get().day());
    let one = Arc::clone(&place);
    let notes = Memo::new(move |_| {
        let shown = client.shown.get();
        client.records.with(|records| door_notes(records, shown.values(), &one, today.get()))
    });
    let one = Arc::clone(&place);
    let due = Memo::new(move |_| due_doors(client, &one, today.get()));
    let one = Arc::clone(&place);
    let somebody = Callback::new(move |()| somebody_to_visit(client, &one, today.get()));
    let id = place.id.to_string();
    let facts = [("总水阀", place.water_valve.clone()), ("电闸", place.power_switch.clone())];
    let facts = facts.into_iter().filter_map(|(what, at)| Some((what, at?)));
    let facts = facts.map(|(what, at)| view! { <div><dt>{what}</dt><dd>{at}</dd></div> }).views();
    let door_address = Callback::new(move |label: DoorLabel| ["/door/", label.as_str(), "?micro_grid=", &id].concat());
    view! {
        <Visits due=due somebody=somebody href=door_address />
        <section aria-label="门牌表">
            <DoorTable place=place notes=notes href=door_address />
        </section>
        {(!facts.is_empty()).then(|| view! { <dl class="facts card">{facts}</dl> })}
    }
    .into_any()
}

/// Doors behind which somebody's visit is due, the most overdue first.
fn due_doors(client: Client, place: &Place, today: Day) -> Vec<DoorLabel> {
    let shown = client.shown.get();
    let here = shown.values().map(|shown| shown.entry.as_ref()).filter(|entry| entry.place == place.id);
    let seen = last_seen(place, here);
    client.records.with(|records| {
        let residents = records.all::<Resident>().filter(|one| one.place == place.id);
        let mut doors = Vec::new();
        for resident in visits_due(place, residents, &seen, today) {
            let Some(label) = resident.door.as_ref().and_then(|label| known::called_now(place, label)) else {
                continue;
            };
            if !doors.contains(label) {
                doors.push(label.clone());
            }
        }
        doors
    })
}

/// Before everybody is here, and where nobody is to be visited, there is nothing to be content with.
fn somebody_to_visit(client: Client, place: &Place, today: Day) -> bool {
    let is_visited = |one: &Resident| one.place == place.id && one.visit_frequency(today).is_some();
    client.marks.with(|marks| marks.first_sync_done)
        && client.records.with(|records| records.all::<Resident>().any(is_visited))
}

#[component]
fn Visits(due: Memo<Vec<DoorLabel>>, somebody: Callback<(), bool>, href: Callback<DoorLabel, String>) -> impl IntoView {
    let link = move |door: DoorLabel| {
        let address = href.run(door.clone());
        view! { <a class="button" href=address>{door.as_str().to_owned()}</a> }
    };
    dynamic(move || {
        let due = due.get();
        let more = due.len().saturating_sub(NAMED_VISITS);
        if due.is_empty() {
            let words = || view! { <p class="soft with-icon"><Icon name=IconName::Check />"该看望的都看望过了"</p> };
            return somebody.run(()).then(words).into_any();
        }
        view! {
            <section class="visits">
                <h2>"今天要看望"</h2>
                {due.into_iter().take(NAMED_VISITS).map(link).views()}
                {(more > 0).then(|| view! { <span class="soft">"还有 "{more}" 户，看下面的表"</span> })}
            </section>
        }
        .into_any()
    })
}
