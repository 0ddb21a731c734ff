//! The browser's door to the device: what is kept on it, its clock and its chance. Implemented over IndexedDB in
//! `frontend`; the server has none.
//!
//! Everything is kept per person: two people who share a phone never see or send each other's entries
//! (LESSONS.md L13).

use crate::domain::{Change, CommandId, DeviceId, PersonCard, PersonId, Records, Sha256Hex, Timestamp};
use crate::sync::{DeviceFacts, Queued, SyncMarks};
use async_trait::async_trait;

/// The device did not keep what it should, or could not say what it has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// No room is left. Nothing was written; the text is still on the screen.
    #[error("storage full")]
    Full,
    /// The browser keeps nothing here: private mode, storage switched off, another tab blocks it.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// The bytes of a photo or voice note that belongs to it are not here. Nothing was written.
    #[error("an attachment is not on this device")]
    Incomplete,
}

impl LocalError {
    /// After 保存: what happened and what to do, in words from life.
    #[must_use]
    pub const fn spoken(&self) -> &'static str {
        match self {
            Self::Full => "手机存满了，这一条还没存下。删掉几张照片或视频，再点保存。",
            Self::Unavailable(_) => "手机没让存，这一条还没存下。请换成普通浏览窗口，再点保存；不行就先抄在纸上。",
            Self::Incomplete => "有照片或语音在这台手机里找不到了，所以还没存下。去掉它，再点保存；字都在。",
        }
    }

    /// After anything else than 保存 that the person wanted.
    #[must_use]
    pub const fn spoken_of_deed(&self) -> &'static str {
        match self {
            Self::Full => "没办成：手机存满了。删掉几张照片或视频，再点一次。",
            Self::Unavailable(_) => "没办成：手机里存的东西现在动不了。关掉别处开着的这个应用，再点一次。",
            Self::Incomplete => "没办成：有照片或语音在这台手机里找不到了。",
        }
    }

    /// When the app cannot open what it keeps.
    #[must_use]
    pub const fn spoken_at_start(&self) -> &'static str {
        match self {
            Self::Full => "手机存满了，打不开存的东西。删掉几张照片或视频，再试一次。",
            Self::Unavailable(_) | Self::Incomplete => {
                "打不开手机里存的东西。别处也开着这个应用的话，先关掉那边；用无痕窗口的话，请换成普通窗口。再试一次。"
            }
        }
    }
}

/// What a device holds for one person.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Confirmed records.
    pub records: Records,
    /// The outbox, in its order.
    pub outbox: Vec<Queued>,
    /// Unfinished texts.
    pub drafts: Drafts,
    /// How far it came with the server.
    pub marks: SyncMarks,
    /// Photos and voice notes whose bytes are here.
    pub blobs: Vec<KeptBlob>,
}

/// The bytes of a photo or voice note are on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBlob {
    /// Which.
    pub sha256: Sha256Hex,
    /// Since when, or since the server has them, by the clock of the device.
    pub at: Timestamp,
}

/// Unfinished texts by the place where they are being written: `write/…`, `answer/…`. There are never many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts(Vec<(String, String)>);

impl Drafts {
    /// The text of one place.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&String> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, text)| text)
    }

    /// Keeps a text in the place of the one before; empty text removes it.
    pub fn keep(&mut self, key: &str, text: String) {
        let known = self.0.iter().position(|(other, _)| other == key);
        match (known, text.is_empty()) {
            (Some(index), true) => drop(self.0.remove(index)),
            (Some(index), false) => self.0[index].1 = text,
            (None, true) => {}
            (None, false) => self.0.push((key.to_owned(), text)),
        }
    }

    /// Those of `place` and of everything below it, with their keys, oldest first.
    #[must_use]
    pub fn below(&self, place: &str) -> Self {
        let is_below = |key: &str| key.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        Self(self.0.iter().filter(|(key, _)| is_below(key)).cloned().collect())
    }

    /// Takes out the text of one place.
    pub fn take(&mut self, key: &str) -> Option<String> {
        let index = self.0.iter().position(|(other, _)| other == key)?;
        Some(self.0.remove(index).1)
    }
}

