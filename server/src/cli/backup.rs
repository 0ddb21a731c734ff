//! `watchlog backup` and `watchlog restore`

use super::{CommandError, output::say};
use crate::{
    config::{BlobOptions, DatabaseOptions},
    store::{BackedUp, BackupError, EndedAgain, Restored, back_up, restore},
};
use clap::Args;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The folder to make; it must not be there yet
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    blobs: BlobOptions,
}

#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The folder that `watchlog backup` made
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    blobs: BlobOptions,
}

impl Backup {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { folder, database: DatabaseOptions { database }, blobs: BlobOptions { blobs } } = self;
        let BackedUp { entries, blobs: copied, lacks, bytes } = back_up(database.path(), &blobs, &folder).await?;
        say!("{}: {entries} entries, {bytes} bytes; {copied} photos and voice notes", folder.display());
        complete(lacks, &blobs)
    }
}

impl Restore {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        let Self { folder, database: DatabaseOptions { database }, blobs: BlobOptions { blobs } } = self;
        let Restored { holds, ended } = restore(&folder, database.path(), &blobs).await?;
        let BackedUp { entries, blobs: copied, lacks, .. } = holds;
        say!(
            "{database}: {entries} entries, {copied} photos and voice notes. Phones will offer again what they sent within the last 30 days."
        );
        say_ended(&ended);
        complete(lacks, &folder)?;
        all_ended(&ended)
    }
}

/// What had ended after the backup, one by one: whoever restores has to know.
fn say_ended(ended: &EndedAgain) {
    let EndedAgain { erased, posts, passwords, not_in_force, passed_over, .. } = ended;
    for key in erased {
        say!("erased after this backup, and erased again: {key}");
    }
    for name in posts {
        say!("posts of {name} ended after this backup, and have ended again");
    }
    for login in passwords {
        say!(
            "{login}: the password of this backup opened nothing any more, and opens nothing; a new one: watchlog person password {login}"
        );
    }
    for command in not_in_force {
        say!("ended after this backup, and NOT ended again: {command}");
    }
    if *passed_over > 0 {
        say!("{passed_over} lines of what has ended are about communities that this backup does not have");
    }
}

/// What was restored is there, and something is open in it that had been closed.
fn all_ended(ended: &EndedAgain) -> Result<(), CommandError> {
    let message = match ended.not_in_force.len() {
        0 => return Ok(()),
        many => format!(
            "{many} commands that had ended something after this backup are not in force: look at what they name before anybody signs in. Everything else is done"
        ),
    };
    Err(CommandError { message, code: 1 })
}

/// What lacks photos was made all the same, and nobody may take it for whole.
fn complete(lacks: usize, place: &Path) -> Result<(), CommandError> {
    if lacks == 0 {
        return Ok(());
    }
    let message = format!(
        "{lacks} photos and voice notes of the log are not in {}: is this the right place (WATCHLOG_BLOBS)? Everything else is done",
        place.display()
    );
    Err(CommandError { message, code: 1 })
}

impl From<BackupError> for CommandError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Taken(_) | BackupError::Missing(_) | BackupError::Damaged { .. } => {
                Self::usage(error.to_string())
            }
            BackupError::File { .. } | BackupError::Blobs(_) => Self { message: error.to_string(), code: 1 },
            BackupError::Store(error) => error.into(),
        }
    }
}
