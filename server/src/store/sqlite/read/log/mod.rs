//! The read model of the log: its rows, and its list.

mod hits;
mod list;
mod ways;

use crate::store::sqlite::{
    bigrams,
    failure::Sql,
    rows,
    table::upsert,
    writer::{Ledger, Row},
};
use domain::log::Entry;

/// An entry's row and what it is read for.
struct EntryRow<'r> {
    row: &'r Row<'r>,
    entry: &'r Entry,
    latest: i64,
}

/// Writes the rows of those records that are entries.
pub(in crate::store::sqlite) async fn write(ledger: &mut Ledger<'_>, rows: &[Row<'_>]) -> Sql<()> {
    let entries: Vec<(&Row<'_>, &Entry)> =
        rows.iter().filter_map(|row| Some((row, row.change.state.as_any().downcast_ref()?))).collect();
    let mut table = Vec::with_capacity(entries.len());
    for (row, entry) in entries {
        let latest = latest(ledger, row.community).await?.max(entry.written().millis());
        ledger.memory.latest.insert(row.community, latest);
        table.push(EntryRow { row, entry, latest });
    }
    upsert(ledger.connection, ENTRY, ENTRY_AGAIN, &table, |values, EntryRow { row, entry, latest }| {
        let content = &entry.content;
        values.push_bind(row.slot).push_bind(row.community).push_bind(entry.written().millis()).push_bind(*latest);
        values.push_bind(row.place).push_bind(row.change.stored.audience.topics.bits());
        values.push_bind(row.reaches_through()).push_bind(row.named()).push_bind(row.author);
        values.push_bind(content.category().code()).push_bind(content.urgency().code());
        values.push_bind(entry.review_state().code()).push_bind(!entry.is_listed()).push_bind(rows::blob(entry.id));
        Ok(())
    })
    .await?;
    write_words(ledger, &table).await
}

/// What the bigram index has of the entries. In one statement: with each that follows, the index would close a segment.
/// As a JSON object, whose text is put together here: tokens hold nothing to escape.
async fn write_words(ledger: &mut Ledger<'_>, entries: &[EntryRow<'_>]) -> Sql<()> {
    let mut words = String::new();
    for EntryRow { row, .. } in entries.iter().filter(|one| says_something_else(one.row)) {
        let tokens = bigrams::tokens(&row.change.stored.row.search);
        words.extend([if words.is_empty() { "{\"" } else { ",\"" }, &row.slot.to_string(), "\":\"", &tokens, "\""]);
    }
    if words.is_empty() {
        return Ok(());
    }
    words.push('}');
    let sql = "INSERT OR REPLACE INTO entry_words (rowid, words)
        SELECT CAST(j.key AS INTEGER), j.value FROM json_each($1) j";
    sqlx::query(sql).bind(words).execute(&mut *ledger.connection).await?;
    Ok(())
}

const ENTRY: &str =
    "INSERT INTO entry_row (slot, community, written, latest, place, topics, reach, named, author, category,
    urgency, state, withdrawn, id)";
/// When it was written never changes, and with it what stands in `latest`.
const ENTRY_AGAIN: &str = " ON CONFLICT (slot) DO UPDATE SET place = excluded.place, topics = excluded.topics,
    reach = excluded.reach, named = excluded.named, author = excluded.author, category = excluded.category,
    urgency = excluded.urgency, state = excluded.state, withdrawn = excluded.withdrawn
    WHERE community = excluded.community AND id = excluded.id";

/// Whether the bigram index has other words of it, or none.
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
