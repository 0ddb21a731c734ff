//! What somebody may read: every record is looked at.

use super::state::{RecordRow, State};
use crate::kernel::{CommunityId, Envelope, PersonId, ReadScope, Record, RecordKey, Timestamp, Unreadable, json};
use crate::kinds::Kinds;
use crate::log::{Entry, EntryFilter, EntryPage, ListMark};
use crate::store::{FeedPage, PageLimit, StoreError};
use crate::sync::Cursor;
use crate::sync::feed::{Mark, Reader, Room};
use std::cmp::Reverse;

impl State {
    /// What a person reads in each of their communities.
    fn readers(&self, person: PersonId, now: Timestamp) -> Vec<(CommunityId, Reader<'_>)> {
        let mut readers = Vec::new();
        for (community, directory) in &self.directories {
            readers.extend(Reader::of(person, *community, directory, now).map(|reader| (*community, reader)));
        }
        readers
    }

    /// The text that a reader is told of a record; `None` if nothing.
    fn told(&self, kinds: &Kinds, row: &RecordRow, reader: &Reader<'_>) -> Result<Option<Envelope>, StoreError> {
        if !reader.admits(row) {
            return Ok(None);
        }
        let envelope = row.envelope();
        match kinds.kind(&row.stored.key.kind) {
            Some(kind) if kind.is_masked => {
                let text = (kind.seen_with)(&envelope.text, &reader.rights).map_err(unread)?;
                Ok(text.map(|text| Envelope { text, ..envelope }))
            }
            Some(_) => Ok(Some(envelope)),
            // Who may know how much of it, only a newer version can say: this one has nothing to answer.
            None => Err(unread(Unreadable { is_newer: true, detail: row.stored.key.to_string() })),
        }
    }

    pub(super) fn page(
        &self,
        kinds: &Kinds,
        person: PersonId,
        cursors: &[Cursor],
        limit: &PageLimit,
        now: Timestamp,
    ) -> Result<FeedPage, StoreError> {
        let mut page = FeedPage::default();
        let mut room = Room::of(limit);
        for (community, reader) in self.readers(person, now) {
            let head = self.head(community);
            let fingerprint = reader.scope.fingerprint();
            let mark = Mark::of(cursors.iter().find(|cursor| cursor.community == community), &fingerprint, head);
            let mut position = head;
            let rows = self.records.values().filter(|row| row.stored.key.community == community);
            let mut rows: Vec<&RecordRow> = rows.filter(|row| row.position > mark.position).collect();
            rows.sort_by_key(|row| row.position);
            for row in rows {
                let RecordRow { stored, position: at } = row;
                let is_own = reader.is_author(row);
                if !mark.tells(*at, stored.stays_open, stored.row.changed, is_own, limit.horizon) {
                    continue;
                }
                let Some(envelope) = self.told(kinds, row, &reader)? else { continue };
                if !room.takes(&envelope) {
                    page.more = true;
                    position = page_end(&page, community, mark.position);
                    break;
                }
                page.envelopes.push(envelope);
            }
            page.cursors.push(mark.cursor(community, &fingerprint, position));
            page.start_over.extend(mark.start_over.then_some(community));
        }
        Ok(page)
    }

    pub(super) fn seen_by(
        &self,
        kinds: &Kinds,
        person: PersonId,
        key: &RecordKey,
        now: Timestamp,
    ) -> Result<Option<Envelope>, StoreError> {
        let directory = self.directories.get(&key.community);
        let reader = directory.and_then(|directory| Reader::of(person, key.community, directory, now));
        match (self.records.get(key), reader) {
            (Some(row), Some(reader)) => self.told(kinds, row, &reader),
            _ => Ok(None),
        }
    }

    /// Those of the wanted records that a person may see, as they may see them.
    pub(super) fn seen_among(
        &self,
        kinds: &Kinds,
        person: PersonId,
        now: Timestamp,
        is_wanted: impl Fn(&RecordRow) -> bool,
    ) -> Result<Vec<Envelope>, StoreError> {
        let mut seen = Vec::new();
        for (community, reader) in self.readers(person, now) {
            let here = self.records.values().filter(|row| row.stored.key.community == community);
            for row in here.filter(|row| is_wanted(row)) {
                seen.extend(self.told(kinds, row, &reader)?);
            }
        }
        Ok(seen)
    }

    pub(super) fn entries(
        &self,
        kinds: &Kinds,
        person: PersonId,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
        now: Timestamp,
    ) -> Result<EntryPage, StoreError> {
        let mut entries = Vec::new();
        for envelope in self.seen_among(kinds, person, now, |row| row.stored.key.kind == Entry::KIND)? {
            let entry: Entry = json::read(envelope.text.as_bytes()).map_err(unread)?;
            let Some(directory) = self.directories.get(&entry.community) else { continue };
            let is_after = after.is_none_or(|mark| entry.place_in_list() < (mark.written, mark.entry));
            if is_after && filter.matches(&entry, directory.tree()) {
                entries.push(entry);
            }
        }
        entries.sort_by_key(|entry| Reverse(entry.place_in_list()));
        let limit = usize::try_from(limit.max(1)).unwrap_or(usize::MAX);
        let more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().filter(|_| more);
        let next = last.map(|entry| ListMark { written: entry.written(), entry: entry.id });
        Ok(EntryPage { entries, next })
    }
}

/// A record cannot be read: damaged, or of a newer version, which may be back soon.
fn unread(error: Unreadable) -> StoreError {
    if error.is_newer { StoreError::Unavailable(error.into()) } else { StoreError::Failed(error.into()) }
}

impl Reader<'_> {
    fn is_author(&self, row: &RecordRow) -> bool {
        row.author().is_some_and(|author| author == self.scope.person)
    }

    fn admits(&self, row: &RecordRow) -> bool {
        ReadScope::admits(&self.scope, row.author(), &row.stored.audience)
    }
}

impl RecordRow {
    /// The person who made it.
    pub(super) fn author(&self) -> Option<PersonId> {
        self.stored.author.and_then(crate::kernel::Actor::person)
    }
}

/// The position of the last record that a page has of a community.
fn page_end(page: &FeedPage, community: CommunityId, before: i64) -> i64 {
    let last = page.envelopes.iter().rev().find(|envelope| envelope.head.key.community == community);
    last.map_or(before, |envelope| envelope.head.position)
}
