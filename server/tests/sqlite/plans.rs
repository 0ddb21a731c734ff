//! Which way a query goes: texts are touched for what goes out only.

use crate::world::*;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

async fn plan(connection: &mut SqliteConnection, sql: &'static str) -> String {
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(sql).fetch_all(connection).await.unwrap();
    rows.into_iter().map(|(.., step)| step).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn no_index_holds_a_text() {
    let world = World::new().await;
    let mut connection =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(world.file())).await.unwrap();
    let sql = "SELECT count(*) FROM sqlite_schema s, pragma_index_info(s.name) i
        WHERE s.type = 'index' AND i.name IN ('text', 'bytes')";
    let count: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 0);
    let sql = "EXPLAIN QUERY PLAN SELECT position FROM record INDEXED BY record_feed
        WHERE community = 1 AND position > 7 AND topics & 3 AND place IN (1, 2) AND reach = 1 AND author = 3 AND named
        AND stays_open AND changed > 9 ORDER BY position";
    let steps = plan(&mut connection, sql).await;
    assert!(steps.contains("COVERING INDEX record_feed") && !steps.contains("TEMP B-TREE"), "{steps}");
}
