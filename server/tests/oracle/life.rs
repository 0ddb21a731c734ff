//! The life of one page after the other on a device: it may end at any moment, and whatever it was doing with it. Also all
//! that is left to chance on the device.

use rand::{Rng, rngs::StdRng};
use std::{
    cell::{Cell, RefCell},
    future::pending,
};
use tokio::sync::Notify;

/// Out of a thousand moments in bad times, at so many the page dies.
const DIES: u32 = 5;

/// What a device has of life and chance.
pub struct Life {
    is_bad: Cell<bool>,
    chance: RefCell<StdRng>,
    death: Notify,
}

impl Life {
    pub fn new(chance: StdRng) -> Self {
        Self { is_bad: Cell::new(false), chance: RefCell::new(chance), death: Notify::new() }
    }

    /// Whether anything goes wrong at all.
    pub fn is_bad(&self) -> bool {
        self.is_bad.get()
    }

    pub fn set_bad(&self, is_bad: bool) {
        self.is_bad.set(is_bad);
    }

    /// From here on it draws what is meant for this step.
    pub fn begin(&self, chance: StdRng) {
        self.chance.replace(chance);
    }

    /// Draws.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.chance.borrow_mut())
    }

    /// Whether it happens, once in `of` times.
    pub fn once_in(&self, of: u32) -> bool {
        self.draw(|chance| chance.random_ratio(1, of))
    }

    /// Whether it happens in bad times, so often out of a thousand times.
    pub fn goes_wrong(&self, in_a_thousand: u32) -> bool {
        self.is_bad() && self.draw(|chance| chance.random_ratio(in_a_thousand, 1000))
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
