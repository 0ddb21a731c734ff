//! `watchlog community …`

use super::{
    CommandError, not_empty,
    organisation::{Organisation, act, command},
    output::say,
    with_store,
};
use crate::{clock::now, config::DatabaseOptions, store::SqliteStore};
use clap::{Args, Subcommand};
use domain::{
    kernel::CommunityId,
    organisation::{Act, Community as Record},
};

#[derive(Debug, Subcommand)]
pub(super) enum Community {
    /// A new community
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Its name
    #[arg(long, value_parser = not_empty)]
    name: String,
    /// The letters with which the numbers of its entries begin, such as HPXC
    #[arg(long, value_name = "LETTERS", value_parser = not_empty)]
    abbreviation: String,
    /// Its code: 12 digits
    #[arg(long, value_name = "CODE", value_parser = not_empty)]
    code: String,
    #[command(flatten)]
    database: DatabaseOptions,
}

impl Community {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let Self { name, abbreviation, code, database: DatabaseOptions { database } } = self;
        let community = CommunityId::from_parts(now().millis(), rand::random());
        let make =
            Act::MakeCommunity { name: name.clone(), abbreviation, code: Some(code.clone()), numbers: Vec::new() };
        let make = command(vec![Record::key_of(community)], &make)?;
        let work = async |store: &SqliteStore| {
            // No community knows of another one.
            if Organisation::of(store).await?.coded(&code).is_some() {
                return Err(CommandError::usage(format!("there is a place with the code {code}")));
            }
            act(store, vec![make]).await
        };
        with_store(&database, work).await?;
        say!(
            "{name} is there. Its committee: \
             watchlog person add --role party_committee --place {code} --name … --login …"
        );
        Ok(())
    }
}
