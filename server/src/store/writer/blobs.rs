//! Blobs whose bytes are here.

use super::job::Arrived;
use crate::store::{failure::Sql, rows};
use sqlx::SqliteConnection;

pub(super) async fn insert(connection: &mut SqliteConnection, arrived: &Arrived) -> Sql<()> {
    sqlx::query("INSERT OR IGNORE INTO blob (sha256, kind, bytes, arrived) VALUES ($1, $2, $3, $4)")
        .bind(rows::sha256_bytes(&arrived.sha256))
        .bind(arrived.kind.code())
        .bind(i64::try_from(arrived.bytes).unwrap_or(i64::MAX))
        .bind(arrived.at.millis())
        .execute(connection)
        .await?;
    Ok(())
}
