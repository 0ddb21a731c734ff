//! What only the server knows of one command, and what is known where no record is.

use super::Serial;
use super::draft::Draft;
use crate::kernel::{
    CommunityId, Day, Known, Look, Membership, PersonId, RecordKey, ServerSide, Sha256, Span, Timestamp, Tree,
};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Numbers are taken on approval: of a command that has no effect none is used up.
pub(super) struct Serving<'j, 'g> {
    pub draft: &'j Draft<'g>,
    pub community: CommunityId,
    pub received: Timestamp,
    pub is_decided: bool,
    pub taken: RefCell<Taken>,
}

/// What a command took.
#[derive(Default)]
pub(super) struct Taken {
    pub serials: BTreeMap<Serial, u32>,
    /// The first number that people will say.
    pub number: Option<String>,
}

impl Serving<'_, '_> {
    fn next(&self, serial: Serial) -> u32 {
        let mut taken = self.taken.borrow_mut();
        let last = taken.serials.get(&serial).copied().unwrap_or_else(|| self.draft.last_of(&serial));
        let next = last.saturating_add(1);
        taken.serials.insert(serial, next);
        next
    }
}

impl ServerSide for Serving<'_, '_> {
    fn received(&self) -> Timestamp {
        self.received
    }

    fn is_decided(&self) -> bool {
        self.is_decided
    }

    fn number(&self, series: &'static str, day: Day) -> String {
        let serial = self.next(Serial { community: self.community, series: series.to_owned(), day: Some(day) });
        let abbreviation = self.draft.directory(self.community).abbreviation();
        let number = format!("{abbreviation}-{}-{series}{serial:04}", day.compact());
        self.taken.borrow_mut().number.get_or_insert_with(|| number.clone());
        number
    }

    fn serial(&self, series: &str) -> u32 {
        self.next(Serial { community: self.community, series: series.to_owned(), day: None })
    }

    fn has_blob(&self, sender: PersonId, sha256: &Sha256) -> bool {
        self.draft.has_blob((sender, *sha256))
    }
}

/// Knows places, people and no record.
pub(super) struct Blind<'j, 'g>(pub &'j Draft<'g>);

impl Known for Blind<'_, '_> {
    fn look(&self, _: &RecordKey) -> Look<'_> {
        Look::Nowhere
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.0.tree(community)
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.0.memberships(community, person)
    }

    fn grace(&self, community: CommunityId) -> Span {
        self.0.grace(community)
    }

    fn people(&self, community: CommunityId) -> usize {
        self.0.people(community)
    }
}
