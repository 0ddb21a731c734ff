//! What the screens know: a mirror of the tab's [`Replica`] in signals, and what people do on the screens.

mod acts;
mod attachments;
mod device;
mod drafts;
mod known;
mod session;
mod shown;

pub use acts::Stuck;
pub use attachments::{Capturing, NotCaptured};
pub use device::Device;
pub use shown::ShownEntry;

use crate::ui::Flag;
use crate::ui::reactive::{Memo, RwSignal};
use domain::kernel::{EntryId, PersonId, Sha256, SortedMap, Timestamp};
use domain::sync::{
    Card, Changed, Doors, Drafts, KeptBlob, LeftBehind, Link, LocalError, Outbox, Records, Replica, SyncMarks,
    SyncStatus,
};
use domain::{
    kinds::{Kinds, Module},
    log, organisation, residents,
};
use known::Standing;
use leptos::prelude::*;
use shown::Laid;
use std::{rc::Rc, sync::Arc};

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

/// The state of the app in this tab. Cheap to copy; provided as context by [`super::App`].
#[derive(Clone, Copy)]
pub struct Client {
    /// How far the app has come.
    pub phase: RwSignal<Phase>,
    /// Who is signed in on this device.
    pub me: RwSignal<Option<Card>>,
    /// What the server has confirmed, in all communities of the person.
    pub records: RwSignal<Records>,
    /// What this device has to tell.
    pub outbox: RwSignal<Outbox>,
    /// How far it came with the server.
    pub marks: RwSignal<SyncMarks>,
    /// Photos and voice notes whose bytes are on this device.
    pub blobs: RwSignal<Vec<KeptBlob>>,
    /// Those that the server will never take: its person has to do without.
    pub refused_blobs: RwSignal<Vec<Sha256>>,
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
    /// This browser kept something before, and now it is empty: somebody or something cleared it.
    pub storage_lost: RwSignal<bool>,
    /// Whose entries wait on this device while nobody is signed in.
    pub left_behind: RwSignal<Vec<LeftBehind>>,
    /// What one's own commands do to the confirmed records.
    overlay: Memo<Laid>,
    /// All entries with one's own commands on top.
    pub shown: Memo<Arc<SortedMap<EntryId, ShownEntry>>>,
    /// What the person is now in each community of which something is known here.
    standings: Memo<Vec<Standing>>,
    /// What the state strip says.
    pub status: Memo<SyncStatus>,
    drafts: RwSignal<Drafts>,
    replica: StoredValue<Option<Rc<Replica>>, LocalStorage>,
    device: StoredValue<Option<Rc<dyn Device>>, LocalStorage>,
}

