//! A [`LocalStore`] in memory, with the faults of a real device to order: the judge of how a replica behaves when its
//! device does not.
//!
//! | | |
//! |---|---|
//! | data | [`MemoryDisk`] is what survives: one device, shared by its tabs. [`MemoryLocalStore`] is one tab's door to it |
//! | who | tests |
//! | offline | each method is one transaction that takes some simulated time, as a real one does |
//! | never | a fault is never half a transaction, except where a test orders that the answer is lost after it was written |

use super::Simulation;
use crate::{
    kernel::{CommandId, DeviceId, Envelope, PersonId, RecordKey, Sha256, Span, Timestamp},
    sync::{
        Card, Drafts, Identity, KeptBlob, LeftBehind, LetGo, LocalError, LocalStore, Page, Queued, Snapshot, SyncMarks,
    },
};
use async_trait::async_trait;
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};

/// How long a transaction takes: long enough for something else to come in between.
const TRANSACTION: Span = Span::from_millis(5);
/// After so long what was sent is no longer kept (DESIGN.md 5.4).
const SENT: Span = Span::days(30);

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

#[derive(Default)]
struct Disk {
    shelves: BTreeMap<PersonId, Shelf>,
    identity: Identity,
    /// Counts how often it was emptied.
    life: u32,
    /// Whether it bears the device's name, and so holds all that was written since the life began.
    is_named: bool,
    faults: VecDeque<LocalFault>,
    most_bytes: Option<usize>,
}

/// What survives the death of a page: one device. Clones are the same device.
#[derive(Clone)]
pub struct MemoryDisk {
    device: DeviceId,
    simulation: Option<Simulation>,
    disk: Rc<RefCell<Disk>>,
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

    async fn take_a_moment(&self) {
        if let Some(simulation) = &self.simulation {
            simulation.sleep(TRANSACTION).await;
        }
    }

    /// A tab's door to it.
    #[must_use]
    pub fn tab(&self) -> Rc<MemoryLocalStore> {
        let life = Cell::new(self.disk.borrow().life);
        Rc::new(MemoryLocalStore { disk: self.clone(), person: Cell::default(), life })
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

    /// The browser takes everything away.
    pub fn empty(&self) {
        let mut disk = self.disk.borrow_mut();
        let life = disk.life + 1;
        *disk = Disk { life, ..Disk::default() };
    }

    /// What is kept for somebody.
    #[must_use]
    pub fn shelf(&self, person: PersonId) -> Shelf {
        self.disk.borrow().shelves.get(&person).cloned().unwrap_or_default()
    }

    /// Who is signed in here.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.disk.borrow().identity.clone()
    }
}

/// One tab's door to a [`MemoryDisk`].
pub struct MemoryLocalStore {
    disk: MemoryDisk,
    person: Cell<Option<PersonId>>,
    /// The life of the disk that this tab belongs to.
    life: Cell<u32>,
}

impl MemoryLocalStore {
    async fn read<T>(&self, read: impl FnOnce(&Disk) -> Result<T, LocalError>) -> Result<T, LocalError> {
        self.disk.take_a_moment().await;
        read(&self.disk.disk.borrow())
    }

    async fn write<T>(&self, write: impl FnOnce(&mut Disk) -> Result<T, LocalError>) -> Result<T, LocalError> {
        self.disk.take_a_moment().await;
        let fault = self.disk.disk.borrow_mut().faults.pop_front();
        if let Some(LocalFault::Refused(error)) = fault {
            return Err(error);
        }
        let written = write(&mut self.disk.disk.borrow_mut())?;
        self.disk.take_a_moment().await;
        match fault {
            Some(LocalFault::AnswerLost) => Err(LocalError::Unavailable("the answer was lost".to_owned())),
            _ => Ok(written),
        }
    }

    fn me(&self) -> Result<PersonId, LocalError> {
        self.person.get().ok_or_else(|| LocalError::Unavailable("nobody's tab".to_owned()))
    }
}

impl Disk {
    /// Whether what a tab knew of this life is here no more, or not yet again.
    const fn is_emptied_since(&self, life: u32) -> bool {
        self.life != life || !self.is_named
    }

