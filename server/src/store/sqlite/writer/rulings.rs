//! What somebody decides about stored commands: held ones, and what is to be erased.

use super::{job::Erasing, ledger::Ledger};
use crate::store::sqlite::{
    failure::{Sql, decode_error},
    rows,
};
use domain::{
    kernel::{CommandId, Rejection, Timestamp, json},
    store::Erased,
    sync::{
        CommandReply,
        decide::{Delivery, Ruling},
    },
};
use sqlx::SqliteConnection;

/// Decides about a held command; `None` where nothing is held under this id.
pub(super) async fn decide(ledger: &mut Ledger<'_>, command: CommandId, ruling: Ruling) -> Sql<Option<CommandReply>> {
    let sql = "SELECT bytes, sent_at, received FROM command WHERE id = $1 AND held = 1 AND bytes IS NOT NULL";
    let found: Option<(String, i64, i64)> =
        sqlx::query_as(sql).bind(rows::blob(command)).fetch_optional(&mut *ledger.connection).await?;
    let Some((bytes, sent_at, received)) = found else { return Ok(None) };
    let times = (Timestamp::from_millis(sent_at), Timestamp::from_millis(received));
    let delivery = Delivery::decided(bytes, times.0, times.1, ruling);
    Ok(ledger.take_in(&[delivery]).await?.into_iter().flatten().next())
}

/// Removes the bytes of everything that was done to a record; what still waits can never be applied then. The freed bytes
/// are overwritten in the file.
pub(super) async fn erase(ledger: &mut Ledger<'_>, erasing: &Erasing) -> Sql<Erased> {
    let Erasing { record, why, at } = erasing;
    let Some(community) = ledger.known_number(record.community) else { return Ok(Erased::default()) };
    let sql = "SELECT lower(hex(id)), lower(hex(sha256)) FROM command
        WHERE about = $1 AND community = $2 AND kind = $3 AND bytes IS NOT NULL";
    let found: Vec<(String, String)> = sqlx::query_as(sql)
        .bind(rows::blob(record.id))
        .bind(community)
        .bind(record.kind.as_str())
        .fetch_all(&mut *ledger.connection)
        .await?;
    list(ledger.connection, &found, &record.to_string(), why, *at).await?;
    let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
    remove(ledger.connection, &ids).await?;
    Ok(Erased { commands: found.len() as u64 })
}

/// Writes down what is erased.
async fn list(
    connection: &mut SqliteConnection,
    commands: &[(String, String)],
    record: &str,
    why: &str,
    at: Timestamp,
) -> Sql<()> {
    let sql = "INSERT OR IGNORE INTO erasure (command, sha256, record, why, erased)
        SELECT unhex(value ->> 0), unhex(value ->> 1), $2, $3, $4 FROM json_each($1)";
    let table = rows::table(commands)?;
    sqlx::query(sql).bind(table).bind(record).bind(why).bind(at.millis()).execute(connection).await?;
    Ok(())
}

/// Removes the bytes of commands, as hexadecimal ids, and what came beside them under their ids.
pub(in crate::store::sqlite) async fn remove(connection: &mut SqliteConnection, ids: &[&str]) -> Sql<()> {
    let table = rows::table(ids)?;
    let rejection = json::write(&Rejection::from(Rejection::SET_ASIDE)).map_err(decode_error)?;
    sqlx::query("PRAGMA secure_delete = on").execute(&mut *connection).await?;
    let sql = "UPDATE command SET bytes = NULL,
            rejection = CASE WHEN waits_for IS NOT NULL OR held THEN $2 ELSE rejection END,
            is_final = is_final OR position IS NULL, waits_for = NULL, held = 0
        WHERE id IN (SELECT unhex(value) FROM json_each($1))";
    sqlx::query(sql).bind(&table).bind(rejection).execute(&mut *connection).await?;
    let sql = "DELETE FROM conflict WHERE command IN (SELECT unhex(value) FROM json_each($1))";
    sqlx::query(sql).bind(&table).execute(&mut *connection).await?;
    sqlx::query("PRAGMA secure_delete = off").execute(connection).await?;
    Ok(())
}
