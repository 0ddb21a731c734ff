//! A [`LocalStore`] in memory, with the faults of a real device to order: the judge of how a replica behaves when its
//! device does not.
//!
//! | | |
//! |---|---|
//! | data | one tab's door to a [`MemoryDisk`] |
//! | who | tests |
//! | offline | each method is one transaction that takes some simulated time, as a real one does |
//! | never | a fault is never half a transaction, except where a test orders that the answer is lost after it was written |

use super::{
    MemoryDisk,
    disk::{Disk, LocalFault, Shelf},
};
use crate::{
    kernel::{DeviceId, PersonId, Sha256, Span, Timestamp},
    sync::{Card, Identity, LeftBehind, LetGo, LocalError, LocalStore, Page, Queued, Snapshot, Stash, SyncMarks},
};
use async_trait::async_trait;
use std::cell::Cell;

/// After so long what was sent is no longer kept.
const SENT: Span = Span::days(30);

/// One tab's door to a [`MemoryDisk`].
pub struct MemoryLocalStore {
    disk: MemoryDisk,
    number: u32,
    person: Cell<Option<PersonId>>,
    /// The life of the disk that this tab belongs to.
    life: Cell<u32>,
}

impl MemoryLocalStore {
    /// Nobody's tab yet, on a disk in this life.
    pub(super) const fn new(disk: MemoryDisk, number: u32, life: u32) -> Self {
        Self { disk, number, person: Cell::new(None), life: Cell::new(life) }
    }

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

#[async_trait(?Send)]
impl LocalStore for MemoryLocalStore {
    fn device(&self) -> DeviceId {
        self.disk.device
    }

    async fn identity(&self) -> Result<Identity, LocalError> {
        self.read(|disk| Ok(disk.identity.clone())).await
    }

    async fn sign_in(&self, card: &Card) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.identity = Identity { signed_in: Some(card.clone()), sign_out_owed: None };
            disk.shelf(card.person).name.clone_from(&card.name);
            Ok(())
        })
        .await
    }

    async fn open(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        self.write(|disk| {
            disk.is_signed_in(person)?;
            disk.take_in_stashes(person);
            Ok(())
        })
        .await?;
        // Reading takes its own time, as on a real device.
        self.read(|disk| {
            disk.is_signed_in(person)?;
            Ok(disk.held(person))
        })
        .await
    }

    async fn held(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        self.disk.disk.borrow_mut().take_in_stashes(person);
        self.read(|disk| Ok(disk.held(person))).await
    }

    fn turn_to(&self, person: Option<PersonId>) {
        self.person.set(person);
    }

    async fn renew_card(&self, card: &Card) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.of_signed_in(card.person)?.name.clone_from(&card.name);
            disk.identity.signed_in = Some(card.clone());
            Ok(())
        })
        .await
    }

    async fn snapshot(&self) -> Result<Snapshot, LocalError> {
        let (me, life) = (self.me()?, self.life.get());
        let is_emptied = self.disk.disk.borrow().is_emptied_since(life);
        if !is_emptied {
            self.disk.disk.borrow_mut().take_in_stashes(me);
        }
        self.read(|disk| {
            if disk.is_emptied_since(life) {
                return Err(LocalError::Emptied);
            }
            Ok(disk.held(me))
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

    async fn remove(&self, items: &[Queued]) -> Result<(), LocalError> {
        let me = self.me()?;
        self.write(|disk| {
            let stays = |item: &Queued| !item.may_be_given_up() || items.iter().all(|other| other.bytes != item.bytes);
            disk.shelf(me).outbox.retain(stays);
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
            page.check_follows(&shelf.marks)?;
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
            shelf.sent.retain(|(at, item)| now.since(*at) <= SENT && !page.erases(item));
            shelf.outbox.retain(|item| !page.erases(item));
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

    fn stash(&self, stash: &Stash) {
        let Some(me) = self.person.get() else { return };
        let mut disk = self.disk.disk.borrow_mut();
        disk.stashes.remove(&(me, self.number));
        if !stash.is_empty() {
            disk.stashes.insert((me, self.number), (self.life.get(), stash.clone()));
        }
    }

    async fn let_go(&self, let_go: &LetGo) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.take_in_stashes(let_go.whose());
            disk.shelf(let_go.whose()).let_go(let_go);
            Ok(())
        })
        .await
    }

    async fn close(&self, let_go: &LetGo) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.take_in_stashes(let_go.whose());
            disk.shelf(let_go.whose()).let_go(let_go);
            if disk.identity.signed_in.as_ref().is_none_or(|card| card.person == let_go.whose()) {
                disk.identity = Identity { signed_in: None, sign_out_owed: Some(let_go.whose()) };
            }
            Ok(())
        })
        .await
    }

    async fn session_ended(&self, whose: PersonId) -> Result<(), LocalError> {
        self.write(|disk| {
            disk.identity.sign_out_owed.take_if(|owed| *owed == whose);
            Ok(())
        })
        .await
    }

    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError> {
        self.read(|disk| {
            let left = |shelf: &Shelf| LeftBehind {
                name: shelf.name.clone(),
                unsent: shelf.outbox.iter().filter(|item| item.is_shown_as_unsent()).count(),
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