    /// The part of somebody who is signed in on the device.
    fn of_signed_in(&mut self, me: PersonId) -> Result<&mut Shelf, LocalError> {
        if self.identity.signed_in.as_ref().is_none_or(|card| card.person != me) {
            return Err(LocalError::AnotherPerson);
        }
        Ok(self.shelf(me))
    }

    fn shelf(&mut self, person: PersonId) -> &mut Shelf {
        self.shelves.entry(person).or_default()
    }
}

impl Shelf {
    fn snapshot(&self) -> Snapshot {
        Snapshot {
            records: self.records.values().cloned().collect(),
            outbox: self.outbox.clone(),
            drafts: self.drafts.clone(),
            marks: self.marks.clone(),
            blobs: self.blobs.iter().map(|(sha256, (at, _))| KeptBlob { sha256: *sha256, at: *at }).collect(),
        }
    }

    fn let_go(&mut self, let_go: &LetGo) {
        self.records.retain(|key, _| let_go.keeps(key));
        self.outbox.retain(|item| let_go.keeps_command(item));
        self.sent.retain(|(_, item)| let_go.keeps_command(item));
        self.blobs.retain(|sha256, _| !let_go.blobs.contains(sha256));
        self.marks = let_go.marks.clone();
    }
}

#[async_trait(?Send)]
impl LocalStore for MemoryLocalStore {
    fn device(&self) -> DeviceId {
        self.disk.device
    }

    async fn identity(&self) -> Result<Identity, LocalError> {
        self.read(|disk| Ok(disk.identity.clone())).await
    }

    async fn open(&self, card: &Card) -> Result<Snapshot, LocalError> {
        let snapshot = self
            .write(|disk| {
                disk.identity = Identity { signed_in: Some(card.clone()), sign_out_owed: None };
                let shelf = disk.shelf(card.person);
                shelf.name.clone_from(&card.name);
                Ok(shelf.snapshot())
            })
            .await?;
        self.person.set(Some(card.person));
        Ok(snapshot)
    }

