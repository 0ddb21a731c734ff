//! One run: who does what in which order follows from a seed. What was saved on a device is written down here, too, and
//! nowhere else; afterwards it has to be found again.

use crate::device::{Device, Stop};
use crate::neighbours::{self, READERS, STAIRWELLS, TWO_DEVICES, WATCHERS, stairwell, watcher};
use crate::process::{Phone, seeded};
use crate::site::Site;
use crate::world::{form, person};
use app::domain::{Act, Entry, EntryForm, EntryId, Part, ReviewState};
use app::sync::QueuedState;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Entries of one run.
const ENTRIES: usize = 2_000;
/// When the backup is made, and when the server is restored from it: after so many entries.
const BACKUP_AFTER: usize = ENTRIES * 3 / 10;
const RESTORE_AFTER: usize = ENTRIES * 6 / 10;
/// Rounds of talk that everybody gets when all is well again: one to send, one to hear, one for what the server held.
const QUIET_ROUNDS: usize = 3;

/// A command that a device said was kept.
struct Saved {
    device: usize,
    bytes: String,
    entry: EntryId,
    is_new_entry: bool,
}

/// A run.
pub struct Story {
    chance: StdRng,
    site: Site,
    /// Writers first, then readers.
    devices: Vec<Device>,
    writers: usize,
    saved: Vec<Saved>,
    entries: usize,
    kills: usize,
}

impl Story {
    pub async fn from(seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut site = Site::empty();
        seeded(&site.database(), neighbours::seed()).await;
        site.start();
        let mut devices = Vec::new();
        let watchers = (0..WATCHERS).chain(0..TWO_DEVICES).map(watcher).collect::<Vec<_>>();
        let writers = watchers.len();
        for login in watchers.iter().map(String::as_str).chain(READERS.map(|(login, ..)| login)) {
            let phone = Phone::sign_in(&site.base(), login).await;
            devices.push(Device::new(phone, person(login), &mut chance));
        }
        Self { chance, site, devices, writers, saved: Vec::new(), entries: 0, kills: 0 }
    }

    /// Tells the story, lets everything calm down, and looks whether it ended well.
    pub async fn told(mut self) -> String {
        for device in 0..self.devices.len() {
            self.talk(device).await;
            self.devices[device].network.bad = true;
        }
        let (mut backed_up, mut restored) = (false, false);
        while self.entries < ENTRIES {
            self.step().await;
            if !backed_up && self.entries >= BACKUP_AFTER {
                self.site.back_up();
                backed_up = true;
            }
            if !restored && self.entries >= RESTORE_AFTER {
                self.site.restore();
                restored = true;
            }
        }
        let quiet = Instant::now();
        self.calm_down().await;
        let took = quiet.elapsed();
        self.check_what_readers_see().await;
        let (accepted, with_people) = self.check_what_is_kept().await;
        format!(
            "{} commands saved, {accepted} in force, {with_people} wait for a person; {} kills, quiet after {took:.1?}",
            self.saved.len(),
            self.kills
        )
    }

    async fn step(&mut self) {
        let device = self.chance.random_range(0..self.devices.len());
        match self.chance.random_range(0..100) {
            0..2 => {
                self.site.kill_and_start();
                self.kills += 1;
            }
            2..4 => self.devices[device].restart(),
            4..40 => self.talk(device).await,
            _ if device < self.writers => self.write(device),
            _ => {
                self.talk(device).await;
                self.review(device);
            }
        }
    }

    async fn talk(&mut self, device: usize) {
        let base = self.site.base();
        match self.devices[device].talk(&base, &mut self.chance).await {
            Ok(()) | Err(Stop::Unanswered | Stop::Anew) => {}
            Err(Stop::Died) => self.devices[device].restart(),
        }
    }

    /// A few minutes of a watcher without signal.
    fn write(&mut self, device: usize) {
        for _ in 0..self.chance.random_range(1..12) {
            let act = self.watchers_act(device);
            self.save(device, act);
        }
    }

    fn watchers_act(&mut self, device: usize) -> Act {
        let at_home = stairwell(device % WATCHERS % STAIRWELLS);
        let chance = &mut self.chance;
        let phone = &self.devices[device];
        let own = |entry: &&Entry| entry.author == phone.person && entry.withdrawn.is_none();
        let own: Vec<&Entry> = phone.records().entries.values().map(AsRef::as_ref).filter(own).collect();
        let asked = own.iter().find_map(|entry| entry.open_questions().next().map(|(event, ..)| (entry.id, event.id)));
        let number = self.entries;
        match (chance.random_range(0..20), own.choose(chance), asked) {
            (0..5, _, Some((entry, question))) => Act::Answer { entry, question, text: format!("补充{number}") },
            (5..8, Some(entry), _) => {
                let form = EntryForm { measures: format!("措施{number}"), ..entry.content().to_form() };
                Act::AmendEntry { entry: entry.id, replaces: entry.current().id, form }
            }
            (8, Some(entry), _) => Act::WithdrawEntry { entry: entry.id },
            _ => {
                let entry = phone.new_entry(chance);
                Act::WriteEntry { entry, micro_grid: at_home, form: form(&format!("楼道灯不亮{number}")) }
            }
        }
    }

