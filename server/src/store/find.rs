//! Lists and single entries.
//!
//! Lists walk slots backwards, newest first, along the narrowest path there is: the word index, or one of the
//! indexes of the migration, or all entries of the period. Single characters are first looked for without the word
//! index, among the newest. The query is put together from fixed pieces of text, since
//! a condition that is "perhaps there" would hide the indexes from the planner; values are always bound. What it
//! finds is looked at again with [`EntryFilter::matches`]: the index proposes, the domain decides.

use super::{
    SqliteStore,
    failure::{Sql, json_error},
    rows,
    scope::Scope,
    words,
};
use app::domain::{Entry, EntryFilter, EntryId, EntryPage, ListMark, MicroGrid, MicroGridCode, Rights};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::{collections::HashMap, iter::repeat};

/// Most entries of one page.
const MOST_ENTRIES: u32 = 500;
/// Pages of the newest entries, and most entries, that are read before the word index is asked for characters that
/// stand alone.
const NEWEST_PAGES: usize = 8;
const MOST_NEWEST: usize = 400;

impl SqliteStore {
    pub(super) async fn entry_page(
        &self,
        rights: &Rights,
        filter: &EntryFilter,
        after: Option<ListMark>,
        limit: u32,
    ) -> Sql<EntryPage> {
        let limit = limit.clamp(1, MOST_ENTRIES) as usize;
        let scope = Scope::of(rights);
        let mut connection = self.readers.acquire().await?;
        let mut below = match after {
            Some(mark) => slot_of(&mut connection, mark).await?,
            None => i64::MAX,
        };
        let (mut page, mut micro_grids) = (Vec::new(), HashMap::new());
        // What the index has of a frequent character is long, and the newest entries have it anyway.
        let wordless = words::only_single(&filter.search_words())
            .then(|| (EntryFilter { words: String::new(), ..filter.clone() }, (limit * NEWEST_PAGES).min(MOST_NEWEST)));
        // From the index always as many: where the index proposes much that the words do not match, small bites would never end.
        let bites = wordless.iter().map(|(filter, wanted)| (filter, *wanted)).chain(repeat((filter, limit + 1)));
        for (asked, wanted) in bites {
            let rows = candidates(&mut connection, &scope, asked, below, wanted).await?;
            for (slot, record, micro_grid) in &rows {
                below = *slot;
                let entry: Entry = serde_json::from_str(record).map_err(json_error)?;
                if filter.matches(&entry, known(&mut micro_grids, &entry.micro_grid, micro_grid)?) {
                    page.push(entry);
                }
            }
            if page.len() > limit || rows.len() < wanted {
                break;
            }
        }
        let more = page.len() > limit;
        page.truncate(limit);
        let last = page.last().filter(|_| more);
        let next = last.map(|entry| ListMark { written: entry.written(), entry: entry.id });
        Ok(EntryPage { entries: page, next })
    }

    pub(super) async fn entry_in_scope(&self, rights: &Rights, id: EntryId) -> Sql<Option<Entry>> {
        let scope = Scope::of(rights);
        let mut query =
            QueryBuilder::new("SELECT r.record FROM entry e JOIN entry_record r ON r.slot = e.slot WHERE e.id = ");
        query.push_bind(id.uuid().as_bytes().to_vec());
        push_scope(&mut query, &scope);
        let record: Option<String> = query.build_query_scalar().fetch_optional(&self.readers).await?;
        record.map(|record| serde_json::from_str(&record).map_err(json_error)).transpose()
    }
}

type Candidate = (i64, String, String);

/// The next entries that may be wanted, newest first: first their slots, from narrow rows alone, then what they say.
async fn candidates(
    connection: &mut SqliteConnection,
    scope: &Scope,
    filter: &EntryFilter,
    below: i64,
    limit: usize,
) -> Sql<Vec<Candidate>> {
    let mut query = QueryBuilder::new("SELECT e.slot, r.record, m.record FROM (");
    push_slots(&mut query, scope, filter, below, limit);
    query.push(") e CROSS JOIN entry_record r ON r.slot = e.slot CROSS JOIN micro_grid m ON m.code = e.micro_grid ORDER BY e.slot DESC");
    query.build_query_as().fetch_all(connection).await
}

