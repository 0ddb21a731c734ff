//! A phone or tablet with its person: what it keeps over the death of its pages, the page of the moment with its
//! replica, and the way to the server. What a round of talk says, and in which order, is the replica's.

use crate::{
    diary::Diary,
    disk::Disk,
    life::Life,
    native::{HttpTransport, NativeHost, person},
    neighbours::{Neighbour, Work},
    network::Network,
    notebook::Notebook,
    rng::rng,
};
use domain::{
    kernel::{DeviceId, PersonId, Span},
    kinds::Kinds,
    memory::MemoryDisk,
    sync::{Doors, Epoch, Failure, Replica, Stop, upload},
};
use rand::Rng;
use std::{cell::RefCell, rc::Rc, time::Duration};

/// Rounds that one talk has at most: the server's epoch or the session may turn out to be another one.
const ROUNDS: usize = 4;
/// One of so many things that people do while an answer is on its way is to sign out and in again.
const SIGNS_OUT: u32 = 20;
/// The generator of ids, as against that of what happens.
const IDS: u64 = u64::MAX;

/// One device.
pub struct Device {
    pub login: String,
    pub person: PersonId,
    pub work: Work,
    pub notebook: Notebook,
    pub life: Rc<Life>,
    pub diary: Rc<Diary>,
    pub host: Rc<NativeHost>,
    pub disk: MemoryDisk,
    pub way: Rc<HttpTransport>,
    /// The epoch of the server that the next one is a poor copy of.
    owes: RefCell<Option<Epoch>>,
    network: Rc<Network>,
    page: RefCell<(Rc<Disk>, Rc<Replica>)>,
    /// How far its clock is ahead of the right time.
    ahead: Span,
    /// Its number in its story, and the story's seed.
    origin: (u64, usize),
}

impl Device {
    /// Device `number` of the story from `seed`. Nobody has signed in on it yet.
    pub fn new((seed, number): (u64, usize), base: &str, neighbour: &Neighbour) -> Rc<Self> {
        let mut draws = rng(seed, number, 0);
        let device = DeviceId::from_parts(1, draws.random());
        let is_wrong = draws.random_ratio(1, 4);
        let ahead = if is_wrong { Span::from_millis(draws.random_range(-7_200_000..7_200_000)) } else { Span::ZERO };
        let host = NativeHost::new(ahead, rng(seed, number, IDS).random());
        let (life, diary) = (Rc::new(Life::new(draws)), Rc::default());
        let (disk, way) = (MemoryDisk::at_once(device), HttpTransport::to(base));
        let network = Network::over(&way, &life);
        let page = RefCell::new(opened(&disk, (&life, &diary), &network, &host));
        let device = Rc::new(Self {
            login: neighbour.login.clone(),
            person: person(&neighbour.login),
            work: neighbour.work.clone(),
            notebook: Notebook::default(),
            life,
            diary,
            host,
            disk,
            way,
            owes: RefCell::default(),
            network,
            page,
            ahead,
            origin: (seed, number),
        });
        let weak = Rc::downgrade(&device);
        device.network.set_person(Box::new(move || {
            let device = weak.upgrade();
            Box::pin(async move {
                let Some(device) = device else { return };
                if device.life.once_in(SIGNS_OUT) { device.sign_out_and_in().await } else { device.act_once().await }
            })
        }));
        device
    }

    /// Its number in its story.
    pub const fn number(&self) -> usize {
        self.origin.1
    }

    /// From here on it draws what is meant for this step.
    pub fn begin(&self, step: u64) {
        let (seed, number) = self.origin;
        self.life.begin(rng(seed, number, step));
        self.diary.begin(step);
    }

    /// Its clock shows what it showed so long ago.
    pub fn set_clock_back(&self, ago: Span) {
        self.host.set_clock_ahead(self.ahead.plus(ago.negated()));
    }

    /// The page of the moment.
    pub fn replica(&self) -> Rc<Replica> {
        Rc::clone(&self.page.borrow().1)
    }

    /// Whether something is on the disk that only the next page will find.
    pub fn disk_knows_more(&self) -> bool {
        self.page.borrow().0.knows_more()
    }

    /// Whether it has read all of the feeds at least once.
    pub fn has_read_all(&self) -> bool {
        self.replica().with(|state| state.marks.first_sync_done)
    }

