//! Who can sign in.

use super::{ledger::Ledger, sessions};
use crate::store::sqlite::{
    ended,
    failure::{Sql, decode_error},
    rows,
    session::login_hash,
};
use domain::{
    kernel::{CommandId, PersonId, Timestamp},
    organisation::Person,
    store::Account,
    sync::decide::{Delivery, end_posts},
};
use sqlx::SqliteConnection;

/// Adds people who can sign in; `false`, and nobody, where one of the logins belongs to somebody.
pub(super) async fn add(connection: &mut SqliteConnection, accounts: &[Account]) -> Sql<bool> {
    let logins: Vec<String> = accounts.iter().map(|account| Account::fold(&account.login)).collect();
    let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE login IN (SELECT value FROM json_each($1)))";
    let is_taken: bool = sqlx::query_scalar(sql).bind(rows::table(&logins)?).fetch_one(&mut *connection).await?;
    if is_taken {
        return Ok(false);
    }
    for (account, login) in accounts.iter().zip(logins) {
        sqlx::query("INSERT INTO account (person, login, password_hash) VALUES ($1, $2, $3)")
            .bind(rows::blob(account.person))
            .bind(login)
            .bind(account.password_hash.as_deref())
            .execute(&mut *connection)
            .await?;
    }
    Ok(true)
}

/// Closes an account: its posts end now in every community, its password opens nothing any more, and its sessions are
/// over. Says whether there is such an account.
pub(super) async fn close(ledger: &mut Ledger<'_>, login: &str, at: Timestamp) -> Sql<bool> {
    let Some(person) = person_of(ledger.connection, login).await? else { return Ok(false) };
    give_password(ledger, person, None).await?;
    let mut cards = Vec::new();
    for community in ledger.heads.keys().copied().collect::<Vec<_>>() {
        if let Some((directory, _)) = ledger.directory(community).await?
            && directory.person(person).is_some()
        {
            cards.push(Person::key_of(community, person));
        }
    }
    let mut new_id = || CommandId::from_parts(at.millis(), rand::random());
    let commands = end_posts(&cards, at, &mut new_id).map_err(decode_error)?;
    let delivery = Delivery::from_server(&commands, at).map_err(decode_error)?;
    ledger.take_in(&[delivery]).await?;
    Ok(true)
}

/// Another password for an account: nobody goes on with the old one, and a name that was locked by wrong tries is free.
/// Says whether there is such an account.
pub(super) async fn password(ledger: &mut Ledger<'_>, login: &str, hash: &str) -> Sql<bool> {
    let Some(person) = person_of(ledger.connection, login).await? else { return Ok(false) };
    give_password(ledger, person, Some(hash)).await?;
    sessions::forget_tries(ledger.connection, &login_hash(login)).await?;
    Ok(true)
}

/// The password before opens nothing any more, and its sessions are over.
async fn give_password(ledger: &mut Ledger<'_>, person: PersonId, hash: Option<&str>) -> Sql<()> {
    let id = rows::blob(person);
    let sql = "UPDATE account SET password_hash = $1, password_ends = password_ends + 1 WHERE person = $2";
    sqlx::query(sql).bind(hash).bind(&id).execute(&mut *ledger.connection).await?;
    sqlx::query("DELETE FROM session WHERE person = $1").bind(&id).execute(&mut *ledger.connection).await?;
    ledger.ended.extend(ended::of_password(ledger.connection, person).await?);
    Ok(())
}

async fn person_of(connection: &mut SqliteConnection, login: &str) -> Sql<Option<PersonId>> {
    let sql = "SELECT person FROM account WHERE login = $1";
    let found: Option<Vec<u8>> = sqlx::query_scalar(sql).bind(Account::fold(login)).fetch_optional(connection).await?;
    found.map(|person| rows::id(&person)).transpose()
}
