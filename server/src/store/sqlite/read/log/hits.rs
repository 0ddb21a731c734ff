//! Walking what the bigram index proposes, where nothing else narrows a list.
//!
//! **The bigram index is not in the order of the list**: its rows are slots, in the order of arrival, and an entry may
//! arrive long after it was written. But each row carries the latest time of writing up to its slot (`latest`), so the
//! walk knows when nothing newer can follow.

use super::{
    list::{List, Standing, entries},
    ways,
};
use crate::store::sqlite::{bigrams, failure::Sql, page::push_limit};
use domain::{kernel::Timestamp, log::Entry};
use sqlx::{QueryBuilder, SqliteConnection};
use std::cmp::Reverse;

/// Hits beyond a page that are read at first, as a part of it: a few entries arrive late and change places.
const BEYOND: usize = 8;
/// How many more are read where these do not settle it.
const MORE: usize = 4;

/// Where a walk stands.
struct Walked {
    /// The last slot that was looked at.
    slot: i64,
    /// Nothing of a smaller slot was written later.
    latest: Timestamp,
}

/// Hits of the words, newest slots first, until as many are found as a page wants and nothing newer can follow. Says
/// whether that was found soon. It is not where an entry was dated far ahead, say by a clock that was wrong: the latest
/// time of writing lies ahead for every slot after it.
pub(super) async fn walk(
    list: &List<'_>,
    connection: &mut SqliteConnection,
    after: Option<Standing>,
    page: &mut Vec<Entry>,
) -> Sql<bool> {
    let Some(question) = bigrams::question(&list.filter.search_words()) else { return Ok(false) };
    let wanted = (list.limit + 1).saturating_sub(page.len());
    let first = wanted + wanted / BEYOND;
    let (mut below, mut found) = (i64::MAX, Vec::<Entry>::new());
    for bite in [first, first * MORE] {
        let (count, walked, hits) = hits(list, connection, &question, after, below, bite).await?;
        found.extend(hits.into_iter().filter(|entry| list.matches(entry)));
        found.sort_unstable_by_key(|entry| Reverse(entry.place_in_list()));
        let settled = match walked {
            Some(Walked { slot, latest }) if count == bite => {
                below = slot;
                found.iter().take_while(|entry| entry.written() > latest).count()
            }
            _ => found.len(),
        };
        if settled >= wanted || count < bite {
            page.extend(found.into_iter().take(settled.min(wanted)));
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many hits were met, where the walk stands then, and what they say.
async fn hits(
    list: &List<'_>,
    connection: &mut SqliteConnection,
    question: &str,
    after: Option<Standing>,
    below: i64,
    bite: usize,
) -> Sql<(usize, Option<Walked>, Vec<Entry>)> {
    let mut query = QueryBuilder::new(
        "SELECT count(*), min(slot), min(latest), group_concat(text, char(10)) FROM (
            SELECT e.slot, e.latest, r.text FROM entry_words w
            CROSS JOIN entry_row e ON e.slot = w.rowid CROSS JOIN record r ON r.slot = e.slot
            WHERE entry_words MATCH ",
    );
    query.push_bind(question.to_owned()).push(" AND w.rowid < ").push_bind(below);
    ways::push_conditions(&mut query, list, list.filter, after)?;
    list.scope.push(&mut query, "e");
    query.push(" ORDER BY w.rowid DESC");
    push_limit(&mut query, bite);
    query.push(")");
    let (count, slot, latest, texts): (i64, Option<i64>, Option<i64>, Option<String>) =
        query.build_query_as().fetch_one(connection).await?;
    let walked = slot.zip(latest).map(|(slot, latest)| Walked { slot, latest: Timestamp::from_millis(latest) });
    let count = usize::try_from(count).unwrap_or_default();
    Ok((count, walked, entries(texts.as_deref().unwrap_or_default())?))
}