    /// The server's epoch that it has met last.
    pub fn life_met(&self) -> Option<Epoch> {
        self.replica().with(|state| state.marks.epoch.clone())
    }

    /// The page is closed, or has died, and the app is opened again: as often as it takes.
    pub async fn open_again(&self) {
        self.set_clock_back(Span::ZERO);
        loop {
            self.page.replace(opened(&self.disk, (&self.life, &self.diary), &self.network, &self.host));
            let replica = self.replica();
            if self.life.lived(replica.start()).await.is_some_and(|started| started.is_ok()) {
                return;
            }
        }
    }

    /// Does something on the page, which may die over it: then the app is opened again.
    pub async fn on_page(&self, work: impl Future<Output = ()>) {
        if self.life.lived(work).await.is_none() {
            self.open_again().await;
        }
    }

    /// Talks with the server: sends, reads, and then uploads. A talk that breaks off is taken up by the next one.
    pub async fn talk(&self) {
        self.on_page(self.talk_on_page()).await;
    }

    async fn talk_on_page(&self) {
        let replica = self.replica();
        for _ in 0..ROUNDS {
            if replica.person().is_none() && self.sign_in().await.is_err() {
                return;
            }
            match replica.take_turn().await {
                Some(Ok(_)) => return replica.upload_waiting().await,
                Some(Err(Stop::Anew)) => {}
                Some(Err(Stop::Because(Failure::SignInNeeded { .. }))) => {
                    if self.sign_in().await.is_err() {
                        return;
                    }
                }
                Some(Err(Stop::Because(_) | Stop::NotKept)) => return,
                None => panic!("another tab talks, and there is none"),
            }
        }
    }

    /// Its person signs in, with the name that is theirs.
    pub async fn sign_in(&self) -> Result<(), ()> {
        self.way.sign_in(&self.login).await.map_err(|failure| match failure {
            Failure::Unreachable | Failure::Unavailable { .. } => {}
            other => panic!("{} cannot sign in: {other:?}", self.login),
        })?;
        self.replica().signed_in().await.map_err(drop)
    }

    /// Its person signs out and in again, also in the middle of a talk: what the server has goes from the device, and comes
    /// again. Not where a backup is to be made good by this device.
    pub async fn sign_out_and_in(&self) {
        if !self.is_needed() && self.replica().sign_out().await.is_ok() {
            // Where it does not succeed, the next talk tries again.
            let _ = self.sign_in().await;
        }
    }

    /// What this epoch of the server acknowledges from now on is in no backup: the device is to offer it to the next one.
    pub fn owe(&self, epoch: &Epoch) {
        self.owes.replace(Some(epoch.clone()));
    }

    /// Whether it holds what was acknowledged by the epoch that is to be made good, and has heard of no other.
    fn is_needed(&self) -> bool {
        let shelf = self.disk.shelf(self.person);
        let holds_commands = !shelf.sent.is_empty() || shelf.outbox.iter().any(|item| !item.is_unsent());
        (holds_commands || !shelf.blobs.is_empty())
            && shelf.marks.epoch.is_some()
            && shelf.marks.epoch == *self.owes.borrow()
    }

    /// The whole loop, as the browser runs it, until all is read and nothing waits, or for as long as `most`.
    pub async fn run_for(&self, most: Duration) {
        let replica = self.replica();
        let settled = async {
            while !self.is_settled() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::select! {
            () = replica.run(upload) => {}
            _ = tokio::time::timeout(most, settled) => {}
        }
    }

    fn is_settled(&self) -> bool {
        let replica = self.replica();
        self.has_read_all() && replica.status().all_uploaded()
    }
}

/// A page that nobody has looked at yet.
fn opened(
    disk: &MemoryDisk,
    (life, diary): (&Rc<Life>, &Rc<Diary>),
    network: &Rc<Network>,
    host: &Rc<NativeHost>,
) -> (Rc<Disk>, Rc<Replica>) {
    let disk = Disk::over(disk.tab(), life, diary);
    let doors = Doors { local: Rc::clone(&disk) as _, transport: Rc::clone(network) as _, host: Rc::clone(host) as _ };
    (disk, Replica::new(doors, Kinds::all(), |_| ()))
}
