//! What a device's disk does to its page: the page may die before and after every transaction, and now and then a
//! transaction fails, or was carried out and nobody says so.

use crate::{
    diary::{Diary, Fate},
    life::Life,
};
use async_trait::async_trait;
use domain::{
    kernel::{DeviceId, PersonId, Sha256, Timestamp},
    memory::MemoryLocalStore,
    sync::{Card, Identity, LeftBehind, LetGo, LocalError, LocalStore, Page, Queued, Snapshot, Stash, SyncMarks},
};
use std::{cell::Cell, rc::Rc};

/// Out of a thousand writes in bad times, so many do not happen, and as many again happen without a word.
const FAILS: u32 = 2;

/// A page's door to a disk that cannot be relied upon.
pub struct Disk {
    inner: Rc<MemoryLocalStore>,
    life: Rc<Life>,
    diary: Rc<Diary>,
    /// Something is on the disk that the page does not know of.
    knows_more: Cell<bool>,
}

impl Disk {
    pub fn over(inner: Rc<MemoryLocalStore>, life: &Rc<Life>, diary: &Rc<Diary>) -> Rc<Self> {
        Rc::new(Self { inner, life: Rc::clone(life), diary: Rc::clone(diary), knows_more: Cell::new(false) })
    }

    /// Whether something is on the disk that the page will only find when it is opened anew.
    pub fn knows_more(&self) -> bool {
        self.knows_more.get()
    }

    async fn write<T>(&self, write: impl Future<Output = Result<T, LocalError>>) -> Result<T, LocalError> {
        self.life.moment().await;
        if self.life.goes_wrong(FAILS) {
            return fault("it does not write");
        }
        let written = write.await;
        self.life.moment().await;
        if written.is_ok() && self.life.goes_wrong(FAILS) {
            self.knows_more.set(true);
            return fault("it does not say that it has written");
        }
        written
    }

    /// As [`Disk::write`], with what it does to which commands and photos in the diary; without names it concerns all of them.
    async fn write_noted<T>(
        &self,
        lines: impl IntoIterator<Item = (String, Vec<String>)>,
        write: impl Future<Output = Result<T, LocalError>>,
    ) -> Result<T, LocalError> {
        let lines: Vec<usize> = lines.into_iter().map(|(what, names)| self.diary.begins(what, names)).collect();
        let noted = async {
            let written = write.await;
            if written.is_ok() {
                self.diary.end(&lines, Fate::Written);
            }
            written
        };
        let written = self.write(noted).await;
        if written.is_ok() {
            self.diary.end(&lines, Fate::Said);
        }
        written
    }
}

fn fault<T>(what: &str) -> Result<T, LocalError> {
    Err(LocalError::Unavailable(what.to_owned()))
}

fn ids(items: &[Queued]) -> Vec<String> {
    named(&items.iter().filter_map(Queued::id).collect::<Vec<_>>())
}

/// What goes: commands that are acknowledged, and these photos.
fn going(what: &str, let_go: &LetGo) -> Vec<(String, Vec<String>)> {
    let photos = Some(("with it the photo".to_owned(), named(&let_go.blobs))).filter(|(_, names)| !names.is_empty());
    [(what.to_owned(), Vec::new())].into_iter().chain(photos).collect()
}

fn named(all: &[impl ToString]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

#[async_trait(?Send)]
impl LocalStore for Disk {
    fn device(&self) -> DeviceId {
        self.inner.device()
    }

    async fn identity(&self) -> Result<Identity, LocalError> {
        self.inner.identity().await
    }

    async fn sign_in(&self, card: &Card) -> Result<(), LocalError> {
        self.write(self.inner.sign_in(card)).await
    }

    async fn open(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        self.write_noted([("the app is opened".to_owned(), Vec::new())], self.inner.open(person)).await
    }

    async fn held(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        self.inner.held(person).await
    }

    fn turn_to(&self, person: Option<PersonId>) {
        self.inner.turn_to(person);
    }

    async fn renew_card(&self, card: &Card) -> Result<(), LocalError> {
        self.write(self.inner.renew_card(card)).await
    }

    async fn snapshot(&self) -> Result<Snapshot, LocalError> {
        self.inner.snapshot().await
    }

    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256]) -> Result<(), LocalError> {
        self.write_noted(
            [("kept".to_owned(), ids(std::slice::from_ref(item)))],
            self.inner.append(item, draft, attached),
        )
        .await
    }

    async fn remove(&self, items: &[Queued]) -> Result<(), LocalError> {
        self.write_noted([("taken out".to_owned(), ids(items))], self.inner.remove(items)).await
    }

    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError> {
        let lines = items.iter().map(|item| (format!("{:?}", item.state), ids(std::slice::from_ref(item))));
        self.write_noted(lines.collect::<Vec<_>>(), self.inner.settle(items)).await
    }

    async fn absorb(&self, page: &Page, now: Timestamp) -> Result<(), LocalError> {
        let line = ("confirmed by the feed".to_owned(), ids(&page.confirmed));
        let lines = Some(line).filter(|(_, names)| !names.is_empty());
        self.write_noted(lines, self.inner.absorb(page, now)).await
    }

    async fn keep_marks(&self, marks: &SyncMarks) -> Result<(), LocalError> {
        self.write_noted([(format!("meets {:?}", marks.epoch), Vec::new())], self.inner.keep_marks(marks)).await
    }

    async fn sent(&self) -> Result<Vec<Queued>, LocalError> {
        self.inner.sent().await
    }

    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError> {
        self.write_noted([("everything is offered again".to_owned(), ids(items))], self.inner.replace_outbox(items))
            .await
    }

    async fn keep_blob(
        &self,
        owner: PersonId,
        sha256: &Sha256,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), LocalError> {
        self.write_noted(
            [("the photo is kept".to_owned(), named(&[sha256]))],
            self.inner.keep_blob(owner, sha256, bytes, now),
        )
        .await
    }

    async fn blob(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError> {
        self.inner.blob(sha256).await
    }

    async fn blob_uploaded(&self, sha256: &Sha256, now: Timestamp) -> Result<(), LocalError> {
        self.write_noted(
            [("the photo is uploaded".to_owned(), named(&[sha256]))],
            self.inner.blob_uploaded(sha256, now),
        )
        .await
    }

    async fn forget_blobs(&self, all: &[Sha256]) -> Result<(), LocalError> {
        let lines = Some(("the photo is forgotten".to_owned(), named(all))).filter(|(_, names)| !names.is_empty());
        self.write_noted(lines, self.inner.forget_blobs(all)).await
    }

    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        self.write(self.inner.keep_draft(key, text)).await
    }

    fn stash(&self, stash: &Stash) {
        self.inner.stash(stash);
    }

    async fn let_go(&self, let_go: &LetGo) -> Result<(), LocalError> {
        self.write_noted(going("what is acknowledged goes", let_go), self.inner.let_go(let_go)).await
    }

    async fn close(&self, let_go: &LetGo) -> Result<(), LocalError> {
        self.write_noted(going("signs out", let_go), self.inner.close(let_go)).await
    }

    async fn session_ended(&self, whose: PersonId) -> Result<(), LocalError> {
        self.write(self.inner.session_ended(whose)).await
    }

    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError> {
        self.inner.left_behind().await
    }

    async fn is_emptied(&self) -> Result<bool, LocalError> {
        self.inner.is_emptied().await
    }

    async fn renew(&self) -> Result<(), LocalError> {
        self.write(self.inner.renew()).await
    }
}
