//! 设置: who I am, how it looks, what the phone keeps, the version, and the way out.

mod look;
mod out;

use crate::ui::Client;
use crate::ui::components::{Icon, IconName, PageHead, UpdateBanner};
use crate::ui::pages::sync::{offline_words, persisted_words};
use crate::ui::reactive::{Show, Views, handler, optional};
use domain::organisation::Agency;
use domain::sync::Card;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/settings`. Not behind the gate: type and theme are the device's own, whoever is signed in.
#[component]
#[must_use]
pub fn Settings() -> impl IntoView {
    view! {
        <Title text="设置" />
        <PageHead title="设置" back="/" urgent=true />
        <main id="main" class="page stack-wide">
            <div class="news"><UpdateBanner /></div>
            <Who />
            <look::LookSettings />
            <Device />
            <out::SignOut />
            <p class="soft small">"邻里守望工作日志 "{env!("CARGO_PKG_VERSION")}</p>
        </main>
    }
    .into_any()
}

#[component]
fn Who() -> impl IntoView {
    let client = Client::here();
    let card = move |Card { name, .. }: Card| {
        let Posts { agency, held } = posts(client);
        let post = |(role, place): (&'static str, String)| {
            let place = (!place.is_empty()).then(|| [" · ", &place].concat());
            view! { <small>{role}{place}</small> }
        };
        let posts = held.into_iter().map(post).views();
        let agency = agency.map(|agency| view! { <small>{agency.0}</small> });
        view! {
            <section class="settings" aria-label="我">
                <div class="setting"><Icon name=IconName::Person /><span>{name}{agency}{posts}</span></div>
            </section>
        }
    };
    optional(move || client.me.get().map(card))
}

/// What the person is where, in all communities.
#[derive(Default)]
struct Posts {
    agency: Option<Agency>,
    /// Roles with the names of their places.
    held: Vec<(&'static str, String)>,
}

fn posts(client: Client) -> Posts {
    let mut posts = Posts::default();
    let Some(me) = client.my_id() else { return posts };
    for community in client.records.with(|records| records.communities().collect::<Vec<_>>()) {
        client.with_directory(community, |directory| {
            let Some(person) = directory.person(me) else { return };
            posts.agency = posts.agency.take().or_else(|| person.agency.clone());
            let held = person.memberships.iter();
            posts.held.extend(held.map(|one| (one.role.title(), directory.place_name(one.place))));
        });
    }
    posts
}

/// What the phone has to do with it.
#[component]
fn Device() -> impl IntoView {
    let client = Client::here();
    let installed = move || client.installed.get();
    let installable = move || client.install_ready.get() && !installed();
    view! {
        <section class="settings" aria-label="这台手机">
            <div class="setting"><Icon name=IconName::NoSignal /><span>"没信号时"<small>{move || offline_words(client)}</small></span></div>
            <div class="setting"><Icon name=IconName::OnDevice /><span>"手机里的存储"<small>{move || persisted_words(client)}</small></span></div>
            <Show when=installable>
                <div class="setting">
                    <Icon name=IconName::Download /><span>"放到手机桌面"<small>"点一下就开，存得也更稳"</small></span>
                    <button type="button" class="button" on:click=handler(move |_| client.install())>"放上去"</button>
                </div>
            </Show>
            <Show when=installed><div class="setting"><Icon name=IconName::Check /><span>"已经在桌面上了"</span></div></Show>
            <a class="setting" href="/check-up"><Icon name=IconName::Heart /><span>"手机体检"<small>"哪里不对，怎么办"</small></span><Icon name=IconName::Forward /></a>
            <a class="setting" href="/sync"><Icon name=IconName::Sending /><span>"传送情况"</span><Icon name=IconName::Forward /></a>
            <a class="setting" href="/phone"><Icon name=IconName::Phone /><span>"急事电话"</span><Icon name=IconName::Forward /></a>
        </section>
    }
    .into_any()
}
