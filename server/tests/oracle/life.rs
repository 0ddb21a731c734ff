//! The life of one page after the other on a device: it may end at any moment, and whatever it was doing with it. Also all
//! that is drawn at random on the device.

use rand::{Rng, rngs::StdRng};
use std::{
    cell::{Cell, RefCell},
    future::pending,
};
use tokio::sync::Notify;

/// Out of a thousand moments in bad times, at so many the page dies.
const DIES: u32 = 5;

/// Whether a device lives, and its random numbers.
pub struct Life {
    is_bad: Cell<bool>,
    rng: RefCell<StdRng>,
    death: Notify,
}

impl Life {
    pub fn new(rng: StdRng) -> Self {
        Self { is_bad: Cell::new(false), rng: RefCell::new(rng), death: Notify::new() }
    }

    /// Whether anything goes wrong at all.
    pub fn is_bad(&self) -> bool {
        self.is_bad.get()
    }

    pub fn set_bad(&self, is_bad: bool) {
        self.is_bad.set(is_bad);
    }

    /// From here on it draws what is meant for this step.
    pub fn begin(&self, rng: StdRng) {
        self.rng.replace(rng);
    }

    /// Draws.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.rng.borrow_mut())
    }

    /// Whether it happens, once in `of` times.
    pub fn once_in(&self, of: u32) -> bool {
        self.draw(|rng| rng.random_ratio(1, of))
    }

    /// Whether it happens in bad times, so often out of a thousand times.
    pub fn goes_wrong(&self, in_a_thousand: u32) -> bool {
        self.is_bad() && self.draw(|rng| rng.random_ratio(in_a_thousand, 1000))
    }

    /// A moment at which the page may die: then nothing of it goes on.
    pub async fn moment(&self) {
        if self.goes_wrong(DIES) {
            self.death.notify_one();
            pending::<()>().await;
        }
    }

    /// What becomes of some work; `None` where the page died over it.
    pub async fn lived<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.death.notified() => None,
            done = work => Some(done),
        }
    }
}
