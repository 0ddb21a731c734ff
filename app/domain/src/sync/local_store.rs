//! The door to what a device keeps. Implemented over IndexedDB in `frontend`, and in memory (`memory::MemoryLocalStore`)
//! for tests.
//!
//! | | |
//! |---|---|
//! | data | for each person: the outbox, what was sent in the last 30 days, unfinished texts, the bytes of photos and voice notes, confirmed records as envelopes, marks. For the device: its name, who is signed in, whose session is still to be ended |
//! | who | whoever is signed in on the device sees their own part and no other |
//! | offline | everything; no method asks anybody else |
//! | never | it decides nothing, looks into no record, and knows no screen. Each method is one transaction: it did all or nothing |

use super::{Card, Cursor, Drafts, LetGo, LocalError, Queued, Stash, SyncMarks};
use crate::kernel::{CommunityId, DeviceId, Envelope, PersonId, RecordKey, Sha256, Timestamp};
use async_trait::async_trait;

/// What a start finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Who is signed in here.
    pub signed_in: Option<Card>,
    /// Whose session is still to be ended, after they signed out without signal.
    pub sign_out_owed: Option<PersonId>,
}

/// What a device holds for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Confirmed records.
    pub records: Vec<Envelope>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptBlob {
    /// Which.
    pub sha256: Sha256,
    /// When the device kept them, or when the server had them, if it has; by the clock of the device.
    pub at: Timestamp,
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

/// A page of the feed, as a device takes it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Where this device stood when it asked for it: it follows that and nothing else.
    pub after: Vec<Cursor>,
    /// Newest states. A state that is older than what is kept under the same key changes nothing.
    pub envelopes: Vec<Envelope>,
    /// How far the device has come with it.
    pub marks: SyncMarks,
    /// Commands whose effect is here now: they go from the outbox to what was sent.
    pub confirmed: Vec<Queued>,
    /// All confirmed records of these communities are forgotten first (never the outbox).
    pub forgotten: Vec<CommunityId>,
    /// Records whose words were erased: what the server has acknowledged of one's own commands about them goes last, from
    /// the outbox and from what was sent.
    pub erased: Vec<RecordKey>,
}

impl Page {
    /// Whether a command goes with the words of its record. What the server does not have stays with its author.
    #[must_use]
    pub fn erases(&self, item: &Queued) -> bool {
        !item.is_unsent() && item.record().is_some_and(|record| self.erased.contains(record))
    }

