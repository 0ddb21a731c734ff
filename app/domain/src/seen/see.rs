//! Seeing, and marking as new again.

use super::{Act, Seen, Sight};
use crate::kernel::{Effects, Got, Occasion, Record, Refusal, Rejection};

/// Somebody has seen something. Only for oneself, and only where one is or was something.
pub(super) fn see(occasion: &Occasion<'_>, act: Act) -> Result<Effects, Refusal> {
    let Act::See { up_to, seen, unseen } = act;
    let key = occasion.key(0, Seen::KIND)?;
    let person = occasion.head.actor.person().filter(|person| person.uuid() == key.id).ok_or(Rejection::NO_RIGHT)?;
    if occasion.known.memberships(key.community, person).is_empty() {
        return Err(Rejection::NO_RIGHT.into());
    }
    let old = match occasion.known.get::<Seen>(key) {
        Got::Here(seen) => Some(seen),
        Got::Nowhere => None,
        Got::Unread => return Err(Refusal::Unread(key.clone())),
    };
    let times = occasion.times(old.map(|old| old.made.corrected()));
    let mut new = old.cloned().unwrap_or(Seen {
        person,
        community: key.community,
        up_to: 0,
        seen: Vec::new(),
        unseen: Vec::new(),
        made: times,
        changed: times,
    });
    if let Some(up_to) = up_to {
        new.see_all(up_to);
    }
    for sight in seen {
        new.see_one(sight);
    }
    for sight in unseen {
        new.see_anew(sight);
    }
    new.fold();
    if old.is_some_and(|old| *old == new) {
        return Ok(Effects::none());
    }
    new.changed = times;
    Ok(Effects::of(new))
}

impl Seen {
    /// Most records that are marked as new again; the oldest mark goes first.
    pub const MOST_UNSEEN: usize = 200;

    /// Everything up to a position. It never goes back.
    fn see_all(&mut self, up_to: i64) {
        self.up_to = self.up_to.max(up_to);
        self.unseen.retain(|sight| sight.position > up_to);
        self.seen.retain(|sight| sight.position > self.up_to);
    }

    fn see_one(&mut self, sight: Sight) {
        self.forget(&sight);
        if sight.position > self.up_to {
            insert(&mut self.seen, sight);
        }
    }

    fn see_anew(&mut self, sight: Sight) {
        self.forget(&sight);
        if sight.position <= self.up_to {
            insert(&mut self.unseen, sight);
        }
    }

    /// One exception a record is enough: of a version before nobody asks any more.
    fn forget(&mut self, sight: &Sight) {
        self.seen.retain(|other| other.record != sight.record);
        self.unseen.retain(|other| other.record != sight.record);
    }

    /// Keeps within [`Seen::MOST_EXCEPTIONS`]. What was seen first moves `up_to`: whoever has looked at two thousand
    /// newer things is not told in bold of one before them.
    fn fold(&mut self) {
        let too_many = self.unseen.len().saturating_sub(Self::MOST_UNSEEN);
        self.unseen.drain(..too_many);
        let most = Self::MOST_EXCEPTIONS - self.unseen.len();
        let too_many = self.seen.len().saturating_sub(most);
        let last = self.seen.drain(..too_many).next_back();
        if let Some(last) = last {
            self.up_to = self.up_to.max(last.position);
            self.seen.retain(|sight| sight.position > self.up_to);
        }
    }
}

/// Puts a sight where its position belongs.
fn insert(sights: &mut Vec<Sight>, sight: Sight) {
    let at = sights.partition_point(|other| (other.position, other.record) < (sight.position, sight.record));
    sights.insert(at, sight);
}
