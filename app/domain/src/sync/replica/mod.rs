//! One tab's replica of what a person's device and the server hold: what screens show, what people do, and what the talk
//! with the server changes. Browser, oracle and tests use this very code; only the doors differ.
//!
//! | | |
//! |---|---|
//! | data | who is signed in, confirmed records, outbox, marks, unfinished texts, which photos are here: a copy of what the device keeps, in memory |
//! | who | the person of this device and nobody else; a reply for another person is not taken in |
//! | offline | whatever a person does is kept by the device before it is shown as saved, and sent when there is signal |
//! | never | it never shows as kept what the device did not keep, and never lets go of what the server has not acknowledged |
//!
//! | file | holds |
//! |---|---|
//! | `person` | start, signing in and out, another person |
//! | `acts` | submit, mend, give up, try again |
//! | `export` | the export file of everything unsent, and what another device takes in of it |
//! | `texts`, `media` | unfinished texts; photos and voice notes |
//! | `tabs` | what other tabs tell, and a storage that was emptied |

mod acts;
mod export;
mod media;
mod person;
mod tabs;
mod texts;

pub use acts::NotSaved;
pub use export::{NotTakenIn, TakenIn};
pub use person::NotEntered;

use super::{
    Backoff, BatchSize, Card, Cause, Drafts, Holding, Host, KeptBlob, LetGo, Link, LocalError, LocalStore, News,
    Notify, Outbox, Records, Snapshot, SyncMarks, Transport, let_go,
};
use crate::{
    kernel::{CommandId, DeviceId, PersonId, Sha256, Timestamp},
    kinds::{Kinds, Module},
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};
use uuid::Uuid;

/// What has changed in a replica. Whoever shows it looks at that part anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Changed {
    /// Who is signed in here; everything else with it.
    Person,
    /// Confirmed records.
    Records,
    /// Commands of the outbox, or how they stand.
    Outbox,
    /// How far it came with the server.
    Marks,
    /// Unfinished texts, by another hand than this tab's form.
    Drafts,
    /// Which photos and voice notes are here.
    Blobs,
    /// How it stands with the server.
    Link,
    /// The browser has emptied the storage under this tab. What the tab knows is kept anew; what
    /// others on this device had not sent is gone, and somebody has to be told so.
    Emptied,
}

/// What a replica knows.
pub struct State {
    /// Who is signed in on this device.
    pub card: Option<Card>,
    /// What the server has confirmed.
    pub records: Records,
    /// What this device has to tell.
    pub outbox: Outbox,
    /// How far it came with the server.
    pub marks: SyncMarks,
    /// Unfinished texts.
    pub drafts: Drafts,
    /// Photos and voice notes whose bytes are on this device.
    pub blobs: Vec<KeptBlob>,
    /// Those that the server will never take: its person has to do without.
    pub refused_blobs: Vec<Sha256>,
    /// How it stands with the server right now.
    pub link: Link,
    /// The session was found to have ended, and no answer since has said otherwise.
    pub session_over: bool,
}

/// The doors of a replica: the ports behind which its adapters stand (`frontend` in the browser, `memory` in tests).
#[derive(Clone)]
pub struct Doors {
    /// What the device keeps.
    pub local: Rc<dyn LocalStore>,
    /// The server.
    pub transport: Rc<dyn Transport>,
    /// The platform.
    pub host: Rc<dyn Host>,
}

/// The replica of one tab.
pub struct Replica {
    pub(super) local: Rc<dyn LocalStore>,
    pub(super) transport: Rc<dyn Transport>,
    pub(super) host: Rc<dyn Host>,
    observer: Box<dyn Fn(Changed)>,
    state: RefCell<State>,
    /// How often something was written in this tab: what is read meanwhile may be older.
    strokes: Cell<u32>,
    heard: RefCell<VecDeque<tabs::Heard>>,
    /// The storage was found closed or empty, and is not known to hold everything yet.
    in_doubt: Cell<bool>,
    has_heard: Notify,
    /// Rung for a talk with the server soon.
    pub(super) bell: Notify,
    /// Rung where photos may wait.
    pub(super) uploads: Notify,
    pub(super) backoff: RefCell<Backoff>,
    /// Photos that did not get through.
    pub(super) stuck: RefCell<super::talk::Stuck>,
    /// The person whose session it is, as the server has confirmed.
    pub(super) identified: Cell<Option<PersonId>>,
    /// How many commands the next push carries at most.
    pub(super) batch: Cell<BatchSize>,
    /// How many records the next pull asks for.
    pub(super) page: Cell<u32>,
}

impl Replica {
    /// A replica that knows nothing yet ([`Replica::start`]). `observer` hears of every change, after it was made.
    #[must_use]
    pub fn new(doors: Doors, kinds: Kinds, observer: impl Fn(Changed) + 'static) -> Rc<Self> {
        let Doors { local, transport, host } = doors;
        let state = RefCell::new(State::empty(kinds));
        Rc::new(Self {
            local,
            transport,
            host,
            observer: Box::new(observer),
            state,
            strokes: Cell::default(),
            heard: RefCell::default(),
            in_doubt: Cell::default(),
            has_heard: Notify::default(),
            bell: Notify::default(),
            uploads: Notify::default(),
            backoff: RefCell::default(),
            stuck: RefCell::default(),
            identified: Cell::default(),
            batch: Cell::default(),
            page: Cell::new(super::talk::FULL_PAGE),
        })
    }

