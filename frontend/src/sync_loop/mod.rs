//! The talk with the server: when it happens ([`SyncLoop::run`]), what is said ([`round`]), how long is waited
//! ([`pace`]). What a reply means for the outbox is decided by `app::sync`, never here.

mod pace;
mod reading;
mod round;
mod sending;

use crate::{
    browser,
    device::Device,
    events::{listen, within},
    live::Live,
    start,
    tabs::{self, News},
};
use app::{
    domain::PersonId,
    error::AppError,
    sync::{BATCH_COMMANDS, Link},
    ui::Client,
};
use leptos::prelude::*;
use pace::{Again, Backoff, HALF_MINUTE, LONGEST};
use round::Stop;
use std::{cell::{Cell, RefCell}, rc::Rc};

/// The loop of this tab.
pub(crate) struct SyncLoop {
    client: Client,
    device: Rc<Device>,
    live: Live,
    backoff: RefCell<Backoff>,
    /// For whom the session was found to be theirs.
    identified: Cell<Option<PersonId>>,
    /// How many commands the next push carries at most.
    batch: Cell<usize>,
    /// How many changes the next pull asks for.
    page: Cell<u32>,
}

impl SyncLoop {
    pub(crate) fn new(client: Client, device: Rc<Device>) -> Rc<Self> {
        let live = Live::new(client, device.bell.clone());
        Rc::new(Self {
            client,
            device,
            live,
            backoff: RefCell::default(),
            identified: Cell::new(None),
            batch: Cell::new(BATCH_COMMANDS),
            page: Cell::new(reading::PAGE),
        })
    }

    /// Talks for as long as the page lives: now, whenever the bell rings, and after the pauses that [`pace`] gives.
    pub(crate) async fn run(self: Rc<Self>) {
        self.hear_the_page();
        loop {
            let outcome = if self.client.me.with_untracked(Option::is_some) {
                self.talk().await
            } else {
                self.live.hang_up();
                self.identified.set(None);
                Some(start::ask(self.client, &self.device).await.map_err(Stop::Because))
            };
            match self.pause(outcome) {
                Some(millis) => drop(within(millis, self.device.bell.wait()).await),
                None => self.device.bell.wait().await,
            }
        }
    }

    /// One round, unless another tab is at it: then `None`.
    async fn talk(self: &Rc<Self>) -> Option<Result<(), Stop>> {
        let outcome = Rc::new(RefCell::new(None));
        let (this, result) = (Rc::clone(self), Rc::clone(&outcome));
        tabs::alone(async move {
            let done = this.round().await;
            result.replace(Some(done));
        })
        .await;
        outcome.take()
    }

    fn pause(&self, outcome: Option<Result<(), Stop>>) -> Option<u32> {
        let open = browser::is_visible();
        match outcome {
            None => Some(HALF_MINUTE),
            Some(Ok(())) => {
                self.backoff.borrow_mut().reset();
                let signed_in = self.client.me.with_untracked(Option::is_some);
                if signed_in {
                    self.live.listen();
                }
                match (signed_in, open) {
                    (false, _) => None,
                    _ if self.client.outbox.with_untracked(app::sync::Outbox::has_waiting) => Some(HALF_MINUTE),
                    (true, false) => None,
                    (true, true) => Some(if self.live.is_open() { LONGEST } else { HALF_MINUTE }),
                }
            }
            Some(Err(Stop::Anew)) => Some(0),
            Some(Err(Stop::NotKept)) => self.backoff.borrow_mut().pause(Again::Patiently(0), open, browser::fraction()),
            Some(Err(Stop::Because(error))) => {
                let (link, again) = pace::after(&error);
                if link == Link::TooOld {
                    self.device.versions.check(true);
                }
                if link == Link::SignInNeeded {
                    self.identified.set(None);
                    self.live.hang_up();
                }
                self.say(link);
                self.backoff.borrow_mut().pause(again, open, browser::fraction())
            }
        }
    }

    /// Says how it stands with the server, to those who have not heard yet.
    fn say(&self, link: Link) {
        if self.client.link.with_untracked(|known| *known != link) {
            self.client.link.set(link);
        }
    }

    fn hear_the_page(self: &Rc<Self>) {
        let Some(window) = web_sys::window() else { return };
        let bell = self.device.bell.clone();
        listen(&window, "online", move |_| bell.ring());
        if let Some(document) = window.document() {
            let this = Rc::clone(self);
            listen(&document, "visibilitychange", move |_| this.looked_at(browser::is_visible()));
        }
        let device = Rc::clone(&self.device);
        listen(&window, "pagehide", move |_| device.write_drafts());
        let (client, device) = (self.client, Rc::clone(&self.device));
        self.device.tabs.hear(move |news| start::catch_up(client, &device, news == News::Person, news == News::Saved));
    }

    fn looked_at(&self, open: bool) {
        if open {
            self.client.now.set(browser::now());
            self.device.versions.check(false);
            self.device.bell.ring();
        } else {
            self.device.write_drafts();
            self.live.hang_up();
        }
    }
}

/// A reply, or [`AppError::Unreachable`] when the server takes longer than anybody waits.
async fn answered<T>(request: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    within(REQUEST_MILLIS, request).await.unwrap_or(Err(AppError::Unreachable))
}

/// How long a request may take, in milliseconds.
const REQUEST_MILLIS: u32 = 15_000;
