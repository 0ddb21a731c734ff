//! The server of these tests: the store in memory with the notebook, and a community that is there from the start.

use crate::neighbourhood::{NOON, Who, community, community_record, place};
use crate::notebook::{Note, NoteAct};
use domain::kernel::{
    Actor, Command, CommunityId, DeviceId, Effects, Envelope, Head, Kind, Membership, Occasion, Record, RecordKey,
    Refusal, Role, Span, Timestamp, json,
};
use domain::kinds::{ActOf, Ends, Kinds, Module};
use domain::memory::{Backup, Browser, MemoryServer, MemoryStore, Simulation};
use domain::organisation::{Community, Person, Place};
use domain::store::{Account, Store};
use domain::sync::{Epoch, Failure, Outcome};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    pin::pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use uuid::Uuid;

/// What a community begins with: records as they are to be. Made inside the server only.
#[derive(Serialize, Deserialize)]
enum Founding {
    #[serde(rename = "found_community")]
    Community(Community),
    #[serde(rename = "found_place")]
    Place(Place),
    #[serde(rename = "found_person")]
    Person(Person),
}

static FOUNDING: Module = Module {
    name: "founding",
    kinds: &[],
    acts: &[
        ActOf { name: "found_community", keys: 1..=1, ends: Ends::Nothing },
        ActOf { name: "found_place", keys: 1..=1, ends: Ends::Nothing },
        ActOf { name: "found_person", keys: 1..=1, ends: Ends::Nothing },
    ],
    apply: found,
    may_somewhere: |_, _| false,
    as_meant: |_, _| None,
};

fn found(_: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    Ok(match command.read_act()? {
        Founding::Community(community) => Effects::of(community),
        Founding::Place(place) => Effects::of(place),
        Founding::Person(person) => Effects::of(person),
    })
}

/// The store in memory never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("the store in memory never waits"),
    }
}

/// The server.
pub struct Site {
    pub store: Arc<MemoryStore>,
    pub server: Rc<MemoryServer>,
    backup: RefCell<Option<Backup>>,
    made: Cell<u128>,
}

impl Site {
    /// One that knows these modules.
    pub fn knowing(mut known: Kinds, simulation: &Simulation) -> Self {
        known.add(&FOUNDING);
        let store = Arc::new(MemoryStore::of(known, |password, hash| password == hash));
        let server = MemoryServer::over(Arc::clone(&store) as Arc<dyn Store>, simulation);
        let site = Self { store, server, backup: RefCell::default(), made: Cell::default() };
        site.found(community(), &Who::ALL);
        for who in Who::ALL {
            let (login, person) = (who.name().to_owned(), who.id());
            at_once(site.store.add_account(Account { person, login, password_hash: None })).unwrap();
        }
        site.back_up();
        site
    }

    /// A community of two stairwells with these people.
    pub fn found(&self, community: CommunityId, people: &[Who]) {
        self.make(Founding::Community(community_record(community)));
        for n in [1, 2] {
            self.make(Founding::Place(place(community, n)));
        }
        for who in people {
            self.make(Founding::Person(who.person(community)));
        }
    }

    /// The posts of somebody in a community have ended so long ago that nobody speaks of it.
    pub fn dismiss(&self, who: Who, community: CommunityId) {
        self.dismiss_at(who, community, NOON.plus(Span::days(-60)));
    }

    /// The posts of somebody in a community end.
    pub fn dismiss_at(&self, who: Who, community: CommunityId, until: Timestamp) {
        let mut person = who.person(community);
        for membership in &mut person.memberships {
            membership.until = Some(until);
        }
        self.make(Founding::Person(person));
    }

    /// Somebody has one more post in a community.
    pub fn promote(&self, who: Who, community: CommunityId, role: Role) {
        let mut person = who.person(community);
        let place = community.into();
        person.memberships.push(Membership { role, place, from: Timestamp::EARLIEST, until: None });
        self.make(Founding::Person(person));
    }

