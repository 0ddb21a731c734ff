//! The talk with the server: when it happens ([`SyncLoop::run`]) and what is said ([`round`], [`sending`], [`reading`]).
//! What a reply or a failure means for the outbox, and how long is waited, is decided by `app::sync`, never here.

mod reading;
mod round;
mod sending;

use crate::{
    browser,
    device::Device,
    events::{listen, within},
    live::Live,
    start,
    tabs::{self, News, Turn},
    uploads::Uploads,
};
use app::{
    domain::PersonId,
    error::AppError,
    sync::{Backoff, BatchSize, Link, NextStep, Outbox, after_failure},
    ui::Client,
};
use gloo_timers::future::TimeoutFuture;
use round::Stop;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
/// How long a request may take, in milliseconds.
const REQUEST_MILLIS: u32 = 15_000;
/// While something waits and the app is open, and where news do not come by themselves, in milliseconds.
const HALF_MINUTE: u32 = 30_000;
/// While another tab talks and this one does not know how it stands, in milliseconds.
const SOON: u32 = 2_000;
/// Also where news come by themselves one asks now and then, in milliseconds.
const NOW_AND_THEN: u32 = 300_000;

/// The loop of this tab.
pub(crate) struct SyncLoop {
    client: Client,
    device: Rc<Device>,
    live: Live,
    backoff: RefCell<Backoff>,
    /// For whom the session was found to be theirs.
    identified: Cell<Option<PersonId>>,
    /// How many commands the next push carries at most.
    batch: Cell<BatchSize>,
    /// How many changes the next pull asks for.
    page: Cell<u32>,
    uploads: Rc<Uploads>,
    /// What the device keeps for nothing was removed once in this tab; after uploads it is, too.
    tidied: Cell<bool>,
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
            batch: Cell::default(),
            page: Cell::new(reading::PAGE),
            uploads: Rc::default(),
            tidied: Cell::default(),
        })
    }

    /// Talks for as long as the page lives: now, whenever the bell rings, and after pauses that never end in giving up.
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
            self.backoff.borrow_mut().hinted();
            self.be_patient().await;
        }
    }

    /// A ring suggests that the network is back. It does not shorten the patience that the server asked for.
    async fn be_patient(&self) {
        loop {
            let left = self.backoff.borrow().remaining(browser::now());
            match u32::try_from(left) {
                Ok(left) if left > 0 => TimeoutFuture::new(left).await,
                _ => return,
            }
        }
    }

    /// One round, unless another tab is at it: then `None`.
    async fn talk(self: &Rc<Self>) -> Option<Result<(), Stop>> {
        let outcome = Rc::new(RefCell::new(None));
        let (this, result) = (Rc::clone(self), Rc::clone(&outcome));
        tabs::alone(Turn::Talk, async move {
            let done = this.round().await;
            result.replace(Some(done));
        })
        .await;
        outcome.take()
    }

    fn pause(&self, outcome: Option<Result<(), Stop>>) -> Option<u32> {
        match outcome {
            // Another tab talks. Where something waits here, or this tab still shows an older state of things, it asks again
            // soon: that one may find nobody.
            None if self.is_settled() => Some(HALF_MINUTE),
            None => Some(SOON),
            Some(Ok(())) => {
                self.backoff.borrow_mut().succeeded();
                self.pause_after_success()
            }
            Some(Err(Stop::Anew)) => Some(0),
            Some(Err(Stop::NotKept)) => {
                self.say(Link::Unknown);
                Some(self.failed(None, NOW_AND_THEN))
            }
            Some(Err(Stop::Because(error))) => {
                let after = after_failure(&error, 0);
                self.say(after.link.clone());
                match after.step {
                    NextStep::AwaitSignIn => {
                        self.identified.set(None);
                        self.live.hang_up();
                        None
                    }
                    NextStep::AwaitUpdate => {
                        self.device.versions.check(true);
                        None
                    }
                    _ => {
                        // Where nobody answers, trying costs nobody anything.
                        let soon = after.link == Link::Unreachable && browser::is_visible();
                        Some(self.failed(error.retry_after(), if soon { HALF_MINUTE } else { NOW_AND_THEN }))
                    }
                }
            }
        }
    }

    fn is_settled(&self) -> bool {
        let reached = self.client.link.with_untracked(|link| *link == Link::Reached);
        reached && !self.client.outbox.with_untracked(Outbox::has_waiting)
    }

    fn pause_after_success(&self) -> Option<u32> {
        if self.client.me.with_untracked(Option::is_none) {
            return None;
        }
        self.live.listen();
        let attachments = self.client.status.with_untracked(|status| status.attachments > 0);
        if attachments || (self.client.blobs.with_untracked(|blobs| !blobs.is_empty()) && !self.tidied.replace(true)) {
            self.uploads.begin(self.client, &self.device);
        }
        if attachments || self.client.outbox.with_untracked(Outbox::has_waiting) {
            return Some(HALF_MINUTE);
        }
        let pause = if self.live.is_open() { NOW_AND_THEN } else { HALF_MINUTE };
        browser::is_visible().then_some(pause)
    }

    fn failed(&self, retry_after: Option<u32>, longest: u32) -> u32 {
        let millis = self.backoff.borrow_mut().failed(browser::now(), retry_after, browser::chance());
        u32::try_from(millis).unwrap_or(longest).min(longest)
    }

    /// Says how it stands with the server, to those who have not heard yet.
    fn say(&self, link: Link) {
        if self.client.link.with_untracked(|known| *known != link) {
            // While the next question is under way nothing is known that was not known before it.
            match link {
                Link::SignInNeeded => self.client.session_over.set(true),
                Link::Reached => self.client.session_over.set(false),
                _ => {}
            }
            self.client.link.set(link);
        }
    }

    fn hear_the_page(self: &Rc<Self>) {
        let Some(window) = web_sys::window() else { return };
        let bell = self.device.bell.clone();
        let this = Rc::clone(self);
        listen(&window, "online", move |_| {
            this.backoff.borrow_mut().reconnected();
            bell.ring();
        });
        if let Some(document) = window.document() {
            let this = Rc::clone(self);
            listen(&document, "visibilitychange", move |_| this.looked_at(browser::is_visible()));
        }
        let device = Rc::clone(&self.device);
        listen(&window, "pagehide", move |_| device.write_drafts());
        let (client, device) = (self.client, Rc::clone(&self.device));
        self.device.tabs.hear(move |news| start::catch_up(client, &device, news));
    }

    fn looked_at(&self, open: bool) {
        if open {
            self.client.clock.set(browser::now());
            if !self.device.tabs.can_be_heard() {
                // Nobody has told what another tab did while this one was not looked at.
                start::catch_up(self.client, &self.device, News::Person);
                start::catch_up(self.client, &self.device, News::Changed);
            }
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
