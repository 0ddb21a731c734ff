//! Waiting for the browser: its events as futures, time limits, and two futures raced.

use gloo_timers::future::TimeoutFuture;
use std::{
    cell::RefCell,
    future::Future,
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, Waker},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget};

/// Hears an event for the rest of the page's life.
pub(crate) fn listen(target: &EventTarget, name: &str, heard: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(heard);
    // Refused only for a name that is no string.
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// The first of several events, heard from the moment this is made. Resolves to its place among the names.
pub(crate) struct FirstOf {
    target: EventTarget,
    names: &'static [&'static str],
    heard: Rc<RefCell<Heard>>,
    closure: Closure<dyn FnMut(Event)>,
}

#[derive(Default)]
struct Heard {
    place: Option<usize>,
    waker: Option<Waker>,
}

/// Waits for whichever event comes first.
pub(crate) fn first_of(target: &EventTarget, names: &'static [&'static str]) -> FirstOf {
    let heard = Rc::new(RefCell::new(Heard::default()));
    let closure = {
        let heard = Rc::clone(&heard);
        Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let kind = event.type_();
            let mut heard = heard.borrow_mut();
            heard.place = heard.place.or_else(|| names.iter().position(|name| *name == kind));
            if let Some(waker) = heard.waker.take() {
                waker.wake();
            }
        })
    };
    for name in names {
        let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    }
    FirstOf { target: target.clone(), names, heard, closure }
}

impl Future for FirstOf {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<usize> {
        let mut heard = self.heard.borrow_mut();
        if let Some(place) = heard.place {
            return Poll::Ready(place);
        }
        heard.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for FirstOf {
    fn drop(&mut self) {
        for name in self.names {
            let _ = self.target.remove_event_listener_with_callback(name, self.closure.as_ref().unchecked_ref());
        }
    }
}

/// `work`, or `None` when it takes longer; then it is dropped, which takes back a request.
pub(crate) async fn within<T>(millis: u32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut limit) = (pin!(work), TimeoutFuture::new(millis));
    std::future::poll_fn(move |context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        Pin::new(&mut limit).poll(context).map(|()| None)
    })
    .await
}

/// Wakes one waiting task, also when the call came before the waiting.
#[derive(Clone, Default)]
pub(crate) struct Bell(Rc<RefCell<Rung>>);

#[derive(Default)]
struct Rung {
    rung: bool,
    waker: Option<Waker>,
}

impl Bell {
    /// Wakes the task.
    pub(crate) fn ring(&self) {
        let mut bell = self.0.borrow_mut();
        bell.rung = true;
        if let Some(waker) = bell.waker.take() {
            waker.wake();
        }
    }

    /// Until the next ring.
    pub(crate) async fn wait(&self) {
        std::future::poll_fn(|context| {
            let mut bell = self.0.borrow_mut();
            if std::mem::take(&mut bell.rung) {
                return Poll::Ready(());
            }
            bell.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
