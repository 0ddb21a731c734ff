//! Sessions, tries to sign in, and the check of readiness.

use super::job::{Locked, NewSession};
use crate::store::{
    failure::Sql,
    session::{SESSION, read_session},
};
use app::{domain::Timestamp, store::Session};
use sqlx::SqliteConnection;

/// Failures in a row after which a name is locked, and for how many minutes (DOMAIN.md 3).
const MOST_TRIES: i64 = 5;
const LOCK_MINUTES: i64 = 15;
/// Names that are remembered at most. Tries are forgotten after the lock's time, and hashing bounds how many there
/// can be until then; this bounds it on faster machines.
const MOST_NAMES: i64 = 100_000;

/// Counts a try before its password is looked at, so that many at once are no way around the lock. Says until when
/// the name is locked; the try then does not count.
pub(super) async fn count_try(connection: &mut SqliteConnection, login_hash: &[u8], now: Timestamp) -> Sql<Locked> {
    let forgotten = now.plus_minutes(-LOCK_MINUTES).millis();
    sqlx::query(
        "DELETE FROM sign_in_try WHERE last <= $1 OR login_hash IN (
            SELECT login_hash FROM sign_in_try ORDER BY last DESC LIMIT -1 OFFSET $2)",
    )
    .bind(forgotten)
    .bind(MOST_NAMES)
    .execute(&mut *connection)
    .await?;
    let sql = "SELECT tries, last FROM sign_in_try WHERE login_hash = $1";
    let before: Option<(i64, i64)> = sqlx::query_as(sql).bind(login_hash).fetch_optional(&mut *connection).await?;
    if let Some((MOST_TRIES.., last)) = before {
        return Ok(Some(Timestamp::from_millis(last).plus_minutes(LOCK_MINUTES)));
    }
    let sql = "INSERT INTO sign_in_try (login_hash, tries, last) VALUES ($1, 1, $2)
        ON CONFLICT (login_hash) DO UPDATE SET tries = tries + 1, last = excluded.last";
    sqlx::query(sql).bind(login_hash).bind(now.millis()).execute(connection).await?;
    Ok(None)
}

/// A right password ends the counting.
pub(super) async fn forget_tries(connection: &mut SqliteConnection, login_hash: &[u8]) -> Sql<()> {
    sqlx::query("DELETE FROM sign_in_try WHERE login_hash = $1").bind(login_hash).execute(connection).await?;
    Ok(())
}

/// Starts a session, unless its person was changed meanwhile: the account may be closed. Says whether it did.
pub(super) async fn start(connection: &mut SqliteConnection, session: &NewSession) -> Sql<bool> {
    let NewSession { token_hash, person, record, password_hash, now, expires } = session;
    sqlx::query("DELETE FROM session WHERE expires <= $1").bind(now.millis()).execute(&mut *connection).await?;
    let sql = "INSERT INTO session (token_hash, person, expires)
        SELECT $1, id, $2 FROM person WHERE id = $3 AND record = $4 AND password_hash IS $5";
    let begun = sqlx::query(sql)
        .bind(token_hash)
        .bind(expires.millis())
        .bind(person.uuid().as_bytes().to_vec())
        .bind(record)
        .bind(password_hash)
        .execute(connection)
        .await?;
    Ok(begun.rows_affected() > 0)
}

/// Moves the end of a session that is used. Says whether it did: since it was found to be due it may have ended, or
/// another request may have moved it.
pub(super) async fn prolong(connection: &mut SqliteConnection, token_hash: &[u8], now: Timestamp) -> Sql<bool> {
    let found: Option<(String, i64)> =
        sqlx::query_as(SESSION).bind(token_hash).bind(now.millis()).fetch_optional(&mut *connection).await?;
    let is_due = found.map(read_session).transpose()?.is_some_and(|session| session.is_due(now));
    if is_due {
        let sql = "UPDATE session SET expires = $1 WHERE token_hash = $2";
        sqlx::query(sql).bind(Session::end(now).millis()).bind(token_hash).execute(connection).await?;
    }
    Ok(is_due)
}

pub(super) async fn end(connection: &mut SqliteConnection, token_hash: &[u8]) -> Sql<()> {
    sqlx::query("DELETE FROM session WHERE token_hash = $1").bind(token_hash).execute(connection).await?;
    Ok(())
}

/// Proves that the disk takes writes.
pub(super) async fn check(connection: &mut SqliteConnection) -> Sql<()> {
    let sql = "UPDATE meta SET value = value + 1 WHERE name = 'readiness_checks'";
    sqlx::query(sql).execute(connection).await?;
    Ok(())
}
