//! Everything at once, from seeds: two phones and a tablet whose pages die, whose disks fail now and then, over a network
//! that loses, to a server that is restored. In the end nothing that was called saved is lost or doubled, and everybody
//! sees the same.

use crate::neighbourhood::{Who, note_key};
use crate::world::{A_MOMENT, Phone, Tab, World};
use domain::kernel::{CommandId, Span};
use domain::memory::{Asked, Fate, LocalFault};
use domain::sync::LocalError;
use std::collections::BTreeMap;

const STEPS: u32 = 120;
const NOTES: u64 = 40;

/// Splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % most
    }

    fn fate(&mut self) -> Fate {
        match self.below(6) {
            0 => Fate::Lost,
            1 | 2 => Fate::AnswerLost,
            3 => Fate::Portal,
            4 => Fate::Slow(Span::seconds(20)),
            _ => Fate::Arrives,
        }
    }

    fn fault(&mut self) -> LocalFault {
        match self.below(3) {
            0 => LocalFault::Refused(LocalError::Full),
            1 => LocalFault::AnswerLost,
            _ => LocalFault::Nothing,
        }
    }
}

/// Somebody at a device.
struct Desk {
    who: Who,
    phone: Phone,
    tab: Tab,
}

impl Desk {
    fn does_something(&mut self, world: &World, random: &mut Random, saved: &mut BTreeMap<CommandId, String>) {
        let n = u8::try_from(random.below(NOTES)).unwrap();
        let text = format!("{}-{}", self.phone.opened(), saved.len());
        match random.below(20) {
            0..=4 if self.who == Who::Watcher => {
                let command = self.tab.writing(n, &text, Vec::new());
                saved.extend(self.tab.submit(command, None).ok().map(|id| (id, text)));
            }
            5..=8 => {
                let command = self.tab.adding(n, &text);
                saved.extend(self.tab.submit(command, None).ok().map(|id| (id, text)));
            }
            9 => self.restarts(),
            10 | 11 => self.phone.network.order(Asked::Push, [random.fate(), random.fate()]),
            12 | 13 => self.phone.network.order(Asked::Pull, [random.fate(), random.fate()]),
            14 => self.phone.disk.order([random.fault(), random.fault()]),
            15 => self.phone.network.set_always(if random.below(2) == 0 { Fate::Lost } else { Fate::Arrives }),
            16 => self.tab.replica.reconnected(),
            _ => world.pass(Span::from_millis(i64::try_from(random.below(90_000)).unwrap())),
        }
    }

    /// The page dies in the middle of whatever it is about, and is opened again.
    fn restarts(&mut self) {
        self.phone.disk.forget_orders();
        let tab = self.phone.open();
        std::mem::replace(&mut self.tab, tab).kill();
    }

    fn is_calm(&mut self) {
        self.phone.network.forget_orders();
        self.phone.network.set_always(Fate::Arrives);
        self.restarts();
        self.tab.sign_in(self.who).unwrap();
    }
}

fn told_from(seed: u64) {
    let mut random = Random(seed);
    let world = World::at_noon();
    let people = [Who::Watcher, Who::Watcher, Who::SocialWorker];
    let mut desks = people.map(|who| {
        let (phone, tab) = world.phone_of(who);
        Desk { who, phone, tab }
    });
    let mut saved = BTreeMap::new();
    for step in 0..STEPS {
        let one = usize::try_from(random.below(3)).unwrap();
        desks[one].does_something(&world, &mut random, &mut saved);
        match step {
            40 => world.site.back_up(),
            80 => {
                world.site.restore();
                world.pass(Span::minutes(2));
                for desk in &mut desks {
                    desk.is_calm();
                }
            }
            _ => {}
        }
    }
    desks.iter_mut().for_each(Desk::is_calm);
    world.pass(Span::minutes(20));

    let mut times_heard: BTreeMap<CommandId, usize> = BTreeMap::new();
    for line in world.site.notes().into_iter().flat_map(|note| note.lines) {
        *times_heard.entry(line.id).or_default() += 1;
    }
    assert!(times_heard.values().all(|times| *times == 1), "{seed}: doubled");
    for (id, text) in &saved {
        let is_there = times_heard.contains_key(id);
        // A second note under the same key, or work on what never came: it waits for its author with its words.
        let waits = desks.iter().any(|desk| {
            let shelf = desk.phone.shelf(desk.who);
            shelf.outbox.iter().any(|item| item.id() == Some(*id))
        });
        assert!(is_there != waits, "{seed}: {text} is there: {is_there}, waits: {waits}");
    }
    for n in 0..u8::try_from(NOTES).unwrap() {
        let told = world.site.note(&note_key(n)).map(|note| note.texts().into_iter().map(str::to_owned).collect());
        let told: Vec<String> = told.unwrap_or_default();
        for desk in &desks {
            let own = desk.tab.lines(n);
            let confirmed: Vec<&String> = own.iter().filter(|line| told.contains(line)).collect();
            assert_eq!(confirmed, told.iter().collect::<Vec<_>>(), "{seed}: note {n} of {}", desk.who.name());
        }
    }
    world.pass(A_MOMENT);
}

#[test]
fn nothing_that_was_called_saved_is_lost_or_doubled() {
    (1..=6).for_each(told_from);
}
