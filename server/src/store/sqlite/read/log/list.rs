//! The list of the log. It runs by time of writing and id, newest first, along the narrowest way there is ([`ways`]); what
//! the bigram index proposes is walked by [`hits`].
//!
//! What a query finds is checked again with [`EntryFilter::matches`]: the index proposes, the domain decides.

use super::{hits, ways::Ways};
use crate::store::sqlite::{
    SqliteStore, bigrams,
    communities::{Community, Head},
    failure::{Sql, unread},
    scope::Scope,
};
use domain::{
    kernel::{EntryId, PersonId, Timestamp, json},
    log::{Entry, EntryFilter, EntryPage, ListMark},
};
use sqlx::{QueryBuilder, SqliteConnection};

/// Most entries of one page.
const MOST_ENTRIES: u32 = 500;
/// Pages of the newest entries, and most entries, that are read before the bigram index is asked for characters that
/// stand alone.
const NEWEST_PAGES: usize = 8;
const MOST_NEWEST: usize = 400;

/// Where an entry stands in the list.
pub(super) type Standing = (Timestamp, EntryId);

impl SqliteStore {
    pub(in crate::store::sqlite) async fn entry_page(
        &self,
        person: PersonId,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
        now: Timestamp,
    ) -> Sql<EntryPage> {
        let limit = limit.clamp(1, MOST_ENTRIES) as usize;
        let mut connection = self.readers.acquire().await?;
        let mut entries = Vec::new();
        for head in Head::fetch(&mut connection).await? {
            let community = self.communities.at(&mut connection, head).await?;
            let Some(told) = community.told(person, now)? else { continue };
            let list = List { community: &community, scope: &told.scope, filter, limit };
            entries.extend(list.read(&mut connection, after).await?);
        }
        // Each community has given as many as there can be of it.
        entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.place_in_list()));
        let more = entries.len() > limit;
        entries.truncate(limit);
        let last = entries.last().filter(|_| more);
        let next = last.map(|entry| ListMark { written: entry.written(), entry: entry.id });
        Ok(EntryPage { entries, next })
    }
}

/// One list of one community.
pub(super) struct List<'l> {
    pub community: &'l Community,
    pub scope: &'l Scope,
    pub filter: &'l EntryFilter,
    pub limit: usize,
}

impl List<'_> {
    /// One entry more than fit on a page, if there are.
    async fn read(&self, connection: &mut SqliteConnection, after: Option<ListMark>) -> Sql<Vec<Entry>> {
        let mut after = after.map(|mark| (mark.written, mark.entry));
        let mut page = Vec::new();
        let words = self.filter.search_words();
        // What the index has of a frequent character is long, and the newest entries have it anyway.
        if bigrams::only_single(&words) {
            let wanted = (self.limit * NEWEST_PAGES).min(MOST_NEWEST);
            let wordless = EntryFilter { words: String::new(), ..self.filter.clone() };
            let newest = self.bite(connection, &wordless, after, wanted).await?;
            let all = newest.len() < wanted;
            after = newest.last().map(Entry::place_in_list).or(after);
            page.extend(newest.into_iter().filter(|entry| self.matches(entry)));
            if all || page.len() > self.limit {
                return Ok(page);
            }
        }
        if self.is_words_only() && hits::walk(self, connection, after, &mut page).await? {
            return Ok(page);
        }
        loop {
            // Always as many: where the index proposes much that the words do not match, small bites would never end.
            let entries = self.bite(connection, self.filter, after, self.limit + 1).await?;
            let all = entries.len() <= self.limit;
            after = entries.last().map(Entry::place_in_list);
            page.extend(entries.into_iter().filter(|entry| self.matches(entry)));
            if all || page.len() > self.limit {
                return Ok(page);
            }
        }
    }

    /// Whether nothing but words narrows the list: then their hits are walked.
    fn is_words_only(&self) -> bool {
        let wordless = EntryFilter { words: String::new(), ..self.filter.clone() };
        wordless == EntryFilter::default() && self.scope.few().is_none()
    }

    pub(super) fn matches(&self, entry: &Entry) -> bool {
        self.filter.matches(entry, self.community.directory.tree())
    }

    /// The next entries that may be wanted, newest first: first their slots, from narrow rows alone, then what they say.
    async fn bite(
        &self,
        connection: &mut SqliteConnection,
        filter: &EntryFilter,
        after: Option<Standing>,
        wanted: usize,
    ) -> Sql<Vec<Entry>> {
        let mut query = QueryBuilder::new("SELECT group_concat(r.text, char(10)) FROM (");
        Ways::of(self, filter).push_slots(&mut query, after, wanted)?;
        query.push(") e CROSS JOIN record r ON r.slot = e.slot");
        let texts: Option<String> = query.build_query_scalar().fetch_one(connection).await?;
        let mut entries = entries(texts.as_deref().unwrap_or_default())?;
        entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.place_in_list()));
        Ok(entries)
    }
}

/// Entries from their texts, a line each.
pub(super) fn entries(texts: &str) -> Sql<Vec<Entry>> {
    texts.lines().map(|text| json::read(text.as_bytes()).map_err(unread)).collect()
}
