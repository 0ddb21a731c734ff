//! One run: who does what in which order follows from a seed. What was saved on a device is written down in its
//! notebook, and nowhere else.

use crate::chance::{STORYTELLER, chance};
use crate::device::{Device, Stop};
use crate::neighbours::{self, READERS, TWO_DEVICES, WATCHERS, stairwell_of, watcher};
use crate::process::{Phone, seeded};
use crate::site::Site;
use crate::world::person;
use futures::future::join_all;
use rand::{Rng, rngs::StdRng, seq::index::sample};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Entries of one run.
const ENTRIES: usize = 2_000;
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
/// Most time that these may take.
const QUIET: Duration = Duration::from_secs(10);

/// What happens to the server while devices talk to it.
enum Meanwhile {
    Nothing,
    /// Killed, after so long.
    Killed(Duration),
    /// A backup is made.
    BackedUp,
    /// It is lost with its disk, after so long, and restored from the backup.
    Restored(Duration),
}

/// A run.
pub struct Story {
    seed: u64,
    step: u64,
    chance: StdRng,
    pub site: Site,
    /// Writers first, then readers.
    pub devices: Vec<Device>,
    pub kills: usize,
}

impl Story {
    pub async fn from(seed: u64) -> Self {
        let mut site = Site::empty();
        seeded(&site.database(), neighbours::seed()).await;
        site.start();
        let watchers = (0..WATCHERS).chain(0..TWO_DEVICES).map(|n| (watcher(n), Some(stairwell_of(n))));
        let readers = READERS.map(|(login, ..)| (login.to_owned(), None));
        let mut devices = Vec::new();
        for (number, (login, home)) in watchers.chain(readers).enumerate() {
            let phone = Phone::sign_in(&site.base(), &login).await;
            devices.push(Device::new((seed, number), phone, person(&login), home));
        }
        Self { seed, step: 0, chance: chance(seed, STORYTELLER, 0), site, devices, kills: 0 }
    }

    /// Tells the story until there are enough entries.
    pub async fn told(&mut self) {
        let everybody: BTreeSet<usize> = (0..self.devices.len()).collect();
        self.talk_together(&everybody, Meanwhile::Nothing).await;
        for device in &mut self.devices {
            device.network.bad = true;
        }
        let (mut backed_up, mut restored) = (false, false);
        loop {
            let written = self.entries_written();
            if written >= ENTRIES {
                return;
            }
            self.begin_step();
            if !backed_up && written >= BACKUP_AFTER {
                backed_up = true;
                let some = self.some_devices();
                self.talk_together(&some, Meanwhile::BackedUp).await;
            } else if !restored && written >= RESTORE_AFTER {
                restored = true;
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
        for device in &mut self.devices {
            device.network.bad = false;
        }
        let everybody: BTreeSet<usize> = (0..self.devices.len()).collect();
        let quiet = Instant::now();
        for _ in 0..QUIET_ROUNDS {
            self.talk_together(&everybody, Meanwhile::Nothing).await;
        }
        let took = quiet.elapsed();
        assert!(took <= QUIET, "it took {took:?} until everybody had heard everything");
        took
    }

    fn entries_written(&self) -> usize {
        self.devices.iter().flat_map(|device| &device.notebook).filter(|saved| saved.is_new_entry).count()
    }

    fn begin_step(&mut self) {
        self.step += 1;
        self.chance = chance(self.seed, STORYTELLER, self.step);
        for device in &mut self.devices {
            device.begin(self.step);
        }
    }

    async fn step(&mut self) {
        let device = self.chance.random_range(0..self.devices.len());
        match self.chance.random_range(0..100) {
            0 => {
                self.site.kill();
                self.kills += 1;
                self.site.start();
            }
            1..3 => self.devices[device].restart(),
            3..12 => self.talk_together(&BTreeSet::from([device]), Meanwhile::Nothing).await,
            12..30 => {
                let some = self.some_devices();
                let killed = self.chance.random_ratio(1, KILLED_AMONG);
                let meanwhile = if killed { Meanwhile::Killed(self.a_moment()) } else { Meanwhile::Nothing };
                self.talk_together(&some, meanwhile).await;
            }
            _ => self.devices[device].work(),
        }
    }

    /// A handful; who has two devices takes both.
    fn some_devices(&mut self) -> BTreeSet<usize> {
        let many = self.chance.random_range(2..=MOST_TOGETHER);
        let mut some: BTreeSet<usize> = sample(&mut self.chance, self.devices.len(), many).into_iter().collect();
        for (first, second) in (0..TWO_DEVICES).map(|n| (n, WATCHERS + n)) {
            if some.contains(&first) || some.contains(&second) {
                some.extend([first, second]);
            }
        }
        some
    }

    fn a_moment(&mut self) -> Duration {
        Duration::from_millis(self.chance.random_range(0..MOST_MILLIS))
    }

    /// Several devices talk at the same moment; half of their people have just done something in bad times.
    async fn talk_together(&mut self, some: &BTreeSet<usize>, meanwhile: Meanwhile) {
        let base = self.site.base();
        let devices = self.devices.iter_mut().enumerate().filter(|(number, _)| some.contains(number));
        let talks = join_all(devices.map(|(_, device)| async {
            if device.network.bad && device.chance.random() && matches!(device.act_once(), Err(Stop::Died)) {
                device.restart();
            }
            device.talk(&base).await;
        }));
        let site = &mut self.site;
        let fate = async {
            match meanwhile {
                Meanwhile::Nothing => {}
                Meanwhile::BackedUp => site.back_up().await,
                Meanwhile::Killed(after) | Meanwhile::Restored(after) => {
                    tokio::time::sleep(after).await;
                    site.kill();
                }
            }
        };
        tokio::join!(talks, fate);
        match meanwhile {
            Meanwhile::Nothing | Meanwhile::BackedUp => {}
            Meanwhile::Killed(_) => {
                self.kills += 1;
                self.site.start();
            }
            Meanwhile::Restored(_) => self.site.restore(),
        }
    }
}
