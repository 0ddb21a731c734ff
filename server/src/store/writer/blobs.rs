//! Blobs whose bytes are here.

use super::job::Arrived;
use crate::store::{failure::Sql, rows};
use sqlx::SqliteConnection;

pub(super) async fn insert(connection: &mut SqliteConnection, arrived: &Arrived) -> Sql<()> {
    sqlx::query("INSERT OR IGNORE INTO blob (sha256, author, kind, bytes, arrived) VALUES ($1, $2, $3, $4, $5)")
        .bind(rows::sha256_bytes(&arrived.sha256))
        .bind(arrived.author.uuid().as_bytes().to_vec())
        .bind(arrived.kind.code())
        .bind(i64::try_from(arrived.bytes).unwrap_or(i64::MAX))
        .bind(arrived.at.millis())
        .execute(connection)
        .await?;
    Ok(())
}
