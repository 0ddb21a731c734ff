//! Under `--demo`: everybody of the community, by role, one click each.

use super::{Entered, enter};
use crate::api::{DemoPerson, demo_people, sign_in_demo};
use crate::error::AppError;
use crate::ui::Client;
use crate::ui::components::{FieldNote, Icon, IconName};
use crate::ui::reactive::{Effect, RwSignal, Signal, Views, dynamic, handler};
use domain::kernel::{PersonId, Role};
use leptos::prelude::*;

/// From so many people on, a role's list has a search field.
const LONG: usize = 12;
/// So many of a long list at once; the search finds the rest.
const SHOWN: usize = 30;

/// Nothing outside of the demo.
#[component]
pub fn DemoPeople() -> impl IntoView {
    let client = Client::here();
    let entered: Entered = expect_context();
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    let trouble = RwSignal::new(None::<AppError>);
    Effect::new(move |_| {
        leptos::task::spawn_local(async move {
            // No answer, no demo: the form above is there for everybody.
            people.try_set(demo_people().await.unwrap_or_default());
        });
    });
    let choose = Callback::new(move |person: PersonId| {
        leptos::task::spawn_local(async move {
            if let Err(error) = enter(client, entered, sign_in_demo(person)).await {
                trouble.try_set(Some(error));
            }
        });
    });
    let words = Signal::derive(move || trouble.with(|trouble| trouble.as_ref().map(AppError::spoken)));
    let role = move |role: Role| {
        let of_role = people
            .with(|people| people.iter().filter(|one| one.card.main_role() == Some(role)).cloned().collect::<Vec<_>>());
        (!of_role.is_empty()).then(|| view! { <OneRole role=role people=of_role choose=choose /> })
    };
    dynamic(move || {
        people.with(|people| !people.is_empty()).then(|| {
            view! {
                <section class="stack-tight">
                    <h2 class="section-head">"演示社区"<small>"点一个人，就是他"</small></h2>
                    <FieldNote id="demo-note" words=words />
                    <div class="roles">{Role::ALL.map(role)}</div>
                </section>
            }
        })
    })
}

#[component]
fn OneRole(role: Role, people: Vec<DemoPerson>, choose: Callback<PersonId>) -> impl IntoView {
    let sought = RwSignal::new(String::new());
    let count = people.len();
    let person = move |one: DemoPerson| {
        let id = one.card.id;
        let under = one.card.agency.map(|agency| agency.0).unwrap_or_else(|| one.place.clone());
        view! {
            <li>
                <button type="button" class="role-person" on:click=handler(move |_| choose.run(id))>
                    <Icon name=IconName::Person /><span>{one.card.name}<small>{under}</small></span><Icon name=IconName::Forward />
                </button>
            </li>
        }
    };
    let list = move || {
        let sought = sought.get();
        let found =
            people.iter().filter(|one| one.card.name.contains(sought.trim()) || one.place.contains(sought.trim()));
        found.take(SHOWN).cloned().map(person).views()
    };
    let search = (count > LONG).then(|| view! {
        <div class="search roles-search">
            <Icon name=IconName::Search />
            <input
                class="input" type="search" placeholder="找名字或者楼院" aria-label="找名字或者楼院" autocomplete="off"
                on:input=handler(move |event| sought.set(event_target_value(&event)))
            />
        </div>
    });
    view! {
        <details>
            <summary>{role.title()}<small>{count}" 人"</small><Icon name=IconName::Forward /></summary>
            {search}
            <ul>{list}</ul>
        </details>
    }
    .into_any()
}