    /// Whether it follows what a device keeps. Two tabs may read at once where a browser cannot keep them apart: the
    /// page of the slower one would lay older states over newer ones, or leave out what lies between.
    ///
    /// # Errors
    /// [`LocalError::Emptied`] where the page before is not here any more, [`LocalError::Outdated`] where another one is.
    pub fn check_follows(&self, kept: &SyncMarks) -> Result<(), LocalError> {
        let read_on = self.marks.cursors.iter().map(|cursor| cursor.community);
        for community in read_on.filter(|community| !self.forgotten.contains(community)) {
            let of = |cursors: &'_ [Cursor]| cursors.iter().find(|cursor| cursor.community == community).cloned();
            match of(&kept.cursors) {
                None => return Err(LocalError::Emptied),
                here if here != of(&self.after) => return Err(LocalError::Outdated),
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// Keeps what a person wrote on this device.
///
/// Durability: what [`LocalStore::append`], [`LocalStore::keep_blob`], [`LocalStore::remove`], [`LocalStore::sign_in`],
/// [`LocalStore::close`], [`LocalStore::let_go`] and [`LocalStore::replace_outbox`] wrote is on the disk when they return
/// `Ok` (`durability: "strict"`). What the others wrote may be lost with the power: it is asked for again.
#[async_trait(?Send)]
pub trait LocalStore {
    /// This browser profile.
    fn device(&self) -> DeviceId;

    /// Who is signed in here.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn identity(&self) -> Result<Identity, LocalError>;

    /// Makes `card` the person of this device; writes nothing where they were that already. Whatever session was to be
    /// ended is theirs now, or has ended.
    ///
    /// # Errors
    /// [`LocalError`]; the device stays as it was.
    async fn sign_in(&self, card: &Card) -> Result<(), LocalError>;

    /// Loads what is held for somebody, if they are the person of this device. What pages have stashed for them is taken
    /// in or forgotten ([`LocalStore::stash`]). The tab turns to them when it shows them ([`LocalStore::turn_to`]):
    /// until then what somebody types into it is still another one's.
    ///
    /// # Errors
    /// [`LocalError`]; [`LocalError::AnotherPerson`] where another tab has signed them out meanwhile.
    async fn open(&self, person: PersonId) -> Result<Snapshot, LocalError>;

    /// The same, whoever is the person of this device: what an emptied one has again before it is filled.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn held(&self, person: PersonId) -> Result<Snapshot, LocalError>;

    /// From now on the person of this tab is this one, or nobody: whatever is kept and read without a name is theirs. To be
    /// called in the very moment in which the tab shows them.
    fn turn_to(&self, person: Option<PersonId>);

    /// The server tells something else of the person of this device than their card: this one takes its place.
    ///
    /// # Errors
    /// [`LocalError::AnotherPerson`] where they have signed out meanwhile (in another tab): nobody is signed in by it.
    async fn renew_card(&self, card: &Card) -> Result<(), LocalError>;

    /// What is held for the person of this tab, as of one moment; unfinished texts that are only in memory so far
    /// count, and what other pages have stashed is taken in or forgotten ([`LocalStore::stash`]).
    ///
    /// # Errors
    /// [`LocalError::AnotherPerson`], [`LocalError::Emptied`], and the others.
    async fn snapshot(&self) -> Result<Snapshot, LocalError>;

    /// Adds a command to its author's outbox and removes the draft that it came from, in one transaction with strict
    /// durability. When this returns `Ok`, the browser has written it to disk; before that nobody may say 已存本机. In the
    /// same transaction it makes sure that the bytes of `attached` are kept. Adding the same bytes again changes nothing.
    ///
    /// # Errors
    /// [`LocalError`], [`LocalError::Incomplete`] where such bytes are missing: then nothing was changed, and the draft is
    /// still there.
    async fn append(&self, item: &Queued, draft: Option<&str>, attached: &[Sha256]) -> Result<(), LocalError>;

    /// Takes these very commands out at their author's wish, in one transaction: by their bytes, since two may bear one id.
    /// Only those that need a person, and what waits for them alone ([`Queued::may_be_given_up`]), as the device has them:
    /// another tab may have sent one again.
    ///
    /// # Errors
    /// [`LocalError`]; all of them stay.
    async fn remove(&self, items: &[Queued]) -> Result<(), LocalError>;

    /// Stores new states of commands, after the server answered. A command that is not in the outbox any more stays out.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn settle(&self, items: &[Queued]) -> Result<(), LocalError>;

    /// Takes in a page of the feed, its marks, and moves confirmed commands out of the outbox to what was sent, since
    /// `now` by the server's clock; then what [`Page::erases`] says goes: one transaction. What was sent more than
    /// 30 days ago goes.
    ///
    /// # Errors
    /// [`LocalError::AnotherPerson`], when the person has signed out meanwhile (in another tab): then nothing is kept.
    /// As [`Page::check_follows`]: the feed would only tell what is new.
    async fn absorb(&self, page: &Page, now: Timestamp) -> Result<(), LocalError>;

    /// Keeps how it stands with the server, and nothing else.
    ///
    /// # Errors
    /// [`LocalError::AnotherPerson`], as [`LocalStore::absorb`].
    async fn keep_marks(&self, marks: &SyncMarks) -> Result<(), LocalError>;

    /// What was confirmed within the last 30 days, oldest first: offered again after a restore.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn sent(&self) -> Result<Vec<Queued>, LocalError>;

    /// Replaces the stored outbox and forgets what was sent, after everything was offered again. A command that was saved
    /// meanwhile, and is not among `items`, stays behind them: nothing that was called saved is ever taken out here.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn replace_outbox(&self, items: &[Queued]) -> Result<(), LocalError>;

    /// Keeps the bytes of a photo or voice note for its owner since `now`, with strict durability, whoever is the person of
    /// this device by then. They stay until [`LocalStore::forget_blobs`] or [`LocalStore::let_go`], whatever becomes of the
    /// text that names them.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn keep_blob(&self, owner: PersonId, sha256: &Sha256, bytes: &[u8], now: Timestamp)
    -> Result<(), LocalError>;

    /// Such bytes, if they are here.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn blob(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, LocalError>;

    /// The server has such bytes since `now`: from then on they are kept for it only.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn blob_uploaded(&self, sha256: &Sha256, now: Timestamp) -> Result<(), LocalError>;

    /// Removes such bytes.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn forget_blobs(&self, all: &[Sha256]) -> Result<(), LocalError>;

    /// Keeps an unfinished text of the person of this tab; empty text removes it. Of several strokes the newest counts.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError>;

    /// The page may be gone in a moment, and nothing can be waited for: keeps this at once, as good as the device allows,
    /// beside everything else, for the person of this tab and in place of what this tab stashed before; an empty one leaves
    /// nothing. Where the device is found to have been emptied under that tab, whoever reads it next takes this in:
    /// commands that are not in the outbox, to be sent, and texts whose place is empty. Otherwise it is forgotten then,
    /// and before anything is let go: by then the server may have what it holds.
    fn stash(&self, stash: &Stash);

    /// Lets go of what its person ([`LetGo::whose`]) may not keep any longer: confirmed records, commands in the
    /// outbox and among what was sent that `let_go` does not keep, and its blobs. Marks are replaced in the same
    /// transaction. Never touches a draft.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed, and it has to be tried again before anything is drawn.
    async fn let_go(&self, let_go: &LetGo) -> Result<(), LocalError>;

    /// As [`LocalStore::let_go`], and they are the person of this device no more: their session is still to be ended.
    /// Somebody else who is its person by then stays so.
    ///
    /// # Errors
    /// [`LocalError`]; then they are still signed in.
    async fn close(&self, let_go: &LetGo) -> Result<(), LocalError>;

    /// The server has ended the session of somebody that [`LocalStore::close`] left open. Until this is called, the device
    /// tries to end it: signing out without signal must not bring the same person back later. Changes nothing where another
    /// one's session is to be ended by now.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn session_ended(&self, whose: PersonId) -> Result<(), LocalError>;

    /// Whose entries wait on this device, for the sign-in page.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn left_behind(&self) -> Result<Vec<LeftBehind>, LocalError>;

    /// Whether the browser has taken away what was kept here since this tab began.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn is_emptied(&self) -> Result<bool, LocalError>;

    /// Gives an emptied device its name again: all that this tab knows is kept anew by then.
    ///
    /// # Errors
    /// [`LocalError`].
    async fn renew(&self) -> Result<(), LocalError>;
}
