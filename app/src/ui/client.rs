//! What the screens know: signals that the sync loop fills, and the one way to write something down.

mod attachments;
mod carried;
mod device;
mod drafts;
mod session;

pub use attachments::{Capturing, NotCaptured};
pub use carried::{NotTakenIn, TakenIn};

use crate::domain::{
    Act, Attachment, Command, CommandId, EntryForm, EntryId, EntryVersion, PersonCard, PersonId, Records, Refusal,
    Rejection, Rights, Sha256Hex, Timestamp,
};
use crate::local_store::{Drafts, KeptBlob, LeftBehind, LocalError, LocalStore, Snapshot};
use crate::sync::{Link, Outbox, Queued, ShownEntry, SyncMarks, SyncStatus, check, sync_status, to_upload, view};
use crate::ui::reactive::{Memo, RwSignal};
use leptos::prelude::*;
use std::{collections::BTreeMap, rc::Rc, sync::Arc};

/// How far the app has come on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The device is being asked what it holds. Also what the server renders.
    Opening,
    /// Nobody is signed in here.
    SignedOut,
    /// Somebody is, and their entries can be shown and written, with or without network.
    Ready,
    /// The device gives no storage: nothing could be kept.
    NoStorage(LocalError),
}

/// Why something was not written down. The text is still on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// The rules refuse it; the server would, too.
    Refused(Rejection),
    /// The device did not keep it.
    Device(LocalError),
}

impl NotSaved {
    /// Why, after anything else than 保存 that the person wanted.
    #[must_use]
    pub fn spoken_of_deed(&self) -> String {
        match self {
            Self::Refused(reason) => reason.spoken(),
            Self::Device(error) => error.spoken_of_deed().to_owned(),
        }
    }
}

/// The state of the app in this tab. Cheap to copy; provided as context by [`super::App`].
#[derive(Clone, Copy)]
pub struct Client {
    /// How far the app has come.
    pub phase: RwSignal<Phase>,
    /// Who is signed in on this device.
    pub me: RwSignal<Option<PersonCard>>,
    /// What the server has confirmed.
    pub records: RwSignal<Records>,
    /// What this device has to tell.
    pub outbox: RwSignal<Outbox>,
    /// How far it came with the server.
    pub marks: RwSignal<SyncMarks>,
    /// Photos and voice notes whose bytes are on this device.
    pub blobs: RwSignal<Vec<KeptBlob>>,
    /// Those that the server will never take: its person has to do without.
    pub refused_blobs: RwSignal<Vec<Sha256Hex>>,
    /// The texts for which this tab is taking in photos and recordings ([`Capturing`]).
    capturing: RwSignal<Vec<String>>,
    /// What did not come, by the text that it was for.
    not_captured: RwSignal<Vec<(String, NotCaptured)>>,
    /// How it stands with the server right now.
    pub link: RwSignal<Link>,
    /// The session was found to have ended, and no answer since has said otherwise.
    pub session_over: RwSignal<bool>,
    /// The device's own clock, to the half minute. Only for where a person says a time by it.
    pub clock: RwSignal<Timestamp>,
    /// The server's clock as well as it is known here: what is shown and what is allowed goes by it.
    pub now: Memo<Timestamp>,
    /// A new version lies ready; the person decides when to take it.
    pub update_ready: RwSignal<bool>,
    /// The app starts without signal: a service worker controls this page and has kept the program.
    pub offline_ready: RwSignal<bool>,
    /// It became so during this visit (现在没信号也能用了).
    pub offline_news: RwSignal<bool>,
    /// The browser lets the app be put on the home screen: [`Client::install`] asks the person.
    pub install_ready: RwSignal<bool>,
    /// The app runs from the home screen.
    pub installed: RwSignal<bool>,
    /// Whether the browser promised not to clear the storage by itself; `None` until it was asked.
    pub persisted: RwSignal<Option<bool>>,
    /// This browser kept something before, and now it is empty: somebody or something cleared it (LESSONS.md L3, L17).
    pub storage_lost: RwSignal<bool>,
    /// Whose entries wait on this device while nobody is signed in.
    pub left_behind: RwSignal<Vec<LeftBehind>>,
    /// All entries with one's own waiting changes on top.
    pub shown: Memo<Arc<BTreeMap<EntryId, ShownEntry>>>,
    /// What the person may do now.
    pub rights: Memo<Option<Arc<Rights>>>,
    /// What the state strip says.
    pub status: Memo<SyncStatus>,
    drafts: RwSignal<Drafts>,
    device: StoredValue<Option<Rc<dyn LocalStore>>, LocalStorage>,
}

