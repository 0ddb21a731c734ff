//! `watchlog demo`

use super::{CommandError, output::say, with_store};
use crate::{
    clock::now,
    config::DatabaseOptions,
    filling::{FillError, fill},
};
use clap::Args;
use std::time::{Duration, Instant};

/// How often progress is told.
const TELL: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Made-up entries beside those of the demo community
    #[arg(long, value_name = "N", default_value_t = 0)]
    entries: usize,
    /// Another seed makes other entries, the same seed the same
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    database: DatabaseOptions,
}

impl Demo {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { entries, seed, database: DatabaseOptions { database } } = self;
        let mut told = Instant::now();
        let progress = |taken_in: usize| {
            if told.elapsed() >= TELL {
                told = Instant::now();
                say!("{taken_in} entries and reviews so far");
            }
        };
        let filled =
            with_store(&database, async |store| Ok(fill(store, entries, seed, now(), progress).await?)).await?;
        say!(
            "{database}: {} people, {} stairwells, {} residents, {} entries ({:.0} a second)",
            filled.people,
            filled.stairwells,
            filled.residents,
            filled.entries,
            filled.per_second()
        );
        say!("every demo person's password: {} (not shown again)", filled.password);
        Ok(())
    }
}

impl From<FillError> for CommandError {
    fn from(error: FillError) -> Self {
        match error {
            FillError::NotEmpty => Self::usage(error.to_string()),
            FillError::Store(error) => error.into(),
            FillError::Password(error) => error.into(),
            FillError::Refused(_) => Self { message: error.to_string(), code: 1 },
        }
    }
}
