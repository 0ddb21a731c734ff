//! The watcher's first page: the stairwell as it stands, who is to be visited, what is asked.

mod questions;
mod stairwell;

use super::known;
use crate::ui::Client;
use crate::ui::components::{
    BottomBar, Gate, Icon, IconName, InstallHint, Notice, OfflineToast, PageHead, StateStrip, StorageLost, UpdateBanner,
};
use crate::ui::reactive::{Effect, Memo, Signal, dynamic, optional};
use domain::kernel::{Day, Role, main_role};
use domain::organisation::Place;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::sync::Arc;

/// `/`
#[component]
#[must_use]
pub fn Home() -> impl IntoView {
    let client = Client::here();
    let stairwells = Memo::new(move |_| own_stairwells(client));
    let query = use_query_map();
    let current = Memo::new(move |_| {
        let picked = query.with(|query| query.get("micro_grid"));
        stairwells.with(|all| {
            let picked = picked.and_then(|id| all.iter().find(|one| one.id.to_string() == id));
            picked.or(all.first()).cloned()
        })
    });
    let title = Signal::derive(move || {
        current.with(|current| current.as_ref().map_or_else(|| "邻里守望".to_owned(), |one| client.place_name(one.id)))
    });
    let today = client.now;
    let date = Signal::derive(move || today_words(today.get().day()));
    let reads = move || client.is_reader();
    let write = Signal::derive(move || {
        let several = stairwells.with(|all| all.len() > 1);
        let id = current.with(|current| current.as_ref().map(|one| one.id.to_string()));
        id.filter(|_| several).map_or_else(|| "/write".to_owned(), |id| ["/write?micro_grid=", &id].concat())
    });
    view! {
        <Title text="我的楼道" />
        <PageHead title=title sub=date>
            <a class="head-link" href="/settings"><Icon name=IconName::Settings />"设置"</a>
        </PageHead>
        <main id="main" class="page has-bar stack">
            <div class="news"><UpdateBanner /><StorageLost /></div>
            <Gate>
                <ReadersGoOn />
                <div class="row home-row">
                    <StateStrip />
                    {optional(move || reads().then(|| view! { <a class="button button-quiet" href="/review">"看日志"</a> }))}
                    <a class="button button-quiet" href="/settings">"长辈版"</a>
                </div>
                <InstallHint />
                <questions::OpenQuestions />
                <stairwell::Tabs all=stairwells current=current />
                {dynamic(move || match current.get() {
                    Some(one) => view! { <stairwell::Stairwell place=one /> }.into_any(),
                    None => view! { <NoStairwell /> }.into_any(),
                })}
            </Gate>
            <OfflineToast />
        </main>
        <BottomBar write=write />
    }
    .into_any()
}

/// The clock starts empty: no date is better than one of 1970.
fn today_words(today: Day) -> String {
    if today.numbers().0 < 2000 { String::new() } else { today.spoken() }
}

/// The stairwells where the person is watcher now: one, or several for a stand-in.
fn own_stairwells(client: Client) -> Vec<Arc<Place>> {
    known::stairwells_where(client, |rights, place| rights.holds(&[Role::Watcher], place))
}

/// Whoever reads for others and has no stairwell of their own starts at the desk.
#[component]
fn ReadersGoOn() -> impl IntoView {
    let client = Client::here();
    let navigate = use_navigate();
    let only_reads = Memo::new(move |_| main_role(&client.memberships()).is_some_and(Role::is_reader));
    Effect::new(move |_| {
        if only_reads.get() {
            navigate("/review", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
}

#[component]
fn NoStairwell() -> impl IntoView {
    let client = Client::here();
    dynamic(move || {
        if client.marks.with(|marks| marks.first_sync_done) {
            view! {
                <Notice icon=IconName::Stairs title="还没有您的楼道">
                    <p>"账号里还没填您负责哪个单元，请找网格员添上。"</p>
                </Notice>
            }
            .into_any()
        } else {
            view! {
                <Notice icon=IconName::Download title="正在取您的楼道">
                    <p>"头一回要有信号，取一次就存在手机里。"</p>
                </Notice>
            }
            .into_any()
        }
    })
}
