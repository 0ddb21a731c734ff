//! The rows of the log, and its list.
//!
//! The list runs by time of writing and id, newest first, along the narrowest path there is:
//!
//! | asked for | walked |
//! |---|---|
//! | words and nothing else | the word index, newest slots first, until nothing that follows can be newer |
//! | an author, a place with few entries; a reader with few places | all of theirs |
//! | a class, an urgency, a state | its index, newest first |
//! | a period, a place with many entries, nothing | the index of times, newest first |
//! | single characters only | the newest entries without the word index, then as above |
//!
//! The query is put together from fixed pieces of text, since a condition that is "perhaps there" would hide the indexes
//! from the planner; values are always bound. What it finds is looked at again with [`EntryFilter::matches`]: the index
//! proposes, the domain decides.
//!
//! **The word index is not in the order of the list**: its rows are slots, in the order of arrival, and an entry may
//! arrive long after it was written. But each row carries the latest time of writing up to its slot (`latest`), so the
//! walk knows when nothing newer can follow.

use crate::store2::{
    SqliteStore,
    communities::{Community, Head},
    failure::{Sql, unread},
    rows,
    scope::Scope,
    table::insert,
    words,
    writer::{Ledger, Row},
};
use domain::{
    kernel::{EntryId, PersonId, Timestamp, json},
    log::{Entry, EntryFilter, EntryPage, ListMark},
    sync::feed::Reader,
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Most entries of one page.
const MOST_ENTRIES: u32 = 500;
/// Pages of the newest entries, and most entries, that are read before the word index is asked for characters that
/// stand alone.
const NEWEST_PAGES: usize = 8;
const MOST_NEWEST: usize = 400;
/// Below so many entries, those of a place are gathered; beyond it, they are met often enough along an index.
const FEW_ENTRIES: i64 = 1_000;

/// An entry's row and what it is read for.
struct EntryRow<'r> {
    row: &'r Row<'r>,
    entry: &'r Entry,
    latest: i64,
}

/// Writes the rows of those records that are entries.
pub(in crate::store2) async fn write(ledger: &mut Ledger<'_>, rows: &[Row<'_>]) -> Sql<()> {
    let entries: Vec<(&Row<'_>, &Entry)> =
        rows.iter().filter_map(|row| Some((row, row.change.state.as_any().downcast_ref()?))).collect();
    let mut table = Vec::with_capacity(entries.len());
    for (row, entry) in entries {
        let latest = latest(ledger, row.community).await?.max(entry.written().millis());
        ledger.memory.latest.insert(row.community, latest);
        table.push(EntryRow { row, entry, latest });
    }
    insert(ledger.connection, ENTRY, ENTRY_AGAIN, &table, |values, EntryRow { row, entry, latest }| {
        let content = &entry.content;
        values.push_bind(row.slot).push_bind(row.community).push_bind(entry.written().millis()).push_bind(*latest);
        values.push_bind(row.place).push_bind(row.change.stored.audience.topics.bits());
        values.push_bind(row.reaches_through()).push_bind(row.named()).push_bind(row.author);
        values.push_bind(content.category().code()).push_bind(content.urgency().code());
        values.push_bind(entry.review_state().code()).push_bind(!entry.is_listed()).push_bind(rows::blob(entry.id));
        Ok(())
    })
    .await?;
    let reworded: Vec<_> = table.iter().filter(|one| says_something_else(one.row)).collect();
    let into = "INSERT OR REPLACE INTO entry_words (rowid, words)";
    insert(ledger.connection, into, "", &reworded, |values, EntryRow { row, .. }| {
        values.push_bind(row.slot).push_bind(words::tokens(&row.change.stored.row.search));
        Ok(())
    })
    .await
}

const ENTRY: &str =
    "INSERT INTO entry_row (slot, community, written, latest, place, topics, reach, named, author, category,
    urgency, state, withdrawn, id)";
/// When it was written never changes, and with it what stands in `latest`.
const ENTRY_AGAIN: &str = " ON CONFLICT (slot) DO UPDATE SET place = excluded.place, topics = excluded.topics,
    reach = excluded.reach, named = excluded.named, author = excluded.author, category = excluded.category,
    urgency = excluded.urgency, state = excluded.state, withdrawn = excluded.withdrawn";

/// Whether the word index has other words of it, or none.
fn says_something_else(row: &Row<'_>) -> bool {
    let before = row.before.and_then(|before| before.state.as_ref()).and_then(|state| state.as_any().downcast_ref());
    before.is_none_or(|before: &Entry| before.search_text() != row.change.stored.row.search)
}

/// The latest time of writing in a community.
async fn latest(ledger: &mut Ledger<'_>, community: i64) -> Sql<i64> {
    if let Some(latest) = ledger.memory.latest.get(&community) {
        return Ok(*latest);
    }
    let sql = "SELECT max(written) FROM entry_row INDEXED BY entry_written WHERE community = $1";
    let latest: Option<i64> = sqlx::query_scalar(sql).bind(community).fetch_one(&mut *ledger.connection).await?;
    Ok(latest.unwrap_or(i64::MIN))
}