impl Client {
    /// An empty client, as the server renders it and as every tab starts.
    #[must_use]
    pub fn new() -> Self {
        let (me, records, outbox) = (RwSignal::new(None), RwSignal::default(), RwSignal::default());
        let (link, clock) = (RwSignal::default(), RwSignal::default());
        let marks: RwSignal<SyncMarks> = RwSignal::default();
        let blobs: RwSignal<Vec<KeptBlob>> = RwSignal::default();
        let refused_blobs: RwSignal<Vec<Sha256Hex>> = RwSignal::default();
        let now = Memo::new(move |_| marks.with(|marks| marks.server_time(clock.get())));
        Self {
            phase: RwSignal::new(Phase::Opening),
            me,
            records,
            outbox,
            marks,
            blobs,
            refused_blobs,
            capturing: RwSignal::default(),
            not_captured: RwSignal::default(),
            link,
            session_over: RwSignal::new(false),
            clock,
            now,
            update_ready: RwSignal::new(false),
            offline_ready: RwSignal::new(false),
            offline_news: RwSignal::new(false),
            install_ready: RwSignal::new(false),
            installed: RwSignal::new(false),
            persisted: RwSignal::new(None),
            storage_lost: RwSignal::new(false),
            left_behind: RwSignal::default(),
            shown: Memo::new(move |_| Arc::new(records.with(|records| outbox.with(|outbox| view(records, outbox))))),
            rights: Memo::new(move |_| rights_now(me.get(), &records, now.get())),
            status: Memo::new(move |_| {
                let waiting = waiting_blobs(me.get(), &records, &outbox, &blobs);
                let (refused, waiting): (Vec<_>, Vec<_>) =
                    refused_blobs.with(|refused| waiting.iter().partition(|one| refused.contains(&one.sha256)));
                // Until the log is read again after signing in, only the count is known.
                let left = marks.with(|marks| if marks.first_sync_done { 0 } else { marks.blobs_left });
                outbox.with(|outbox| {
                    sync_status(
                        outbox,
                        waiting.len().max(left.saturating_sub(refused.len())),
                        refused.len(),
                        link.get(),
                    )
                })
            }),
            drafts: RwSignal::default(),
            device: StoredValue::new_local(None),
        }
    }

