//! News as they happen: `GET /api/live` tells the newest positions of the feeds of the person's own communities, and the
//! sync loop pulls at once. Where the connection does not hold, the loop asks every half minute instead.

use crate::{browser, host::Tab};
use app::ui::Client;
use domain::kernel::{CommunityId, json};
use domain::sync::any_number;
use gloo_timers::future::TimeoutFuture;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventSource, MessageEvent};

const ADDRESS: &str = "/api/live";
/// A connection that broke sooner than this is not tried again for as long, in milliseconds: there are networks where
/// none holds. One that held longer lost its server, which is back as soon as it answers.
const REST_MILLIS: f64 = 60_000.0;
/// Everybody loses the connection when a server stops; they come back spread over this time, in milliseconds.
const SPREAD_MILLIS: u32 = 5_000;

/// The connection, while this tab is in the foreground and somebody is signed in.
pub(crate) struct Live {
    source: Rc<RefCell<Option<EventSource>>>,
    began: Rc<Cell<f64>>,
    rests_until: Rc<Cell<f64>>,
    heard: Closure<dyn FnMut(MessageEvent)>,
    broke: Closure<dyn FnMut()>,
}

/// Listens in a tab, or no longer does. Says whether news come by themselves now.
pub(crate) fn listen(tab: &Tab, wanted: bool) -> bool {
    let live = tab.live.get_or_init(|| Live::new(tab.device.client()));
    if wanted {
        live.listen();
    } else {
        live.hang_up();
    }
    live.is_open()
}

impl Live {
    fn new(client: Client) -> Self {
        let source: Rc<RefCell<Option<EventSource>>> = Rc::default();
        let (began, rests_until) = (Rc::new(Cell::new(0.0)), Rc::new(Cell::new(0.0)));
        let heard = Closure::new(move |event: MessageEvent| {
            if event.data().as_string().is_some_and(|heads| has_news(client, &heads)) {
                client.talk_soon();
            }
        });
        let broke = {
            let (source, began, rests_until) = (Rc::clone(&source), Rc::clone(&began), Rc::clone(&rests_until));
            Closure::new(move || {
                let now = js_sys::Date::now();
                if now - began.get() < REST_MILLIS {
                    rests_until.set(now + REST_MILLIS);
                }
                hang_up(&source);
                let pause = any_number(browser::random()) % SPREAD_MILLIS;
                spawn_local(async move {
                    TimeoutFuture::new(pause).await;
                    client.talk_soon();
                });
            })
        };
        Self { source, began, rests_until, heard, broke }
    }

    /// Whether news come by themselves right now.
    fn is_open(&self) -> bool {
        self.source.borrow().as_ref().is_some_and(|source| source.ready_state() == EventSource::OPEN)
    }

    /// Listens where nothing is listened to yet. To be called when the server has just answered.
    fn listen(&self) {
        let now = js_sys::Date::now();
        if self.source.borrow().is_some() || now < self.rests_until.get() || !browser::is_visible() {
            return;
        }
        let Ok(source) = EventSource::new(ADDRESS) else { return };
        self.began.set(now);
        let _ = source.add_event_listener_with_callback("news", self.heard.as_ref().unchecked_ref());
        source.set_onerror(Some(self.broke.as_ref().unchecked_ref()));
        self.source.replace(Some(source));
    }

    /// Stops listening.
    fn hang_up(&self) {
        hang_up(&self.source);
    }
}

/// Whether a feed has gone on since it was read; also where what is told cannot be read.
fn has_news(client: Client, heads: &str) -> bool {
    let Ok(heads) = json::read::<Vec<(CommunityId, i64)>>(heads.trim().as_bytes()) else { return true };
    client.marks.with_untracked(|marks| {
        let known = |community| marks.cursors.iter().find(|cursor| cursor.community == community);
        heads.iter().any(|(community, head)| known(*community).is_none_or(|cursor| cursor.position < *head))
    })
}

fn hang_up(source: &RefCell<Option<EventSource>>) {
    if let Some(source) = source.take() {
        source.set_onerror(None);
        source.close();
    }
}
