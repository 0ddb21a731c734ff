//! One run: who does what in which order follows from a seed. What was saved on a device is written down in its
//! notebook, and nowhere else.

use crate::{
    device::Device,
    native::person,
    neighbours::{self, STAND_IN, TWO_DEVICES, WATCHERS, readers, writers},
    rng::{STORYTELLER, rng},
    site::Site,
};
use domain::{
    kernel::{Record, RecordKey, Span},
    log::Entry,
};
use futures::future::join_all;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom, seq::index::sample};
use server::clock::now;
use std::{
    collections::BTreeSet,
    rc::Rc,
    time::{Duration, Instant},
};

/// Entries of one run.
const ENTRIES: usize = 1_500;
/// When the backup is made, and when the server is restored from it: after so many entries.
const BACKUP_AFTER: usize = ENTRIES * 3 / 10;
const RESTORE_AFTER: usize = ENTRIES * 6 / 10;
/// Most devices that are drawn to talk at the same moment; second devices come on top.
const MOST_TOGETHER: usize = 8;
/// In one of so many talks of several devices the server is killed.
const KILLED_AMONG: u32 = 5;
/// Most milliseconds into such a talk until that happens: a talk takes about as long.
const MOST_MILLIS: u64 = 60;
/// Rounds of talk that everybody gets when all is well again: one to send, one to hear, one for what the server held.
const QUIET_ROUNDS: usize = 3;
/// Most time that these may take, on a machine that builds something beside.
const QUIET: Duration = Duration::from_secs(60);

/// What happens to the server while devices talk to it.
enum Meanwhile {
    Nothing,
    /// Killed, after so long.
    Killed(Duration),
    /// A backup is made.
    BackedUp,
    /// The words of an entry are erased.
    Erased(RecordKey),
    /// It is lost with its disk, after so long, and restored from the backup.
    Restored(Duration),
}

/// A run.
pub struct Story {
    seed: u64,
    step: u64,
    rng: StdRng,
    pub site: Site,
    /// Writers first, then readers.
    pub devices: Vec<Rc<Device>>,
    pub kills: usize,
    /// Entries whose words whoever runs the server has erased.
    pub erased: BTreeSet<RecordKey>,
    /// Late commands about which whoever runs the server has decided.
    pub decided: usize,
    is_restored: bool,
}

impl Story {
    pub async fn from(seed: u64) -> Self {
        let mut site = Site::founded(neighbours::founding()).await;
        site.start();
        let base = site.base();
        let everybody = writers().into_iter().chain(readers()).enumerate();
        let devices = everybody.map(|(number, neighbour)| Device::new((seed, number), &base, &neighbour)).collect();
        let rng = rng(seed, STORYTELLER, 0);
        Self { seed, step: 0, rng, site, devices, kills: 0, erased: BTreeSet::new(), decided: 0, is_restored: false }
    }

    /// Tells the story until there are enough entries.
    pub async fn told(&mut self) {
        self.talk_together(&self.everybody(), Meanwhile::Nothing).await;
        let first_life = self.devices[0].life_met().unwrap();
        self.set_bad(true);
        let mut is_backed_up = false;
        loop {
            let written: usize = self.devices.iter().map(|device| device.notebook.entries()).sum();
            if written >= ENTRIES {
                return;
            }
            self.begin_step();
            if !is_backed_up && written >= BACKUP_AFTER {
                is_backed_up = true;
                // What a sign-out takes away is covered by the backup alone.
                self.devices.iter().for_each(|device| device.owe(&first_life));
                let some = self.some_devices();
                self.talk_together(&some, Meanwhile::BackedUp).await;
            } else if !self.is_restored && written >= RESTORE_AFTER {
                self.is_restored = true;
                let (some, after) = (self.some_devices(), self.a_moment());
                self.talk_together(&some, Meanwhile::Restored(after)).await;
            } else {
                self.step().await;
            }
        }
    }

    /// No more trouble, and everybody talks, all at once. Says how long it took until all was said.
    pub async fn calm_down(&mut self) -> Duration {
        self.begin_step();
        self.set_bad(false);
        // What a disk has kept without a word is found when the app is opened.
        for device in &self.devices {
            if device.disk_knows_more() {
                device.open_again().await;
            }
        }
        // What stood in the way of a command right after the restore may be gone, and late work is decided about.
        self.talk_together(&self.everybody(), Meanwhile::Nothing).await;
        for device in &self.devices {
            device.try_all_again().await;
        }
        self.talk_together(&self.everybody(), Meanwhile::Nothing).await;
        self.decided += self.site.decide_all().await;
        self.posts_are_as_said().await;
        let quiet = Instant::now();
        for _ in 0..QUIET_ROUNDS {
            self.talk_together(&self.everybody(), Meanwhile::Nothing).await;
        }
        let took = quiet.elapsed();
        assert!(took <= QUIET, "it took {took:?} until everybody had heard everything");
        took
    }

