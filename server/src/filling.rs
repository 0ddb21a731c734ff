//! Putting the demo community into an empty database: places and people by commands of the operator, the entries of the
//! paper log by pushes of their authors, and as many made-up entries beside them as one wants to test with.

use crate::{
    demo,
    store::{HashError, SqliteStore, hash_password},
};
use domain::{
    kernel::{Timestamp, Unreadable},
    store::{AccountError, PushBatch, Store, StoreError},
    sync::{CommandReply, Outcome, decide::Delivery},
};
use rand::Rng;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Pushes handed to the store at once.
const CHUNK: usize = 10_000;

/// What an empty database was filled with.
#[derive(Clone, Debug)]
pub struct Filled {
    /// Accounts.
    pub people: usize,
    /// Stairwells.
    pub stairwells: usize,
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
    /// The rules did not take what the demo says: a fault of ours.
    #[error("the demo community does not keep the rules: {0}")]
    Refused(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Unreadable> for FillError {
    fn from(error: Unreadable) -> Self {
        Self::Refused(error.detail)
    }
}

impl From<AccountError> for FillError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::LoginTaken | AccountError::Unknown => Self::Refused(error.to_string()),
        }
    }
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
    let seeds = demo::communities(now);
    for seed in &seeds {
        check(&store.take_in(seed.deliveries()?).await?)?;
        store.add_accounts(seed.accounts(Some(&hash))).await?;
    }
    let started = Instant::now();
    let made_up = demo::synthetic(&seeds, now, seed).take(synthetic);
    let mut batches = in_order_of_receipt(demo::entries(&seeds, now).into_iter(), made_up).peekable();
    let mut taken_in = 0;
    // The next chunk is made up and read while the one before is being stored.
    let mut storing = JoinSet::new();
    while batches.peek().is_some() {
        let chunk: Vec<PushBatch> = batches.by_ref().take(CHUNK).collect();
        let commands = chunk.iter().map(|batch| batch.commands.len()).sum::<usize>();
        let stored = store.take_in(chunk.into_iter().map(Delivery::read).collect());
        finish(&mut storing).await?;
        progress(taken_in);
        taken_in += commands;
        storing.spawn(stored);
    }
    finish(&mut storing).await?;
    Ok(Filled {
        people: seeds.iter().map(|seed| seed.colleagues.len()).sum(),
        stairwells: seeds.iter().map(|seed| seed.stairwells.len()).sum(),
        residents: seeds.iter().map(|seed| seed.residents.len()).sum(),
        entries: usize::try_from(store.counts().await?.entries).unwrap_or_default(),
        took: started.elapsed(),
        password,
    })
}

/// Two histories as one: a server hears of things as time goes by.
fn in_order_of_receipt(
    one: impl Iterator<Item = PushBatch>,
    other: impl Iterator<Item = PushBatch>,
) -> impl Iterator<Item = PushBatch> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || {
        let is_first = match (one.peek(), other.peek()) {
            (Some(one), Some(other)) => one.received <= other.received,
            (next, _) => next.is_some(),
        };
        if is_first { one.next() } else { other.next() }
    })
}

/// What a chunk was answered.
type Stored = Result<Vec<Vec<CommandReply>>, StoreError>;

/// Waits for what is being stored.
async fn finish(storing: &mut JoinSet<Stored>) -> Result<(), FillError> {
    while let Some(outcome) = storing.join_next().await {
        check(&outcome.map_err(|error| StoreError::Failed(error.into()))??)?;
    }
    Ok(())
}

/// Whether all was taken.
fn check(replies: &[Vec<CommandReply>]) -> Result<(), FillError> {
    let refused = |reply: &&CommandReply| !matches!(reply.outcome, Outcome::Accepted { .. });
    match replies.iter().flatten().find(refused) {
        None => Ok(()),
        Some(reply) => Err(FillError::Refused(format!("{:?}: {:?}", reply.id, reply.outcome))),
    }
}

/// Whether the database holds the demo community, so that opening every account by one click harms nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn is_demo(store: &SqliteStore) -> Result<bool, StoreError> {
    let communities = demo::community_ids();
    let (accounts, heads) = (store.accounts().await?, store.heads().await?);
    Ok(accounts.iter().all(|account| demo::is_made_up(account.person, &account.login))
        && heads.iter().all(|(community, _)| communities.contains(community)))
}

/// A password that can be read aloud: no letters that look like others, 79 bits.
#[must_use]
pub fn password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut letter = || char::from(LETTERS[rng.random_range(0..LETTERS.len())]);
    let groups: Vec<String> = (0..4).map(|_| (0..4).map(|_| letter()).collect()).collect();
    groups.join("-")
}