fn push_slots(query: &mut QueryBuilder<Sqlite>, scope: &Scope, filter: &EntryFilter, below: i64, limit: usize) {
    let question = words::question(&filter.search_words());
    let index = narrowest_index(filter);
    let few = index.is_none() && scope.is_narrow();
    query.push("SELECT e.slot, e.micro_grid FROM ");
    let slot = match (index, &question) {
        (Some(index), _) => {
            query.push("entry e INDEXED BY ").push(index);
            "e.slot"
        }
        // CROSS JOIN keeps this order: hits of the word are met newest first, and the walk ends when there are enough.
        (None, Some(_)) if !few => {
            query.push("entry_words w CROSS JOIN entry e ON e.slot = w.rowid");
            "w.rowid"
        }
        (None, _) => {
            query.push("entry e NOT INDEXED");
            "e.slot"
        }
    };
    query.push(" WHERE e.withdrawn = 0 AND ").push(slot).push(" < ").push_bind(below);
    if let Some(question) = question {
        if slot == "w.rowid" {
            query.push(" AND entry_words MATCH ").push_bind(question);
        } else {
            // The plus sign keeps the planner from walking the hits: what is walked is fewer.
            query
                .push(" AND +e.slot IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ")
                .push_bind(question)
                .push(")");
        }
    }
    if few {
        push_few(query, scope);
    }
    if let Some(from) = filter.from {
        query.push(" AND ").push(slot).push(" >= ").push_bind(rows::first_slot(from.start()));
    }
    if let Some(until) = filter.until {
        query.push(" AND ").push(slot).push(" <= ").push_bind(rows::last_slot(*until.span().end()));
    }
    if let Some(micro_grid) = &filter.micro_grid {
        query.push(" AND e.micro_grid = ").push_bind(micro_grid.as_str());
    }
    if let Some(author) = filter.author {
        query.push(" AND e.author = ").push_bind(author.uuid().as_bytes().to_vec());
    }
    if let Some(yard) = &filter.yard {
        query.push(" AND e.yard = ").push_bind(yard.as_str());
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
    push_scope(query, scope);
    query.push(" ORDER BY ").push(slot).push(" DESC LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
}

/// The index to walk: that of the filter with the most values, and so the fewest entries each.
const fn narrowest_index(filter: &EntryFilter) -> Option<&'static str> {
    match filter {
        EntryFilter { micro_grid: Some(_), .. } => Some("entry_micro_grid"),
        EntryFilter { author: Some(_), .. } => Some("entry_author"),
        EntryFilter { yard: Some(_), .. } => Some("entry_yard"),
        EntryFilter { category: Some(_), .. } => Some("entry_category"),
        EntryFilter { urgency: Some(_), .. } => Some("entry_urgency"),
        EntryFilter { state: Some(_), .. } => Some("entry_state"),
        _ => None,
    }
}

/// A watcher's entries are few among many: they are gathered first, instead of being met on the way.
fn push_few(query: &mut QueryBuilder<Sqlite>, scope: &Scope) {
    query.push(" AND e.slot IN (SELECT slot FROM entry WHERE author = ").push_bind(scope.person.clone());
    for (first, ..) in &scope.places {
        query.push(" UNION SELECT slot FROM entry WHERE micro_grid = ").push_bind(first.clone());
    }
    query.push(")");
}

/// What the reader may see: own entries, and those in a place with a category that is readable there.
pub(super) fn push_scope(query: &mut QueryBuilder<Sqlite>, scope: &Scope) {
    query.push(" AND (e.author = ").push_bind(scope.person.clone());
    for (first, last, mask) in &scope.places {
        query.push(" OR (e.micro_grid BETWEEN ").push_bind(first.clone()).push(" AND ").push_bind(last.clone());
        query.push(" AND e.categories & ").push_bind(*mask).push(")");
    }
    query.push(")");
}

/// Where the page before ended. A mark of an entry that is not here counts by its time.
async fn slot_of(connection: &mut SqliteConnection, mark: ListMark) -> Sql<i64> {
    let sql = "SELECT slot FROM entry WHERE id = $1";
    let id = mark.entry.uuid().as_bytes().to_vec();
    let slot: Option<i64> = sqlx::query_scalar(sql).bind(id).fetch_optional(connection).await?;
    Ok(slot.unwrap_or_else(|| rows::first_slot(mark.written)))
}

fn known<'m>(
    micro_grids: &'m mut HashMap<MicroGridCode, MicroGrid>,
    code: &MicroGridCode,
    record: &str,
) -> Sql<&'m MicroGrid> {
    if !micro_grids.contains_key(code) {
        micro_grids.insert(code.clone(), serde_json::from_str(record).map_err(json_error)?);
    }
    micro_grids.get(code).ok_or(sqlx::Error::RowNotFound)
}