/// Where an entry stands in the list.
type Standing = (i64, EntryId);

/// What the next bite begins with.
#[derive(Clone, Copy)]
struct From {
    /// Only what stands after this in the list.
    after: Option<Standing>,
    /// In the word index, only slots below this.
    below_slot: i64,
}

impl SqliteStore {
    pub(in crate::store2) async fn entry_page(
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
            let Some(reader) = Reader::of(person, head.community, &community.directory, now) else { continue };
            let scope = Scope::of(&reader.scope, &community)?;
            let list = List::of(&mut connection, &community, &scope, filter, limit).await?;
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
struct List<'l> {
    community: &'l Community,
    scope: &'l Scope,
    filter: &'l EntryFilter,
    /// The places that the filter wants, by number, as a JSON list; `None` for the whole community.
    places: Option<String>,
    /// Few entries lie there.
    place_is_narrow: bool,
    limit: usize,
}

impl<'l> List<'l> {
    async fn of(
        connection: &mut SqliteConnection,
        community: &'l Community,
        scope: &'l Scope,
        filter: &'l EntryFilter,
        limit: usize,
    ) -> Sql<Self> {
        let tree = community.directory.tree();
        let place = filter.place.filter(|place| *place != tree.root());
        let places = place.map(|place| rows::table(&community.numbers_of(&tree.within(place)))).transpose()?;
        let mut place_is_narrow = false;
        if let Some(places) = &places {
            let sql = "SELECT count(*) < $1 FROM (SELECT 1 FROM entry_row INDEXED BY entry_place
                WHERE place IN (SELECT value FROM json_each($2)) LIMIT $1)";
            let few = sqlx::query_scalar(sql).bind(FEW_ENTRIES).bind(places);
            place_is_narrow = few.fetch_one(connection).await?;
        }
        Ok(Self { community, scope, filter, places, place_is_narrow, limit })
    }

    /// One entry more than fit on a page, if there are.
    async fn read(&self, connection: &mut SqliteConnection, after: Option<ListMark>) -> Sql<Vec<Entry>> {
        let mut from = From { after: after.map(|mark| (mark.written.millis(), mark.entry)), below_slot: i64::MAX };
        let mut page = Vec::new();
        let words = self.filter.search_words();
        // What the index has of a frequent character is long, and the newest entries have it anyway.
        if words::only_single(&words) {
            let wanted = (self.limit * NEWEST_PAGES).min(MOST_NEWEST);
            let wordless = EntryFilter { words: String::new(), ..self.filter.clone() };
            let newest = self.bite(connection, &wordless, from, wanted).await?;
            let all = newest.len() < wanted;
            from.after =
                newest.last().map(Entry::place_in_list).map(|(written, id)| (written.millis(), id)).or(from.after);
            self.keep(newest, &mut page);
            if all || page.len() > self.limit {
                return Ok(page);
            }
        }
        if self.is_words_only() && !words.is_empty() {
            self.walk_words(connection, from, &mut page).await?;
            return Ok(page);
        }
        loop {
            let entries = self.bite(connection, self.filter, from, self.limit + 1).await?;
            let all = entries.len() <= self.limit;
            from.after = entries.last().map(Entry::place_in_list).map(|(written, id)| (written.millis(), id));
            self.keep(entries, &mut page);
            if all || page.len() > self.limit {
                return Ok(page);
            }
        }
    }

    /// Whether nothing but words narrows the list: then their hits are walked.
    fn is_words_only(&self) -> bool {
        let wordless = EntryFilter { words: String::new(), ..self.filter.clone() };
        wordless == EntryFilter::default() && !self.scope.is_narrow()
    }

    fn keep(&self, entries: Vec<Entry>, page: &mut Vec<Entry>) {
        let tree = self.community.directory.tree();
        page.extend(entries.into_iter().filter(|entry| self.filter.matches(entry, tree)));
    }

    /// The next entries that may be wanted, newest first: first their slots, from narrow rows alone, then what they say.
    async fn bite(
        &self,
        connection: &mut SqliteConnection,
        filter: &EntryFilter,
        from: From,
        wanted: usize,
    ) -> Sql<Vec<Entry>> {
        let mut query = QueryBuilder::new("SELECT r.text FROM (");
        self.push_slots(&mut query, filter, from, wanted);
        query.push(") e CROSS JOIN record r ON r.slot = e.slot ORDER BY e.written DESC, e.id DESC");
        let texts: Vec<String> = query.build_query_scalar().fetch_all(connection).await?;
        texts.iter().map(|text| json::read(text.as_bytes()).map_err(unread)).collect()
    }

