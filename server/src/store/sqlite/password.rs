//! Passwords: argon2id with the least that OWASP's cheat sheet asks for, on a bounded number of threads.

use super::failure::unavailable;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash};
use domain::store::StoreError;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// KiB of memory and passes per hash (OWASP Password Storage: 19 MiB, two passes, one lane).
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
/// Hashes at a time: a login rush must leave a core for those who work.
const AT_A_TIME: usize = 2;
/// Sign-ins that may wait for their turn, about a second's worth.
const MOST_WAITING: usize = 32;

/// What an unknown name is compared with, so that it takes as long as a known one. Nobody knows its password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bmVpZ2hib3Vyd2F0Y2g$xWyEyjPUcUZCMWmdYkVULK8Jd3yRhWFrXyjgLwBkNuk";

/// Why a password could not be hashed: a fault of the machine (no memory, no randomness).
#[derive(Debug, thiserror::Error)]
#[error("cannot hash: {0}")]
pub struct HashError(password_hash::Error);

/// Argon2id in PHC text form, as an account takes it. Takes about 20 ms and 19 MiB.
///
/// # Errors
/// [`HashError`].
pub fn hash_password(password: &str) -> Result<String, HashError> {
    let hash = argon2().hash_password(password.as_bytes()).map_err(HashError)?;
    Ok(hash.to_string())
}

/// Compares passwords, a few at a time.
#[derive(Clone)]
pub(super) struct Comparer {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Comparer {
    pub(super) fn new() -> Self {
        let semaphore = |count| Arc::new(Semaphore::new(count));
        Self { turns: semaphore(AT_A_TIME), places: semaphore(AT_A_TIME + MOST_WAITING) }
    }

    /// A place in the queue, or the answer to come back later.
    pub(super) fn queue(&self) -> Result<tokio::sync::OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| unavailable("too many sign-ins at once"))
    }

    /// Whether the password is the one behind the hash. No hash is no match, after the same time.
    pub(super) async fn compare(&self, password: &str, hash: Option<String>) -> Result<bool, StoreError> {
        let _turn = self.turns.acquire().await.map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let password = password.to_owned();
        let compare = move || {
            let known = hash.is_some();
            let matches = argon2().verify_password(password.as_bytes(), hash.as_deref().unwrap_or(NOBODY)).is_ok();
            matches && known
        };
        tokio::task::spawn_blocking(compare).await.map_err(|error| StoreError::Failed(Box::new(error)))
    }
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches_and_nobody_matches_nothing() {
        let comparer = Comparer::new();
        let hash = hash_password("守望相助").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(comparer.compare("守望相助", Some(hash.clone())).await.unwrap());
        assert!(!comparer.compare("守望相住", Some(hash)).await.unwrap());
        assert!(!comparer.compare("", None).await.unwrap());
    }

    #[test]
    fn an_unknown_name_costs_as_much_as_a_known_one() {
        let nobody = password_hash::phc::PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&nobody).unwrap().m_cost(), MEMORY);
        assert_eq!(Params::try_from(&nobody).unwrap().t_cost(), PASSES);
        assert_eq!(nobody.hash.unwrap().as_bytes().len(), 32);
    }
}
