//! What a device remembers about its talks with the server, and what the state strip says: one sentence about what waits
//! and since when.

use super::{Cursor, Epoch, Outbox, PullReplyHead, QueuedState, ServerMark};
use crate::kernel::{Attachment, Command, CommunityId, Span, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// What a device remembers about its talks with the server. Kept with the confirmed records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncMarks {
    /// How far each community's feed was read.
    #[serde(default)]
    pub cursors: Vec<Cursor>,
    /// The server's epoch that the cursors belong to; `None` where none was met, or another one was only heard of.
    pub epoch: Option<Epoch>,
    /// The first reading went through to its end; until then lists may be incomplete.
    pub first_sync_done: bool,
    /// When the server last answered, by its clock.
    pub last_contact: Option<Timestamp>,
    /// What to add to this device's clock to get the server's.
    pub clock_offset: Option<Span>,
    /// Photos and voice notes that were not uploaded when the records were forgotten, at sign-out or to be read anew: which
    /// they are follows from the records.
    #[serde(default, deserialize_with = "as_u32")]
    pub blobs_left: usize,
    /// Photos and voice notes that the server waits for, of records that were forgotten here. They go on being
    /// uploaded, also where the community tells this person nothing any more: what is not uploaded stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub still_awaited: Vec<Attachment>,
    /// Which version of the program answered last.
    #[serde(default)]
    pub server_version: Option<String>,
}

/// A clock that is off by less is as good as right.
const NOTICEABLE: Span = Span::minutes(10);

/// A phone would download the reader of a `usize` with all that it can say of a number that is too large, the printing of
/// fractions included: three kilobytes.
fn as_u32<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    u32::deserialize(deserializer).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}

impl SyncMarks {
    /// Takes in what a reply says of the server: `asked` and `answered` are the device's clock before and after. Says
    /// whether the server has begun another epoch since the last talk: then everything of the last 30 days is to be
    /// offered again, and all feeds are read anew.
    pub fn meet(&mut self, server: &ServerMark, asked: Timestamp, answered: Timestamp) -> bool {
        let another_epoch = self.hear_of(&server.epoch);
        self.epoch = Some(server.epoch.clone());
        self.last_contact = Some(server.now);
        self.clock_offset = Some(measured_offset(asked, answered, server.now));
        self.server_version = Some(server.version.clone());
        another_epoch
    }

    /// A server of this epoch answers, before it has told anything. Says whether it is another one than was met: then
    /// the epoch is unknown until the next answer to a push or a pull, and all feeds are read anew.
    pub fn hear_of(&mut self, epoch: &Epoch) -> bool {
        let another_epoch = self.epoch.as_ref().is_some_and(|known| known != epoch);
        if another_epoch {
            self.epoch = None;
            self.cursors.clear();
            self.first_sync_done = false;
        }
        another_epoch
    }

    /// A page of the feeds was read.
    #[must_use]
    pub fn read_on(&self, page: &PullReplyHead) -> Self {
        let first_sync_done = !page.more || (self.first_sync_done && page.start_over.is_empty());
        // From then on the records say it.
        let blobs_left = if first_sync_done { 0 } else { self.blobs_left };
        Self { cursors: page.cursors.clone(), first_sync_done, blobs_left, ..self.clone() }
    }

    /// The records of these communities were forgotten (`None`: of all): their feeds are read anew. `blobs_left` is how
    /// many photos were not uploaded then, `still_awaited` those of them that the server waits for.
    #[must_use]
    pub fn forgot(
        &self,
        communities: Option<&[CommunityId]>,
        blobs_left: usize,
        still_awaited: Vec<Attachment>,
    ) -> Self {
        let mut marks = Self { first_sync_done: false, blobs_left, still_awaited, ..self.clone() };
        marks.cursors.retain(|cursor| communities.is_some_and(|gone| !gone.contains(&cursor.community)));
        marks
    }

    /// What to add to the device's clock, where that clock has run on since it was measured. One that was put right
    /// meanwhile, or wrong, is measured anew at the next talk; until then nothing is known.
    #[must_use]
    pub fn offset_at(&self, device: Timestamp) -> Option<Span> {
        let offset = self.clock_offset?;
        let Some(contact) = self.last_contact else { return Some(offset) };
        let measured = contact.plus(offset.negated());
        let set_back = device.plus(NOTICEABLE) < measured;
        let set_forward = offset > NOTICEABLE && device >= contact;
        (!set_back && !set_forward).then_some(offset)
    }

