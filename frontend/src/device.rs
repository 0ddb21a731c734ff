//! The browser's door to the device, [`LocalStore`]: each method one call to the database.

use crate::{
    browser,
    indexed_db::{LazyPart, Shelf},
    install::Install,
    service_worker::Versions,
    talking::Talking,
};
use app::ui::Client;
use async_trait::async_trait;
use domain::{
    kernel::{DeviceId, PersonId, Sha256, Timestamp},
    sync::{
        Card, DeviceFacts, Identity, LeftBehind, LetGo, LocalError, LocalStore, Page, Queued, Snapshot, Stash,
        SyncMarks,
    },
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// This tab's hold on the device.
pub(crate) struct Device {
    pub(crate) shelf: Shelf,
    pub(crate) versions: Versions,
    pub(crate) install: Install,
    id: DeviceId,
    /// Names this tab.
    tab: String,
    client: Client,
}

impl Device {
    pub(crate) fn new(id: DeviceId, shelf: Shelf, client: Client) -> Self {
        Self {
            shelf,
            versions: Versions::new(client),
            install: Install::default(),
            id,
            tab: browser::new_name(),
            client,
        }
    }

    /// Writes drafts that are only in memory, because the page may be gone in a moment.
    pub(crate) fn write_drafts(self: &Rc<Self>) {
        let this = Rc::clone(self);
        spawn_local(async move { drop(this.shelf.write_drafts().await) });
    }

    pub(crate) const fn client(&self) -> Client {
        self.client
    }
}

#[async_trait(?Send)]
impl LocalStore for Device {
    fn device(&self) -> DeviceId {
        self.id
    }

    async fn identity(&self) -> Result<Identity, LocalError> {
        Ok(self.shelf.profile().await?.identity)
    }

    async fn sign_in(&self, card: &Card) -> Result<(), LocalError> {
        (talking().await?.sign_in)(&self.shelf, card).await?;
        browser::entry_is_noted();
        Ok(())
    }

    async fn open(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        Ok(self.shelf.open(person).await?)
    }

    async fn held(&self, person: PersonId) -> Result<Snapshot, LocalError> {
        Ok((talking().await?.held)(&self.shelf, person).await?)
    }

    fn turn_to(&self, person: Option<PersonId>) {
        self.shelf.turn_to(person);
    }

    async fn renew_card(&self, card: &Card) -> Result<(), LocalError> {
        Ok((talking().await?.renew_card)(&self.shelf, card).await?)
    }

    async fn snapshot(&self) -> Result<Snapshot, LocalError> {
        Ok(self.shelf.snapshot().await?)
    }

    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256]) -> Result<(), LocalError> {
        Ok(self.shelf.append(item, draft, attached).await?)
    }

    async fn remove(&self, items: &[Queued]) -> Result<(), LocalError> {
        Ok(self.shelf.remove(items).await?)
    }

    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError> {
        Ok((talking().await?.settle)(&self.shelf, items).await?)
    }

    async fn absorb(&self, page: &Page, now: Timestamp) -> Result<(), LocalError> {
        Ok((talking().await?.absorb)(&self.shelf, page, now).await?)
    }

    async fn keep_marks(&self, marks: &SyncMarks) -> Result<(), LocalError> {
        Ok((talking().await?.keep_marks)(&self.shelf, marks).await?)
    }

    async fn sent(&self) -> Result<Vec<Queued>, LocalError> {
        Ok((LazyPart::here().await?.sent)(&self.shelf).await?)
    }

    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError> {
        Ok((LazyPart::here().await?.replace_outbox)(&self.shelf, items).await?)
    }

    async fn keep_blob(
        &self,
        owner: PersonId,
        sha256: &Sha256,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<(), LocalError> {
        Ok((LazyPart::here().await?.keep_blob)(&self.shelf, owner, *sha256, bytes, now).await?)
    }

    async fn blob(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError> {
        Ok((LazyPart::here().await?.blob)(&self.shelf, *sha256).await?)
    }

    async fn blob_uploaded(&self, sha256: &Sha256, now: Timestamp) -> Result<(), LocalError> {
        Ok((LazyPart::here().await?.blob_uploaded)(&self.shelf, *sha256, now).await?)
    }

    async fn forget_blobs(&self, all: &[Sha256]) -> Result<(), LocalError> {
        Ok((LazyPart::here().await?.forget_blobs)(&self.shelf, all).await?)
    }

    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        Ok(self.shelf.keep_draft(key, text).await?)
    }

    fn stash(&self, stash: &Stash) {
        self.shelf.stash(&self.tab, stash.clone());
    }

    async fn let_go(&self, gone: &LetGo) -> Result<(), LocalError> {
        self.shelf.take_in_stashes(&gone.whose().to_string()).await;
        Ok((LazyPart::here().await?.let_go)(&self.shelf, gone).await?)
    }

    async fn close(&self, gone: &LetGo) -> Result<(), LocalError> {
        self.shelf.take_in_stashes(&gone.whose().to_string()).await;
        (LazyPart::here().await?.close)(&self.shelf, gone).await?;
        browser::entry_is_noted();
        Ok(())
    }

    async fn session_ended(&self, whose: PersonId) -> Result<(), LocalError> {
        Ok((talking().await?.session_ended)(&self.shelf, whose).await?)
    }

    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError> {
        Ok((LazyPart::here().await?.left_behind)(&self.shelf).await?)
    }

    async fn is_emptied(&self) -> Result<bool, LocalError> {
        Ok(!self.shelf.is_same_life().await?)
    }

    async fn renew(&self) -> Result<(), LocalError> {
        self.shelf.name_device(self.id, &browser::new_name()).await?;
        browser::remember_device(self.id);
        Ok(())
    }
}

/// The lazy part that talks with the server: only there does anybody ask for what is forwarded to it.
async fn talking() -> Result<&'static Talking, LocalError> {
    Talking::here().await.map_err(|_| LocalError::Unavailable("not loaded".to_owned()))
}

/// What the screens may ask of the browser around the app.
pub(crate) struct Around(pub(crate) Rc<Device>);

#[async_trait(?Send)]
impl app::ui::Device for Around {
    async fn facts(&self) -> Result<DeviceFacts, LocalError> {
        Ok((LazyPart::here().await?.facts)(&self.0).await)
    }

    fn take_update(&self) {
        let device = Rc::clone(&self.0);
        spawn_local(async move {
            // A draft that cannot be kept is still on the screen: then the page must stay.
            if device.shelf.write_drafts().await.is_ok() {
                device.versions.take();
            }
        });
    }

    fn install(&self) {
        self.0.install.ask(self.0.client);
    }
}
