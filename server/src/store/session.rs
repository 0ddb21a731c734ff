//! Signing in and out, and who is signed in.
//!
//! A session's secret is 32 random bytes; the database has its SHA-256. Every request reads session and person from
//! the database (one look-up by key), so that signing out and losing a post take effect at once.

use super::{
    SqliteStore,
    failure::{json_error, store_error},
    rows,
    writer::{NewSession, login_key},
};
use app::domain::{PersonCard, PersonId, Timestamp};
use app::store::{SessionToken, SignInError, StoreError};
use sha2::{Digest, Sha256};

impl SqliteStore {
    pub(super) async fn check_password(
        &self,
        login: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let login = login_key(login);
        let login_hash = Sha256::digest(login.as_bytes()).to_vec();
        let _place = self.comparer.queue()?;
        if let Some(until) = self.writer.count_try(login_hash.clone(), now).await? {
            return Err(SignInError::Locked { until });
        }
        let sql = "SELECT id, password_hash FROM person WHERE login = $1";
        let found: Option<(Vec<u8>, Option<String>)> =
            sqlx::query_as(sql).bind(login).fetch_optional(&self.readers).await.map_err(store_error)?;
        let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), hash));
        match (self.comparer.compare(password, hash).await?, person) {
            (true, Some(person)) => {
                self.writer.forget_tries(login_hash).await?;
                self.start_session(rows::id(&person).map_err(store_error)?, now).await
            }
            _ => Err(SignInError::WrongCredentials),
        }
    }

    pub(super) async fn start_session_of(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        let sql = "SELECT record FROM person WHERE id = $1";
        let id = person.uuid().as_bytes().to_vec();
        let record: Option<String> =
            sqlx::query_scalar(sql).bind(id).fetch_optional(&self.readers).await.map_err(store_error)?;
        match record.map(|record| serde_json::from_str::<PersonCard>(&record)).transpose() {
            Ok(Some(card)) if card.memberships.iter().any(|post| post.holds_at(now)) => {
                self.start_session(person, now).await
            }
            // Nobody, or somebody whose account was closed.
            Ok(_) => Err(SignInError::WrongCredentials),
            Err(error) => Err(store_error(json_error(error)).into()),
        }
    }

    async fn start_session(&self, person: PersonId, now: Timestamp) -> Result<SessionToken, SignInError> {
        let token = SessionToken(rows::digits(&rand::random::<[u8; 32]>()));
        let expires = now.plus_minutes(SessionToken::LIFETIME_MINUTES);
        self.writer.start_session(NewSession { token_hash: token_hash(&token), person, now, expires }).await?;
        Ok(token)
    }

    pub(super) async fn person_of(
        &self,
        token: &SessionToken,
        now: Timestamp,
    ) -> Result<Option<PersonCard>, StoreError> {
        let sql = "SELECT p.record FROM session s JOIN person p ON p.id = s.person
            WHERE s.token_hash = $1 AND s.expires > $2";
        let record: Option<String> = sqlx::query_scalar(sql)
            .bind(token_hash(token))
            .bind(now.millis())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        record.map(|record| serde_json::from_str(&record).map_err(|error| store_error(json_error(error)))).transpose()
    }

    pub(super) async fn end_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.writer.end_session(token_hash(token)).await
    }
}

fn token_hash(token: &SessionToken) -> Vec<u8> {
    Sha256::digest(token.0.as_bytes()).to_vec()
}
