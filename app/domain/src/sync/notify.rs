//! Waiting without a platform: a notification that is not lost, and two futures at once.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::{Poll, Waker},
};

/// Wakes one waiting task, also when the call came before the waiting. Clones are the same notification.
#[derive(Clone, Default)]
pub struct Notify(Rc<RefCell<Notified>>);

#[derive(Default)]
struct Notified {
    is_due: bool,
    waker: Option<Waker>,
}

impl Notify {
    /// Wakes the task that waits, or the next one that will.
    pub fn notify(&self) {
        let waker = {
            let mut notified = self.0.borrow_mut();
            notified.is_due = true;
            notified.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Until the next [`Notify::notify`].
    pub async fn notified(&self) {
        poll_fn(|context| {
            let mut notified = self.0.borrow_mut();
            if std::mem::take(&mut notified.is_due) {
                return Poll::Ready(());
            }
            notified.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Both, at the same time.
pub(super) async fn both(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut one_done, mut other_done) = (false, false);
    poll_fn(move |context| {
        one_done = one_done || one.as_mut().poll(context).is_ready();
        other_done = other_done || other.as_mut().poll(context).is_ready();
        if one_done && other_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Whichever ends first; the other one is dropped.
pub(super) async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(move |context| {
        let ended = one.as_mut().poll(context).is_ready() || other.as_mut().poll(context).is_ready();
        if ended { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
