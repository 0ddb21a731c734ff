//! Which ways a list is walked, newest first:
//!
//! | asked for | walked |
//! |---|---|
//! | an author | all of theirs |
//! | a place with few places in it | each of them, merged |
//! | nothing of the above, by a reader with few places | each of them, their own entries and what names them, merged |
//! | a class, an urgency, a state | its index |
//! | a period, a place with many places in it, nothing | the index of times |
//!
//! Every way is in the order of the list, so the walk ends with the page. Words are looked for among what is met.
//!
//! The query is put together from fixed pieces of text, since a condition that is "perhaps there" would hide the indexes
//! from the planner; values are always bound.

use super::list::{List, Standing};
use crate::store::sqlite::{bigrams, failure::Sql, page::push_limit, rows};
use domain::log::EntryFilter;
use sqlx::{QueryBuilder, Sqlite};

/// Places that are merged; those of a yard with a dozen stairwells. Of more places, entries are met often enough along an
/// index.
const MERGED: usize = 16;
/// The number of places that are merged is rounded up to a multiple of this, with places that are not there: few
/// statements, which SQLite has ready.
const ROUNDED: usize = 4;
/// The number of no place.
const NOWHERE: i64 = -1;

/// One way through the entries, in the order of the list.
#[derive(Clone, Copy)]
enum Way {
    /// Along an index, within the scope.
    Index(&'static str),
    /// Entries at a place, within the scope.
    Place(i64),
    /// What the reader wrote.
    Own,
    /// What names the reader, and is not their own.
    Named,
    /// Entries at a place that are of neither of these two.
    OnlyPlace(i64),
}

/// The ways that are merged to a list. None has an entry of another one.
pub(super) struct Ways<'w> {
    list: &'w List<'w>,
    filter: &'w EntryFilter,
    ways: Vec<Way>,
}

impl<'w> Ways<'w> {
    pub(super) fn of(list: &'w List<'w>, filter: &'w EntryFilter) -> Self {
        let asked = asked(list, filter).filter(|places| places.len() <= MERGED);
        let ways = match (filter, asked, list.scope.few()) {
            (EntryFilter { author: Some(_), .. }, ..) => vec![Way::Index("entry_author")],
            (_, Some(places), _) => rounded(places).map(Way::Place).collect(),
            (_, _, Some(few)) => [Way::Own, Way::Named].into_iter().chain(rounded(few).map(Way::OnlyPlace)).collect(),
            (EntryFilter { category: Some(_), .. }, ..) => vec![Way::Index("entry_category")],
            (EntryFilter { urgency: Some(_), .. }, ..) => vec![Way::Index("entry_urgency")],
            (EntryFilter { state: Some(_), .. }, ..) => vec![Way::Index("entry_state")],
            _ => vec![Way::Index("entry_written")],
        };
        Self { list, filter, ways }
    }

    /// Adds the query for the slots of the next entries, and where they stand.
    pub(super) fn push_slots(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        after: Option<Standing>,
        wanted: usize,
    ) -> Sql<()> {
        let Some(words) = bigrams::question(&self.filter.search_words()) else {
            self.push_merged(query, after)?;
            push_limit(query, wanted);
            return Ok(());
        };
        // The limit that is none keeps the order of what lies within.
        query.push("SELECT m.slot FROM (");
        self.push_merged(query, after)?;
        query.push(" LIMIT -1) m WHERE +m.slot IN (SELECT rowid FROM entry_words WHERE entry_words MATCH ");
        query.push_bind(words).push(")");
        push_limit(query, wanted);
        Ok(())
    }

    fn push_merged(&self, query: &mut QueryBuilder<Sqlite>, after: Option<Standing>) -> Sql<()> {
        for (index, way) in self.ways.iter().enumerate() {
            query.push(if index == 0 { "" } else { " UNION ALL " });
            query.push("SELECT e.slot, e.written, e.id FROM entry_row e ");
            self.push_way(query, *way, after)?;
        }
        query.push(" ORDER BY written DESC, id DESC");
        Ok(())
    }

    fn push_way(&self, query: &mut QueryBuilder<Sqlite>, way: Way, after: Option<Standing>) -> Sql<()> {
        let index = match way {
            Way::Index(index) => index,
            Way::Place(_) | Way::OnlyPlace(_) => "entry_place",
            Way::Own => "entry_author",
            Way::Named => "",
        };
        query.push(if index.is_empty() { "NOT INDEXED" } else { "INDEXED BY " }).push(index).push(" WHERE true");
        let scope = self.list.scope;
        match way {
            Way::Index(_) => scope.push(query, "e"),
            Way::Place(place) => {
                query.push(" AND e.place = ").push_bind(place);
                scope.push_at(query, "e", place);
            }
            Way::Own => {
                query.push(" AND e.author = ").push_bind(scope.me());
            }
            Way::Named => scope.push_only_named(query, "e"),
            Way::OnlyPlace(place) => {
                query.push(" AND e.place = ").push_bind(place);
                scope.push_only_at(query, "e", place);
            }
        }
        let is_at_place = matches!(way, Way::Place(_));
        let filter = EntryFilter { place: self.filter.place.filter(|_| !is_at_place), ..self.filter.clone() };
        push_conditions(query, self.list, &filter, after)
    }
}

/// The places that a filter wants; `None` for the whole community.
fn asked<'l>(list: &List<'l>, filter: &EntryFilter) -> Option<&'l [i64]> {
    let place = filter.place.filter(|place| *place != list.community.directory.tree().root());
    place.map(|place| list.community.within(place))
}

fn rounded(places: &[i64]) -> impl Iterator<Item = i64> {
    let size = places.len().max(1).next_multiple_of(ROUNDED);
    places.iter().copied().chain(std::iter::repeat(NOWHERE)).take(size)
}

/// What a filter wants of each entry, words excepted.
pub(super) fn push_conditions(
    query: &mut QueryBuilder<Sqlite>,
    list: &List<'_>,
    filter: &EntryFilter,
    after: Option<Standing>,
) -> Sql<()> {
    query.push(" AND e.withdrawn = 0 AND e.community = ").push_bind(list.community.number);
    if let Some((written, id)) = after {
        let written = written.millis();
        query.push(" AND e.written <= ").push_bind(written);
        query.push(" AND (e.written < ").push_bind(written).push(" OR e.id < ").push_bind(rows::blob(id)).push(")");
    }
    if let Some(places) = asked(list, filter) {
        query.push(" AND e.place IN (SELECT value FROM json_each(").push_bind(rows::table(places)?).push("))");
    }
    if let Some(day) = filter.from {
        query.push(" AND e.written >= ").push_bind(day.start().millis());
    }
    if let Some(day) = filter.until {
        query.push(" AND e.written <= ").push_bind(day.span().end().millis());
    }
    if let Some(author) = filter.author {
        query.push(" AND e.author = ").push_bind(list.community.number_of(author).unwrap_or(-1));
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
    Ok(())
}
