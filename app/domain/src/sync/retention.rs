//! What a phone lets go of, and when.
//!
//! | | |
//! |---|---|
//! | data | goes: what the server has acknowledged of other people's records, of sent texts, of uploaded photos. Stays, so that writing goes on: places with their doors, numbers to dial, one's own card; and whatever is not acknowledged: the outbox, drafts, photos that wait |
//! | who | at sign-out; when the server says, in a reply of its own, that the session is over, or that a community is closed to this person; at the first start after long silence, before anything is drawn |
//! | offline | all of it, but for what only the server can say |
//! | never | a captive portal takes nothing away, and nothing that the server has not acknowledged ever goes |

use super::{Failure, Kept, Outbox, Queued, Records, SyncMarks, kept_for, still_awaited};
use crate::{
    kernel::{CommunityId, PersonId, Record, RecordKey, Role, Sha256, SortedSet, Timestamp},
    organisation::{Community, Person, Place},
};

/// The kinds that stay whole: places with their doors, and the community's numbers to dial.
pub const KINDS_THAT_STAY: [&str; 2] = [Community::KIND, Place::KIND];

/// What may make a phone let go.
#[derive(Clone, Copy, Debug)]
pub enum Cause<'c> {
    /// The person signs out here.
    SignedOut,
    /// A request failed. Only the server's own word about the session or a community counts.
    Failed(&'c Failure),
    /// The app starts; it may have been silent for long.
    Started {
        /// The device's clock.
        now: Timestamp,
    },
}

/// What a device holds for one person.
#[derive(Clone, Copy)]
pub struct Holding<'h> {
    /// Whose it is.
    pub me: PersonId,
    /// Confirmed records.
    pub records: &'h Records,
    /// The outbox.
    pub outbox: &'h Outbox,
    /// How far it came with the server.
    pub marks: &'h SyncMarks,
    /// Unfinished texts as the device keeps them.
    pub drafts: &'h [&'h str],
    /// Photos and voice notes whose bytes are here.
    pub blobs: &'h [Sha256],
}

/// What goes. The device carries it out in one transaction, with the marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetGo {
    /// Whose it is; their own card stays.
    me: PersonId,
    /// `None`: of all communities, and what cannot be read.
    communities: Option<Vec<CommunityId>>,
    /// Uploaded photos and voice notes.
    pub blobs: Vec<Sha256>,
    /// The marks from then on: what went is read anew.
    pub marks: SyncMarks,
}

impl LetGo {
    /// Whose it is.
    #[must_use]
    pub const fn whose(&self) -> PersonId {
        self.me
    }

    /// Whether a confirmed record stays.
    #[must_use]
    pub fn keeps(&self, key: &RecordKey) -> bool {
        always_stays(key, self.me) || !self.is_about(Some(key.community))
    }

    /// Whether a command stays, in the outbox or among what was sent within the last 30 days: always where the server has
    /// not acknowledged it.
    #[must_use]
    pub fn keeps_command(&self, item: &Queued) -> bool {
        item.is_unsent() || !self.is_about(item.record().map(|key| key.community))
    }

    fn is_about(&self, community: Option<CommunityId>) -> bool {
        match (&self.communities, community) {
            (None, _) => true,
            (Some(communities), Some(community)) => communities.contains(&community),
            (Some(_), None) => false,
        }
    }

    /// The same for the copies in memory.
    pub fn carry_out(&self, records: &mut Records, outbox: &mut Outbox) {
        records.retain(|key| self.keeps(key));
        *outbox = Outbox::restored(outbox.items().iter().filter(|item| self.keeps_command(item)).cloned().collect());
    }
}

