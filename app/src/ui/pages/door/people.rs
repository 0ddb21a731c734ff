//! Who lives behind a door, as far as the reader may know.

use crate::ui::Client;
use crate::ui::components::{Icon, IconName, care_words};
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, Views, dynamic};
use domain::organisation::Place;
use domain::residents::{Phone as Number, Resident};
use leptos::prelude::*;
use std::sync::Arc;

/// The people of one door.
#[component]
pub fn People(place: Arc<Place>, door: String) -> impl IntoView {
    let client = Client::here();
    let today = Memo::new(move |_| client.now.get().day());
    let people = Memo::new(move |_| known::residents_at(client, &place, &door));
    let person = move |one: Arc<Resident>| {
        let age = one.age(today.get()).map(|age| view! { <span class="soft">{age}" 岁"</span> });
        let care = care_words(&one).map(|care| view! { <span class="care-mark">{care}</span> }).views();
        let phone = |Number { number, whose }: Number| view! { <Phone number=number whose=whose /> };
        let phones = one.phones.iter().cloned().map(phone).views();
        view! {
            <li class="person">
                <div><strong>{one.name.clone()}</strong>{age}" "{care}</div>
                {phones}
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