    /// The client of this tab.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Whether somebody is the one who is signed in here, at this moment.
    #[must_use]
    pub fn is_me(self, person: PersonId) -> bool {
        self.me.with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person))
    }

    /// Connects the tab with its device. Called once, by `frontend`.
    pub fn connect(self, device: Rc<dyn LocalStore>) {
        self.clock.set(device.now());
        self.device.set_value(Some(device));
    }

    /// The device, in the browser once it is connected.
    #[must_use]
    pub fn device(self) -> Option<Rc<dyn LocalStore>> {
        self.device.get_value()
    }

    /// Shows what the device holds for a person, who has just signed in or was found to be signed in. What was written
    /// here while nobody was is theirs.
    pub fn show(self, card: PersonCard, snapshot: Snapshot) {
        let nobody = self.me.with_untracked(Option::is_none);
        let nobodys = if nobody { self.drafts.get_untracked() } else { Drafts::default() };
        self.me.set(Some(card));
        self.renew(snapshot);
        self.adopt(nobodys);
        self.session_over.set(false);
        self.phase.set(Phase::Ready);
    }

    /// Shows what the device holds by now: another tab has changed it.
    pub fn renew(self, snapshot: Snapshot) {
        let Snapshot { records, outbox, drafts, marks, blobs } = snapshot;
        self.records.set(records);
        self.outbox.set(Outbox::restored(outbox));
        self.marks.set(marks);
        self.drafts.set(drafts);
        self.blobs.set(blobs);
    }

    /// Writes something down: decided now, kept by the device before this returns `Ok`, sent when there is signal.
    /// `draft` names the unfinished text that it came from; it ends in the same transaction.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed.
    pub async fn submit(self, act: Act, draft: Option<&str>) -> Result<CommandId, NotSaved> {
        self.write_down(act, draft, None).await
    }

    /// Writes a better version of a command that needs a person, and then takes that one out: if the phone dies in
    /// between, both are there.
    ///
    /// # Errors
    /// [`NotSaved`]; nothing was changed, or only the better version was added.
    pub async fn mend(self, bad: CommandId, act: Act, draft: Option<&str>) -> Result<CommandId, NotSaved> {
        self.write_down(act, draft, Some(bad)).await
    }

    /// Takes a command that needs a person out of the outbox, at its author's wish, and what waits for it alone
    /// ([`Outbox::remove`]). Any other command stays.
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn give_up(self, id: CommandId) -> Result<(), LocalError> {
        let Some(device) = self.device() else { return Ok(()) };
        // The refused command last: if the phone dies in between, it is still there to be given up again.
        for item in self.outbox.with_untracked(|outbox| outbox.clone().remove(id)).iter().rev() {
            if let Some(id) = item.id() {
                device.remove(id).await?;
            }
        }
        self.outbox.update(|outbox| drop(outbox.remove(id)));
        Ok(())
    }

    /// Offers a command that needs a person to the server once more, as it is: what stood in its way may be gone
    /// ([`Outbox::try_again`]).
    ///
    /// # Errors
    /// [`LocalError`]; nothing was changed.
    pub async fn try_again(self, id: CommandId) -> Result<(), LocalError> {
        let Some(device) = self.device() else { return Ok(()) };
        let again = self.outbox.with_untracked(|outbox| outbox.clone().try_again(id));
        device.settle(again.as_slice()).await?;
        self.outbox.update(|outbox| drop(outbox.try_again(id)));
        device.kick();
        Ok(())
    }

    async fn write_down(
        self,
        act: Act,
        draft: Option<&str>,
        instead_of: Option<CommandId>,
    ) -> Result<CommandId, NotSaved> {
        let no_device = || NotSaved::Device(LocalError::Unavailable("not connected".to_owned()));
        let device = self.device().ok_or_else(no_device)?;
        let author = self.me.with_untracked(|me| me.as_ref().map(|me| me.id)).ok_or_else(no_device)?;
        let written = device.now();
        let command = Command {
            id: CommandId::from_parts(written.millis(), device.random()),
            author,
            device: device.device(),
            written,
            clock_offset: self.marks.with_untracked(|marks| marks.offset_at(written)),
            act,
        };
        match self.check(&command, instead_of) {
            Ok(_) | Err(Refusal::WaitsFor(_)) => {}
            Err(Refusal::Rejected(reason)) => return Err(NotSaved::Refused(reason)),
        }
        let id = command.id;
        let malformed = |detail: String| NotSaved::Refused(Rejection::Malformed { detail });
        let queued = Queued::new(command).map_err(|error| malformed(error.to_string()))?;
        let attached = self.new_attachments(&queued);
        device.append(&queued, draft, &attached).await.map_err(NotSaved::Device)?;
        if let Some(draft) = draft {
            self.change_drafts(|drafts| drafts.keep(draft, String::new()));
        }
        let taken_out = self.outbox.try_update(|outbox| match instead_of {
            Some(bad) => outbox.mend(bad, queued),
            None => {
                outbox.push(queued);
                None
            }
        });
        if let Some(old) = taken_out.flatten().and_then(|old| old.id()) {
            // The better version is kept, which is what counts; the old one is offered to be given up at the next start.
            if let Err(error) = device.remove(old).await {
                leptos::logging::warn!("mended, and not taken out: {error}");
            }
        }
        device.kick();
        Ok(id)
    }

    /// What the form holds of a version, on this device: times by its clock, whichever clock wrote the version.
    #[must_use]
    pub fn form_of(self, version: &EntryVersion) -> EntryForm {
        let offset = self.device().and_then(|device| self.marks.with_untracked(|marks| marks.offset_at(device.now())));
        let happened = version.times.correct(version.content.happened());
        EntryForm { happened: Some(happened.plus_millis(-offset.unwrap_or_default())), ..version.content.to_form() }
    }

    fn check(self, command: &Command, instead_of: Option<CommandId>) -> Result<(), Refusal> {
        let checked = self.records.with_untracked(|records| {
            self.outbox.with_untracked(|outbox| match instead_of {
                None => check(records, outbox, command),
                Some(bad) => {
                    let mut others = outbox.clone();
                    others.remove(bad);
                    check(records, &others, command)
                }
            })
        });
        checked.map(drop)
    }

    /// A fresh id for an entry.
    #[must_use]
    pub fn new_entry_id(self) -> Option<EntryId> {
        let device = self.device()?;
        Some(EntryId::from_parts(device.now().millis(), device.random()))
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// What the server waits for and this device has, the oldest entry's first.
fn waiting_blobs(
    me: Option<PersonCard>,
    records: &RwSignal<Records>,
    outbox: &RwSignal<Outbox>,
    blobs: &RwSignal<Vec<KeptBlob>>,
) -> Vec<Attachment> {
    let Some(me) = me else { return Vec::new() };
    blobs.with(|blobs| {
        if blobs.is_empty() {
            return Vec::new();
        }
        let mut waiting = records.with(|records| outbox.with(|outbox| to_upload(me.id, records, outbox)));
        waiting.retain(|one| blobs.iter().any(|blob| blob.sha256 == one.sha256));
        waiting
    })
}

/// The newest card that the feed brought counts; before the first one, the card from sign-in.
fn rights_now(me: Option<PersonCard>, records: &RwSignal<Records>, now: Timestamp) -> Option<Arc<Rights>> {
    let me = me?;
    let newest = records.with(|records| records.people.get(&me.id).map(|card| card.memberships.clone()));
    Some(Arc::new(Rights::of(me.id, &newest.unwrap_or(me.memberships), now)))
}
