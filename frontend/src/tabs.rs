//! Several tabs on one device: one sends at a time, and the others hear of what changed.

use crate::events::{Bell, listen};
use app::ui::js;
use domain::sync::{Alone, News, Turn};
use js_sys::{Function, Promise};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "watchlog";

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

const fn lock(turn: Turn) -> &'static str {
    match turn {
        Turn::Talk => "watchlog-sync",
        Turn::Uploads => "watchlog-uploads",
    }
}

/// Takes a turn unless another tab has it right now. Where there are no Web Locks everybody has it.
pub(crate) async fn alone(turn: Turn) -> Option<Alone> {
    let locks = web_sys::window().map_or(JsValue::UNDEFINED, |window| js::get(&window.navigator(), "locks"));
    if locks.is_undefined() {
        return Some(Alone::unguarded());
    }
    // The browser holds the lock for as long as what the callback returns is not settled.
    let give_back: Rc<RefCell<Option<Function>>> = Rc::default();
    let held = {
        let give_back = Rc::clone(&give_back);
        Promise::new(&mut move |settle, _| drop(give_back.replace(Some(settle))))
    };
    let (answered, has_it) = (Bell::default(), Rc::new(Cell::new(None)));
    let granted = {
        let (answered, has_it) = (answered.clone(), Rc::clone(&has_it));
        Closure::once(move |lock: JsValue| -> Promise {
            has_it.set(Some(!lock.is_null()));
            answered.ring();
            if lock.is_null() { Promise::resolve(&JsValue::UNDEFINED) } else { held }
        })
    };
    let options = js::object(&[("ifAvailable", true.into())]);
    let callback = granted.as_ref().clone();
    match js::call(&locks, "request", &[lock(turn).into(), options, callback]) {
        Ok(promise) => {
            // Settles early only where the request itself failed: a page that is being left, a browser that will not.
            let failed = answered.clone();
            spawn_local(async move {
                let _ = JsFuture::from(promise.unchecked_into::<Promise>()).await;
                failed.ring();
            });
            answered.wait().await;
        }
        Err(_) => return Some(Alone::unguarded()),
    }
    match has_it.get() {
        Some(true) => Some(Alone::new(move || {
            if let Some(settle) = give_back.take() {
                let _ = settle.call0(&JsValue::UNDEFINED);
            }
        })),
        Some(false) => None,
        None => Some(Alone::unguarded()),
    }
}
