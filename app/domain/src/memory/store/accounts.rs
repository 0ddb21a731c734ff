//! Accounts, sessions, tries to sign in.

use super::IsRight;
use super::state::{Session, State, Tries};
use crate::kernel::{CommandId, PersonId, RecordKey, Sha256, Timestamp};
use crate::kinds::Kinds;
use crate::organisation::Person;
use crate::store::{Account, AccountError, AccountLine, SessionToken, SignInError, SignedIn, StoreError};
use crate::sync::decide::end_posts;

impl State {
    /// What a person is in each community.
    fn cards(&self, person: PersonId) -> Vec<Person> {
        self.directories.values().filter_map(|directory| directory.person(person)).cloned().collect()
    }

    fn account(&mut self, login: &str) -> Result<&mut Account, AccountError> {
        self.accounts.get_mut(&Account::fold(login)).ok_or(AccountError::Unknown)
    }

    pub(super) fn add_account(&mut self, account: Account) -> Result<(), AccountError> {
        let login = Account::fold(&account.login);
        if self.accounts.contains_key(&login) {
            return Err(AccountError::LoginTaken);
        }
        self.accounts.insert(login.clone(), Account { login, ..account });
        Ok(())
    }

    pub(super) fn close_account(&mut self, kinds: &Kinds, login: &str, at: Timestamp) -> Result<(), AccountError> {
        let person = self.give_password(login, None)?;
        let cards: Vec<RecordKey> =
            self.cards(person).iter().map(|card| Person::key_of(card.community, card.id)).collect();
        let mut new_id = || CommandId::from_parts(at.millis(), self.unique());
        let commands = end_posts(&cards, at, &mut new_id).map_err(|error| StoreError::Failed(error.into()))?;
        self.act(kinds, &commands, at)?;
        Ok(())
    }

    pub(super) fn set_password(&mut self, login: &str, hash: String) -> Result<(), AccountError> {
        self.give_password(login, Some(hash)).map(drop)
    }

    /// The one before opens nothing any more, and its sessions are over.
    fn give_password(&mut self, login: &str, hash: Option<String>) -> Result<PersonId, AccountError> {
        let account = self.account(login)?;
        account.password_hash = hash;
        let person = account.person;
        *self.password_ends.entry(person).or_default() += 1;
        self.sessions.retain(|_, session| session.person != person);
        Ok(person)
    }

    pub(super) fn account_lines(&self) -> Vec<AccountLine> {
        let line = |account: &Account| AccountLine {
            person: account.person,
            login: account.login.clone(),
            has_password: account.password_hash.is_some(),
            cards: self.cards(account.person),
        };
        self.accounts.values().map(line).collect()
    }

    pub(super) fn sign_in(
        &mut self,
        is_right: IsRight,
        login: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        let login = Account::fold(login);
        self.tries.retain(|_, tries| now < tries.last.plus(Account::LOCKED_FOR));
        let tries = self.tries.entry(login.clone()).or_insert(Tries { count: 0, last: now });
        if tries.count >= Account::MOST_TRIES {
            return Err(SignInError::Locked { until: tries.last.plus(Account::LOCKED_FOR) });
        }
        *tries = Tries { count: tries.count + 1, last: now };
        let account = self.accounts.get(&login);
        let right = account.filter(|one| one.password_hash.as_deref().is_some_and(|hash| is_right(password, hash)));
        let person = right.ok_or(SignInError::WrongCredentials)?.person;
        self.tries.remove(&login);
        Ok(self.start_session(person, now))
    }

    pub(super) fn sign_in_without_password(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<SessionToken, SignInError> {
        // An account that was closed opens nothing, whoever asks.
        if self.cards(person).iter().all(|card| card.posts_at(now).next().is_none()) {
            return Err(SignInError::WrongCredentials);
        }
        Ok(self.start_session(person, now))
    }

    fn start_session(&mut self, person: PersonId, now: Timestamp) -> SessionToken {
        let token = SessionToken(Sha256::of(&self.unique()).to_string());
        self.sessions.insert(hash_of(&token), Session { person, expires: now.plus(SessionToken::LIFETIME) });
        token
    }

    pub(super) fn signed_in(&self, token: &SessionToken, now: Timestamp) -> Option<SignedIn> {
        let session = self.sessions.get(&hash_of(token)).filter(|session| now < session.expires)?;
        let used = SessionToken::LIFETIME.plus(session.expires.since(now).negated());
        let wants_moving = used >= SessionToken::MOVED_AFTER;
        Some(SignedIn { person: session.person, cards: self.cards(session.person), wants_moving })
    }

    pub(super) fn move_session(&mut self, token: &SessionToken, now: Timestamp) {
        if let Some(session) = self.sessions.get_mut(&hash_of(token)).filter(|session| now < session.expires) {
            session.expires = now.plus(SessionToken::LIFETIME);
        }
    }

    pub(super) fn sign_out(&mut self, token: &SessionToken) {
        self.sessions.remove(&hash_of(token));
    }
}

fn hash_of(token: &SessionToken) -> Sha256 {
    Sha256::of(token.0.as_bytes())
}