impl Client {
    /// An empty client, as the server renders it and as every tab starts.
    #[must_use]
    pub fn new() -> Self {
        let me: RwSignal<Option<Card>> = RwSignal::new(None);
        let (records, outbox) = (RwSignal::new(Records::new(Self::first_kinds())), RwSignal::default());
        let (link, clock, marks) = (RwSignal::default(), RwSignal::default(), RwSignal::<SyncMarks>::default());
        let (blobs, refused_blobs) = (RwSignal::<Vec<KeptBlob>>::default(), RwSignal::<Vec<Sha256>>::default());
        let replica = StoredValue::new_local(None::<Rc<Replica>>);
        let now = Memo::new(move |_| marks.with(|marks| marks.server_time(clock.get())));
        let overlay = Memo::new(move |_| records.with(|records| outbox.with(|outbox| Laid::of(records, outbox))));
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
            overlay,
            shown: Memo::new(move |_| records.with(|records| overlay.with(|overlay| overlay.entries(records)))),
            standings: Memo::new(move |_| {
                let me = me.with(|me| me.as_ref().map(|me| me.person));
                let at = now.get();
                records.with(|records| overlay.with(|overlay| Standing::all(me, &overlay.over(records), records, at)))
            }),
            status: Memo::new(move |_| {
                if me.with(Option::is_none) {
                    // Also on the server, where there is no replica to be asked.
                    return SyncStatus { link: link.get(), ..SyncStatus::default() };
                }
                // What it is made of. The replica sums up what it knows itself.
                records.track();
                outbox.track();
                marks.track();
                blobs.track();
                refused_blobs.track();
                link.track();
                replica.with_value(|replica| replica.as_ref().map(|replica| replica.status()).unwrap_or_default())
            }),
            drafts: RwSignal::default(),
            replica,
            device: StoredValue::new_local(None),
        }
    }

    /// The client of this tab.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// What the first part of the program knows: the log, and the records that home reads.
    fn first_kinds() -> Kinds {
        static ORGANISATION: Module = organisation::MODULE.records_only();
        static RESIDENTS: Module = residents::MODULE.records_only();
        Kinds::of(&[&log::MODULE, &ORGANISATION, &RESIDENTS])
    }

    /// Connects the tab with its device, and makes the replica that it mirrors from now on; the caller runs it. Called
    /// once, by `frontend`.
    pub fn connect(self, doors: Doors, device: Rc<dyn Device>) -> Rc<Replica> {
        self.clock.set(doors.host.now());
        let replica = Replica::new(doors, Self::first_kinds(), move |changed| self.mirror(changed));
        self.replica.set_value(Some(Rc::clone(&replica)));
        self.device.set_value(Some(device));
        replica
    }

    /// Shows what the device holds for whoever is signed in on it, or that nobody is. Where somebody has
    /// `just_entered`, by the server's form or in a page that went before the device knew, the server is asked who it
    /// is before anybody is sent to sign in. Called once, by `frontend`, after [`Client::connect`].
    ///
    /// # Errors
    /// [`LocalError`]; the screen says so by then.
    pub async fn start(self, just_entered: bool) -> Result<(), LocalError> {
        let Some(replica) = self.replica() else { return Ok(()) };
        // What was written before the device could be asked is nobody's yet.
        for (key, text) in self.drafts.get_untracked() {
            // In memory, which never fails.
            let _ = replica.keep_draft(&key, text).await;
        }
        let started = replica.start().await;
        match &started {
            Ok(()) if replica.person().is_none() => {
                // Where this fails, they are asked to sign in again.
                let is_told = just_entered && self.sign_in_finished().await.is_ok();
                if !is_told {
                    self.show_nobody();
                }
            }
            Ok(()) => {}
            Err(error) => self.phase.set(Phase::NoStorage(error.clone())),
        }
        started
    }

    /// The replica, in the browser once the device is connected.
    #[must_use]
    pub fn replica(self) -> Option<Rc<Replica>> {
        self.replica.get_value()
    }

    /// Who is signed in here. Whoever asks hears of another one.
    #[must_use]
    pub fn my_id(self) -> Option<PersonId> {
        self.me.with(|me| me.as_ref().map(|me| me.person))
    }

    /// Who is signed in here, at this moment.
    #[must_use]
    pub fn my_id_untracked(self) -> Option<PersonId> {
        self.me.with_untracked(|me| me.as_ref().map(|me| me.person))
    }

    /// Whether somebody is the one who is signed in here, at this moment.
    #[must_use]
    pub fn is_me(self, person: PersonId) -> bool {
        self.my_id_untracked() == Some(person)
    }

    /// Takes over what has changed in the replica.
    fn mirror(self, changed: Changed) {
        let Some(replica) = self.replica() else { return };
        match changed {
            Changed::Person => self.mirror_all(&replica),
            Changed::Records => {
                self.mirror_card(&replica);
                self.mirror_records(&replica);
            }
            Changed::Outbox => {
                self.outbox.set(replica.with(|state| state.outbox.clone()));
                // A text that was saved has ended, by this tab's own hand.
                let drafts = replica.with(|state| state.drafts.clone());
                self.change_drafts(|known| *known = drafts);
            }
            Changed::Marks => self.marks.set(replica.with(|state| state.marks.clone())),
            Changed::Drafts => self.drafts.set(replica.with(|state| state.drafts.clone())),
            Changed::Blobs => self.mirror_blobs(&replica),
            Changed::Link => self.mirror_link(&replica),
            Changed::Emptied => {
                // Said until somebody has seen it, over reloads and sign-in.
                Flag::STORAGE_LOST.keep(true);
                self.storage_lost.set(true);
            }
        }
    }

    fn mirror_all(self, replica: &Replica) {
        self.mirror_card(replica);
        self.mirror_records(replica);
        self.outbox.set(replica.with(|state| state.outbox.clone()));
        self.marks.set(replica.with(|state| state.marks.clone()));
        self.drafts.set(replica.with(|state| state.drafts.clone()));
        self.mirror_blobs(replica);
        self.mirror_link(replica);
        if replica.person().is_some() {
            self.adopt_tab();
            if self.phase.with_untracked(|phase| *phase != Phase::Ready) {
                self.phase.set(Phase::Ready);
            }
        } else {
            self.show_nobody();
        }
    }

    fn mirror_card(self, replica: &Replica) {
        let card = replica.with(|state| state.card.clone());
        if self.me.with_untracked(|me| *me != card) {
            self.me.set(card);
        }
    }

    fn mirror_records(self, replica: &Replica) {
        let records = replica.with(|state| {
            // Decoded before it is copied, so that it is decoded once.
            for community in state.records.communities() {
                let _ = state.records.directory(community);
            }
            state.records.clone()
        });
        self.records.set(records);
    }

    fn mirror_blobs(self, replica: &Replica) {
        self.blobs.set(replica.with(|state| state.blobs.clone()));
        self.refused_blobs.set(replica.with(|state| state.refused_blobs.clone()));
    }

    fn mirror_link(self, replica: &Replica) {
        self.link.set(replica.with(|state| state.link));
        let session_over = replica.with(|state| state.session_over);
        if self.session_over.get_untracked() != session_over {
            self.session_over.set(session_over);
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}
