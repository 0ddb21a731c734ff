//! Sessions, tries to sign in, and the check of readiness.

use super::{
    job::{Locked, NewSession, Proof},
    ledger::Ledger,
};
use crate::store::sqlite::{failure::Sql, rows};
use domain::{
    kernel::{PersonId, Timestamp},
    store::Account,
};
use sqlx::SqliteConnection;

/// Names that are remembered at most. Tries are forgotten after the lock's time, and hashing bounds how many there
/// can be until then; this bounds it on faster machines.
const MOST_NAMES: i64 = 100_000;

/// Counts a try before its password is looked at, so that many at once are no way around the lock. Says until when
/// the name is locked; the try then does not count.
pub(super) async fn count_try(connection: &mut SqliteConnection, login_hash: &[u8], now: Timestamp) -> Sql<Locked> {
    let forgotten = now.plus(Account::LOCKED_FOR.negated()).millis();
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
    if let Some((_, last)) = before.filter(|(tries, _)| *tries >= i64::from(Account::MOST_TRIES)) {
        return Ok(Some(Timestamp::from_millis(last).plus(Account::LOCKED_FOR)));
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

/// Starts a session, unless what let its person in does not hold any more. Says whether it did.
pub(super) async fn start(ledger: &mut Ledger<'_>, session: &NewSession) -> Sql<bool> {
    let NewSession { token_hash, person, proof, now, expires } = session;
    let holds = match proof {
        Proof::Password(hash) => {
            let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE person = $1 AND password_hash = $2)";
            let found = sqlx::query_scalar(sql).bind(rows::blob(*person)).bind(hash);
            found.fetch_one(&mut *ledger.connection).await?
        }
        Proof::Post => has_post(ledger, *person, *now).await?,
    };
    if !holds {
        return Ok(false);
    }
    let sql = "DELETE FROM session WHERE expires <= $1";
    sqlx::query(sql).bind(now.millis()).execute(&mut *ledger.connection).await?;
    sqlx::query("INSERT INTO session (token_hash, person, expires) VALUES ($1, $2, $3)")
        .bind(token_hash)
        .bind(rows::blob(*person))
        .bind(expires.millis())
        .execute(&mut *ledger.connection)
        .await?;
    Ok(true)
}

async fn has_post(ledger: &mut Ledger<'_>, person: PersonId, now: Timestamp) -> Sql<bool> {
    for community in ledger.heads.keys().copied().collect::<Vec<_>>() {
        if let Some((directory, _)) = ledger.directory(community).await?
            && directory.person(person).is_some_and(|card| card.posts_at(now).next().is_some())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves the end of a session that holds.
pub(super) async fn move_end(
    connection: &mut SqliteConnection,
    token_hash: &[u8],
    now: Timestamp,
    expires: Timestamp,
) -> Sql<()> {
    sqlx::query("UPDATE session SET expires = $1 WHERE token_hash = $2 AND expires > $3")
        .bind(expires.millis())
        .bind(token_hash)
        .bind(now.millis())
        .execute(connection)
        .await?;
    Ok(())
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