    /// A reader goes through some of what is new.
    fn review(&mut self, device: usize) {
        for _ in 0..3 {
            let unread = |entry: &&std::sync::Arc<Entry>| entry.review_state() == ReviewState::New;
            let entries: Vec<_> = self.devices[device].records().entries.values().filter(unread).collect();
            let Some(entry) = entries.choose(&mut self.chance).map(|entry| entry.id) else { return };
            let act = match self.chance.random_range(0..4) {
                0 => Act::SendBack { entry, part: Part::Problem, question: "哪一层？".to_owned() },
                1 => Act::Comment { entry, text: "写得清楚。".to_owned() },
                _ => Act::MarkRead { entry },
            };
            self.save(device, act);
        }
    }

    fn save(&mut self, device: usize, act: Act) {
        let (entry, is_new_entry) = (act.entry(), matches!(act, Act::WriteEntry { .. }));
        if let Some(item) = self.devices[device].save(act, &mut self.chance) {
            self.entries += usize::from(is_new_entry);
            self.saved.push(Saved { device, bytes: item.bytes, entry, is_new_entry });
        }
    }

    /// No more trouble, and everybody talks.
    async fn calm_down(&mut self) {
        for device in &mut self.devices {
            device.network.bad = false;
        }
        for _ in 0..QUIET_ROUNDS {
            for device in 0..self.devices.len() {
                self.talk(device).await;
            }
        }
        for (number, device) in self.devices.iter().enumerate() {
            let stuck =
                device.outbox().items().iter().find(|item| !matches!(item.state, QueuedState::NeedsPerson { .. }));
            assert_eq!(stuck, None, "device {number} is not done");
        }
    }

    /// What a reader heard bit by bit is what somebody hears who asks for everything now.
    async fn check_what_readers_see(&mut self) {
        for (number, (login, ..)) in READERS.into_iter().enumerate() {
            let phone = Phone::sign_in(&self.site.base(), login).await;
            let mut fresh = Device::new(phone, person(login), &mut self.chance);
            assert!(fresh.talk(&self.site.base(), &mut self.chance).await.is_ok());
            let reader = &self.devices[self.writers + number];
            let seen: BTreeMap<_, _> = reader.records().entries.iter().collect();
            let there: BTreeMap<_, _> = fresh.records().entries.iter().collect();
            assert_eq!(seen.keys().collect::<Vec<_>>(), there.keys().collect::<Vec<_>>(), "{login} missed entries");
            for (id, entry) in &seen {
                assert_eq!(*entry, there[id], "{login} missed a step");
            }
        }
    }

    /// Every command that a device said was kept is in force at the server or still with its author, and not both.
    async fn check_what_is_kept(&mut self) -> (usize, usize) {
        let committee: BTreeSet<EntryId> = self.devices[self.writers + 2].records().entries.keys().copied().collect();
        let (accepted, entries, numbers) = self.site.holds().await;
        let in_force: BTreeSet<&str> = accepted.iter().map(String::as_str).collect();
        assert_eq!(in_force.len(), accepted.len(), "the same command twice");
        let mut with_people = 0;
        let mut written = BTreeSet::new();
        for Saved { device, bytes, entry, is_new_entry } in &self.saved {
            let is_in_force = in_force.contains(bytes.as_str());
            let is_with_author = self.devices[*device].outbox().items().iter().any(|item| item.bytes == *bytes);
            assert!(
                is_in_force != is_with_author,
                "in force: {is_in_force}, with its author: {is_with_author}: {bytes}"
            );
            with_people += usize::from(is_with_author);
            if *is_new_entry && is_in_force {
                assert!(written.insert(*entry), "an entry twice");
                assert!(committee.contains(entry), "an entry that nobody sees: {bytes}");
            }
        }
        assert_eq!(in_force.len() + with_people, self.saved.len(), "a command that nobody wrote");
        assert_eq!(usize::try_from(entries).unwrap(), written.len(), "entries that nobody wrote");
        assert_eq!(numbers, entries, "a number was given twice");
        (in_force.len(), with_people)
    }
}
