//! The sync loop: when this tab talks with the server, and what is said. What a reply or a failure means for the outbox,
//! and how long is waited, is decided beside it (`outbox`, `retry`, `retention`), never here.
//!
//! | | |
//! |---|---|
//! | data | none of its own: it changes the [`Replica`] |
//! | who | one tab of a device at a time talks, and one uploads; the others hear of it |
//! | offline | it tries again for as long as the page lives: later each time, never later than five minutes |
//! | never | it never gives up, and no photo holds up a word |
//!
//! | file | holds |
//! |---|---|
//! | `round` | whose session it is, then sending, then reading; whose answer a reply is |
//! | `sending`, `reading` | batches until nothing waits; pages until there are no more |
//! | `uploading` | photos and voice notes, beside the talk |

mod reading;
mod round;
mod sending;
mod uploading;

pub(super) use reading::FULL_PAGE;
pub use round::{Done, Stop};
pub(super) use uploading::Stuck;

use super::{
    Failure, Link, NextStep, Replica, Turn, after_failure, any_number,
    notify::{both, either},
};
use crate::kernel::Span;

use std::{future::Future, pin::Pin, rc::Rc};

/// While something waits and the app is open, and where news do not come by themselves.
const HALF_MINUTE: Span = Span::seconds(30);
/// While another tab talks and this one does not know how it stands.
const SOON: Span = Span::seconds(2);
/// Also where news come by themselves one asks now and then.
const NOW_AND_THEN: Span = Span::minutes(5);

/// Work that a program may load only when it is needed ([`upload`]).
pub type Work = fn(Rc<Replica>) -> Pin<Box<dyn Future<Output = ()>>>;

/// Uploads all that waits ([`Replica::upload_waiting`]), as [`Work`].
#[must_use]
pub fn upload(replica: Rc<Replica>) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move { replica.upload_waiting().await })
}

impl Replica {
    /// Talks, uploads and follows other tabs, for as long as the page lives: now, whenever somebody asks for it, and after
    /// pauses that never end in giving up.
    pub async fn run(self: Rc<Self>, upload: Work) {
        let talk = Rc::clone(&self).talk();
        let uploads = Rc::clone(&self).upload_for_ever(upload);
        both(talk, both(uploads, self.follow())).await;
    }

    async fn talk(self: Rc<Self>) {
        loop {
            let outcome = match self.person() {
                Some(_) => self.take_turn().await,
                None => {
                    self.host.listen(false);
                    Some(self.end_owed_session().await.map(|()| Done::default()).map_err(Stop::Because))
                }
            };
            match self.pause(outcome) {
                Some(span) => either(self.host.sleep(span), self.bell.notified()).await,
                None => self.bell.notified().await,
            }
            self.backoff.borrow_mut().hinted();
            self.be_patient().await;
        }
    }

    /// A hint suggests that the network is back. It does not shorten the patience that the server asked for.
    async fn be_patient(&self) {
        loop {
            let left = self.backoff.borrow().remaining(self.host.now());
            if left <= Span::ZERO {
                return;
            }
            self.host.sleep(left).await;
        }
    }

    /// One round, unless another tab is at it: then `None`. To be called by [`Replica::run`], and by whoever moves a device
    /// step by step.
    pub async fn take_turn(&self) -> Option<Result<Done, Stop>> {
        let _turn = self.host.alone(Turn::Talk).await?;
        Some(self.round().await)
    }

    /// How long to wait for the next round; `None` until somebody asks for it.
    fn pause(&self, outcome: Option<Result<Done, Stop>>) -> Option<Span> {
        match outcome {
            // Another tab talks. Where something waits here, or this tab still shows an older state of things, it asks
            // again soon: that one may find nobody.
            None if self.is_settled() => Some(HALF_MINUTE),
            None => Some(SOON),
            Some(Ok(done)) => self.pause_after(done),
            Some(Err(Stop::Anew)) => Some(Span::ZERO),
            Some(Err(Stop::NotKept)) => {
                self.say(Link::Unknown);
                Some(self.failed(None, NOW_AND_THEN))
            }
            Some(Err(Stop::Because(failure))) => self.pause_because(&failure),
        }
    }

    fn pause_after(&self, done: Done) -> Option<Span> {
        self.person()?;
        let hears_news = self.host.listen(self.host.is_visible());
        self.uploads.notify();
        if done.put_off > 0 {
            // The server asked for patience with some commands: later each time.
            return Some(self.failed(None, NOW_AND_THEN));
        }
        self.backoff.borrow_mut().succeeded();
        if self.with(|state| state.outbox.has_waiting()) {
            return Some(HALF_MINUTE);
        }
        let pause = if hears_news { NOW_AND_THEN } else { HALF_MINUTE };
        let pause = self.host.is_visible().then_some(pause);
        [pause, self.until_uploads().map(|until| until.max(HALF_MINUTE))].into_iter().flatten().min()
    }

    fn pause_because(&self, failure: &Failure) -> Option<Span> {
        if self.person().is_none() {
            // Nothing is shown of a session that is still to be ended.
            return Some(self.failed(failure.retry_after(), NOW_AND_THEN));
        }
        let after = after_failure(failure, 0);
        self.say(after.link);
        match after.step {
            NextStep::AwaitSignIn => {
                self.identified.set(None);
                self.host.listen(false);
                None
            }
            NextStep::AwaitUpdate => {
                self.host.is_too_old();
                None
            }
            NextStep::Retry | NextStep::Halve | NextStep::SetAside | NextStep::Quarantine => {
                // Where nobody answers, trying costs nobody anything.
                let soon = after.link == Link::Unreachable && self.host.is_visible();
                Some(self.failed(failure.retry_after(), if soon { HALF_MINUTE } else { NOW_AND_THEN }))
            }
        }
    }

    fn is_settled(&self) -> bool {
        self.with(|state| state.link == Link::Reached && !state.outbox.has_waiting())
    }

    fn failed(&self, retry_after: Option<Span>, longest: Span) -> Span {
        let span = self.backoff.borrow_mut().failed(self.host.now(), retry_after, any_number(self.host.random()));
        span.min(longest)
    }

    /// The device has a network again.
    pub fn reconnected(&self) {
        self.backoff.borrow_mut().reconnected();
        self.stuck.borrow_mut().reconnected();
        self.talk_soon();
    }

    /// Somebody looks at this tab, or no longer does.
    pub fn looked_at(&self, is_visible: bool) {
        if is_visible {
            self.talk_soon();
        } else {
            self.host.listen(false);
        }
    }
}
