//! Reading many rows as one.
//!
//! Each row is a hop between SQLite's thread and ours: for a page of short texts these cost more than the query, and far
//! more on a busy machine, where each waits for its turn. So a query that reads a page joins what its rows say with line
//! ends, of which JSON has none of its own. A subquery with a limit keeps its order.

use sqlx::{QueryBuilder, Sqlite};

/// Adds a limit. As a sum: SQLite would plan a statement anew each time whose limit is a bound value alone.
pub(super) fn push_limit(query: &mut QueryBuilder<Sqlite>, rows: usize) {
    query.push(" LIMIT 0 + ").push_bind(i64::try_from(rows).unwrap_or(i64::MAX));
}