    fn push_slots(&self, query: &mut QueryBuilder<Sqlite>, filter: &EntryFilter, from: From, wanted: usize) {
        let narrow = self.scope.is_narrow() && filter.author.is_none() && !self.place_is_narrow;
        query.push("SELECT e.slot, e.written, e.id FROM entry_row e ");
        query.push(match path(filter) {
            Path::Author => "INDEXED BY entry_author",
            _ if self.place_is_narrow => "INDEXED BY entry_place",
            _ if narrow => "NOT INDEXED",
            Path::Category => "INDEXED BY entry_category",
            Path::Urgency => "INDEXED BY entry_urgency",
            Path::State => "INDEXED BY entry_state",
            Path::Times => "INDEXED BY entry_written",
        });
        query.push(" WHERE e.withdrawn = 0 AND e.community = ").push_bind(self.community.number);
        if narrow {
            query.push(" AND e.slot IN (");
            self.scope.push_few(query, "entry_row");
            query.push(")");
        }
        self.push_conditions(query, filter, from);
        if let Some(words) = words::question(&filter.search_words()) {
            // The plus sign keeps the planner from walking the hits: what is walked is fewer.
            query.push(" AND +e.slot IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ");
            query.push_bind(words).push(")");
        }
        let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
        query.push(" ORDER BY e.written DESC, e.id DESC LIMIT ").push_bind(wanted);
    }

    /// Hits of the words, newest slots first, until as many are found as are wanted and nothing newer can follow.
    async fn walk_words(&self, connection: &mut SqliteConnection, mut from: From, page: &mut Vec<Entry>) -> Sql<()> {
        let Some(words) = words::question(&self.filter.search_words()) else { return Ok(()) };
        // From the index always as many: where the index proposes much that the words do not match, small bites would
        // never end.
        let bite = self.limit + 1;
        loop {
            let mut query = QueryBuilder::new(
                "SELECT e.slot, e.latest, r.text FROM entry_words w
                CROSS JOIN entry_row e ON e.slot = w.rowid CROSS JOIN record r ON r.slot = e.slot
                WHERE entry_words MATCH ",
            );
            query.push_bind(words.clone()).push(" AND w.rowid < ").push_bind(from.below_slot);
            query.push(" AND e.withdrawn = 0 AND e.community = ").push_bind(self.community.number);
            self.push_conditions(&mut query, self.filter, from);
            if page.len() > self.limit
                && let Some(last) = page.get(self.limit)
            {
                query.push(" AND e.written >= ").push_bind(last.written().millis());
            }
            query.push(" ORDER BY w.rowid DESC LIMIT ").push_bind(i64::try_from(bite).unwrap_or(i64::MAX));
            let rows: Vec<(i64, i64, String)> = query.build_query_as().fetch_all(&mut *connection).await?;
            let all = rows.len() < bite;
            let mut latest = i64::MAX;
            let mut entries = Vec::with_capacity(rows.len());
            for (slot, until, text) in rows {
                (from.below_slot, latest) = (slot, until);
                entries.push(json::read(text.as_bytes()).map_err(unread)?);
            }
            self.keep(entries, page);
            page.sort_unstable_by_key(|entry: &Entry| std::cmp::Reverse(entry.place_in_list()));
            page.truncate(self.limit + 1);
            let is_full = page.get(self.limit).is_some_and(|last| latest < last.written().millis());
            if all || is_full {
                return Ok(());
            }
        }
    }

    fn push_conditions(&self, query: &mut QueryBuilder<Sqlite>, filter: &EntryFilter, from: From) {
        if let Some((written, id)) = from.after {
            query.push(" AND e.written <= ").push_bind(written);
            query.push(" AND (e.written < ").push_bind(written).push(" OR e.id < ").push_bind(rows::blob(id)).push(")");
        }
        if let Some(places) = &self.places {
            query.push(" AND e.place IN (SELECT value FROM json_each(").push_bind(places.clone()).push("))");
        }
        if let Some(day) = filter.from {
            query.push(" AND e.written >= ").push_bind(day.start().millis());
        }
        if let Some(day) = filter.until {
            query.push(" AND e.written <= ").push_bind(day.span().end().millis());
        }
        if let Some(author) = filter.author {
            query.push(" AND e.author = ").push_bind(self.community.number_of(author).unwrap_or(-1));
        }
        if let Some(state) = filter.state {
            query.push(" AND e.state = ").push_bind(state.code());
        }
        if let Some(category) = filter.category {
            query.push(" AND e.category = ").push_bind(category.code());
        }
        if let Some(urgency) = filter.urgency {
            query.push(" AND e.urgency = ").push_bind(urgency.code());
        }
        self.scope.push(query, "e");
    }
}

/// What is walked.
#[derive(Clone, Copy)]
enum Path {
    Author,
    Category,
    Urgency,
    State,
    Times,
}

/// That of the filter with the most values, and so the fewest entries each.
const fn path(filter: &EntryFilter) -> Path {
    match filter {
        EntryFilter { author: Some(_), .. } => Path::Author,
        EntryFilter { category: Some(_), .. } => Path::Category,
        EntryFilter { urgency: Some(_), .. } => Path::Urgency,
        EntryFilter { state: Some(_), .. } => Path::State,
        _ => Path::Times,
    }
}
