//! Writing many rows with few statements.
//!
//! Each statement is a hop to SQLite's thread, so rows go in pieces of up to 256. They are bound one by one: handing them
//! over as a JSON array is one statement per table, but SQLite then renders and parses each row once per column, which
//! cost three times as much as the inserts themselves. Small things still go as JSON ([`run`]).

use super::{failure::Sql, rows};
use futures::future::join;
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query_builder::Separated};

/// Rows per statement. A few fixed sizes, so that SQLite meets the same few statements again and again; large ones,
/// since each costs a hop to its thread.
const PIECES: [usize; 5] = [256, 64, 16, 4, 1];

/// The values of a row.
pub(super) type Values<'r> = Separated<'r, Sqlite, &'static str>;

/// Inserts a table of rows. Fixed text, bound values. While SQLite's thread inserts one piece, the next one is put
/// together here.
pub(super) async fn insert<T>(
    connection: &mut SqliteConnection,
    verb_and_table: &'static str,
    tail: &'static str,
    table: &[T],
    bind: impl Fn(&mut Values<'_>, &T) -> Sql<()>,
) -> Sql<()> {
    let statement = |piece: &[T]| {
        let (mut query, mut outcome) = (QueryBuilder::new(verb_and_table), Ok(()));
        query.push(" ");
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

/// Runs a statement that takes its rows from a JSON array; nothing is asked of the database for no rows.
pub(super) async fn run<T: Serialize>(connection: &mut SqliteConnection, sql: &'static str, table: &[T]) -> Sql<()> {
    if table.is_empty() {
        return Ok(());
    }
    sqlx::query(sql).bind(rows::table(table)?).execute(connection).await?;
    Ok(())
}
