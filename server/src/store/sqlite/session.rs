//! Signing in and out, and who is signed in.
//!
//! A session's secret is 32 random bytes; the database has its SHA-256. Every request reads session and person from
//! the database (one look-up by key), so that signing out and losing a post take effect at once.

use super::{
    SqliteStore,
    failure::{Sql, store_error, unread},
    rows,
    writer::{NewSession, Proof},
};
use domain::{
    kernel::{PersonId, Sha256, Timestamp, json},
    organisation::Person,
    store::{Account, SessionToken, SignInError, SignedIn, StoreError},
};

/// A login as tries to sign in with it are counted: the name itself is not kept there.
pub(super) fn login_hash(login: &str) -> Vec<u8> {
    rows::hash(&Sha256::of(Account::fold(login).as_bytes()))
}

impl SqliteStore {
    pub(super) async fn check_password(
        &self,
        login: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let login_hash = login_hash(login);
        let _place = self.comparer.queue()?;
        if let Some(until) = self.writer.count_try(login_hash.clone(), now).await? {
            return Err(SignInError::Locked { until });
        }
        let sql = "SELECT person, password_hash FROM account WHERE login = $1";
        let found: Option<(Vec<u8>, Option<String>)> =
            sqlx::query_as(sql).bind(Account::fold(login)).fetch_optional(&self.readers).await.map_err(store_error)?;
        let hash = found.as_ref().and_then(|(_, hash)| hash.clone());
        match (self.comparer.compare(password, hash).await?, found) {
            (true, Some((person, Some(hash)))) => {
                self.writer.forget_tries(login_hash).await?;
                let person = rows::id(&person).map_err(store_error)?;
                self.start_session(person, Proof::Password(hash), now).await
            }
            _ => Err(SignInError::WrongCredentials),
        }
    }

    /// Starts a session for somebody who was found to be allowed in.
    pub(super) async fn start_session(
        &self,
        person: PersonId,
        proof: Proof,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let token = SessionToken(rows::digits(&rand::random::<[u8; 32]>()));
        let expires = now.plus(SessionToken::LIFETIME);
        let session = NewSession { token_hash: token_hash(&token), person, proof, now, expires };
        if self.writer.start_session(session).await? { Ok(token) } else { Err(SignInError::WrongCredentials) }
    }

    pub(super) async fn session_of(&self, token: &SessionToken, now: Timestamp) -> Sql<Option<SignedIn>> {
        let sql = "SELECT s.person, s.expires, r.text FROM session s
            LEFT JOIN record r ON r.community IN (SELECT number FROM community) AND r.kind = $1 AND r.id = s.person
            WHERE s.token_hash = $2 AND s.expires > $3";
        let rows: Vec<(Vec<u8>, i64, Option<String>)> = sqlx::query_as(sql)
            .bind(<Person as domain::kernel::Record>::KIND)
            .bind(token_hash(token))
            .bind(now.millis())
            .fetch_all(&self.readers)
            .await?;
        let Some((person, expires, _)) = rows.first() else { return Ok(None) };
        let (person, expires) = (rows::id(person)?, Timestamp::from_millis(*expires));
        let cards = cards(rows.iter().filter_map(|(.., text)| text.as_deref()))?;
        let used = SessionToken::LIFETIME.plus(expires.since(now).negated());
        Ok(Some(SignedIn { person, cards, wants_moving: used >= SessionToken::MOVED_AFTER }))
    }

    pub(super) async fn move_end(&self, token: &SessionToken, now: Timestamp) -> Result<(), StoreError> {
        self.writer.move_session(token_hash(token), now, now.plus(SessionToken::LIFETIME)).await
    }

    pub(super) async fn end_session(&self, token: &SessionToken) -> Result<(), StoreError> {
        self.writer.end_session(token_hash(token)).await
    }
}

/// What somebody is in each community, by community.
pub(super) fn cards<'t>(texts: impl Iterator<Item = &'t str>) -> Sql<Vec<Person>> {
    let mut cards: Vec<Person> = texts.map(|text| json::read(text.as_bytes()).map_err(unread)).collect::<Sql<_>>()?;
    cards.sort_unstable_by_key(|card| card.community);
    Ok(cards)
}

fn token_hash(token: &SessionToken) -> Vec<u8> {
    rows::hash(&Sha256::of(token.0.as_bytes()))
}
