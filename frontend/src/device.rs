//! The browser's door, [`LocalStore`]: each method one call to the database, and a word to the other tabs.

use crate::{
    browser,
    events::Bell,
    indexed_db::{Seldom, Shelf},
    install::Install,
    service_worker::Versions,
    tabs::{News, Tabs},
};
use app::{
    domain::{Change, Command, CommandId, DeviceId, PersonCard, PersonId, Sha256Hex, Timestamp},
    local_store::{LeftBehind, LocalError, LocalStore, Snapshot},
    sync::{DeviceFacts, Queued, SyncMarks, SyncStatus},
    ui::Client,
};
use async_trait::async_trait;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// This tab's hold on the device.
pub(crate) struct Device {
    pub(crate) shelf: Rc<Shelf>,
    pub(crate) tabs: Tabs,
    pub(crate) bell: Bell,
    pub(crate) versions: Versions,
    pub(crate) install: Install,
    id: DeviceId,
    client: Client,
    asked_to_persist: Cell<bool>,
    /// How often something was written in this tab: what is read meanwhile may be older.
    pub(crate) strokes: Cell<u32>,
}

impl Device {
    pub(crate) fn new(id: DeviceId, shelf: Shelf, client: Client) -> Self {
        Self {
            shelf: Rc::new(shelf),
            tabs: Tabs::open(),
            bell: Bell::default(),
            versions: Versions::new(client),
            install: Install::default(),
            id,
            client,
            asked_to_persist: Cell::new(false),
            strokes: Cell::default(),
        }
    }

    /// Writes drafts that are only in memory, because the page may be gone in a moment.
    pub(crate) fn write_drafts(&self) {
        let shelf = Rc::clone(&self.shelf);
        spawn_local(async move { drop(shelf.write_drafts().await) });
    }

    /// After the first save there is something to lose, and browsers are readier to promise.
    fn ask_to_persist(&self) {
        let client = self.client;
        if client.persisted.get_untracked() != Some(true) && !self.asked_to_persist.replace(true) {
            spawn_local(async move { client.persisted.set(browser::is_persisted(true).await) });
        }
    }

    pub(crate) const fn client(&self) -> Client {
        self.client
    }

    fn write(&self) {
        self.strokes.set(self.strokes.get().wrapping_add(1));
    }

    fn tell(&self, news: News, outcome: Result<(), LocalError>) -> Result<(), LocalError> {
        if outcome.is_ok() {
            self.tabs.tell(news);
        }
        outcome
    }
}

#[async_trait(?Send)]
impl LocalStore for Device {
    fn device(&self) -> DeviceId {
        self.id
    }

    fn now(&self) -> Timestamp {
        browser::now()
    }

    fn random(&self) -> [u8; 10] {
        browser::random()
    }

    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256Hex]) -> Result<(), LocalError> {
        self.write();
        self.shelf.append(item, draft, attached).await?;
        self.tabs.tell(News::Saved);
        self.ask_to_persist();
        Ok(())
    }

    async fn keep_blob(&self, owner: PersonId, sha256: &Sha256Hex, bytes: &[u8]) -> Result<(), LocalError> {
        self.write();
        self.tell(News::Changed, Ok((Seldom::here().await?.keep_blob)(&self.shelf, owner, sha256, bytes).await?))
    }

    async fn blob(&self, sha256: &Sha256Hex) -> Result<Option<Vec<u8>>, LocalError> {
        Ok((Seldom::here().await?.blob)(&self.shelf, sha256).await?)
    }

    async fn forget_blob(&self, sha256: &Sha256Hex) -> Result<(), LocalError> {
        self.write();
        self.tell(News::Changed, Ok((Seldom::here().await?.forget_blob)(&self.shelf, sha256).await?))
    }

    async fn remove(&self, id: CommandId) -> Result<(), LocalError> {
        let chosen = |bytes: &str| Command::from_bytes(bytes).is_ok_and(|command| command.id == id);
        self.tell(News::Changed, Ok(self.shelf.remove(chosen).await?))
    }

    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError> {
        if items.is_empty() {
            return Ok(());
        }
        self.tell(News::Changed, Ok(self.shelf.settle(items).await?))
    }

    async fn absorb(
        &self,
        changes: &[Change],
        marks: &SyncMarks,
        confirmed: &[Queued],
        start_over: bool,
    ) -> Result<(), LocalError> {
        self.shelf.absorb(changes, marks, confirmed, start_over).await?;
        if start_over || !changes.is_empty() || !confirmed.is_empty() {
            self.tabs.tell(News::Changed);
        }
        Ok(())
    }

    async fn sent(&self) -> Result<Vec<Queued>, LocalError> {
        Ok((Seldom::here().await?.sent)(&self.shelf).await?)
    }

    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError> {
        self.tell(News::Changed, Ok((Seldom::here().await?.replace_outbox)(&self.shelf, items).await?))
    }

    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        self.write();
        self.tell(News::Drafts, Ok(self.shelf.keep_draft(key, text).await?))
    }

    async fn open(&self, card: &PersonCard) -> Result<Snapshot, LocalError> {
        let another = self.shelf.sign_in(card).await?;
        let snapshot = self.shelf.snapshot().await?;
        if another {
            self.tabs.tell(News::Person);
        }
        Ok(snapshot)
    }

    async fn close(&self) -> Result<(), LocalError> {
        // Which they are cannot be seen any more once the records are gone.
        let blobs_left = self.client.status.with_untracked(SyncStatus::unsent_blobs);
        self.tell(News::Person, Ok((Seldom::here().await?.close)(&self.shelf, blobs_left).await?))
    }

    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError> {
        Ok((Seldom::here().await?.left_behind)(&self.shelf).await?)
    }

    async fn session_ended(&self) -> Result<(), LocalError> {
        Ok(self.shelf.session_ended().await?)
    }

    async fn facts(&self) -> Result<DeviceFacts, LocalError> {
        Ok((Seldom::here().await?.facts)(self).await)
    }

    fn kick(&self) {
        self.bell.ring();
    }

    fn take_update(&self) {
        let (shelf, versions) = (Rc::clone(&self.shelf), self.versions.clone());
        spawn_local(async move {
            // A draft that cannot be kept is still on the screen: then the page must stay.
            if shelf.write_drafts().await.is_ok() {
                versions.take();
            }
        });
    }

    fn install(&self) {
        self.install.ask(self.client);
    }
}
