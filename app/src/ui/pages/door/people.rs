//! Who lives behind a door, as far as the reader may know.

use crate::domain::{MicroGridCode, Resident};
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, care_words};
use crate::ui::reactive::{Memo, Views, dynamic};
use leptos::prelude::*;
use std::sync::Arc;

/// The people of one door.
#[component]
pub fn People(micro_grid: MicroGridCode, door: String) -> impl IntoView {
    let client = Client::here();
    let today = Memo::new(move |_| client.now.get().day());
    let people = Memo::new(move |_| {
        client.records.with(|records| {
            let here = |one: &&Arc<Resident>| one.micro_grid == micro_grid && one.door.as_str() == door;
            records.residents.values().filter(here).cloned().collect::<Vec<_>>()
        })
    });
    let person = move |one: Arc<Resident>| {
        let age = one.age(today.get()).map(|age| view! { <span class="soft">{age}" 岁"</span> });
        let care = care_words(&one).map(|care| view! { <span class="care-mark">{care}</span> }).views();
        let phone =
            one.phone.as_ref().map(|phone| view! { <Phone number=phone.number.clone() whose=phone.whose.clone() /> });
        view! {
            <li class="person">
                <div><strong>{one.name.clone()}</strong>{age}" "{care}</div>
                {phone}
            </li>
        }
    };
    view! {
        <section>
            <h2 class="section-head">"家里的人"</h2>
            {dynamic(move || {
                let people = people.get();
                if people.is_empty() {
                    view! { <p class="soft">"这一户没有登记，或者不归您看。"</p> }.into_any()
                } else {
                    view! { <ul class="entries">{people.into_iter().map(person).views()}</ul> }.into_any()
                }
            })}
        </section>
    }
    .into_any()
}

/// A number that dials, where the whole of it may be seen.
#[component]
fn Phone(number: String, whose: String) -> impl IntoView {
    if number.contains('*') {
        return view! { <span class="soft small">{whose}" "<span class="number">{number}</span></span> }.into_any();
    }
    let address = ["tel:", &number].concat();
    view! { <a class="button" href=address><Icon name=IconName::Phone />{whose}" "<span class="number">{number}</span></a> }.into_any()
}
