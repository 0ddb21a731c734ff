//! 跟谁有关: only where it was at a door behind which somebody is known; never required.

use super::writing::Writing;
use crate::ui::pages::known;
use crate::ui::reactive::{Memo, Views, dynamic, handler, live};
use domain::kernel::ResidentId;
use leptos::prelude::*;

/// Names behind the chosen door.
#[component]
pub fn Who() -> impl IntoView {
    let writing: Writing = expect_context();
    let subjects = writing.subjects;
    let residents = Memo::new(move |_| {
        let door = writing.address.with(|address| address.door.clone());
        let Some(place) = writing.place().and_then(|place| writing.client.stairwell(place)) else { return Vec::new() };
        let here = known::residents_at(writing.client, &place, &door);
        here.into_iter().map(|one| (one.id, one.name.clone())).collect::<Vec<_>>()
    });
    let choice = move |(id, name): (ResidentId, String)| {
        let toggle = move |event| {
            let on = event_target_checked(&event);
            subjects.update(|subjects| {
                subjects.retain(|one| *one != id);
                if on {
                    subjects.push(id);
                }
            });
            writing.keep();
        };
        view! {
            <label class="choice">
                <input type="checkbox" name="subject" prop:checked=live(move || subjects.with(|all| all.contains(&id))) on:change=handler(toggle) />
                <span>{name}</span>
            </label>
        }
    };
    dynamic(move || {
        let residents = residents.get();
        (!residents.is_empty()).then(|| {
            view! {
                <fieldset class="field">
                    <legend>"跟谁有关 "<small>"不选也行"</small></legend>
                    <div class="choices">{residents.into_iter().map(choice).views()}</div>
                </fieldset>
            }
        })
    })
}
