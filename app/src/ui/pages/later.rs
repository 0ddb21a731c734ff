//! Pages whose code comes after the first: a watcher's first screen must not wait for what the watcher may never open.
//!
//! The build cuts the program at the functions marked `wasm_split` (`xtask/src/site/wasm.rs`) into parts that are
//! fetched when a page of theirs is first opened. The service worker keeps all parts together with the rest, so that
//! without signal every page opens. On the server nothing is cut, and every page is there at once.

use crate::ui::components::{IconName, Notice, PageHead, Skeleton, focus_if_lost};
use crate::ui::reactive::{RwSignal, dynamic, handler};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// How long a page may be on its way before the person is told.
const PATIENCE: Duration = Duration::from_secs(15);

/// Draws a page.
type Draw = fn() -> AnyView;
/// A page on its way, which may turn out not to be had.
type Fetch = Pin<Box<dyn Future<Output = Result<Draw, SplitLoaderError>>>>;

/// Where the page is.
#[derive(Clone, Copy)]
enum Page {
    Coming,
    Here(Draw),
    Missing,
}

impl Page {
    /// What is said of it when nobody waits any longer.
    const fn given_up(self) -> Self {
        match self {
            Self::Coming => Self::Missing,
            other => other,
        }
    }
}

impl From<Result<Draw, SplitLoaderError>> for Page {
    fn from(fetched: Result<Draw, SplitLoaderError>) -> Self {
        fetched.map_or(Self::Missing, Self::Here)
    }
}

/// Puts a page into a part. The page keeps its name; what it stands for now is the page or its arrival.
macro_rules! later {
    ($part:ident: $($module:ident::$page:ident),+) => { $(
        #[wasm_split($part, fallible)]
        fn $module() -> Result<Draw, SplitLoaderError> {
            Ok(|| super::$module::$page().into_any())
        }

        #[doc = concat!("The page of the same name, from the part `", stringify!($part), "`.")]
        #[must_use]
        #[expect(non_snake_case, reason = "it stands where the component stood")]
        pub fn $page() -> AnyView {
            arriving(|| Box::pin($module()))
        }
    )+ };
}
later!(desk: review::Review);
later!(more: log::Log, entry::EntryPage, door::DoorPage, sync::SyncPage, settings::Settings, sign_in::SignInPage);

fn arriving(fetch: fn() -> Fetch) -> AnyView {
    let page = RwSignal::new(Page::Coming);
    let try_it = move || {
        let mut coming = fetch();
        // A part that is there already shows its page at once, without a flicker; on the server all of them are.
        if let Poll::Ready(fetched) = coming.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return page.set(fetched.into());
        }
        page.set(Page::Coming);
        // A network that takes a request and never answers is one without this page; should the part come after all, it
        // shows.
        let give_up = move || {
            // Whoever has the page by then must not get it anew.
            page.try_maybe_update(|page| {
                let is_coming = matches!(page, Page::Coming);
                *page = page.given_up();
                (is_coming, ())
            });
        };
        set_timeout(give_up, PATIENCE);
        spawn_local(async move {
            let fetched = coming.await;
            // Whoever waited may have gone to another page meanwhile.
            if page.try_update(|page| *page = fetched.into()).is_some() {
                request_animation_frame(|| focus_if_lost("h1"));
            }
        });
    };
    try_it();
    dynamic(move || match page.get() {
        Page::Coming => view! {
            <PageHead title="正在打开" back="/" urgent=true />
            <main id="main" class="page" aria-busy="true"><Skeleton /></main>
        }
        .into_any(),
        Page::Here(draw) => draw(),
        Page::Missing => missing(Callback::new(move |()| try_it())),
    })
}

/// What is said where a part cannot be had. Another version may have come meanwhile and taken this one's parts with it:
/// then only loading the whole page anew helps.
fn missing(try_it: Callback<()>) -> AnyView {
    view! {
        <PageHead title="还没下载好" back="/" urgent=true />
        <main id="main" class="page" data-missing="">
            <Notice icon=IconName::Download title="这一页还没下到手机里">
                <p>"有信号时点“再试一次”。还是不行，点“重新打开”。"</p>
                <div class="row">
                    <button type="button" class="button button-primary" on:click=handler(move |_| try_it.run(()))>"再试一次"</button>
                    <a class="button" href="" rel="external">"重新打开"</a>
                    <a class="button" href="/">"回首页"</a>
                </div>
            </Notice>
        </main>
    }
    .into_any()
}
