//! Pages in lazy parts, whose code comes after the first screen: a watcher's first screen must not wait for what the
//! watcher may never open.
//!
//! The build cuts the program at the functions marked `wasm_split` (`xtask/src/site/wasm.rs`) into lazy parts, which are
//! fetched when a page of theirs is first opened. The service worker keeps all parts together with the rest, so that
//! without signal every page opens. On the server nothing is cut, and every page is there at once.
//!
//! What only later pages look like comes later, too, as a style sheet of its own (`style/later.css`).

use crate::ui::components::{IconName, Notice, PageHead, Skeleton, focus_if_lost};
use crate::ui::reactive::{RwSignal, dynamic, handler};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;
use wasm_split_helpers::{SplitLoaderError, wasm_split};
use web_sys::js_sys::{Promise, Reflect};

/// How long a page may be on its way before the person is told.
const PATIENCE: Duration = Duration::from_secs(15);

/// The element of every page that names the later style sheet, and loads it once it is said to be one.
pub const LATER_STYLE: &str = "later-style";

/// Draws a page.
type Draw = fn() -> AnyView;
/// Something could not be had.
struct NotHad;
/// A page on its way, which may turn out not to be had.
type Fetch = Pin<Box<dyn Future<Output = Result<Draw, NotHad>>>>;

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

impl From<SplitLoaderError> for NotHad {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

impl From<Result<Draw, NotHad>> for Page {
    fn from(fetched: Result<Draw, NotHad>) -> Self {
        fetched.map_or(Self::Missing, Self::Here)
    }
}

/// What is shown in the place of a page that is not there.
struct Stead {
    coming: fn() -> AnyView,
    missing: fn(Callback<()>) -> AnyView,
    /// What is looked at first once it is there, where whoever waited has nothing else in hand.
    focus: Option<&'static str>,
}

const A_PAGE: Stead = Stead { coming: page_coming, missing: page_missing, focus: Some("h1") };
/// A piece of a page is no reason to stop anybody: the rest works without it.
const A_PIECE: Stead = Stead { coming: || ().into_any(), missing: super::write::attach_missing, focus: None };

/// Puts a page, or a piece of one, into a part. It keeps its name; what that stands for now is the page or its arrival.
macro_rules! later {
    ($part:ident, $stead:ident: $($module:ident::$page:ident),+) => { $(
        #[wasm_split($part, fallible)]
        fn $module() -> Result<Draw, SplitLoaderError> {
            Ok(|| super::$module::$page().into_any())
        }

        #[doc = concat!("The page of the same name, from the part `", stringify!($part), "`.")]
        #[must_use]
        #[expect(non_snake_case, reason = "it stands where the component stood")]
        pub fn $page() -> AnyView {
            arriving(&$stead, || {
                let styled = styled();
                Box::pin(async {
                    let draw = $module().await?;
                    styled.await.map(|()| draw)
                })
            })
        }
    )+ };
}
later!(desk, A_PAGE: review::Review);
later!(more, A_PAGE: log::Log, entry::EntryPage, door::DoorPage, sync::SyncPage, check_up::CheckUp, settings::Settings, sign_in::SignInPage);
later!(more, A_PIECE: attach::Attach);

/// Has the later style sheet loaded, from the moment of the call; on the server, whose pages name it themselves, nothing.
fn styled() -> impl Future<Output = Result<(), NotHad>> {
    let link = if cfg!(feature = "csr") { document().get_element_by_id(LATER_STYLE) } else { None };
    // A build that makes one sheet of all names no other.
    let link = link.filter(|link| link.get_attribute("href").is_some_and(|href| !href.is_empty()));
    let loading = link.filter(|link| Reflect::get(link, &"sheet".into()).is_ok_and(|sheet| sheet.is_null()));
    let loading = loading.map(|link| {
        let loaded = Promise::new(&mut |done, failed| {
            let _ = link.add_event_listener_with_callback("load", &done);
            let _ = link.add_event_listener_with_callback("error", &failed);
        });
        // Also where it was asked for before, and did not come: then it is asked for once more.
        let _ = link.set_attribute("rel", "stylesheet");
        JsFuture::from(loaded)
    });
    async move {
        match loading {
            Some(loading) => loading.await.map(drop).map_err(|_| NotHad),
            None => Ok(()),
        }
    }
}

fn arriving(stead: &'static Stead, fetch: fn() -> Fetch) -> AnyView {
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
            if page.try_update(|page| *page = fetched.into()).is_some()
                && let Some(first) = stead.focus
            {
                request_animation_frame(|| focus_if_lost(first));
            }
        });
    };
    try_it();
    dynamic(move || match page.get() {
        Page::Coming => (stead.coming)(),
        Page::Here(draw) => draw(),
        Page::Missing => (stead.missing)(Callback::new(move |()| try_it())),
    })
}

fn page_coming() -> AnyView {
    view! {
        <PageHead title="正在打开" back="/" urgent=true />
        <main id="main" class="page" aria-busy="true"><Skeleton /></main>
    }
    .into_any()
}

/// What is said where a part cannot be had. Another version may have come meanwhile and taken this one's parts with it:
/// then only loading the whole page anew helps.
fn page_missing(try_it: Callback<()>) -> AnyView {
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
