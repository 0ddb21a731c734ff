//! News as they happen: `GET /api/live` tells the newest position of the feed, and the sync loop pulls at once. Where the
//! connection does not hold, the loop asks every half minute instead.

use crate::{browser, events::Bell};
use app::ui::Client;
use gloo_timers::future::TimeoutFuture;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventSource, MessageEvent};

const ADDRESS: &str = "/api/live";
/// After the connection broke, it is tried again no sooner than this, in milliseconds.
const REST_MILLIS: f64 = 60_000.0;
/// Everybody loses the connection when a server stops; they come back spread over this time, in milliseconds.
const SPREAD_MILLIS: u32 = 5_000;

/// The connection, while this tab is in the foreground and somebody is signed in.
pub(crate) struct Live {
    source: Rc<RefCell<Option<EventSource>>>,
    broken_at: Rc<Cell<f64>>,
    heard: Closure<dyn FnMut(MessageEvent)>,
    broke: Closure<dyn FnMut()>,
}

impl Live {
    pub(crate) fn new(client: Client, bell: Bell) -> Self {
        let source: Rc<RefCell<Option<EventSource>>> = Rc::default();
        let broken_at = Rc::new(Cell::new(f64::MIN));
        let ring = bell.clone();
        let heard = Closure::new(move |event: MessageEvent| {
            let position = event.data().as_string().and_then(|text| text.trim().parse::<i64>().ok());
            let known = client.marks.with_untracked(|marks| marks.cursor.as_ref().map(|cursor| cursor.position));
            if position > known {
                ring.ring();
            }
        });
        let broke = {
            let (source, broken_at) = (Rc::clone(&source), Rc::clone(&broken_at));
            Closure::new(move || {
                broken_at.set(js_sys::Date::now());
                hang_up(&source);
                let bell = bell.clone();
                let pause = browser::chance() % SPREAD_MILLIS;
                spawn_local(async move {
                    TimeoutFuture::new(pause).await;
                    bell.ring();
                });
            })
        };
        Self { source, broken_at, heard, broke }
    }

    /// Whether news come by themselves right now.
    pub(crate) fn is_open(&self) -> bool {
        self.source.borrow().as_ref().is_some_and(|source| source.ready_state() == EventSource::OPEN)
    }

    /// Listens where nothing is listened to yet. To be called when the server has just answered.
    pub(crate) fn listen(&self) {
        let rested = js_sys::Date::now() - self.broken_at.get() > REST_MILLIS;
        if self.source.borrow().is_some() || !rested || !browser::is_visible() {
            return;
        }
        let Ok(source) = EventSource::new(ADDRESS) else { return };
        let _ = source.add_event_listener_with_callback("news", self.heard.as_ref().unchecked_ref());
        source.set_onerror(Some(self.broke.as_ref().unchecked_ref()));
        self.source.replace(Some(source));
    }

    /// Stops listening.
    pub(crate) fn hang_up(&self) {
        hang_up(&self.source);
    }
}

fn hang_up(source: &RefCell<Option<EventSource>>) {
    if let Some(source) = source.take() {
        source.set_onerror(None);
        source.close();
    }
}