    /// Looks at what is known. Nothing can be changed meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.borrow())
    }

    /// Changes what is known, and says so.
    pub(super) fn change<T>(&self, what: Changed, change: impl FnOnce(&mut State) -> T) -> T {
        let done = change(&mut self.state.borrow_mut());
        (self.observer)(what);
        done
    }

    /// This browser profile.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.local.device()
    }

    /// The device's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// A fresh id for a new record.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        CommandId::from_parts(self.host.now().millis(), self.host.random()).uuid()
    }

    /// Who is signed in here.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.with(|state| state.card.as_ref().map(|card| card.person))
    }

    /// Whether somebody is the one who is signed in here, at this moment.
    #[must_use]
    pub fn is(&self, person: PersonId) -> bool {
        self.person() == Some(person)
    }

    /// A further part of the program has been loaded: what could not be read may be readable now.
    pub fn learn(&self, module: &'static Module) {
        self.change(Changed::Records, |state| state.records.learn(module));
    }

    fn kinds(&self) -> Kinds {
        self.with(|state| state.records.kinds().clone())
    }

    fn state_of(&self, card: Option<Card>, snapshot: Snapshot) -> State {
        State::of(self.kinds(), card, snapshot)
    }

    /// Changes the outbox. Who watches hears of it only where `is_seen` says that it looks different.
    pub(super) fn change_outbox<T>(&self, change: impl FnOnce(&mut State) -> T, is_seen: impl FnOnce(&T) -> bool) -> T {
        let done = change(&mut self.state.borrow_mut());
        if is_seen(&done) {
            (self.observer)(Changed::Outbox);
        }
        done
    }

    /// Asks for a talk with the server soon.
    pub fn talk_soon(&self) {
        self.bell.notify();
    }

    /// Says how it stands with the server, to those who have not heard yet.
    pub(super) fn say(&self, link: Link) {
        if self.with(|state| state.link == link) {
            return;
        }
        self.change(Changed::Link, |state| {
            // While the next question is under way nothing is known that was not known before it.
            match link {
                Link::SignInNeeded => state.session_over = true,
                Link::Reached => state.session_over = false,
                _ => {}
            }
            state.link = link;
        });
    }

    /// Tells the other tabs what the device has kept.
    fn tell(&self, news: News) {
        self.host.tell(news);
    }

    fn wrote(&self) {
        self.strokes.set(self.strokes.get().wrapping_add(1));
    }

    fn strokes(&self) -> u32 {
        self.strokes.get()
    }

    /// Shows what the device holds.
    fn show(&self, card: Option<Card>, snapshot: Snapshot) {
        let fresh = self.state_of(card, snapshot);
        self.show_state(fresh);
    }

    fn show_state(&self, fresh: State) {
        self.local.turn_to(fresh.card.as_ref().map(|card| card.person));
        self.change(Changed::Person, |state| {
            let State { refused_blobs, link, session_over, .. } = std::mem::replace(state, fresh);
            (state.refused_blobs, state.link, state.session_over) = (refused_blobs, link, session_over);
        });
    }
}

impl State {
    fn empty(kinds: Kinds) -> Self {
        Self::of(kinds, None, Snapshot::default())
    }

    fn of(kinds: Kinds, card: Option<Card>, snapshot: Snapshot) -> Self {
        let Snapshot { records, outbox, drafts, marks, blobs } = snapshot;
        let mut known = Records::new(kinds);
        known.take_in(records);
        let mut state = Self {
            card,
            records: known,
            outbox: Outbox::restored(outbox),
            marks,
            drafts,
            blobs,
            refused_blobs: Vec::new(),
            link: Link::Unknown,
            session_over: false,
        };
        state.take_in_card();
        state
    }

    /// One's own card is a record like any other; what the feed brings of it is newer.
    pub(super) fn take_in_card(&mut self) {
        if let Some(card) = &self.card {
            self.records.take_in(card.people.iter().cloned());
        }
    }

    /// What goes for this cause; `None` where everything stays.
    pub(super) fn lets_go(&self, cause: Cause<'_>) -> Option<LetGo> {
        let me = self.card.as_ref()?.person;
        let drafts: Vec<&str> = self.drafts.iter().map(|(_, text)| text).collect();
        let blobs: Vec<Sha256> = self.blobs.iter().map(|blob| blob.sha256).collect();
        let (records, outbox, marks) = (&self.records, &self.outbox, &self.marks);
        let_go(cause, &Holding { me, records, outbox, marks, drafts: &drafts, blobs: &blobs })
    }
}

/// The device was asked for something that only a person's device has.
pub(super) fn nobody() -> LocalError {
    LocalError::Unavailable("nobody is signed in".to_owned())
}