    /// Every post that somebody was given has begun, and every end has come.
    async fn posts_are_as_said(&self) {
        let committee = self.devices.last().unwrap().replica();
        let latest = committee.with(|state| {
            let of = |community| state.records.directory(community).memberships(person(STAND_IN));
            let held = state.records.communities().flat_map(of);
            held.flat_map(|one| [Some(one.from), one.until]).flatten().max()
        });
        let left = latest.map_or(Span::ZERO, |latest| latest.since(now())).millis().max(0);
        let left = Duration::from_millis(left.unsigned_abs());
        assert!(left <= QUIET, "a post begins or ends in {left:?}, and nobody has said one so far ahead");
        // The clock of the server is the machine's: the moment itself is waited for.
        tokio::time::sleep(left).await;
    }

    fn everybody(&self) -> BTreeSet<usize> {
        (0..self.devices.len()).collect()
    }

    fn set_bad(&self, is_bad: bool) {
        for device in &self.devices {
            device.life.set_bad(is_bad);
        }
    }

    fn begin_step(&mut self) {
        self.step += 1;
        self.rng = rng(self.seed, STORYTELLER, self.step);
        for device in &self.devices {
            device.begin(self.step);
        }
    }

    async fn step(&mut self) {
        let number = self.rng.random_range(0..self.devices.len());
        let device = Rc::clone(&self.devices[number]);
        match self.rng.random_range(0..200) {
            0..2 => {
                self.site.kill();
                self.kills += 1;
                self.start_again();
            }
            2 => self.set_aside().await,
            3 => self.decided += self.site.decide_all().await,
            4 | 5 => device.on_page(device.sign_out_and_in()).await,
            6..9 => {
                let first = &self.devices[[0, WATCHERS][self.rng.random_range(0..2)]];
                first.cannot_stop().await;
            }
            9..12 => device.open_again().await,
            12..14 => self.erase().await,
            14..30 => self.talk_together(&BTreeSet::from([number]), Meanwhile::Nothing).await,
            30..66 => {
                let some = self.some_devices();
                let killed = self.rng.random_ratio(1, KILLED_AMONG);
                let meanwhile = if killed { Meanwhile::Killed(self.a_moment()) } else { Meanwhile::Nothing };
                self.talk_together(&some, meanwhile).await;
            }
            _ => device.work().await,
        }
    }

    /// Whoever runs the server sets an entry aside that the committee sees.
    async fn set_aside(&mut self) {
        if let Some(entry) = self.entry_that_the_committee_sees() {
            self.site.set_aside(&entry).await;
        }
    }

    /// Whoever runs the server erases the words of one, every other time while devices talk.
    async fn erase(&mut self) {
        let Some(entry) = self.entry_that_the_committee_sees() else { return };
        if self.rng.random() {
            let some = self.some_devices();
            self.talk_together(&some, Meanwhile::Erased(entry)).await;
        } else if self.site.erase(&entry).await {
            self.erased.insert(entry);
        }
    }

    fn entry_that_the_committee_sees(&mut self) -> Option<RecordKey> {
        let replica = self.devices.last().unwrap().replica();
        let entries: Vec<_> = replica.with(|state| state.records.all::<Entry>().map(Record::key).collect());
        entries.choose(&mut self.rng).cloned()
    }

    fn start_again(&mut self) {
        self.site.start();
        self.tell_address();
    }

    fn tell_address(&self) {
        for device in &self.devices {
            device.way.set_base(&self.site.base());
        }
    }

    /// A handful; who has two devices takes both.
    fn some_devices(&mut self) -> BTreeSet<usize> {
        let many = self.rng.random_range(2..=MOST_TOGETHER);
        let mut some: BTreeSet<usize> = sample(&mut self.rng, self.devices.len(), many).into_iter().collect();
        for (first, second) in (0..TWO_DEVICES).map(|n| (n, WATCHERS + n)) {
            if some.contains(&first) || some.contains(&second) {
                some.extend([first, second]);
            }
        }
        some
    }

    fn a_moment(&mut self) -> Duration {
        Duration::from_millis(self.rng.random_range(0..MOST_MILLIS))
    }

    /// Several devices talk at the same moment; half of their people have just done something in bad times.
    async fn talk_together(&mut self, some: &BTreeSet<usize>, meanwhile: Meanwhile) {
        let talks = join_all(some.iter().map(|number| {
            let device = Rc::clone(&self.devices[*number]);
            async move {
                if device.life.is_bad() && device.life.once_in(2) {
                    device.on_page(device.act_once()).await;
                }
                device.talk().await;
            }
        }));
        let (site, erased) = (&mut self.site, &mut self.erased);
        let fate = async {
            match &meanwhile {
                Meanwhile::Nothing => {}
                Meanwhile::BackedUp => site.back_up().await,
                Meanwhile::Erased(entry) => {
                    if site.erase(entry).await {
                        erased.insert(entry.clone());
                    }
                }
                Meanwhile::Killed(after) | Meanwhile::Restored(after) => {
                    tokio::time::sleep(*after).await;
                    site.kill();
                }
            }
        };
        tokio::join!(talks, fate);
        match meanwhile {
            Meanwhile::Nothing | Meanwhile::BackedUp | Meanwhile::Erased(_) => {}
            Meanwhile::Killed(_) => {
                self.kills += 1;
                self.start_again();
            }
            Meanwhile::Restored(_) => {
                self.site.restore().await;
                self.tell_address();
            }
        }
    }
}
