//! Writing what a group has decided, table by table.
//!
//! Each statement is a hop to SQLite's thread, so rows go in pieces of up to 256. They are bound one by one: handing
//! them over as a JSON array is one statement per table, but SQLite then renders and parses each row once per column,
//! which cost three times as much as the inserts themselves. Small things still go as JSON.

use super::group::{Changed, Group, Held, Verdict};
use crate::store::{
    failure::{Sql, json_error},
    rows, words,
};
use app::domain::ReviewState;
use futures::future::join;
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};
use uuid::Uuid;

impl Group<'_> {
    /// Writes everything. The caller commits.
    pub(super) async fn write(&self, connection: &mut SqliteConnection) -> Sql<()> {
        self.write_commands(connection).await?;
        self.write_released(connection).await?;
        self.write_conflicts(connection).await?;
        if self.allotted > 0 {
            self.write_entries(connection).await?;
            self.write_counters(connection).await?;
        }
        Ok(())
    }

    async fn write_commands(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let mut table = Vec::with_capacity(self.new.len());
        for new in &self.new {
            let Some(filed) = self.filed.get(&new.id) else {
                continue;
            };
            table.push((new, filed, outcome(&filed.verdict)?));
        }
        let into = "command (id, sha256, author, entry, sent_at, received, position, number, rejection, bytes)";
        insert(connection, "INSERT INTO ", into, "", &table, |row, (new, filed, (position, number, rejection))| {
            row.push_bind(blob(new.id.uuid())).push_bind(rows::sha256_bytes(&filed.sha256));
            row.push_bind(blob(new.author.uuid())).push_bind(blob(filed.entry.uuid()));
            row.push_bind(new.sent_at.millis()).push_bind(new.received.millis());
            row.push_bind(*position).push_bind(*number).push_bind(rejection.as_deref());
            row.push_bind(rejection.is_none().then_some(new.bytes));
            Ok(())
        })
        .await
    }

    /// Commands that waited in the database. Their bytes were acknowledged, so they stay, whatever the verdict.
    async fn write_released(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let mut table = Vec::new();
        for id in &self.released {
            let Some(filed) = self.filed.get(id) else {
                continue;
            };
            let (position, number, rejection) = outcome(&filed.verdict)?;
            table.push((rows::hex(id.uuid()), position, number, rejection));
        }
        let sql = "UPDATE command SET position = j.value ->> 1, number = j.value ->> 2, rejection = j.value ->> 3
            FROM json_each($1) j WHERE command.id = unhex(j.value ->> 0)";
        run(connection, sql, &table).await
    }

    /// The same conflicting bytes are kept once, however often a phone repeats them.
    async fn write_conflicts(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let into = "conflict (command, sha256, sender, device, received, bytes)";
        insert(connection, "INSERT OR IGNORE INTO ", into, "", &self.conflicts, |row, conflict| {
            row.push_bind(blob(conflict.id.uuid())).push_bind(rows::sha256_bytes(&conflict.arrival.sha256));
            row.push_bind(blob(conflict.sender.uuid())).push_bind(blob(conflict.device.uuid()));
            row.push_bind(conflict.received.millis()).push_bind(conflict.arrival.bytes.as_str());
            Ok(())
        })
        .await
    }

    async fn write_entries(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let changed = self.entries.values().filter_map(|held| Some((held, held.changed.as_ref()?)));
        let mut changed: Vec<(&Held, &Changed)> = changed.collect();
        // In the order of slots: the word index would close a segment at every step back.
        changed.sort_unstable_by_key(|(held, _)| held.slot);
        self.write_rows(connection, &changed).await?;
        insert(connection, "INSERT OR REPLACE INTO ", "entry_record (slot, record)", "", &changed, |row, (held, _)| {
            row.push_bind(held.slot).push_bind(serde_json::to_string(&held.entry).map_err(json_error)?);
            Ok(())
        })
        .await?;
        let reworded: Vec<_> = changed.iter().filter(|(_, change)| change.words).collect();
        insert(connection, "INSERT OR REPLACE INTO ", "entry_words (rowid, words)", "", &reworded, |row, (held, _)| {
            row.push_bind(held.slot).push_bind(words::tokens(&held.entry));
            Ok(())
        })
        .await?;
        write_named(connection, &changed).await?;
        write_feed(connection, &changed).await
    }

    async fn write_rows(&self, connection: &mut SqliteConnection, changed: &[(&Held, &Changed)]) -> Sql<()> {
        let into =
            "entry (slot, id, position, author, micro_grid, yard, category, categories, urgency, state, withdrawn)";
        let tail = " ON CONFLICT (slot) DO UPDATE SET position = excluded.position, category = excluded.category,
            categories = excluded.categories, urgency = excluded.urgency, state = excluded.state,
            withdrawn = excluded.withdrawn";
        insert(connection, "INSERT INTO ", into, tail, changed, |row, (held, change)| {
            let (entry, content) = (&held.entry, held.entry.content());
            let yard = self.places.micro_grids.get(&entry.micro_grid).map(|micro_grid| micro_grid.yard.as_str());
            row.push_bind(held.slot).push_bind(blob(entry.id.uuid())).push_bind(change.position);
            row.push_bind(blob(entry.author.uuid())).push_bind(entry.micro_grid.as_str()).push_bind(yard);
            row.push_bind(content.category().code()).push_bind(rows::categories(entry));
            row.push_bind(content.urgency().code()).push_bind(entry.review_state().code());
            row.push_bind(entry.withdrawn.is_some());
            Ok(())
        })
        .await
    }

    async fn write_counters(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let serials: Vec<_> = self.serials.iter().map(|((community, day), last)| (community, day, last)).collect();
        let sql = "INSERT OR REPLACE INTO day_serial (community, day, last)
            SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)";
        run(connection, sql, &serials).await?;
        let heads: Vec<_> = self.heads.iter().collect();
        let sql = "UPDATE community SET head = j.value ->> 1 FROM json_each($1) j WHERE code = j.value ->> 0";
        run(connection, sql, &heads).await
    }
}

