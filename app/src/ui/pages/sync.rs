//! 传送情况: what waits, since when, why, and what can be done. The one page where the machinery speaks, in plain words.

mod deed;
mod export;
mod give_up;
mod item;
mod kept;
mod photos;
mod unfinished;

pub use item::Items;
pub use kept::{offline_words, persisted_words};

use crate::ui::Client;
use crate::ui::components::{Gate, Icon, IconName, PageHead, WAIT_FOR_CAPTURE, spoken_status, spoken_time};
use crate::ui::reactive::{Memo, Show, dynamic, handler};
use domain::sync::Link;
use export::ExportFileSection;
use leptos::prelude::*;
use leptos_meta::Title;
use photos::WaitingPhotos;
use unfinished::UnfinishedTexts;

/// `/sync`
#[component]
#[must_use]
pub fn SyncPage() -> impl IntoView {
    view! {
        <Title text="传送情况" />
        <PageHead title="传送情况" back="/" urgent=true />
        <main id="main" class="page stack-wide">
            <Gate>
                <Overall />
                <Waiting />
                <WaitingPhotos />
                <UnfinishedTexts />
                <ExportFileSection />
                <Kept />
            </Gate>
        </main>
    }
    .into_any()
}

/// One sentence, why it is so, and a way to try again.
#[component]
fn Overall() -> impl IntoView {
    let client = Client::here();
    let (status, link, now) = (client.status, client.link, client.now);
    let words = move || {
        let status = status.get();
        let oldest = status.oldest.map(|at| spoken_time(at, now.get()));
        spoken_status(&status, oldest)
    };
    let icon = move || match (link.get(), status.with(|status| status.all_uploaded())) {
        _ if status.with(|status| status.asks() > 0) => IconName::Attention,
        (Link::Unreachable | Link::ServerTrouble, _) => IconName::NoSignal,
        (Link::SignInNeeded | Link::TooOld, _) => IconName::Attention,
        (Link::Reached, true) => IconName::DoubleCheck,
        (Link::Busy, _) => IconName::Sending,
        (Link::Unknown, true) => IconName::Waiting,
        (Link::Reached | Link::Unknown, false) => IconName::OnDevice,
    };
    let why = move || match link.get() {
        Link::Unknown => "正在看有没有信号。",
        Link::Reached => "跟服务器连着。",
        Link::Busy => "正在跟服务器说话。",
        Link::Unreachable => "现在连不上。开着这里就一直在试，有信号就会自动传。",
        Link::SignInNeeded => "登录过期了。照常能写，再登录一次就接着传。",
        Link::TooOld => "手机上的版本太旧，服务器听不懂了。写的都在，更新后接着传。",
        Link::ServerTrouble => "服务器正忙，过一会儿自动再试。",
    };
    let contact = move || client.marks.with(|marks| marks.last_contact).map(|at| spoken_time(at, now.get()));
    let try_again = move |_| client.talk_soon();
    let way_on = move || {
        match link.get() {
        Link::SignInNeeded => view! { <a class="button button-primary" href="/sign-in">"再登录一次"</a> }.into_any(),
        Link::TooOld if client.is_capturing() => view! { <p>{WAIT_FOR_CAPTURE}</p> }.into_any(),
        Link::TooOld => view! {
            <button type="button" class="button button-primary" on:click=handler(move |_| client.take_update())>"现在更新"</button>
        }
        .into_any(),
        _ => view! {
            <button type="button" class="button" on:click=handler(try_again)><Icon name=IconName::Refresh />"现在再试一次"</button>
        }
        .into_any(),
    }
    };
    view! {
        <section class="card stack-tight">
            <div class="outbox-state" role="status">
                {dynamic(move || view! { <Icon name=icon() /> })}
                <div><h2>{words}</h2><p class="soft">{why}</p></div>
            </div>
            <p class="soft small">
                {dynamic(move || match contact() {
                    Some(at) => view! { "上次连上：" <time>{at}</time> }.into_any(),
                    None => view! { "这台手机还没连上过。" }.into_any(),
                })}
            </p>
            <div class="row">{way_on}</div>
        </section>
    }
    .into_any()
}

/// Each command that the server does not have, oldest first; those that need the person before the rest.
#[component]
fn Waiting() -> impl IntoView {
    let client = Client::here();
    let unsent = Memo::new(move |_| {
        let mut unsent: Vec<_> = client.outbox.with(|outbox| outbox.shown_as_unsent().cloned().collect());
        unsent.sort_by_key(|item| !item.needs_person());
        unsent
    });
    let count = move || unsent.with(Vec::len);
    view! {
        <Show when=move || count() != 0>
            <section>
                <h2 class="section-head">"还没传上去的"<small>{count}" 条"</small></h2>
                <ul class="entries"><Items items=unsent /></ul>
            </section>
        </Show>
    }
    .into_any()
}

/// What stays on this device, whatever happens.
#[component]
fn Kept() -> impl IntoView {
    let client = Client::here();
    view! {
        <section>
            <h2 class="section-head">"手机里留着什么"</h2>
            <ul class="card stack-tight">
                <li>"没传上去的，退出登录、更新都不会删掉它，只有您本人登录才会传。"</li>
                <li>"退出登录后，别人在这台手机上看不到您写的，下次您登录再取回来。"</li>
                <li>"没信号时："{move || offline_words(client)}"。"</li>
                <li>{move || persisted_words(client)}"。"</li>
                <li><a href="/check-up">"手机体检"</a>"：哪里不对，怎么办。"</li>
                <li>"别在浏览器里“清除数据”：没传上去的会跟着没了。"</li>
            </ul>
        </section>
    }
    .into_any()
}
