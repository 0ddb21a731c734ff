//! The list of the log. It runs by time of writing and id, newest first, along the narrowest path there is:
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

use crate::store::sqlite::{
    SqliteStore,
    communities::{Community, Head},
    failure::{Sql, unread},
    rows,
    scope::Scope,
    words,
};
use domain::{
    kernel::{EntryId, PersonId, Timestamp, json},
    log::{Entry, EntryFilter, EntryPage, ListMark},
};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Most entries of one page.
const MOST_ENTRIES: u32 = 500;
/// Pages of the newest entries, and most entries, that are read before the word index is asked for characters that
/// stand alone.
const NEWEST_PAGES: usize = 8;
const MOST_NEWEST: usize = 400;
/// Pages of hits that are looked at first, as narrow rows: a few entries arrive late and change places. Twice as many each
/// time, up to this many.
const FIRST_BITE: usize = 2;
const LARGEST_BITE: usize = 4_096;
/// Below so many entries, those of a place are gathered; beyond it, they are met often enough along an index.
const FEW_ENTRIES: i64 = 1_000;

/// Where an entry stands in the list.
type Standing = (i64, EntryId);

/// An entry that has the words, as far as the index can say.
struct Hit {
    slot: i64,
    latest: i64,
    standing: Standing,
}

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
            let list = List::of(&mut connection, &community, &told.scope, filter, limit).await?;
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
    places: Option<&'l str>,
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
        let places = place.map(|place| community.within(place));
        let mut place_is_narrow = false;
        if let Some(places) = places {
            let sql = "SELECT count(*) < $1 FROM (SELECT 1 FROM entry_row INDEXED BY entry_place
                WHERE place IN (SELECT value FROM json_each($2)) LIMIT $1)";
            let few = sqlx::query_scalar(sql).bind(FEW_ENTRIES).bind(places);
            place_is_narrow = few.fetch_one(connection).await?;
        }
        Ok(Self { community, scope, filter, places, place_is_narrow, limit })
    }

    /// One entry more than fit on a page, if there are.
    async fn read(&self, connection: &mut SqliteConnection, after: Option<ListMark>) -> Sql<Vec<Entry>> {
        let mut after = after.map(|mark| (mark.written.millis(), mark.entry));
        let mut page = Vec::new();
        let words = self.filter.search_words();
        // What the index has of a frequent character is long, and the newest entries have it anyway.
        if words::only_single(&words) {
            let wanted = (self.limit * NEWEST_PAGES).min(MOST_NEWEST);
            let wordless = EntryFilter { words: String::new(), ..self.filter.clone() };
            let newest = self.bite(connection, &wordless, after, wanted).await?;
            let all = newest.len() < wanted;
            after = newest.last().map(standing).or(after);
            self.keep(newest, &mut page);
            if all || page.len() > self.limit {
                return Ok(page);
            }
        }
        if self.is_words_only() && !words.is_empty() {
            self.walk_words(connection, after, &mut page).await?;
            return Ok(page);
        }
        loop {
            // Always as many: where the index proposes much that the words do not match, small bites would never end.
            let entries = self.bite(connection, self.filter, after, self.limit + 1).await?;
            let all = entries.len() <= self.limit;
            after = entries.last().map(standing);
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
        after: Option<Standing>,
        wanted: usize,
    ) -> Sql<Vec<Entry>> {
        let mut query = QueryBuilder::new("SELECT r.text FROM (");
        self.push_slots(&mut query, filter, after, wanted);
        query.push(") e CROSS JOIN record r ON r.slot = e.slot ORDER BY e.written DESC, e.id DESC");
        let texts: Vec<String> = query.build_query_scalar().fetch_all(connection).await?;
        decoded(&texts)
    }

    fn push_slots(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        filter: &EntryFilter,
        after: Option<Standing>,
        wanted: usize,
    ) {
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
        self.push_conditions(query, filter, after);
        if let Some(words) = words::question(&filter.search_words()) {
            // The plus sign keeps the planner from walking the hits: what is walked is fewer.
            query.push(" AND +e.slot IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ");
            query.push_bind(words).push(")");
        }
        let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
        query.push(" ORDER BY e.written DESC, e.id DESC LIMIT ").push_bind(wanted);
    }

    /// Hits of the words, newest slots first, until as many are found as are wanted and nothing newer can follow.
    async fn walk_words(
        &self,
        connection: &mut SqliteConnection,
        after: Option<Standing>,
        page: &mut Vec<Entry>,
    ) -> Sql<()> {
        let (mut below, mut latest, mut all) = (i64::MAX, i64::MAX, false);
        let mut bite = FIRST_BITE * (self.limit + 1);
        // In the order of the list; what they say has not been read.
        let mut hits: Vec<Hit> = Vec::new();
        while page.len() <= self.limit {
            let wanted = self.limit + 1 - page.len();
            let settled = hits.iter().take_while(|hit| all || hit.standing.0 > latest).count();
            if settled < wanted && !all {
                let more = self.hits(connection, after, below, bite).await?;
                all = more.len() < bite;
                (below, latest) = more.last().map_or((below, latest), |hit| (hit.slot, hit.latest));
                hits.extend(more);
                hits.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.standing));
                bite = (bite * 2).min(LARGEST_BITE);
            } else if settled == 0 {
                return Ok(());
            } else {
                let slots: Vec<i64> = hits.drain(..settled.min(wanted)).map(|hit| hit.slot).collect();
                self.keep(texts(connection, &slots).await?, page);
            }
        }
        Ok(())
    }

    async fn hits(
        &self,
        connection: &mut SqliteConnection,
        after: Option<Standing>,
        below: i64,
        bite: usize,
    ) -> Sql<Vec<Hit>> {
        let Some(words) = words::question(&self.filter.search_words()) else { return Ok(Vec::new()) };
        let mut query = QueryBuilder::new(
            "SELECT e.slot, e.latest, e.written, e.id FROM entry_words w CROSS JOIN entry_row e ON e.slot = w.rowid
            WHERE entry_words MATCH ",
        );
        query.push_bind(words).push(" AND w.rowid < ").push_bind(below);
        query.push(" AND e.withdrawn = 0 AND e.community = ").push_bind(self.community.number);
        self.push_conditions(&mut query, self.filter, after);
        query.push(" ORDER BY w.rowid DESC LIMIT ").push_bind(i64::try_from(bite).unwrap_or(i64::MAX));
        let rows: Vec<(i64, i64, i64, Vec<u8>)> = query.build_query_as().fetch_all(connection).await?;
        let hit = |(slot, latest, written, id): (i64, i64, i64, Vec<u8>)| {
            Ok(Hit { slot, latest, standing: (written, rows::id(&id)?) })
        };
        rows.into_iter().map(hit).collect()
    }

    fn push_conditions(&self, query: &mut QueryBuilder<Sqlite>, filter: &EntryFilter, after: Option<Standing>) {
        if let Some((written, id)) = after {
            query.push(" AND e.written <= ").push_bind(written);
            query.push(" AND (e.written < ").push_bind(written).push(" OR e.id < ").push_bind(rows::blob(id)).push(")");
        }
        if let Some(places) = self.places {
            query.push(" AND e.place IN (SELECT value FROM json_each(").push_bind(places.to_owned()).push("))");
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

fn standing(entry: &Entry) -> Standing {
    (entry.written().millis(), entry.id)
}

/// What these entries say, in this order.
async fn texts(connection: &mut SqliteConnection, slots: &[i64]) -> Sql<Vec<Entry>> {
    let sql = "SELECT r.text FROM json_each($1) j CROSS JOIN record r ON r.slot = j.value ORDER BY j.key";
    let texts: Vec<String> = sqlx::query_scalar(sql).bind(rows::table(slots)?).fetch_all(connection).await?;
    decoded(&texts)
}

fn decoded(texts: &[String]) -> Sql<Vec<Entry>> {
    texts.iter().map(|text| json::read(text.as_bytes()).map_err(unread)).collect()
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
