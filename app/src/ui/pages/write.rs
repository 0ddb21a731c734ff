//! 记一条: what, where, say it. Three taps for the common entry; nothing typed is ever lost.

mod address;
pub mod attach;
mod draft;
mod kept;
mod mend;
mod offer;
mod pick;
mod place;
mod save;
mod say;
mod seen;
mod time;
mod what;
mod who;
mod writing;

pub use address::{Address, Step};
pub use draft::Draft;
pub use mend::{anew_address, mend_address};
pub use pick::missing as attach_missing;

use crate::ui::Client;
use crate::ui::components::PageHead;
use crate::ui::reactive::{Effect, Memo, Signal, dynamic};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use writing::Writing;

/// `/write`. Not behind the gate: the page is there, and takes what is typed, before the device has answered.
#[component]
#[must_use]
pub fn Write() -> impl IntoView {
    let client = Client::here();
    let query = use_query_map();
    let address = Memo::new(move |_| query.with(Address::of));
    let writing = Writing::new(client, address);
    provide_context(writing);
    on_cleanup(move || writing.abandon_picked());
    let step = Memo::new(move |_| address.with(|address| address.step));
    let template = Memo::new(move |_| address.with(|address| address.template.clone()));
    Effect::new(move |before: Option<String>| {
        let now = template.get();
        if before.is_none_or(|before| before != now) {
            writing.prefill();
        }
        now
    });
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(address) = writing.look_at_device() {
            navigate(&address.href(), NavigateOptions { replace: true, ..NavigateOptions::default() });
            // A form that begins anew offers what else is unfinished.
            writing.look_at_device();
        }
    });
    // What was chosen in another step belongs to the draft, too.
    Effect::new(move |before: Option<(_, Address)>| {
        let now = (writing.place(), address.get());
        if let Some((place, there)) = before.filter(|before| *before != now) {
            if (place, &there.door) != (now.0, &now.1.door) {
                writing.left(place, &there.door);
            }
            writing.keep_draft();
        }
        now
    });
    let title = move || if address.with(Address::changes) { "改一改" } else { "记一条" }.to_owned();
    let title = Signal::derive(title);
    view! {
        <Title text=move || title.get() />
        {dynamic(move || {
            let (back, done) = address.with(|address| way_back(address, step.get()));
            view! { <PageHead title=title back=back urgent=true><Meter done=done /></PageHead> }
        })}
        <main id="main" class="page has-bar stack">
            <offer::Offer />
            {dynamic(move || match step.get() {
                Step::What => view! { <what::Templates /> }.into_any(),
                Step::Categories => view! { <what::Categories /> }.into_any(),
                Step::Danger => view! { <what::Danger /> }.into_any(),
                Step::Where => view! { <place::Place /> }.into_any(),
                Step::Say => view! { <say::Say /> }.into_any(),
            })}
        </main>
    }
    .into_any()
}

/// Where 返回 leads, and how many of the three steps are done or under way.
fn way_back(address: &Address, step: Step) -> (String, usize) {
    match step {
        Step::What | Step::Categories | Step::Danger | Step::Where if address.changes() => {
            (address.at(Step::Say).href(), 2)
        }
        Step::What if !address.door.is_empty() => {
            (["/door/", &address.door, "?micro_grid=", &address.micro_grid].concat(), 1)
        }
        Step::What => ("/".to_owned(), 1),
        Step::Categories | Step::Danger => (address.at(Step::What).href(), 1),
        Step::Where => (address.at(Step::What).href(), 2),
        Step::Say if !address.mend.is_empty() => ("/sync".to_owned(), 3),
        Step::Say if !address.entry.is_empty() => (["/log/", &address.entry].concat(), 3),
        Step::Say => (address.at(Step::Where).href(), 3),
    }
}

/// 1/3, 2/3, 3/3.
#[component]
fn Meter(done: usize) -> impl IntoView {
    let bar = |index| view! { <i class:done=index < done></i> };
    view! {
        <span class="small number" aria-hidden="true">{done}"/3"</span>
        <span class="visually-hidden">"第 "{done}" 步，共 3 步"</span>
        <span class="meter" aria-hidden="true">{[0, 1, 2].map(bar)}</span>
    }
}
