//! The desk of those who read the log: rail, list and entry, side by side on wide screens and two pages on narrow
//! ones. One page for `/review` and `/review/:entry`, so that the list keeps its place while entries open and close.
//!
//! | module | holds |
//! |---|---|
//! | [`query`], [`listing`] | pure: filter and address; order, headings, arrivals, neighbours |
//! | [`desk`], [`older`], [`state`] | what the page knows; what only the server holds; how the person stands to an entry |
//! | [`rail`], [`filters`], [`list`], [`row`], [`bulk`] | the list |
//! | [`panel`], [`parts`], [`comment`], [`send_back`], [`writing`] | the entry and what can be done with it |
//! | [`actions`], [`words`], [`keys`], [`focus`] | doing it and saying so, the keyboard, where the focus goes |

mod actions;
mod bulk;
mod comment;
mod desk;
mod filters;
mod focus;
mod keys;
mod list;
mod listing;
mod older;
mod panel;
mod parts;
mod query;
mod rail;
mod row;
mod send_back;
mod state;
mod words;
mod writing;

use crate::ui::components::{Dialog, Gate, Icon, IconName, Notice, OfflineToast};
use crate::ui::reactive::{Memo, dynamic, handler, live, optional};
use desk::{Desk, Said, Sheet};
use leptos::prelude::*;
use leptos_meta::Title;

/// 日志, for social workers, grid workers, branches and committees.
#[component]
#[must_use]
pub fn Review() -> impl IntoView {
    let desk = Desk::new();
    provide_context(desk);
    state::learn(desk.client);
    desk.follow();
    older::follow(desk);
    focus::follow(desk);
    keys::listen(desk);
    let view = move || if desk.open.get().is_some() { "entry" } else { "list" };
    let title = move || match desk.unread.with(|unread| unread.len()) {
        0 => "日志".to_owned(),
        unread => format!("（{unread}）日志"),
    };
    let is_reader = Memo::new(move |_| desk.client.is_reader());
    view! {
        <Title text=title />
        <div class="desk" data-view=view data-keys=live(move || (!desk.keys.get()).then_some("off"))>
            {rail::rail(desk)}
            <main id="main">
                <Gate>
                    {dynamic(move || if is_reader.get() { board(desk) } else { not_a_reader() })}
                </Gate>
            </main>
        </div>
        {optional(move || desk.sheet.get().map(|sheet| lay_over(desk, sheet)))}
        <OfflineToast />
        <div role="status">{optional(move || desk.said.get().map(|said| toast(desk, said)))}</div>
    }
}

fn board(desk: Desk) -> AnyView {
    view! {
        {list::pane(desk)}
        {panel::pane(desk)}
    }
    .into_any()
}

fn not_a_reader() -> AnyView {
    view! {
        <Notice icon=IconName::Log title="这一页给看日志的人用">
            <p>"社工、网格员、支部和社区党委在这里看、在这里点评。您写的都在“我的日志”里。"</p>
            <div class="row"><a class="button button-primary" href="/log">"我的日志"</a><a class="button" href="/">"回首页"</a></div>
        </Notice>
    }
    .into_any()
}

fn lay_over(desk: Desk, sheet: Sheet) -> AnyView {
    let close = Callback::new(move |()| desk.sheet.set(None));
    match sheet {
        Sheet::Comment(entry) => comment::sheet(desk, entry, close),
        Sheet::SendBack(entry) => send_back::sheet(desk, entry, close),
        Sheet::Keys => view! { <Dialog title="按键" on_close=close>{keys::table(desk)}</Dialog> }.into_any(),
    }
}

fn toast(desk: Desk, said: Said) -> AnyView {
    let Said { words, trouble } = said;
    let icon = if trouble { IconName::Attention } else { IconName::Check };
    view! {
        <div class="toast">
            <Icon name=icon />
            <p>{words}</p>
            {trouble.then(|| view! {
                <button type="button" class="toast-close" on:click=handler(move |_| desk.said.set(None))>"知道了"</button>
            })}
        </div>
    }
    .into_any()
}
