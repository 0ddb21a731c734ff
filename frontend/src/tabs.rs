//! Several tabs on one device: one sends at a time, and the others hear of what changed (DESIGN.md 5.6).

use crate::events::listen;
use app::ui::js;
use js_sys::Promise;
use std::{cell::Cell, future::Future, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "watchlog";

/// What one tab tells the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// A command was saved and wants sending.
    Saved,
    /// Records or states of commands have changed on the device.
    Changed,
    /// Unfinished texts have changed on the device, and nothing else.
    Drafts,
    /// Somebody signed in or out.
    Person,
}

impl News {
    const ALL: [Self; 4] = [Self::Saved, Self::Changed, Self::Drafts, Self::Person];

    const fn word(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::Changed => "changed",
            Self::Drafts => "drafts",
            Self::Person => "person",
        }
    }
}

/// The way to the other tabs; leads nowhere in browsers without `BroadcastChannel`.
pub(crate) struct Tabs(Option<BroadcastChannel>);

impl Tabs {
    pub(crate) fn open() -> Self {
        Self(BroadcastChannel::new(CHANNEL).ok())
    }

    /// Whether the others can be heard at all.
    pub(crate) const fn can_be_heard(&self) -> bool {
        self.0.is_some()
    }

    /// Tells all others. They read the database anew, so what is told must be kept already.
    pub(crate) fn tell(&self, news: News) {
        if let Some(channel) = &self.0 {
            let _ = channel.post_message(&news.word().into());
        }
    }

    /// Hears what others tell.
    pub(crate) fn hear(&self, mut heard: impl FnMut(News) + 'static) {
        let Some(channel) = &self.0 else { return };
        listen(channel, "message", move |event| {
            let word = event.unchecked_into::<MessageEvent>().data().as_string();
            if let Some(news) = News::ALL.into_iter().find(|news| Some(news.word()) == word.as_deref()) {
                heard(news);
            }
        });
    }
}

/// What only one tab does at a time.
#[derive(Clone, Copy)]
pub(crate) enum Turn {
    /// The talk with the server.
    Talk,
    /// Uploading photos and voice notes, which may take minutes, while the talk goes on.
    Uploads,
}

impl Turn {
    const fn lock(self) -> &'static str {
        match self {
            Self::Talk => "watchlog-sync",
            Self::Uploads => "watchlog-uploads",
        }
    }
}

/// Does `work` unless another tab is at it right now; says whether it did. Where there are no Web Locks it always does:
/// the server takes the same command and the same bytes twice.
pub(crate) async fn alone(turn: Turn, work: impl Future<Output = ()> + 'static) -> bool {
    let locks = web_sys::window().map_or(JsValue::UNDEFINED, |window| js::get(&window.navigator(), "locks"));
    if locks.is_undefined() {
        work.await;
        return true;
    }
    let did = Rc::new(Cell::new(false));
    let granted = {
        let did = Rc::clone(&did);
        Closure::once(move |lock: JsValue| -> Promise {
            if lock.is_null() {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            did.set(true);
            future_to_promise(async move {
                work.await;
                Ok(JsValue::UNDEFINED)
            })
        })
    };
    let options = js::object(&[("ifAvailable", true.into())]);
    let callback = granted.as_ref().clone();
    if let Ok(promise) = js::call(&locks, "request", &[turn.lock().into(), options, callback]) {
        let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
    }
    did.get()
}
