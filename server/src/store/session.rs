//! Signing in and out, and who is signed in.
//!
//! A session's secret is 32 random bytes; the database has its SHA-256. Every request reads session and person from
//! the database (one look-up by key), so that signing out and losing a post take effect at once. The same look-up says
//! when the session ends; only about once a day that is moved, by the writer.

use super::{
    SqliteStore,
    connection::BUSY,
    failure::{Sql, json_error, store_error, unavailable},
    rows,
    writer::{NewSession, login_hash, login_key},
};
use app::domain::{PersonCard, PersonId, Timestamp};
use app::store::{Session, SessionToken, SignInError, StoreError};
use sha2::{Digest, Sha256};
use tokio::time::timeout;

/// The session with a hash (`$1`) that holds at a time (`$2`): [`read_session`] reads the row.
pub(super) const SESSION: &str = "SELECT p.record, s.expires FROM session s JOIN person p ON p.id = s.person
    WHERE s.token_hash = $1 AND s.expires > $2";

impl SqliteStore {
    pub(super) async fn check_password(
        &self,
        login: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let login = login_key(login);
        let login_hash = login_hash(&login);
        let _place = self.comparer.queue()?;
        if let Some(until) = self.writer.count_try(login_hash.clone(), now).await? {
            return Err(SignInError::Locked { until });
        }
        let sql = "SELECT record, password_hash FROM person WHERE login = $1";
        let found: Option<(String, Option<String>)> =
            sqlx::query_as(sql).bind(login).fetch_optional(&self.readers).await.map_err(store_error)?;
        let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
        match (self.comparer.compare(password, hash).await?, found) {
            (true, Some(found)) => {
                self.writer.forget_tries(login_hash).await?;
                self.start_session(card_of(&found.0)?.id, found, now).await
            }
            _ => Err(SignInError::WrongCredentials),
        }
    }

    pub(super) async fn start_session_of(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        let sql = "SELECT record, password_hash FROM person WHERE id = $1";
        let id = person.uuid().as_bytes().to_vec();
        let found: Option<(String, Option<String>)> =
            sqlx::query_as(sql).bind(id).fetch_optional(&self.readers).await.map_err(store_error)?;
        let Some(found) = found else { return Err(SignInError::WrongCredentials) };
        // An account that was closed opens nothing, whoever asks.
        if card_of(&found.0)?.posts_at(now).next().is_none() {
            return Err(SignInError::WrongCredentials);
        }
        self.start_session(person, found, now).await
    }

    /// Starts a session for somebody who was found to be allowed in, with record and hash as they were then.
    async fn start_session(
        &self,
        person: PersonId,
        (record, password_hash): (String, Option<String>),
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let token = SessionToken(rows::digits(&rand::random::<[u8; 32]>()));
        let expires = Session::end(now);
        let session = NewSession { token_hash: token_hash(&token), person, record, password_hash, now, expires };
        if self.writer.start_session(session).await? { Ok(token) } else { Err(SignInError::WrongCredentials) }
    }

    pub(super) async fn session_of(&self, token: &SessionToken, now: Timestamp) -> Sql<Option<Session>> {
        let found: Option<(String, i64)> =
            sqlx::query_as(SESSION).bind(token_hash(token)).bind(now.millis()).fetch_optional(&self.readers).await?;
        found.map(read_session).transpose()
    }

    /// Waits for the writer no longer than the database does: whoever asks may only want to read.
    pub(super) async fn prolong_session(&self, token: &SessionToken, now: Timestamp) -> Result<bool, StoreError> {
        let prolonged = timeout(BUSY, self.writer.prolong_session(token_hash(token), now)).await;
        prolonged.unwrap_or_else(|_| Err(unavailable("the writer is busy")))
    }

    pub(super) async fn end_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.writer.end_session(token_hash(token)).await
    }
}

/// The row of [`SESSION`].
pub(super) fn read_session((record, expires): (String, i64)) -> Sql<Session> {
    let card = serde_json::from_str(&record).map_err(json_error)?;
    Ok(Session { card, expires: Timestamp::from_millis(expires) })
}

fn card_of(record: &str) -> Result<PersonCard, StoreError> {
    serde_json::from_str(record).map_err(|error| store_error(json_error(error)))
}

fn token_hash(token: &SessionToken) -> Vec<u8> {
    Sha256::digest(token.0.as_bytes()).to_vec()
}
