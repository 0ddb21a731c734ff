//! 设置: who I am, how it looks, what the phone keeps, the version, and the way out.

mod look;
mod out;

use crate::domain::{PersonCard, PlaceCode};
use crate::ui::Client;
use crate::ui::components::{Icon, IconName, PageHead, UpdateBanner};
use crate::ui::pages::sync::{offline_words, persisted_words};
use crate::ui::reactive::{Show, Views, handler, optional};
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
    let card = move |me: PersonCard| {
        let posts = me.memberships.iter().map(|membership| {
            let place = place_name(client, &membership.place);
            view! { <small>{membership.role.title()}" · "{place}</small> }
        });
        let agency = me.agency.as_ref().map(|agency| view! { <small>{agency.0.clone()}</small> });
        view! {
            <section class="settings" aria-label="我">
                <div class="setting"><Icon name=IconName::Person /><span>{me.name.clone()}{agency}{posts.views()}</span></div>
            </section>
        }
    };
    optional(move || client.me.get().map(card))
}

/// A place by its name; by its code while the name is not known here.
fn place_name(client: Client, place: &PlaceCode) -> String {
    client.records.with(|records| {
        let micro_grid = records.micro_grids.values().find(|one| one.code.as_str() == place.as_str());
        let community = records.community.as_ref();
        let grid = community.and_then(|one| one.grids.iter().find(|(code, _)| code.as_str() == place.as_str()));
        let whole = community.filter(|one| one.code.as_str() == place.as_str());
        micro_grid
            .map(|one| one.name())
            .or_else(|| grid.map(|(_, name)| name.clone()))
            .or_else(|| whole.map(|one| one.name.clone()))
            .unwrap_or_else(|| place.as_str().to_owned())
    })
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