impl IntoIterator for Drafts {
    type Item = (String, String);
    type IntoIter = std::vec::IntoIter<(String, String)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Somebody whose entries still wait on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// As written in the log.
    pub name: String,
    /// Commands that the server does not have.
    pub unsent: usize,
    /// Photos and voice notes that it does not have, though it may have the words.
    pub blobs: usize,
}

/// Keeps what a person wrote on this device.
#[async_trait(?Send)]
pub trait LocalStore {
    /// This browser profile.
    fn device(&self) -> DeviceId;

    /// The device's clock.
    fn now(&self) -> Timestamp;

    /// Ten random bytes for an id.
    fn random(&self) -> [u8; 10];

    /// Adds a command to the outbox and removes the draft that it came from, in one transaction with strict
    /// durability. When this returns `Ok`, the browser has written it to disk; before that nobody may say 已存本机. In the
    /// same transaction it makes sure that the bytes of `attached` are kept.
    ///
    /// # Errors
    /// [`LocalError`], [`LocalError::Incomplete`] where such bytes are missing: then nothing was changed.
    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256Hex]) -> Result<(), LocalError>;

    /// Keeps the bytes of a photo or voice note for its owner, with strict durability, whoever is the person of this device by
    /// then. They stay until [`LocalStore::forget_blob`], whatever becomes of the text that names them.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn keep_blob(&self, owner: PersonId, sha256: &Sha256Hex, bytes: &[u8]) -> Result<(), LocalError>;

    /// Such bytes, if they are here.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn blob(&self, sha256: &Sha256Hex) -> Result<Option<Vec<u8>>, LocalError>;

    /// Removes such bytes.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn forget_blob(&self, sha256: &Sha256Hex) -> Result<(), LocalError>;

    /// Takes one command out at its author's wish. Only for commands that need a person.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn remove(&self, id: CommandId) -> Result<(), LocalError>;

    /// Stores new states of commands, after the server answered.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError>;

    /// Takes in a page of the feed, its marks, and moves confirmed commands out of the outbox: one transaction.
    /// `start_over` forgets all confirmed records first (never the outbox).
    ///
    /// # Errors
    /// [`LocalError`], also when the person has signed out meanwhile (in another tab): then nothing is kept.
    async fn absorb(
        &self,
        changes: &[Change],
        marks: &SyncMarks,
        confirmed: &[Queued],
        start_over: bool,
    ) -> Result<(), LocalError>;

    /// What was confirmed within the last 30 days, oldest first: offered again after a restore (LESSONS.md L11).
    ///
    /// # Errors
    /// [`LocalError`].
    async fn sent(&self) -> Result<Vec<Queued>, LocalError>;

    /// Replaces the stored outbox, after everything was offered again. A command that was saved meanwhile, and is not
    /// among `items`, stays behind them: nothing that was called saved is ever taken out here.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError>;

    /// Keeps an unfinished text; empty text removes it.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError>;

    /// Makes `card` the person of this device and loads what it holds for them.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn open(&self, card: &PersonCard) -> Result<Snapshot, LocalError>;

    /// Nobody is the person of this device any more. Confirmed records are forgotten; what the server does not have,
    /// and drafts, stay for when the same person signs in again.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn close(&self) -> Result<(), LocalError>;

    /// Whose entries wait on this device, for the sign-in page.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError>;

    /// The server has ended the session that [`LocalStore::close`] left open. Until this is called, the device tries
    /// to end it before anything else: signing out without signal must not bring the same person back later.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn session_ended(&self) -> Result<(), LocalError>;

    /// What the browser says about itself and its storage.
    ///
    /// # Errors
    /// [`LocalError::Unavailable`], where the part of the program that asks it cannot be had.
    async fn facts(&self) -> Result<DeviceFacts, LocalError>;

    /// Asks for a talk with the server soon.
    fn kick(&self);

    /// Lets the version that lies ready take over and loads the page anew, drafts written first.
    fn take_update(&self);

    /// Shows the browser's own question whether to put the app on the home screen.
    fn install(&self);
}
