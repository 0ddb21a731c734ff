//! A [`Host`] in simulated time: tabs of one device share their turns and hear each other, and random bytes come from a
//! seed.

use super::Simulation;
use crate::{
    kernel::{Span, Timestamp},
    sync::{Alone, Host, News, Turn},
};
use async_trait::async_trait;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::{Rc, Weak},
};

type Hears = Box<dyn Fn(News)>;

/// What the tabs of one device have in common besides their storage. Clones are the same device.
#[derive(Clone, Default)]
pub struct Tabs(Rc<Shared>);

#[derive(Default)]
struct Shared {
    taken: RefCell<BTreeSet<Turn>>,
    has_no_locks: Cell<bool>,
    open: RefCell<Vec<Weak<MemoryHost>>>,
}

impl Tabs {
    /// Tabs of a browser without Web Locks, which cannot keep them apart.
    #[must_use]
    pub fn without_locks() -> Self {
        let tabs = Self::default();
        tabs.0.has_no_locks.set(true);
        tabs
    }
}

/// The platform of one tab.
pub struct MemoryHost {
    simulation: Simulation,
    tabs: Tabs,
    clock_is_ahead: Cell<Span>,
    seed: Cell<u64>,
    visible: Cell<bool>,
    live: Cell<bool>,
    listens: Cell<bool>,
    hears: RefCell<Option<Hears>>,
    warnings: RefCell<Vec<String>>,
}

impl MemoryHost {
    /// A tab that somebody looks at, with random bytes from `seed`; no two tabs of a test may have the same.
    #[must_use]
    pub fn open(simulation: &Simulation, tabs: &Tabs, seed: u64) -> Rc<Self> {
        let host = Rc::new(Self {
            simulation: simulation.clone(),
            tabs: tabs.clone(),
            clock_is_ahead: Cell::default(),
            seed: Cell::new(seed),
            visible: Cell::new(true),
            live: Cell::new(false),
            listens: Cell::new(false),
            hears: RefCell::default(),
            warnings: RefCell::default(),
        });
        tabs.0.open.borrow_mut().push(Rc::downgrade(&host));
        host
    }

    /// What this tab does when another one tells something.
    pub fn hear(&self, hears: impl Fn(News) + 'static) {
        self.hears.replace(Some(Box::new(hears)));
    }

    /// Puts the device's clock ahead of the world's, or behind it.
    pub fn set_clock_ahead(&self, span: Span) {
        self.clock_is_ahead.set(span);
    }

    /// Whether somebody looks at this tab.
    pub fn set_visible(&self, visible: bool) {
        self.visible.set(visible);
    }

    /// Whether a connection for news holds.
    pub fn set_live(&self, live: bool) {
        self.live.set(live);
    }

    /// Whether this tab wants to be told of news right now.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.listens.get()
    }

    /// What this tab has warned of.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().clone()
    }

    /// Splitmix64: every seed gives another, evenly spread sequence.
    fn number(&self) -> u64 {
        let seed = self.seed.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.seed.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[async_trait(?Send)]
impl Host for MemoryHost {
    fn now(&self) -> Timestamp {
        self.simulation.now().plus(self.clock_is_ahead.get())
    }

    fn random(&self) -> [u8; 10] {
        let (one, other) = (self.number().to_le_bytes(), self.number().to_le_bytes());
        std::array::from_fn(|index| if index < 8 { one[index] } else { other[index - 8] })
    }

    async fn sleep(&self, span: Span) {
        self.simulation.sleep(span).await;
    }

    async fn alone(&self, turn: Turn) -> Option<Alone> {
        let shared = Rc::clone(&self.tabs.0);
        if shared.has_no_locks.get() {
            return Some(Alone::unguarded());
        }
        let free = shared.taken.borrow_mut().insert(turn);
        let give_back = move || {
            shared.taken.borrow_mut().remove(&turn);
        };
        free.then(|| Alone::new(give_back))
    }

    fn is_visible(&self) -> bool {
        self.visible.get()
    }

    fn tell(&self, news: News) {
        let others: Vec<Rc<Self>> = self.tabs.0.open.borrow().iter().filter_map(Weak::upgrade).collect();
        for other in others.iter().filter(|other| !std::ptr::eq(Rc::as_ptr(other), self)) {
            if let Some(hears) = &*other.hears.borrow() {
                hears(news);
            }
        }
    }

    fn listen(&self, wanted: bool) -> bool {
        self.listens.set(wanted);
        wanted && self.live.get()
    }

    fn warn(&self, what: &str) {
        self.warnings.borrow_mut().push(what.to_owned());
    }
}
