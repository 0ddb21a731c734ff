//! Adding places and people, and changing who can sign in.

use super::{fetch::Heads, sessions, write::run};
use crate::store::{
    Account, Seed,
    failure::{AccountError, Sql, json_error, store_error},
    rows::{self, kind},
};
use app::domain::{CommunityCode, PersonCard, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// A login as it is compared: people do not remember capitals.
pub(in crate::store) fn login_key(login: &str) -> String {
    login.trim().to_lowercase()
}

/// A login as tries to sign in with it are counted: the name itself is not kept there.
pub(in crate::store) fn login_hash(login_key: &str) -> Vec<u8> {
    Sha256::digest(login_key.as_bytes()).to_vec()
}

/// Fills in a community. Feed positions follow the order in which a new phone should hear: where it is, its
/// stairwells, its people, its residents.
pub(super) async fn seed(connection: &mut SqliteConnection, seed: &Seed) -> Sql<()> {
    let community = &seed.community;
    let record = serde_json::to_string(community).map_err(json_error)?;
    let sql = "INSERT INTO community (code, record) SELECT value ->> 0, value ->> 1 FROM json_each($1)";
    run(connection, sql, &[(&community.code, record)]).await?;
    let mut micro_grids = Vec::new();
    for micro_grid in &seed.micro_grids {
        micro_grids.push((&micro_grid.code, serde_json::to_string(micro_grid).map_err(json_error)?));
    }
    let sql = "INSERT INTO micro_grid (code, record) SELECT value ->> 0, value ->> 1 FROM json_each($1)";
    run(connection, sql, &micro_grids).await?;
    let mut residents = Vec::new();
    for resident in &seed.residents {
        let record = serde_json::to_string(resident).map_err(json_error)?;
        residents.push((rows::hex(resident.id.uuid()), record, &resident.micro_grid));
    }
    let sql = "INSERT INTO resident (id, record) SELECT unhex(value ->> 0), value ->> 1 FROM json_each($1)";
    run(connection, sql, &residents).await?;

    tell(connection, &community.code, COMMUNITY_FEED, [(community.code.as_str(), kind::COMMUNITY)]).await?;
    let codes = seed.micro_grids.iter().map(|micro_grid| (micro_grid.code.as_str(), kind::MICRO_GRID));
    tell(connection, &community.code, MICRO_GRID_FEED, codes).await?;
    for account in &seed.accounts {
        add_person(connection, account).await?;
    }
    let cards = seed.accounts.iter().map(|account| &account.card);
    tell_people(connection, cards, Some(&community.code)).await?;
    let people = people_of(connection, &community.code).await?;
    tell(connection, &community.code, PERSON_FEED, people.iter().map(|id| (id.as_str(), kind::PERSON))).await?;
    let ids: Vec<String> = seed.residents.iter().map(|resident| rows::hex(resident.id.uuid())).collect();
    tell(connection, &community.code, RESIDENT_FEED, ids.iter().map(|id| (id.as_str(), kind::RESIDENT))).await
}

/// Adds somebody who can sign in.
pub(super) async fn account(connection: &mut SqliteConnection, account: &Account) -> Result<(), AccountError> {
    let sql = "SELECT count(*) FROM person WHERE login = $1";
    let taken: i64 = sqlx::query_scalar(sql)
        .bind(login_key(&account.login))
        .fetch_one(&mut *connection)
        .await
        .map_err(store_error)?;
    if taken > 0 {
        return Err(AccountError::LoginTaken);
    }
    add_person(connection, account).await.map_err(store_error)?;
    tell_people(connection, [&account.card], None).await.map_err(store_error)?;
    Ok(())
}

/// Closes an account: its posts end now, its password opens nothing any more, and its sessions are over. Colleagues hear of it.
/// Says whether there is such an account.
pub(super) async fn close(connection: &mut SqliteConnection, login: &str, now: Timestamp) -> Sql<bool> {
    let sql = "SELECT record FROM person WHERE login = $1";
    let record: Option<String> =
        sqlx::query_scalar(sql).bind(login_key(login)).fetch_optional(&mut *connection).await?;
    let Some(record) = record else { return Ok(false) };
    let mut card: PersonCard = serde_json::from_str(&record).map_err(json_error)?;
    for membership in &mut card.memberships {
        membership.until = Some(membership.until.map_or(now, |until| until.min(now)));
    }
    let id = card.id.uuid().as_bytes().to_vec();
    sqlx::query("UPDATE person SET record = $1, password_hash = NULL WHERE id = $2")
        .bind(serde_json::to_string(&card).map_err(json_error)?)
        .bind(&id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM session WHERE person = $1").bind(&id).execute(&mut *connection).await?;
    // A record is in the feed once, at its newest position.
    sqlx::query("DELETE FROM feed WHERE kind = $1 AND slot = (SELECT slot FROM person WHERE id = $2)")
        .bind(kind::PERSON)
        .bind(&id)
        .execute(&mut *connection)
        .await?;
    tell_people(connection, [&card], None).await?;
    Ok(true)
}

/// Another password for an account: nobody goes on with the old one, and a name that was locked by wrong tries is free. Says
/// whether there is such an account.
pub(super) async fn password(connection: &mut SqliteConnection, login: &str, hash: &str) -> Sql<bool> {
    let login = login_key(login);
    let sql = "DELETE FROM session WHERE person = (SELECT id FROM person WHERE login = $1)";
    sqlx::query(sql).bind(&login).execute(&mut *connection).await?;
    sessions::forget_tries(connection, &login_hash(&login)).await?;
    let sql = "UPDATE person SET password_hash = $1 WHERE login = $2";
    let done = sqlx::query(sql).bind(hash).bind(&login).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

async fn add_person(connection: &mut SqliteConnection, account: &Account) -> Sql<()> {
    let record = serde_json::to_string(&account.card).map_err(json_error)?;
    sqlx::query("INSERT INTO person (id, login, password_hash, record) VALUES ($1, $2, $3, $4)")
        .bind(account.card.id.uuid().as_bytes().to_vec())
        .bind(login_key(&account.login))
        .bind(account.password_hash.as_deref())
        .bind(record)
        .execute(connection)
        .await?;
    Ok(())
}

/// Everybody with a post in a community, also those who were here before it.
async fn people_of(connection: &mut SqliteConnection, community: &CommunityCode) -> Sql<Vec<String>> {
    let sql = "SELECT lower(hex(p.id)) FROM person p WHERE EXISTS (
            SELECT 1 FROM json_each(p.record, '$.memberships') m WHERE substr(m.value ->> 'place', 1, 12) = $1
        ) ORDER BY p.slot";
    sqlx::query_scalar(sql).bind(community.as_str()).fetch_all(connection).await
}

const COMMUNITY_FEED: &str = "INSERT INTO feed (community, position, kind, slot)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, c.slot
    FROM json_each($1) j JOIN community c ON c.code = j.value ->> 3";
const MICRO_GRID_FEED: &str = "INSERT INTO feed (community, position, kind, slot, micro_grid)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, m.slot, m.code
    FROM json_each($1) j JOIN micro_grid m ON m.code = j.value ->> 3";
const PERSON_FEED: &str = "INSERT INTO feed (community, position, kind, slot)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, p.slot
    FROM json_each($1) j JOIN person p ON p.id = unhex(j.value ->> 3)";
const RESIDENT_FEED: &str = "INSERT INTO feed (community, position, kind, slot, micro_grid)
    SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, r.slot, r.record ->> 'micro_grid'
    FROM json_each($1) j JOIN resident r ON r.id = unhex(j.value ->> 3)";

/// Gives the next positions of a community to records, in their order.
async fn tell<'k>(
    connection: &mut SqliteConnection,
    community: &CommunityCode,
    sql: &'static str,
    records: impl IntoIterator<Item = (&'k str, i64)>,
) -> Sql<()> {
    let heads = Heads::fetch(connection).await?.heads;
    // A community that is not here has no feed; it will tell of its people when it is filled in.
    let Some(head) = heads.get(community) else {
        return Ok(());
    };
    let table: Vec<_> =
        (head + 1..).zip(records).map(|(position, (key, kind))| (community, position, kind, key)).collect();
    run(connection, sql, &table).await?;
    let count = i64::try_from(table.len()).unwrap_or(i64::MAX);
    sqlx::query("UPDATE community SET head = head + $1 WHERE code = $2")
        .bind(count)
        .bind(community.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Tells every community in which they have, or had, a post, but one.
async fn tell_people<'c>(
    connection: &mut SqliteConnection,
    people: impl IntoIterator<Item = &'c PersonCard>,
    except: Option<&CommunityCode>,
) -> Sql<()> {
    let people: Vec<&PersonCard> = people.into_iter().collect();
    let posts = |card: &PersonCard| -> BTreeSet<CommunityCode> {
        card.memberships.iter().map(|membership| membership.place.community()).collect()
    };
    let communities: BTreeSet<CommunityCode> =
        people.iter().flat_map(|card| posts(card)).filter(|community| Some(community) != except).collect();
    for community in communities {
        let here = people.iter().filter(|card| posts(card).contains(&community));
        let ids: Vec<String> = here.map(|card| rows::hex(card.id.uuid())).collect();
        let people = ids.iter().map(|id| (id.as_str(), kind::PERSON));
        tell(connection, &community, PERSON_FEED, people).await?;
    }
    Ok(())
}
