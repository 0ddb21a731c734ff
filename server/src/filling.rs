//! Putting the demo community into an empty database: people and places, the entries of the paper log, and as many
//! made-up entries beside them as one wants to test with.

use crate::{
    demo,
    store::{HashError, Seed, SqliteStore, hash_password},
};
use app::{
    domain::{PersonId, Timestamp},
    store::StoreError,
};
use rand::Rng;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Pushes handed to the store at once.
const CHUNK: usize = 10_000;

/// What an empty database was filled with.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Accounts.
    pub people: usize,
    /// Stairwells.
    pub micro_grids: usize,
    /// People who live there.
    pub residents: usize,
    /// Entries; those of the paper log have reviews, and so have some of the made-up ones.
    pub entries: usize,
    /// How long entries and reviews took.
    pub took: Duration,
    /// The password of every account.
    pub password: String,
}

impl Filled {
    /// Entries taken in per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    pub fn per_second(&self) -> f64 {
        self.entries as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// Why the demo community was not put in.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// There is something in the database already.
    #[error("the database is not empty; the demo community goes only into an empty one, so choose another file")]
    NotEmpty,
    /// The password could not be hashed.
    #[error(transparent)]
    Password(#[from] HashError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills an empty database with the demo community as it is at `now`, and with `synthetic` more entries that depend on
/// `seed` and the day alone. `progress` hears from time to time how many entries and reviews are in.
///
/// # Errors
/// [`FillError`].
pub async fn fill(
    store: &SqliteStore,
    synthetic: usize,
    seed: u64,
    now: Timestamp,
    mut progress: impl FnMut(usize),
) -> Result<Filled, FillError> {
    if !store.is_empty().await? {
        return Err(FillError::NotEmpty);
    }
    let password = password();
    let hash = hash_password(&password)?;
    let seeds = demo::communities(now, Some(&hash));
    for seed in &seeds {
        store.seed(seed.clone()).await?;
    }
    let started = Instant::now();
    let made_up = demo::synthetic(&seeds, now, seed).take(synthetic);
    let mut batches = demo::entries(&seeds, now).into_iter().chain(made_up).peekable();
    let mut taken_in = 0;
    // The next chunk is made up and read while the one before is being stored.
    let mut storing = JoinSet::new();
    while batches.peek().is_some() {
        let chunk: Vec<_> = batches.by_ref().take(CHUNK).collect();
        let commands = chunk.iter().map(|batch| batch.commands.len()).sum::<usize>();
        let stored = store.push_many(chunk);
        finish(&mut storing).await?;
        progress(taken_in);
        taken_in += commands;
        storing.spawn(stored);
    }
    finish(&mut storing).await?;
    Ok(Filled {
        people: seeds.iter().map(|seed| seed.accounts.len()).sum(),
        micro_grids: seeds.iter().map(|seed| seed.micro_grids.len()).sum(),
        residents: seeds.iter().map(|seed| seed.residents.len()).sum(),
        entries: usize::try_from(store.counts().await?.entries).unwrap_or_default(),
        took: started.elapsed(),
        password,
    })
}

/// Waits for what is being stored.
async fn finish<T: 'static>(storing: &mut JoinSet<Result<T, StoreError>>) -> Result<(), StoreError> {
    while let Some(outcome) = storing.join_next().await {
        outcome.map_err(|error| StoreError::Failed(error.into()))??;
    }
    Ok(())
}

/// Whether the database holds the demo community, so that opening every account by one click harms nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn is_demo(store: &SqliteStore, now: Timestamp) -> Result<bool, StoreError> {
    let made_up: HashSet<_> = demo::communities(now, None).iter().flat_map(ids).collect();
    let accounts = store.accounts().await?;
    Ok(accounts.iter().all(|account| made_up.contains(&account.card.id)))
}

/// A password that can be read aloud: no letters that look like others, 79 bits.
#[must_use]
pub fn password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut chance = rand::rng();
    let mut letter = || char::from(LETTERS[chance.random_range(0..LETTERS.len())]);
    let groups: Vec<String> = (0..4).map(|_| (0..4).map(|_| letter()).collect()).collect();
    groups.join("-")
}

fn ids(seed: &Seed) -> Vec<PersonId> {
    seed.accounts.iter().map(|account| account.card.id).collect()
}
