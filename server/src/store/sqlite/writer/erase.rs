//! Removing the bytes of commands about records whose words were erased. What else is kept of a command for ever stays,
//! and with it receipts, duplicates and chains.

use super::ledger::Ledger;
use crate::store::sqlite::{
    failure::{Sql, decode_error},
    rows,
};
use domain::kernel::{CommandId, RecordKey, Rejection, json};
use sqlx::SqliteConnection;

/// Has SQLite overwrite what is deleted, until it is told otherwise.
pub(super) async fn overwrite_deleted(connection: &mut SqliteConnection, is_on: bool) -> Sql<()> {
    let sql = if is_on { "PRAGMA secure_delete = on" } else { "PRAGMA secure_delete = off" };
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}

/// Removes the bytes of everything that was done to these records, but of the command that erased each last, and what was
/// said when it was decided; what still waits can never be applied then. Called when the new states of the records are
/// written.
pub(super) async fn carry_out(ledger: &mut Ledger<'_>, records: &[(RecordKey, CommandId)]) -> Sql<()> {
    let rejection = json::write(&Rejection::from(Rejection::ERASED)).map_err(decode_error)?;
    for (record, by) in records {
        let community = ledger.number(record.community);
        let sql = "UPDATE command SET bytes = NULL, ruling_why = NULL,
                rejection = CASE WHEN position IS NULL THEN $4 ELSE rejection END,
                is_final = is_final OR position IS NULL, waits_for = NULL, held = 0
            WHERE about = $1 AND community = $2 AND kind = $3 AND id <> $5";
        sqlx::query(sql)
            .bind(rows::blob(record.id))
            .bind(community)
            .bind(record.kind.as_str())
            .bind(&rejection)
            .bind(rows::blob(*by))
            .execute(&mut *ledger.connection)
            .await?;
        // Bytes in conflict with them, and others about the same record.
        let sql = "DELETE FROM conflict WHERE instr(bytes, $4) OR command IN (
            SELECT id FROM command WHERE about = $1 AND community = $2 AND kind = $3 AND id <> $5)";
        sqlx::query(sql)
            .bind(rows::blob(record.id))
            .bind(community)
            .bind(record.kind.as_str())
            .bind(record.to_string())
            .bind(rows::blob(*by))
            .execute(&mut *ledger.connection)
            .await?;
    }
    forget_unnamed_blobs(ledger).await
}

/// Bytes that no record names any more are swept: whoever names them next has to send them again. In the transaction that
/// took the last name away, so that no row ever says of swept bytes that they are here.
async fn forget_unnamed_blobs(ledger: &mut Ledger<'_>) -> Sql<()> {
    let sql = "DELETE FROM blob WHERE sha256 NOT IN (SELECT sha256 FROM blob_name)";
    sqlx::query(sql).execute(&mut *ledger.connection).await?;
    Ok(())
}
