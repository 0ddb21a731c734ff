//! An unfinished text from before: 接着写, or 不要了. Nothing is decided for the person.

use super::draft::Draft;
use super::pick::SAVED_WITHOUT;
use super::writing::Writing;
use crate::ui::components::{Icon, IconName};
use crate::ui::reactive::{handler, optional};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The offer, while there is one.
#[component]
pub fn Offer() -> impl IntoView {
    let writing: Writing = expect_context();
    let navigate = use_navigate();
    let banner = move |(key, draft): (String, Draft)| {
        let about = [draft.address.what(), "：", &draft.first_words(), "……"].concat();
        let navigate = navigate.clone();
        let go_on = move |_| {
            let address = writing.take_up(key.clone(), draft.clone());
            navigate(&address.href(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        };
        let drop_it = move |_| writing.drop_offer();
        view! {
            <section class="banner" aria-label="没写完的">
                <Icon name=IconName::Pen />
                <p>"上次有一条没写完："{about}</p>
                <div class="row">
                    <button type="button" class="button button-quiet" on:click=handler(drop_it)>"不要了"</button>
                    <button type="button" class="button button-primary" on:click=handler(go_on)>"接着写"</button>
                </div>
            </section>
        }
    };
    view! {
        <div role="status">
            {optional(move || writing.saved_elsewhere.get().map(|key| view! {
                <div class="banner">
                    <Icon name=IconName::OnDevice />
                    <p>{move || if writing.client.not_captured(&key).is_some() { SAVED_WITHOUT } else { "这一条在另一页存好了，这里不用再存。" }}</p>
                    <div class="row"><a class="button" href="/log">"看日志"</a></div>
                </div>
            }))}
        </div>
        {optional(move || writing.offered.get().map(&banner))}
    }
}
