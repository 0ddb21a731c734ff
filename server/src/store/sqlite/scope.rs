//! A reader's scope as queries take it: what [`ReadScope::admits`] says, over the columns of an audience. A place is a
//! short number; which places lie within which is asked of the tree beforehand.

use super::{
    communities::{Community, readers_of},
    failure::Sql,
    rows,
};
use domain::kernel::{PlaceId, ReadScope, Reading, SortedSet};
use sqlx::{QueryBuilder, Sqlite};
use std::collections::BTreeSet;

/// Places that one person looks after, at most, whose records are few among many.
const FEW: usize = 8;

/// What one person may read in one community.
pub(super) struct Scope {
    /// The person's number: what they wrote themselves is always readable.
    me: i64,
    readings: Vec<Places>,
    /// What they are named by, as a JSON list.
    readers: String,
    /// Every place whose records they may read, where these are few.
    few: Option<Vec<i64>>,
}

/// Topics, and the numbers of the places where they are read.
struct Places {
    topics: i64,
    /// `None` for everywhere.
    within: Option<Numbers>,
    above: Numbers,
}

/// Places by number, to look one up, and as the JSON list that a query takes.
struct Numbers {
    sorted: Vec<i64>,
    json: String,
}

impl Numbers {
    fn of(places: &SortedSet<PlaceId>, community: &Community) -> Sql<Self> {
        let mut sorted = community.numbers_of(places);
        sorted.sort_unstable();
        Ok(Self { json: rows::table(&sorted)?, sorted })
    }

    fn contain(&self, place: i64) -> bool {
        self.sorted.binary_search(&place).is_ok()
    }
}

impl Scope {
    pub(super) fn of(scope: &ReadScope, community: &Community) -> Sql<Self> {
        let places = |reading: &Reading| -> Sql<Places> {
            let within = reading.places.as_ref().map(|places| Numbers::of(places, community)).transpose()?;
            Ok(Places { topics: reading.topics.bits(), within, above: Numbers::of(&reading.above, community)? })
        };
        let readers: Vec<String> = readers_of(scope).filter_map(|reader| community.who(reader)).collect();
        Ok(Self {
            // Nothing was written by somebody without a number.
            me: community.number_of(scope.person).unwrap_or(-1),
            readings: scope.readings.iter().map(places).collect::<Sql<_>>()?,
            readers: rows::table(&readers)?,
            few: few(scope).map(|places| community.numbers_of(&places)),
        })
    }

    /// The person's number.
    pub(super) const fn me(&self) -> i64 {
        self.me
    }

    /// Adds the condition for `row`, which has the columns of an audience.
    pub(super) fn push(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str) {
        let column = |query: &mut QueryBuilder<Sqlite>, name: &'static str| {
            query.push(row).push(".").push(name);
        };
        query.push(" AND (");
        column(query, "author = ");
        query.push_bind(self.me);
        for Places { topics, within, above } in &self.readings {
            query.push(" OR ");
            column(query, "topics & ");
            query.push_bind(*topics);
            let Some(within) = within else { continue };
            query.push(" AND (");
            column(query, "place IN (SELECT value FROM json_each(");
            query.push_bind(within.json.clone()).push(")) OR ");
            column(query, "reach = 1 AND ");
            column(query, "place IN (SELECT value FROM json_each(");
            query.push_bind(above.json.clone()).push(")))");
        }
        query.push(" OR ");
        self.push_named(query, row);
        query.push(")");
    }

    /// Adds the condition for a `row` at this place: what can be known of the place is known beforehand.
    pub(super) fn push_at(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str, place: i64) {
        query.push(" AND (");
        self.push_topics_at(query, row, place);
        query.push(" OR ").push(row).push(".author = ").push_bind(self.me).push(" OR ");
        self.push_named(query, row);
        query.push(")");
    }

    /// Adds the condition for a `row` at this place that is read for its topics, and for nothing else.
    pub(super) fn push_only_at(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str, place: i64) {
        query.push(" AND (");
        self.push_topics_at(query, row, place);
        query.push(") AND ").push(row).push(".author IS NOT ").push_bind(self.me).push(" AND NOT (");
        self.push_named(query, row);
        query.push(")");
    }

    /// Adds the condition for a `row` whose reader is named, and that they did not write.
    pub(super) fn push_only_named(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str) {
        query.push(" AND ").push(row).push(".author IS NOT ").push_bind(self.me);
        query.push(" AND ").push(row).push(".slot IN (SELECT record FROM reader WHERE who IN (");
        query.push("SELECT value FROM json_each(").push_bind(self.readers.clone()).push(")))");
    }

    fn push_topics_at(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str, place: i64) {
        let (mut within, mut above) = (0, 0);
        for reading in &self.readings {
            if reading.within.as_ref().is_none_or(|places| places.contain(place)) {
                within |= reading.topics;
            }
            if reading.above.contain(place) {
                above |= reading.topics;
            }
        }
        query.push(row).push(".topics & ").push_bind(within).push(" OR ");
        query.push(row).push(".reach = 1 AND ").push(row).push(".topics & ").push_bind(above);
    }

    fn push_named(&self, query: &mut QueryBuilder<Sqlite>, row: &'static str) {
        query.push(row).push(".named AND EXISTS (SELECT 1 FROM reader d WHERE d.record = ").push(row);
        query.push(".slot AND d.who IN (SELECT value FROM json_each(").push_bind(self.readers.clone()).push(")))");
    }

    /// The places of what they may read, where these are few among many: gathered place by place, instead of met on the
    /// way. What they wrote themselves and what names them comes to it.
    pub(super) fn few(&self) -> Option<&[i64]> {
        self.few.as_deref()
    }
}

/// All places of a scope, where they are few.
fn few(scope: &ReadScope) -> Option<BTreeSet<PlaceId>> {
    let mut places = BTreeSet::new();
    for reading in &scope.readings {
        places.extend(reading.places.as_ref()?);
        places.extend(&reading.above);
    }
    (places.len() <= FEW).then_some(places)
}