/// What goes for this cause; `None` where everything stays.
#[must_use]
pub fn let_go(cause: Cause<'_>, holding: &Holding<'_>) -> Option<LetGo> {
    let communities = match cause {
        Cause::SignedOut => None,
        Cause::Failed(failure) => match closed_by(failure, holding.marks)? {
            Closed::Session => None,
            Closed::Community(community) => Some(vec![community]),
        },
        Cause::Started { now } => {
            let copies = holding.communities_with_copies();
            let silent: Vec<CommunityId> = copies.iter().copied().filter(|one| is_silent(holding, *one, now)).collect();
            if silent.is_empty() {
                return None;
            }
            (silent.len() < copies.len()).then_some(silent)
        }
    };
    let left = holding.blobs.iter().filter(|sha256| holding.why(sha256) > Kept::ForDraft).count();
    // Where records have gone before and were not read again, they do not say it.
    let left = if holding.marks.first_sync_done { left } else { left.max(holding.marks.blobs_left) };
    let is_about = |community| communities.as_ref().is_none_or(|gone| gone.contains(&community));
    let mut awaited =
        still_awaited(holding.me, holding.records, holding.outbox, &holding.marks.still_awaited, is_about);
    awaited.retain(|one| holding.blobs.contains(&one.sha256));
    let marks = holding.marks.forgot(communities.as_deref(), left, awaited);
    let mut gone = LetGo { me: holding.me, communities, blobs: Vec::new(), marks };
    // Which epoch of the server has them is known only where one was met.
    let is_met = holding.marks.epoch.is_some();
    let uploaded = holding.blobs.iter().filter(|sha256| is_met && holding.why(sha256) == Kept::Uploaded);
    gone.blobs = uploaded.filter(|sha256| !holding.is_named_outside(sha256, &gone)).copied().collect();
    Some(gone)
}

/// What the server says is over.
enum Closed {
    Session,
    Community(CommunityId),
}

/// Counts only in the words of the server whose records these are: neither a captive portal nor a status alone, and not
/// another epoch of the server, which may lack what this phone still has of it.
fn closed_by(failure: &Failure, marks: &SyncMarks) -> Option<Closed> {
    let (epoch, closed) = match failure {
        Failure::SignInNeeded { epoch } => (epoch, Closed::Session),
        Failure::Forbidden { epoch, community: Some(community) } => (epoch, Closed::Community(*community)),
        _ => return None,
    };
    (epoch.is_some() && *epoch == marks.epoch).then_some(closed)
}

/// Whether the time without contact is over. A device that never reached the server has nothing of it.
fn is_silent(holding: &Holding<'_>, community: CommunityId, now: Timestamp) -> bool {
    let Some(contact) = holding.marks.last_contact else { return false };
    // An offset that does not hold for this clock any more is none: then the clock counts as it is.
    let since = now.plus(holding.marks.offset_at(now).unwrap_or_default()).since(contact);
    let directory = holding.records.directory(community);
    let is_watcher = is_only_watcher(directory.person(holding.me), now);
    let usual = if is_watcher { Community::USUAL_SILENCE_OF_WATCHERS } else { Community::USUAL_SILENCE_OF_OTHERS };
    since > directory.community().map_or(usual, |figures| figures.silence(is_watcher))
}

/// Whoever has another post beside the stairwell has more of others' data on the device.
fn is_only_watcher(person: Option<&Person>, now: Timestamp) -> bool {
    let mut roles = person.into_iter().flat_map(|person| person.posts_at(now)).map(|held| held.role).peekable();
    roles.peek().is_some() && roles.all(|role| role == Role::Watcher)
}

fn always_stays(key: &RecordKey, me: PersonId) -> bool {
    let is_own_card = key.kind == Person::KIND && key.id == me.uuid();
    is_own_card || KINDS_THAT_STAY.contains(&key.kind.as_str())
}

impl Holding<'_> {
    /// The communities of which there is something to let go of.
    fn communities_with_copies(&self) -> SortedSet<CommunityId> {
        let records = self.records.keys().filter(|key| !always_stays(key, self.me)).map(|key| key.community);
        let read = self.marks.cursors.iter().map(|cursor| cursor.community);
        let acknowledged = self.outbox.items().iter().filter(|item| !item.is_unsent());
        let acknowledged = acknowledged.filter_map(|item| item.record().map(|key| key.community));
        records.chain(read).chain(acknowledged).collect()
    }

    fn why(&self, sha256: &Sha256) -> Kept {
        let forgotten = &self.marks.still_awaited;
        kept_for(sha256, self.me, self.records, self.outbox, forgotten, self.drafts.iter().copied())
    }

    /// Whether a record that stays names it.
    fn is_named_outside(&self, sha256: &Sha256, gone: &LetGo) -> bool {
        let mut records = self.records.with_attachments_of(self.me);
        records.any(|record| gone.keeps(&record.key()) && record.attachments().iter().any(|one| one.sha256 == *sha256))
    }
}