/// Which attachments an entry names. What an earlier version named stays.
async fn write_named(connection: &mut SqliteConnection, changed: &[(&Held, &Changed)]) -> Sql<()> {
    let reworded = changed.iter().filter(|(_, change)| change.words);
    let names = |(held, _): &(&Held, &Changed)| {
        let hashes = held.entry.content().attachments().iter().map(|one| rows::sha256_bytes(&one.sha256));
        hashes.map(|hash| (hash, held.slot)).collect::<Vec<_>>()
    };
    let table: Vec<(Vec<u8>, i64)> = reworded.flat_map(names).collect();
    let into = "entry_blob (sha256, slot)";
    insert(connection, "INSERT OR IGNORE INTO ", into, "", &table, |row, (sha256, slot)| {
        row.push_bind(sha256.clone()).push_bind(*slot);
        Ok(())
    })
    .await
}

/// An entry has one row in the feed: it leaves its old position for the new one. Kind 5: entries.
async fn write_feed(connection: &mut SqliteConnection, changed: &[(&Held, &Changed)]) -> Sql<()> {
    let left = |(held, _): &(&Held, &Changed)| Some((held.entry.community(), held.stored_at?));
    let left: Vec<_> = changed.iter().filter_map(left).collect();
    let sql = "DELETE FROM feed WHERE (community, position) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))";
    run(connection, sql, &left).await?;
    let into = "feed (community, position, kind, slot, micro_grid, author, categories, changed, awaiting)";
    insert(connection, "INSERT INTO ", into, "", changed, |row, (held, change)| {
        let entry = &held.entry;
        row.push_bind(String::from(entry.community())).push_bind(change.position).push_bind(rows::kind::ENTRY);
        row.push_bind(held.slot).push_bind(entry.micro_grid.as_str()).push_bind(blob(entry.author.uuid()));
        row.push_bind(rows::categories(entry)).push_bind(change.received.millis());
        row.push_bind(entry.review_state() == ReviewState::AwaitingAnswer);
        Ok(())
    })
    .await
}

type OutcomeColumns<'a> = (Option<i64>, Option<&'a str>, Option<String>);

fn outcome(verdict: &Verdict) -> Sql<OutcomeColumns<'_>> {
    Ok(match verdict {
        Verdict::Accepted { position, number } => {
            (Some(*position), number.as_ref().map(|number| number.as_str()), None)
        }
        Verdict::Rejected(reason) => (None, None, Some(serde_json::to_string(reason).map_err(json_error)?)),
        Verdict::Waiting => (None, None, None),
    })
}

/// Rows per statement. A few fixed sizes, so that SQLite meets the same few statements again and again; large ones,
/// since each costs a hop to its thread.
const PIECES: [usize; 5] = [256, 64, 16, 4, 1];

type Row<'r> = Separated<'r, Sqlite, &'static str>;

/// Inserts a table of rows. Fixed text, bound values. While SQLite's thread inserts one piece, the next one is put
/// together here: half of the work is JSON and words.
async fn insert<T>(
    connection: &mut SqliteConnection,
    verb: &'static str,
    into: &'static str,
    tail: &'static str,
    table: &[T],
    bind: impl Fn(&mut Row<'_>, &T) -> Sql<()>,
) -> Sql<()> {
    let statement = |piece: &[T]| {
        let (mut query, mut outcome) = (QueryBuilder::new(verb), Ok(()));
        query.push(into).push(" ");
        query.push_values(piece, |mut row, item| {
            if outcome.is_ok() {
                outcome = bind(&mut row, item);
            }
        });
        query.push(tail);
        outcome.map(|()| query)
    };
    let mut pieces = pieces(table).map(statement);
    let mut next = pieces.next().transpose()?;
    while let Some(mut query) = next {
        let (inserted, prepared) = join(query.build().execute(&mut *connection), async { pieces.next() }).await;
        inserted?;
        next = prepared.transpose()?;
    }
    Ok(())
}

/// The table in pieces of the few sizes.
fn pieces<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = PIECES.into_iter().find(|size| *size <= rest.len())?;
        let (piece, others) = rest.split_at(size);
        rest = others;
        Some(piece)
    })
}

fn blob(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// Runs a statement that takes its rows from a JSON array; nothing is asked of the database for no rows.
pub(super) async fn run<T: Serialize>(connection: &mut SqliteConnection, sql: &'static str, table: &[T]) -> Sql<()> {
    if table.is_empty() {
        return Ok(());
    }
    let rows = serde_json::to_string(table).map_err(json_error)?;
    sqlx::query(sql).bind(rows).execute(connection).await?;
    Ok(())
}
