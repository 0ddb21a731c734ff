//! Writing many rows with few statements.
//!
//! Each statement is a hop to SQLite's thread, so rows go in pieces of up to 256. They are bound one by one: handing them
//! over as a JSON array is one statement per table, but SQLite then renders and parses each row once per column, which
//! cost three times as much as the inserts themselves. Small things still go as JSON ([`run`]).

use super::{
    failure::{Sql, decode_error},
    rows,
};
use futures::future::join;
use serde::Serialize;
use sqlx::{
    Arguments, AssertSqlSafe, Encode, Sqlite, SqliteConnection, Type, error::BoxDynError, sqlite::SqliteArguments,
};

/// Rows per statement. A few fixed sizes, so that SQLite meets the same few statements again and again; large ones,
/// since each costs a hop to its thread.
const PIECES: [usize; 5] = [256, 64, 16, 4, 1];

/// The values of rows, one after the other.
#[derive(Default)]
pub(super) struct Values {
    bound: SqliteArguments,
    failed: Option<BoxDynError>,
}

impl Values {
    /// The next one.
    pub(super) fn push_bind<'v>(&mut self, value: impl Encode<'v, Sqlite> + Type<Sqlite>) -> &mut Self {
        if let Err(error) = self.bound.add(value) {
            self.failed.get_or_insert(error);
        }
        self
    }
}

/// Inserts a table of rows. Fixed text, bound values.
pub(super) async fn insert<T>(
    connection: &mut SqliteConnection,
    verb_and_table: &'static str,
    table: &[T],
    bind: impl Fn(&mut Values, &T) -> Sql<()>,
) -> Sql<()> {
    write(connection, verb_and_table, "", table, bind).await?;
    Ok(())
}

/// Inserts rows, or changes those that are there. `again` is the clause for these; it names the key whose row it may
/// change, and where another one's row stands in the way, nothing of the transaction counts.
pub(super) async fn upsert<T>(
    connection: &mut SqliteConnection,
    verb_and_table: &'static str,
    again: &'static str,
    table: &[T],
    bind: impl Fn(&mut Values, &T) -> Sql<()>,
) -> Sql<()> {
    let written = write(connection, verb_and_table, again, table, bind).await?;
    if usize::try_from(written) == Ok(table.len()) { Ok(()) } else { Err(decode_error(TakenRow(verb_and_table))) }
}

/// A row of another key stands where one was to be written.
#[derive(Debug, thiserror::Error)]
#[error("another row stands in the way of: {0}")]
struct TakenRow(&'static str);

/// Says how many rows were inserted or changed. While SQLite's thread inserts one piece, the next one is put together here.
async fn write<T>(
    connection: &mut SqliteConnection,
    verb_and_table: &'static str,
    tail: &'static str,
    table: &[T],
    bind: impl Fn(&mut Values, &T) -> Sql<()>,
) -> Sql<u64> {
    let statement = |piece: &[T]| {
        let mut values = Values::default();
        for row in piece {
            bind(&mut values, row)?;
        }
        match values.failed {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok((text(verb_and_table, piece.len(), values.bound.len(), tail), values.bound)),
        }
    };
    let mut pieces = pieces(table).map(statement);
    let mut next = pieces.next().transpose()?;
    let mut written = 0;
    while let Some((text, values)) = next {
        let insert = sqlx::query_with(AssertSqlSafe(text), values).execute(&mut *connection);
        let (inserted, prepared) = join(insert, async { pieces.next() }).await;
        written += inserted?.rows_affected();
        next = prepared.transpose()?;
    }
    Ok(written)
}

/// The statement for so many rows of so many values together. Put together row by row and not value by value, of which a
/// piece has thousands.
fn text(verb_and_table: &str, rows: usize, values: usize, tail: &str) -> String {
    let row = format!(",({})", vec!["?"; values.checked_div(rows).unwrap_or_default()].join(","));
    let all = row.repeat(rows);
    format!("{verb_and_table} VALUES {}{tail}", all.trim_start_matches(','))
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

/// Runs a statement that takes its rows from a JSON array; nothing is asked of the database for no rows.
pub(super) async fn run<T: Serialize>(connection: &mut SqliteConnection, sql: &'static str, table: &[T]) -> Sql<()> {
    if table.is_empty() {
        return Ok(());
    }
    sqlx::query(sql).bind(rows::table(table)?).execute(connection).await?;
    Ok(())
}
