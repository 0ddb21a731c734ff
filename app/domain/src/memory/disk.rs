//! What survives the death of a page, in memory: one device, shared by its tabs.
//!
//! | | |
//! |---|---|
//! | data | a shelf for each person, who is signed in, and the faults that a test has ordered |
//! | who | tests: what a device holds is read out here, past every door |
//! | offline | everything |
//! | never | it shows one person what is another one's |

use super::{MemoryLocalStore, Simulation};
use crate::{
    kernel::{DeviceId, Envelope, PersonId, RecordKey, Sha256, Span, Timestamp},
    sync::{Drafts, Identity, KeptBlob, LetGo, LocalError, Queued, QueuedState, Snapshot, Stash, SyncMarks},
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

/// How long a transaction takes: long enough for something else to come in between.
const TRANSACTION: Span = Span::from_millis(5);

/// What goes wrong with a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalFault {
    /// Nothing, this time.
    Nothing,
    /// Nothing is written, for this reason.
    Refused(LocalError),
    /// It is written, and the tab is not told so: as good as killed in between.
    AnswerLost,
}

/// What one device keeps for one person.
#[derive(Clone, Default)]
pub struct Shelf {
    /// As written in the log.
    pub name: String,
    /// Confirmed records.
    pub records: BTreeMap<RecordKey, Envelope>,
    /// The outbox, in its order.
    pub outbox: Vec<Queued>,
    /// What was sent, with when it was confirmed, oldest first.
    pub sent: Vec<(Timestamp, Queued)>,
    /// Unfinished texts.
    pub drafts: Drafts,
    /// How far it came with the server.
    pub marks: SyncMarks,
    /// Bytes of photos and voice notes, with since when they are here or with the server.
    pub blobs: BTreeMap<Sha256, (Timestamp, Vec<u8>)>,
}

/// Everything that is kept.
#[derive(Default)]
pub(super) struct Disk {
    pub shelves: BTreeMap<PersonId, Shelf>,
    pub identity: Identity,
    /// Counts how often it was emptied.
    pub life: u32,
    /// Whether it bears the device's name, and so holds all that was written since the life began.
    pub is_named: bool,
    /// What pages that went have left, each under the number of its tab, with the life that the tab belonged to.
    pub stashes: BTreeMap<(PersonId, u32), (u32, Stash)>,
    /// How many tabs there were.
    pub tabs: u32,
    pub faults: VecDeque<LocalFault>,
    pub most_bytes: Option<usize>,
}

/// What survives the death of a page: one device. Clones are the same device.
#[derive(Clone)]
pub struct MemoryDisk {
    pub(super) device: DeviceId,
    simulation: Option<Simulation>,
    pub(super) disk: Rc<RefCell<Disk>>,
}

impl MemoryDisk {
    /// A device that keeps nothing yet, and whose transactions take a moment of simulated time.
    #[must_use]
    pub fn new(simulation: &Simulation, device: DeviceId) -> Self {
        Self { simulation: Some(simulation.clone()), ..Self::at_once(device) }
    }

    /// A device that keeps nothing yet, and whose transactions take no time: for tests that live in real time.
    #[must_use]
    pub fn at_once(device: DeviceId) -> Self {
        let disk = Disk { is_named: true, ..Disk::default() };
        Self { device, simulation: None, disk: Rc::new(RefCell::new(disk)) }
    }

    pub(super) async fn take_a_moment(&self) {
        if let Some(simulation) = &self.simulation {
            simulation.sleep(TRANSACTION).await;
        }
    }

    /// A tab's door to it.
    #[must_use]
    pub fn tab(&self) -> Rc<MemoryLocalStore> {
        let mut disk = self.disk.borrow_mut();
        disk.tabs += 1;
        let (number, life) = (disk.tabs, disk.life);
        drop(disk);
        Rc::new(MemoryLocalStore::new(self.clone(), number, life))
    }

    /// What goes wrong with the next writes, one each.
    pub fn order(&self, faults: impl IntoIterator<Item = LocalFault>) {
        self.disk.borrow_mut().faults.extend(faults);
    }