    async fn snapshot(&self) -> Result<Snapshot, LocalError> {
        let (me, life) = (self.me()?, self.life.get());
        self.read(|disk| {
            if disk.is_emptied_since(life) {
                return Err(LocalError::Emptied);
            }
            Ok(disk.shelves.get(&me).map(Shelf::snapshot).unwrap_or_default())
        })
        .await
    }

    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256]) -> Result<(), LocalError> {
        let author = item.actor().and_then(crate::kernel::Actor::person);
        let author = author.map_or_else(|| self.me(), Ok)?;
        self.write(|disk| {
            let shelf = disk.shelf(author);
            if attached.iter().any(|sha256| !shelf.blobs.contains_key(sha256)) {
                return Err(LocalError::Incomplete);
            }
            if shelf.outbox.iter().all(|other| other.bytes != item.bytes) {
                shelf.outbox.push(item.clone());
            }
            if let Some(draft) = draft {
                shelf.drafts.keep(draft, String::new());
            }
            Ok(())
        })
        .await
    }

    async fn remove(&self, ids: &[CommandId]) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            disk.shelf(me).outbox.retain(|item| item.id().is_none_or(|id| !ids.contains(&id)));
            Ok(())
        })
        .await
    }

    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            for kept in &mut disk.shelf(me).outbox {
                if let Some(item) = items.iter().find(|item| item.bytes == kept.bytes) {
                    kept.state = item.state.clone();
                }
            }
            Ok(())
        })
        .await
    }

    async fn absorb(&self, page: &Page, now: Timestamp) -> Result<(), LocalError> {
        let (me, life) = (self.me()?, self.life.get());
        self.write(|disk| {
            if disk.is_emptied_since(life) {
                return Err(LocalError::Emptied);
            }
            let shelf = disk.of_signed_in(me)?;
            shelf.records.retain(|key, _| !page.forgotten.contains(&key.community));
            for envelope in &page.envelopes {
                let known = shelf.records.get(&envelope.head.key).map(|known| known.head.position);
                if known.is_none_or(|known| known <= envelope.head.position) {
                    shelf.records.insert(envelope.head.key.clone(), envelope.clone());
                }
            }
            shelf.marks = page.marks.clone();
            for item in &page.confirmed {
                let before = shelf.outbox.len();
                shelf.outbox.retain(|other| other.bytes != item.bytes);
                if shelf.outbox.len() < before {
                    shelf.sent.push((now, item.clone()));
                }
            }
            shelf.sent.retain(|(at, _)| now.since(*at) <= SENT);
            Ok(())
        })
        .await
    }

    async fn keep_marks(&self, marks: &SyncMarks) -> Result<(), LocalError> {
        let (me, life) = (self.me()?, self.life.get());
        self.write(|disk| {
            if disk.is_emptied_since(life) {
                return Err(LocalError::Emptied);
            }
            disk.of_signed_in(me)?.marks = marks.clone();
            Ok(())
        })
        .await
    }

    async fn sent(&self) -> Result<Vec<Queued>, LocalError> {
        let me = self.me()?;
        self.read(|disk| {
            let sent = disk.shelves.get(&me).map(|shelf| shelf.sent.iter().map(|(_, item)| item.clone()).collect());
            Ok(sent.unwrap_or_default())
        })
        .await
    }

    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            let shelf = disk.shelf(me);
            let before = std::mem::replace(&mut shelf.outbox, items.to_vec());
            let saved_meanwhile = before.into_iter().filter(|item| items.iter().all(|other| other.bytes != item.bytes));
            shelf.outbox.extend(saved_meanwhile);
            shelf.sent.clear();
            Ok(())
        })
        .await
    }

    async fn keep_blob(
        &self,
        owner: PersonId,
        sha256: &Sha256,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), LocalError> {
        self.write(|disk| {
            let all = disk.shelves.values().flat_map(|shelf| shelf.blobs.values());
            let taken: usize = all.map(|(_, bytes)| bytes.len()).sum();
            if disk.most_bytes.is_some_and(|most| taken + bytes.len() > most) {
                return Err(LocalError::Full);
            }
            disk.shelf(owner).blobs.insert(*sha256, (now, bytes.to_vec()));
            Ok(())
        })
        .await
    }

    async fn blob(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError> {
        let me = self.me()?;
        self.read(|disk| {
            Ok(disk.shelves.get(&me).and_then(|shelf| shelf.blobs.get(sha256)).map(|(_, bytes)| bytes.clone()))
        })
        .await
    }

    async fn blob_uploaded(&self, sha256: &Sha256, now: Timestamp) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            if let Some((at, _)) = disk.shelf(me).blobs.get_mut(sha256) {
                *at = now;
            }
            Ok(())
        })
        .await
    }

    async fn forget_blobs(&self, all: &[Sha256]) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            disk.shelf(me).blobs.retain(|sha256, _| !all.contains(sha256));
            Ok(())
        })
        .await
    }

    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            disk.shelf(me).drafts.keep(key, text.to_owned());
            Ok(())
        })
        .await
    }

    async fn let_go(&self, let_go: &LetGo) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            disk.shelf(me).let_go(let_go);
            Ok(())
        })
        .await
    }

    async fn close(&self, let_go: &LetGo) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            disk.shelf(me).let_go(let_go);
            disk.identity = Identity { signed_in: None, sign_out_owed: Some(me) };
            Ok(())
        })
        .await?;
        self.person.set(None);
        Ok(())
    }

    async fn session_ended(&self) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.identity.sign_out_owed = None;
            Ok(())
        })
        .await
    }

    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError> {
        self.read(|disk| {
            let left = |shelf: &Shelf| LeftBehind {
                name: shelf.name.clone(),
                unsent: shelf.outbox.iter().filter(|item| item.is_unsent()).count(),
                blobs: shelf.marks.blobs_left,
            };
            Ok(disk.shelves.values().map(left).filter(|left| left.unsent + left.blobs > 0).collect())
        })
        .await
    }

    async fn is_emptied(&self) -> Result<bool, LocalError> {
        let life = self.life.get();
        self.read(|disk| Ok(disk.is_emptied_since(life))).await
    }

    async fn renew(&self) -> Result<(), LocalError> {
        let life = self
            .write(|disk| {
                disk.is_named = true;
                Ok(disk.life)
            })
            .await?;
        self.life.set(life);
        Ok(())
    }
}
