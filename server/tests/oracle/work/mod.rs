//! What people do with a device: decided from what is on the screen, kept by the replica, and noted down.
//!
//! | module | holds |
//! |---|---|
//! | [`entries`] | watchers write, change, take back, answer, and see |
//! | [`reviews`] | readers mark as read, comment and ask, each on the version that they see |
//! | [`residents`] | who lives behind the doors, from every device of the stairwell |
//! | [`places`] | a stairwell goes to another grid, doors are called otherwise |
//! | [`refused`] | what becomes of refused commands: once more, as another entry, given up |
//! | [`photos`] | what hangs on words |

mod entries;
mod photos;
mod places;
mod refused;
mod residents;
mod reviews;

use crate::{
    device::Device,
    neighbours::{BEFORE_THE_END, Work},
    notebook::Known,
};
use domain::{
    kernel::{Command, CommunityId, PlaceId, RecordKey, Sha256, Span},
    log, organisation, residents as of_residents, seen,
    sync::{NotSaved, Overlay, State, View},
};
use rand::Rng;
use serde::Serialize;

/// An act of any module.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Deed {
    Log(log::Act),
    Organisation(organisation::Act),
    Residents(of_residents::Act),
    Seen(seen::Act),
}

/// Something to do: about what, what, and the photos that come with it.
pub struct ToDo {
    pub about: Vec<RecordKey>,
    pub deed: Deed,
    pub attached: Vec<Sha256>,
}

impl ToDo {
    pub fn new(about: Vec<RecordKey>, deed: Deed) -> Self {
        Self { about, deed, attached: Vec::new() }
    }
}

impl Device {
    /// A few minutes at work.
    pub async fn work(&self) {
        let most = match self.work {
            Work::Watching(_) => self.life.draw(|rng| rng.random_range(1..12)),
            Work::Reading | Work::KeepingGrid | Work::KeepingCommunity => 3,
            Work::Late(..) => 1,
        };
        for _ in 0..most {
            self.on_page(self.act_once()).await;
        }
        self.on_page(self.look_at_refused()).await;
    }

    /// One act, if there is anything to do.
    pub async fn act_once(&self) {
        let to_do = match self.work.clone() {
            Work::Watching(homes) => self.watchers_deed(&homes).await,
            Work::Reading => self.readers_deed(),
            Work::KeepingGrid if self.life.once_in(3) => self.grid_workers_deed(),
            Work::KeepingGrid => self.readers_deed(),
            Work::KeepingCommunity if self.life.once_in(6) => self.committees_deed(),
            Work::KeepingCommunity => self.readers_deed(),
            Work::Late(community, place) => return self.write_late(community, place).await,
        };
        if let Some(to_do) = to_do {
            self.give(to_do).await;
        }
    }

    /// What was written down before the post ended, on a phone whose clock was right then, and is right when it talks.
    async fn write_late(&self, community: CommunityId, place: PlaceId) {
        self.set_clock_back(BEFORE_THE_END);
        let to_do = self.new_entry(community, place, None);
        self.give(to_do).await;
        self.set_clock_back(Span::ZERO);
    }

    /// Gives a command, and notes it down with what the device said.
    pub async fn give(&self, ToDo { about, deed, attached }: ToDo) {
        let replica = self.replica();
        // Nobody may be signed in at the moment.
        let Ok(head) = replica.head(about) else { return };
        let command = Command::new(head, &deed).unwrap();
        let id = command.head.id;
        self.notebook.note(&command);
        match replica.submit(command, None, &attached).await {
            Ok(_) => self.notebook.know(id, Known::Saved),
            Err(NotSaved::Refused(_)) => self.notebook.know(id, Known::Refused),
            Err(NotSaved::Device(_)) => {}
        }
    }

    /// Words that nobody else says, and this device in one command only: a mark stands behind them ([`marks`](crate::erased::marks)).
    fn words(&self, what: &str) -> String {
        format!("{what}·{}号机第{}条", self.number(), self.notebook.len())
    }

    /// Looks at the screen: confirmed records with own commands on top.
    pub fn look<T>(&self, look: impl FnOnce(&State, View<'_>) -> T) -> T {
        self.replica().with(|state| {
            let overlay = Overlay::of(&state.records, &state.outbox);
            look(state, View::new(&state.records, &overlay))
        })
    }
}
