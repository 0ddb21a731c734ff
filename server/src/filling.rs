//! Putting the demo community into an empty database: people and places, the entries of the paper log, and as many
//! made-up entries beside them as one wants to test with.

use crate::{
    demo,
    session::now,
    store::{Seed, SqliteStore},
};
use app::store::{PushBatch, StoreError};
use rand::Rng;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

/// Commands handed to the store at once.
const CHUNK: usize = 2_000;

/// What an empty database was filled with.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Accounts.
    pub people: usize,
    /// Stairwells.
    pub micro_grids: usize,
    /// People who live there.
    pub residents: usize,
    /// Commands: entries, and the reviews of some.
    pub commands: usize,
    /// How long the commands took.
    pub took: Duration,
    /// The password of every account.
    pub password: String,
}

impl Filled {
    /// Commands taken in per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        as_f64(self.commands) / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// Why the demo community was not put in.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// There is something in the database already.
    #[error(
        "the database is not empty; the demo community goes only into an empty one, so choose another file"
    )]
    NotEmpty,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills an empty database with the demo community, and with `synthetic` more commands that depend on `seed` alone.
/// `progress` hears after each step how many commands are in.
///
/// # Errors
/// [`FillError`].
pub async fn fill(
    store: &SqliteStore,
    synthetic: usize,
    seed: u64,
    mut progress: impl FnMut(usize),
) -> Result<Filled, FillError> {
    if !store.is_empty().await? {
        return Err(FillError::NotEmpty);
    }
    let password = password();
    let hash = store.hash_password(&password).await?;
    let now = now();
    let seeds = demo::communities(now, Some(&hash));
    let mut filled = Filled {
        people: seeds.iter().map(|seed| seed.accounts.len()).sum(),
        micro_grids: seeds.iter().map(|seed| seed.micro_grids.len()).sum(),
        residents: seeds.iter().map(|seed| seed.residents.len()).sum(),
        commands: 0,
        took: Duration::ZERO,
        password,
    };
    for seed in &seeds {
        store.seed(seed.clone()).await?;
    }
    let started = Instant::now();
    let made_up = first_commands(demo::synthetic(&seeds, now, seed), synthetic);
    let mut chunk = Vec::new();
    for batch in demo::entries(&seeds, now).into_iter().chain(made_up) {
        filled.commands += batch.commands.len();
        chunk.push(batch);
        if chunk
            .iter()
            .map(|batch: &PushBatch| batch.commands.len())
            .sum::<usize>()
            >= CHUNK
        {
            store.push_many(std::mem::take(&mut chunk)).await?;
            progress(filled.commands);
        }
    }
    store.push_many(chunk).await?;
    progress(filled.commands);
    filled.took = started.elapsed();
    Ok(filled)
}

/// Whether the database holds the demo community, so that opening every account by one click harms nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn is_demo(store: &SqliteStore) -> Result<bool, StoreError> {
    let made_up: HashSet<_> = demo::communities(now(), None)
        .iter()
        .flat_map(ids)
        .collect();
    let accounts = store.accounts().await?;
    Ok(accounts
        .iter()
        .all(|account| made_up.contains(&account.card.id)))
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

fn ids(seed: &Seed) -> Vec<app::domain::PersonId> {
    seed.accounts
        .iter()
        .map(|account| account.card.id)
        .collect()
}

/// Cuts the stream of batches off after `most` commands.
fn first_commands(
    batches: impl Iterator<Item = PushBatch>,
    most: usize,
) -> impl Iterator<Item = PushBatch> {
    batches.scan(most, |left, mut batch| {
        batch.commands.truncate(*left);
        *left -= batch.commands.len();
        (!batch.commands.is_empty()).then_some(batch)
    })
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
const fn as_f64(count: usize) -> f64 {
    count as f64
}
