//! A reader's scope as queries take it: what [`ReadScope::admits`] says, over the columns of an audience. A place is a
//! short number; which places lie within which is asked of the tree beforehand.

use super::{
    communities::{Community, readers_of},
    failure::Sql,
    rows,
};
use domain::kernel::{PlaceId, ReadScope, Reading};
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
    few: Option<String>,
}

/// Topics, and the numbers of the places where they are read, as JSON lists.
struct Places {
    topics: i64,
    within: Option<String>,
    above: String,
}

impl Scope {
    pub(super) fn of(scope: &ReadScope, community: &Community) -> Sql<Self> {
        let places = |reading: &Reading| -> Sql<Places> {
            let within = reading.places.as_ref();
            let within = within.map(|places| rows::table(&community.numbers_of(places))).transpose()?;
            let above = rows::table(&community.numbers_of(&reading.above))?;
            Ok(Places { topics: reading.topics.bits(), within, above })
        };
        let readers: Vec<String> = readers_of(scope).filter_map(|reader| community.who(reader)).collect();
        Ok(Self {
            // Nothing was written by somebody without a number.
            me: community.number_of(scope.person).unwrap_or(-1),
            readings: scope.readings.iter().map(places).collect::<Sql<_>>()?,
            readers: rows::table(&readers)?,
            few: few(scope).map(|places| rows::table(&community.numbers_of(&places))).transpose()?,
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
            query.push_bind(within.clone()).push(")) OR ");
            column(query, "reach = 1 AND ");
            column(query, "place IN (SELECT value FROM json_each(");
            query.push_bind(above.clone()).push(")))");
        }
        query.push(" OR ");
        column(query, "named AND EXISTS (SELECT 1 FROM reader d WHERE d.record = ");
        column(query, "slot AND d.who IN (SELECT value FROM json_each(");
        query.push_bind(self.readers.clone()).push("))))");
    }

    /// Whether what they may read is few among many, and better gathered than met on the way.
    pub(super) const fn is_narrow(&self) -> bool {
        self.few.is_some()
    }

    /// Where the scope is narrow: the slots of a table's rows that can be in it.
    pub(super) fn push_few(&self, query: &mut QueryBuilder<Sqlite>, table: &'static str) {
        let Some(few) = &self.few else { return };
        query.push("SELECT slot FROM ").push(table).push(" WHERE author = ").push_bind(self.me);
        query.push(" UNION SELECT slot FROM ").push(table).push(" WHERE place IN (SELECT value FROM json_each(");
        query
            .push_bind(few.clone())
            .push(")) UNION SELECT record FROM reader WHERE who IN (SELECT value FROM json_each(");
        query.push_bind(self.readers.clone()).push("))");
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
