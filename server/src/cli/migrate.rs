//! `watchlog migrate`

use super::{CommandError, output::say, with_store};
use crate::config::DatabaseOptions;
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    database: DatabaseOptions,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let DatabaseOptions { database } = self.database;
        // Opening is all: every start brings the database up to date first.
        with_store(&database, async |_| Ok(())).await?;
        say!("{database} is up to date");
        Ok(())
    }
}
