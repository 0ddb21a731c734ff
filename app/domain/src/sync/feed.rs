//! Telling the feed: whose communities are read, where a reader stands, where a page ends. Every engine asks this; what
//! a query has to find is said by [`ReadScope::admits`] and [`Mark::tells`].
//!
//! **Nothing is skipped.** An engine reads the head first and records up to it afterwards: a record that moves in
//! between moves beyond the head, where the next pull finds it.
//!
//! **The first reading** leaves out what does not stay open and was last changed long ago, page after page, while later
//! pulls leave out nothing: a phone that was off for half a year must still hear of a change that is five months old. So
//! the cursor of a first reading carries, beside the scope, the head that it started from (`scope<head`); beyond that it
//! is a plain one.

use super::Cursor;
use crate::kernel::{Bytes, CommunityId, Envelope, PersonId, ReadScope, Rights, Timestamp};
use crate::organisation::Directory;
use crate::store::PageLimit;

/// What somebody reads in one of their communities.
#[derive(Clone, Debug)]
pub struct Reader<'d> {
    /// How much is shown: for [`crate::kinds::KindOf::seen_with`].
    pub rights: Rights<'d>,
    /// What is told.
    pub scope: ReadScope,
}

impl<'d> Reader<'d> {
    /// A person in a community in which they have a post, or had one not longer ago than late work counts: then they hear
    /// of what they wrote themselves only, since no post reads anything. `None` for everybody else.
    #[must_use]
    pub fn of(person: PersonId, community: CommunityId, directory: &'d Directory, now: Timestamp) -> Option<Self> {
        let memberships = directory.memberships(person);
        let grace = directory.grace();
        memberships.iter().find(|one| one.from <= now && one.until.is_none_or(|until| now < until.plus(grace)))?;
        let rights = Rights::now(person, community, memberships, directory.tree(), now);
        let scope = rights.read_scope()?;
        Some(Self { rights, scope })
    }
}

/// Where a reader stands in one feed, and how far their first reading goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Everything up to here is known.
    pub position: i64,
    /// Up to here it is the first reading.
    pub first_reading_until: i64,
    /// The cursor is of another scope, or beyond the feed: what the client has of this community is told anew.
    pub start_over: bool,
}

impl Mark {
    /// Where a cursor stands, given the scope and the feed as they are now.
    #[must_use]
    pub fn of(cursor: Option<&Cursor>, fingerprint: &str, head: i64) -> Self {
        let anew = |start_over| Self { position: 0, first_reading_until: head, start_over };
        let Some(cursor) = cursor else { return anew(false) };
        let (scope, until) = cursor.scope.split_once('<').unwrap_or((&cursor.scope, "0"));
        match until.parse() {
            Ok(first_reading_until) if scope == fingerprint && (0..=head).contains(&cursor.position) => {
                Self { position: cursor.position, first_reading_until, start_over: false }
            }
            _ => anew(true),
        }
    }

    /// Whether a record that the scope admits is told.
    #[must_use]
    pub fn tells(&self, position: i64, stays_open: bool, changed: Timestamp, is_own: bool, horizon: Timestamp) -> bool {
        position > self.first_reading_until || stays_open || is_own || changed >= horizon
    }

    /// The cursor after everything up to `position` was told.
    #[must_use]
    pub fn cursor(&self, community: CommunityId, fingerprint: &str, position: i64) -> Cursor {
        let is_first = position < self.first_reading_until;
        let until = if is_first { format!("<{}", self.first_reading_until) } else { String::new() };
        Cursor { community, position, scope: format!("{fingerprint}{until}") }
    }
}

/// How much still fits on a page: one page for all communities of a reader.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    records: u32,
    bytes: Bytes,
    is_empty: bool,
}

impl Room {
    /// An empty page.
    #[must_use]
    pub fn of(limit: &PageLimit) -> Self {
        Self { records: limit.records.max(1), bytes: limit.bytes, is_empty: true }
    }

    /// How many records still fit, at most.
    #[must_use]
    pub const fn records(&self) -> u32 {
        self.records
    }

    /// Whether a record still fits; then it is on the page, and where it does not, the page has ended. The first one always
    /// does, however large: nobody is stuck.
    #[must_use]
    pub fn takes(&mut self, envelope: &Envelope) -> bool {
        let size = envelope.size();
        let fits = self.is_empty || (self.records > 0 && size <= self.bytes);
        if fits {
            self.is_empty = false;
            self.records = self.records.saturating_sub(1);
            self.bytes = Bytes::new(self.bytes.get().saturating_sub(size.get()));
        } else {
            // What comes after it is not told before it.
            self.records = 0;
        }
        fits
    }
}