    fn make(&self, founding: Founding) {
        let key = match &founding {
            Founding::Community(community) => community.key(),
            Founding::Place(place) => place.key(),
            Founding::Person(person) => person.key(),
        };
        let head = Head {
            id: Uuid::from_u128(0xF000 + self.made.replace(self.made.get() + 1)).into(),
            actor: Actor::OPERATOR,
            device: DeviceId::SERVER,
            written: NOON,
            offset: None,
            about: vec![key],
        };
        let command = Command::new(head, &founding).unwrap();
        let replies = at_once(self.store.act(vec![command], NOON)).unwrap();
        assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    }

    /// The words of a note go, as whoever runs the server has it.
    pub fn erase(&self, key: &RecordKey) {
        let about = vec![key.clone()];
        let id = Uuid::from_u128(0xE000 + self.made.replace(self.made.get() + 1)).into();
        let (actor, device) = (Actor::OPERATOR, DeviceId::SERVER);
        let head = Head { id, actor, device, written: NOON, offset: None, about };
        let command = Command::new(head, &NoteAct::EraseNote {}).unwrap();
        let replies = at_once(self.store.act(vec![command], NOON)).unwrap();
        assert!(matches!(replies[0].outcome, Outcome::Accepted { .. }), "{replies:?}");
    }

    pub fn epoch(&self) -> Epoch {
        self.store.epoch()
    }

    /// From now on this is said of such commands.
    pub fn say(&self, of: impl Fn(&Command) -> bool + 'static, outcome: Outcome) {
        self.server.say(move |command| of(command).then(|| outcome.clone()));
    }

    /// From now on a push with such a command fails.
    pub fn stumble(&self, over: impl Fn(&Command) -> bool + 'static, failure: Failure) {
        self.server.stumble(move |command| over(command).then(|| failure.clone()));
    }

    fn envelopes(&self) -> Vec<Envelope> {
        let mut all = self.store.records();
        all.retain(|envelope| envelope.head.key.kind == Kind::known(Note::KIND));
        all
    }

    /// All notes.
    pub fn notes(&self) -> Vec<Note> {
        self.envelopes().iter().map(|envelope| json::read(envelope.text.as_bytes()).unwrap()).collect()
    }

    pub fn note(&self, key: &RecordKey) -> Option<Note> {
        self.notes().into_iter().find(|note| note.key() == *key)
    }

    /// The commands that have left words in a note.
    pub fn accepted(&self) -> Vec<Command> {
        let ids = self.notes().into_iter().flat_map(|note| note.lines).map(|line| line.id);
        let bytes = ids.map(|id| self.store.command(id).unwrap().bytes.unwrap());
        bytes.map(|bytes| Command::read(&bytes).unwrap()).collect()
    }

    /// Everybody's password is another one.
    pub fn end_all_sessions(&self) {
        for who in Who::ALL {
            at_once(self.store.set_password(who.name(), "new".to_owned())).unwrap();
        }
    }

    pub fn back_up(&self) {
        self.backup.replace(Some(self.store.back_up()));
    }

    /// Lost with its disk, and restored from the backup: another epoch, and nobody is signed in.
    pub fn restore(&self) {
        self.store.restore(self.backup.borrow().clone().unwrap(), Epoch("2".to_owned())).unwrap();
        self.server.lose_blobs();
    }

    pub fn browser(&self) -> Rc<Browser> {
        Browser::of(&self.server)
    }
}

/// Whether the browser has a session that holds.
pub fn holds_session(browser: &Browser) -> bool {
    at_once(browser.session()).is_some()
}

/// Somebody's name and password were right.
pub fn begin_session(browser: &Browser, who: Who) {
    at_once(browser.sign_in(who.id())).unwrap();
}

/// Whether a command is about one of these notes.
pub fn about(keys: &'static [u8]) -> impl Fn(&Command) -> bool {
    move |command| keys.iter().any(|n| *command.head.first() == crate::neighbourhood::note_key(*n))
}
