//! The lazy part of the sync loop: what a tab does once its first screen stands. It is loaded shortly after that. What
//! the first screen shows, and what is written on it, is on the device.

use crate::{
    host::Tab,
    indexed_db::{Failure, Shelf},
    live,
    start::upload,
    tabs, transport,
};
use domain::{
    kernel::{PersonId, Timestamp},
    sync::{Alone, Card, MeReply, Page, PullReply, PushReply, Queued, Replica, Snapshot, SyncMarks, Turn},
};
use gloo_timers::future::TimeoutFuture;
use std::{cell::OnceCell, pin::Pin, rc::Rc};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

/// Between the first screen and the loading of the part, in milliseconds: what somebody taps at once is not held up.
const FIRST_TAP_MILLIS: u32 = 200;
/// Between two tries to get the part, in milliseconds: where nobody answers, trying costs nobody anything.
const AGAIN_MILLIS: u32 = 5_000;

type Doing<'d, T> = Pin<Box<dyn Future<Output = T> + 'd>>;

/// All of it, once the part is there.
pub(crate) struct Talking {
    run: fn(Rc<Replica>) -> Doing<'static, ()>,
    pub(crate) listen: fn(&Tab, bool) -> bool,
    pub(crate) alone: fn(Turn) -> Doing<'static, Option<Alone>>,
    pub(crate) me: fn() -> transport::Asking<MeReply>,
    pub(crate) push: fn(String) -> transport::Asking<PushReply>,
    pub(crate) pull: fn(String) -> transport::Asking<PullReply>,
    pub(crate) sign_out: fn() -> transport::Asking<()>,
    pub(crate) settle: for<'d> fn(&'d Shelf, &'d [Queued]) -> Kept<'d>,
    pub(crate) absorb: for<'d> fn(&'d Shelf, &'d Page, Timestamp) -> Kept<'d>,
    pub(crate) held: for<'d> fn(&'d Shelf, PersonId) -> Doing<'d, Result<Snapshot, Failure>>,
    pub(crate) sign_in: for<'d> fn(&'d Shelf, &'d Card) -> Kept<'d>,
    pub(crate) renew_card: for<'d> fn(&'d Shelf, &'d Card) -> Kept<'d>,
    pub(crate) session_ended: for<'d> fn(&'d Shelf, PersonId) -> Kept<'d>,
    pub(crate) keep_marks: for<'d> fn(&'d Shelf, &'d SyncMarks) -> Kept<'d>,
}

/// Something that is being kept.
pub(crate) type Kept<'d> = Doing<'d, Result<(), Failure>>;

#[wasm_split(talk, fallible)]
fn talking() -> Result<&'static Talking, SplitLoaderError> {
    Ok(&Talking {
        run: |replica| Box::pin(replica.run(upload)),
        listen: live::listen,
        alone: |turn| Box::pin(tabs::alone(turn)),
        me: || Box::pin(transport::me()),
        push: |request| Box::pin(transport::push(request)),
        pull: |request| Box::pin(transport::pull(request)),
        sign_out: || Box::pin(transport::sign_out()),
        settle: |shelf, items| Box::pin(shelf.settle(items)),
        absorb: |shelf, page, now| Box::pin(shelf.absorb(page, now)),
        held: |shelf, person| Box::pin(async move { Ok(shelf.held_with_stashes(&person.to_string()).await?.snapshot) }),
        sign_in: |shelf, card| Box::pin(shelf.sign_in(card)),
        renew_card: |shelf, card| Box::pin(shelf.renew_card(card)),
        session_ended: |shelf, whose| Box::pin(shelf.session_ended(whose)),
        keep_marks: |shelf, marks| Box::pin(shelf.keep_marks(marks)),
    })
}

thread_local! {
    /// The part, where it has come.
    static COME: OnceCell<&'static Talking> = const { OnceCell::new() };
}

impl Talking {
    /// The part; an error where it cannot be had now.
    pub(crate) async fn here() -> Result<&'static Self, SplitLoaderError> {
        let part = talking().await?;
        COME.with(|come| *come.get_or_init(|| part));
        Ok(part)
    }

    /// The part, where it has come already.
    pub(crate) fn come() -> Option<&'static Self> {
        COME.with(|come| come.get().copied())
    }

    /// Talks, uploads and follows other tabs for as long as the page lives, from the moment that the part has come. Until
    /// then everything that is written waits on the device.
    pub(crate) async fn run(replica: Rc<Replica>) {
        TimeoutFuture::new(FIRST_TAP_MILLIS).await;
        loop {
            if let Ok(part) = Self::here().await {
                return (part.run)(replica).await;
            }
            TimeoutFuture::new(AGAIN_MILLIS).await;
        }
    }
}