    /// Forgets what was ordered and has not come to pass.
    pub fn forget_orders(&self) {
        self.disk.borrow_mut().faults.clear();
    }

    /// There is room for so many bytes of photos and voice notes, and no more; `None`: there is enough.
    pub fn set_room(&self, most_bytes: Option<usize>) {
        self.disk.borrow_mut().most_bytes = most_bytes;
    }

    /// The browser takes everything away; what pages have left lies beside it, and stays.
    pub fn empty(&self) {
        let mut disk = self.disk.borrow_mut();
        let (life, tabs, stashes) = (disk.life + 1, disk.tabs, std::mem::take(&mut disk.stashes));
        *disk = Disk { life, tabs, stashes, ..Disk::default() };
    }

    /// What is kept for somebody.
    #[must_use]
    pub fn shelf(&self, person: PersonId) -> Shelf {
        self.disk.borrow().shelves.get(&person).cloned().unwrap_or_default()
    }

    /// What pages have stashed for somebody, and nobody has taken in yet.
    #[must_use]
    pub fn stashed(&self, person: PersonId) -> Vec<Stash> {
        let disk = self.disk.borrow();
        disk.stashes.iter().filter(|((whose, _), _)| *whose == person).map(|(_, (_, one))| one.clone()).collect()
    }

    /// Who is signed in here.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.disk.borrow().identity.clone()
    }
}

impl Disk {
    /// Whether what a tab knew of this life is here no more, or not yet again.
    pub(super) const fn is_emptied_since(&self, life: u32) -> bool {
        self.life != life || !self.is_named
    }

    /// The part of somebody who is signed in on the device.
    pub(super) fn of_signed_in(&mut self, me: PersonId) -> Result<&mut Shelf, LocalError> {
        self.is_signed_in(me)?;
        Ok(self.shelf(me))
    }

    pub(super) fn is_signed_in(&self, me: PersonId) -> Result<(), LocalError> {
        let is_theirs = self.identity.signed_in.as_ref().is_some_and(|card| card.person == me);
        if is_theirs { Ok(()) } else { Err(LocalError::AnotherPerson) }
    }

    pub(super) fn held(&self, person: PersonId) -> Snapshot {
        self.shelves.get(&person).map(Shelf::snapshot).unwrap_or_default()
    }

    pub(super) fn shelf(&mut self, person: PersonId) -> &mut Shelf {
        self.shelves.entry(person).or_default()
    }

    /// Takes in what pages have stashed for somebody before the device was emptied; the rest is here.
    pub(super) fn take_in_stashes(&mut self, person: PersonId) {
        let theirs: Vec<_> =
            self.stashes.extract_if(.., |(whose, _), _| *whose == person).map(|(_, one)| one).collect();
        let lost: Vec<Stash> =
            theirs.into_iter().filter(|(life, _)| self.is_emptied_since(*life)).map(|(_, one)| one).collect();
        for Stash { texts, commands } in lost {
            let shelf = self.shelf(person);
            for bytes in commands {
                if shelf.outbox.iter().all(|item| item.bytes != bytes) {
                    shelf.outbox.push(Queued::restored(bytes, QueuedState::Waiting));
                }
            }
            for (key, text) in texts {
                if shelf.drafts.get(&key).is_none() {
                    shelf.drafts.keep(&key, text);
                }
            }
        }
    }
}

impl Shelf {
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            records: self.records.values().cloned().collect(),
            outbox: self.outbox.clone(),
            drafts: self.drafts.clone(),
            marks: self.marks.clone(),
            blobs: self.blobs.iter().map(|(sha256, (at, _))| KeptBlob { sha256: *sha256, at: *at }).collect(),
        }
    }

    pub(super) fn let_go(&mut self, let_go: &LetGo) {
        self.records.retain(|key, _| let_go.keeps(key));
        self.outbox.retain(|item| let_go.keeps_command(item));
        self.sent.retain(|(_, item)| let_go.keeps_command(item));
        self.blobs.retain(|sha256, _| !let_go.blobs.contains(sha256));
        self.marks = let_go.marks.clone();
    }
}
