//! The platform of one page in real time: the only tab of its device.

use async_trait::async_trait;
use domain::{
    kernel::{Span, Timestamp},
    sync::{Alone, Host, News, Turn},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use server::clock::now;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    time::Duration,
};

/// A platform with a clock and random numbers of its own.
pub struct NativeHost {
    /// How far the device's clock is ahead of the right time.
    ahead: Cell<Span>,
    rng: RefCell<StdRng>,
    taken: Rc<RefCell<BTreeSet<Turn>>>,
}

impl NativeHost {
    /// A platform whose clock is ahead by so much; no two devices of a test have the same `seed`.
    pub fn new(ahead: Span, seed: [u8; 32]) -> Rc<Self> {
        let rng = RefCell::new(StdRng::from_seed(seed));
        Rc::new(Self { ahead: Cell::new(ahead), rng, taken: Rc::default() })
    }

    /// Somebody sets the clock.
    pub fn set_clock_ahead(&self, span: Span) {
        self.ahead.set(span);
    }
}

#[async_trait(?Send)]
impl Host for NativeHost {
    fn now(&self) -> Timestamp {
        now().plus(self.ahead.get())
    }

    fn random(&self) -> [u8; 10] {
        self.rng.borrow_mut().random()
    }

    async fn sleep(&self, span: Span) {
        tokio::time::sleep(Duration::from_millis(span.millis().max(0).unsigned_abs())).await;
    }

    async fn alone(&self, turn: Turn) -> Option<Alone> {
        let is_free = self.taken.borrow_mut().insert(turn);
        let taken = Rc::clone(&self.taken);
        let give_back = move || {
            taken.borrow_mut().remove(&turn);
        };
        is_free.then(|| Alone::new(give_back))
    }

    fn is_visible(&self) -> bool {
        true
    }

    fn tell(&self, _: News) {}
}