    /// What the server's clock shows when this device's shows `device`, as well as we know. To the minute: each talk
    /// measures a little differently, and what is on the screen must not move with it.
    #[must_use]
    pub fn server_time(&self, device: Timestamp) -> Timestamp {
        let minute = Span::minutes(1).millis();
        let offset = self.offset_at(device).unwrap_or_default().millis();
        device.plus(Span::minutes(offset.saturating_add(minute / 2).div_euclid(minute)))
    }
}

/// What to add to the device's clock to get the server's: the server looked at its clock half-way between question and
/// answer.
const fn measured_offset(asked: Timestamp, answered: Timestamp, server: Timestamp) -> Span {
    server.since(asked.plus(Span::from_millis(answered.since(asked).millis() / 2)))
}

/// How it stands with the server, as far as the last attempt tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Nothing was tried yet.
    #[default]
    Unknown,
    /// The server answers.
    Reached,
    /// A push or pull is under way.
    Busy,
    /// No answer, or one that is not ours (captive portal).
    Unreachable,
    /// The session has ended: writing goes on, sending waits for sign-in by the same person.
    SignInNeeded,
    /// This version is too old for the server; the outbox is kept.
    TooOld,
    /// The server asks for patience.
    ServerTrouble,
}

/// What the state strip has to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// Commands that are only on this device.
    pub waiting: usize,
    /// When the oldest of them was written, by the server's clock as well as we know.
    pub oldest: Option<Timestamp>,
    /// Commands that the server has parked for something else.
    pub parked: usize,
    /// Commands about which somebody has to decide.
    pub awaits_decision: usize,
    /// Commands that the server is too old for.
    pub awaits_server: usize,
    /// Commands that need a person.
    pub needs_person: usize,
    /// Photos and voice notes on this device that the server waits for.
    pub attachments: usize,
    /// Those that it will never take: they need a person, too.
    pub refused: usize,
    /// How it stands with the server.
    pub link: Link,
}

impl SyncStatus {
    /// Commands that are not with the server, or not in force.
    #[must_use]
    pub const fn unsent_commands(&self) -> usize {
        self.waiting + self.kept_back() + self.needs_person
    }

    /// Commands that wait for something else than signal.
    #[must_use]
    pub const fn kept_back(&self) -> usize {
        self.parked + self.awaits_decision + self.awaits_server
    }

    /// What somebody has to look at before it can go.
    #[must_use]
    pub const fn asks(&self) -> usize {
        self.needs_person + self.refused
    }

    /// Photos and voice notes that are only on this device.
    #[must_use]
    pub const fn unsent_blobs(&self) -> usize {
        self.attachments + self.refused
    }

    /// Everything this device ever wrote is with the server, and in force; also what hangs on it. What concerns nobody else
    /// does not count.
    #[must_use]
    pub const fn all_uploaded(&self) -> bool {
        self.unsent_commands() + self.unsent_blobs() == 0
    }
}

/// Sums up what an outbox has to tell its person of, and what hangs on it: `attachments` that are to be uploaded, and
/// `refused` ones.
#[must_use]
pub fn sync_status(outbox: &Outbox, attachments: usize, refused: usize, link: Link) -> SyncStatus {
    let mut status = SyncStatus { attachments, refused, link, ..SyncStatus::default() };
    for item in outbox.shown_as_unsent() {
        match item.state {
            QueuedState::Waiting => {
                status.waiting += 1;
                let written = item.command.as_ref().map(|Command { head, .. }| head.corrected());
                status.oldest = [status.oldest, written].into_iter().flatten().min();
            }
            QueuedState::Parked { .. } => status.parked += 1,
            QueuedState::AwaitsDecision => status.awaits_decision += 1,
            QueuedState::AwaitsServer { .. } => status.awaits_server += 1,
            QueuedState::NeedsPerson { .. } => status.needs_person += 1,
            QueuedState::Acknowledged { .. } => {}
        }
    }
    status
}
