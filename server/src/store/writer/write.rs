//! Writing what a group has decided: one statement per table. Rows travel as one JSON array, so that the number of
//! statements does not grow with the group.

use super::group::{Group, Held, Verdict};
use crate::store::{failure::{Sql, json_error}, rows, words};
use app::domain::ReviewState;
use serde::Serialize;
use sqlx::SqliteConnection;

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
            let Some(filed) = self.filed.get(&new.id) else { continue };
            let (position, number, rejection) = outcome(&filed.verdict)?;
            let bytes = rejection.is_none().then_some(new.bytes);
            table.push((
                rows::hex(new.id.uuid()), &filed.sha256, rows::hex(new.author.uuid()), rows::hex(filed.entry.uuid()),
                new.sent_at, new.received, position, number, rejection, bytes,
            ));
        }
        let sql = "INSERT INTO command (id, sha256, author, entry, sent_at, received, position, number, rejection, bytes)
            SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3), value ->> 4,
                value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9 FROM json_each($1)";
        run(connection, sql, &table).await
    }

    /// Commands that waited in the database. Their bytes were acknowledged, so they stay, whatever the verdict.
    async fn write_released(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let mut table = Vec::new();
        for id in &self.released {
            let Some(filed) = self.filed.get(id) else { continue };
            let (position, number, rejection) = outcome(&filed.verdict)?;
            table.push((rows::hex(id.uuid()), position, number, rejection));
        }
        let sql = "UPDATE command SET position = j.value ->> 1, number = j.value ->> 2, rejection = j.value ->> 3
            FROM json_each($1) j WHERE command.id = unhex(j.value ->> 0)";
        run(connection, sql, &table).await
    }

    /// The same conflicting bytes are kept once, however often a phone repeats them.
    async fn write_conflicts(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let row = |conflict: &super::group::Conflict<'_>| {
            (
                rows::hex(conflict.id.uuid()), conflict.arrival.sha256.clone(), rows::hex(conflict.sender.uuid()),
                rows::hex(conflict.device.uuid()), conflict.received, conflict.arrival.bytes.clone(),
            )
        };
        let table: Vec<_> = self.conflicts.iter().map(row).collect();
        let sql = "INSERT OR IGNORE INTO conflict (command, sha256, sender, device, received, bytes)
            SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), unhex(value ->> 3), value ->> 4,
                value ->> 5 FROM json_each($1)";
        run(connection, sql, &table).await
    }

    async fn write_entries(&self, connection: &mut SqliteConnection) -> Sql<()> {
        let mut changed: Vec<&Held> = self.entries.values().filter(|held| held.changed.is_some()).collect();
        // In the order of slots: the word index would close a segment at every step back.
        changed.sort_unstable_by_key(|held| held.slot);
        let (mut entries, mut records, mut tokens, mut left, mut feed) = (vec![], vec![], vec![], vec![], vec![]);
        for held in changed {
            let (entry, Some(change)) = (&held.entry, &held.changed) else { continue };
            let content = entry.content();
            let state = entry.review_state();
            let author = rows::hex(entry.author.uuid());
            let categories = rows::categories(entry);
            let yard = self.places.micro_grids.get(&entry.micro_grid).map(|micro_grid| &micro_grid.yard);
            entries.push((
                held.slot, rows::hex(entry.id.uuid()), change.position, author.clone(), &entry.micro_grid, yard,
                content.category(), categories, content.urgency(), state.code(), i64::from(entry.withdrawn.is_some()),
            ));
            records.push((held.slot, serde_json::to_string(entry).map_err(json_error)?));
            if change.words {
                tokens.push((held.slot, words::tokens(entry)));
            }
            let community = entry.community();
            left.extend(held.stored_at.map(|position| (community.clone(), position)));
            let awaiting = i64::from(state == ReviewState::AwaitingAnswer);
            feed.push((
                community, change.position, held.slot, &entry.micro_grid, author, categories, change.received, awaiting,
            ));
        }
        run(connection, ENTRIES, &entries).await?;
        run(connection, "INSERT OR REPLACE INTO entry_record (slot, record) SELECT value ->> 0, value ->> 1 FROM json_each($1)", &records).await?;
        run(connection, "INSERT OR REPLACE INTO entry_words (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each($1)", &tokens).await?;
        run(connection, "DELETE FROM feed WHERE (community, position) IN (SELECT value ->> 0, value ->> 1 FROM json_each($1))", &left).await?;
        run(connection, FEED, &feed).await
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

const ENTRIES: &str = "INSERT INTO entry
    (slot, id, position, author, micro_grid, yard, category, categories, urgency, state, withdrawn)
    SELECT value ->> 0, unhex(value ->> 1), value ->> 2, unhex(value ->> 3), value ->> 4, value ->> 5,
        value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10 FROM json_each($1) WHERE true
    ON CONFLICT (slot) DO UPDATE SET position = excluded.position, category = excluded.category,
        categories = excluded.categories, urgency = excluded.urgency, state = excluded.state,
        withdrawn = excluded.withdrawn";

/// Kind 5: entries.
const FEED: &str = "INSERT INTO feed (community, position, kind, slot, micro_grid, author, categories, changed, awaiting)
    SELECT value ->> 0, value ->> 1, 5, value ->> 2, value ->> 3, unhex(value ->> 4), value ->> 5, value ->> 6,
        value ->> 7 FROM json_each($1)";

type OutcomeColumns<'a> = (Option<i64>, Option<&'a str>, Option<String>);

fn outcome(verdict: &Verdict) -> Sql<OutcomeColumns<'_>> {
    Ok(match verdict {
        Verdict::Accepted { position, number } => (Some(*position), number.as_ref().map(|number| number.as_str()), None),
        Verdict::Rejected(reason) => (None, None, Some(serde_json::to_string(reason).map_err(json_error)?)),
        Verdict::Waiting => (None, None, None),
    })
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
