//! `watchlog import …`

use super::{CommandError, output::say, with_store};
use crate::{
    blobs::Blobs,
    clock::now,
    config::{BlobOptions, DatabaseOptions},
    store::SqliteStore,
};
use clap::{Args, Subcommand};
use domain::{
    kernel::{Attachment, Bytes, Command},
    store::{PushBatch, Store},
    sync::{BATCH_COMMANDS, CommandReply, ExportFile, ExportFileError, Outcome},
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// What a phone could not send: the file that 存成文件 made on it
    Outbox(OutboxFile),
}

#[derive(Debug, Args)]
pub(super) struct OutboxFile {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    database: DatabaseOptions,
    #[command(flatten)]
    blobs: BlobOptions,
}

/// What became of the commands of a file.
#[derive(Default)]
struct Taken {
    accepted: usize,
    waiting: usize,
    held: usize,
    photos: usize,
    /// Why not, and the command.
    refused: Vec<(String, String)>,
}

impl Import {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Outbox(file) => file.run().await,
        }
    }
}

impl OutboxFile {
    async fn run(self) -> Result<(), CommandError> {
        let export = self.read()?;
        let name = &export.name;
        let blobs = || {
            let failed = |error| CommandError { message: format!("{}: {error}", self.blobs.blobs.display()), code: 1 };
            Blobs::in_folder(&self.blobs.blobs).map_err(failed)
        };
        let work = async |store: &SqliteStore| {
            let mut taken = take_in(store, &export).await?;
            if !export.blobs.is_empty() {
                take_in_photos(store, &blobs()?, &export, &mut taken).await?;
            }
            Ok(taken)
        };
        let Taken { accepted, waiting, held, photos, refused } = with_store(&self.database.database, work).await?;
        say!("{name}: {accepted} are in the log, {waiting} wait for the record that they are about");
        if held > 0 {
            say!("{held} came so late that somebody has to decide about them: `watchlog record held`");
        }
        if !export.blobs.is_empty() {
            say!("{photos} of {} photos and voice notes are in the log", export.blobs.len());
        }
        let unfinished = export.unfinished.len();
        if unfinished > 0 {
            say!("{unfinished} unfinished texts are nobody's entries yet: {name} can take them in on a phone");
        }
        if refused.is_empty() {
            return Ok(());
        }
        for (why, bytes) in &refused {
            say!("not taken: {why}\n  {bytes}");
        }
        let message = format!("{} were not taken; they are in the file as before", refused.len());
        Err(CommandError { message, code: 1 })
    }

    fn read(&self) -> Result<ExportFile, CommandError> {
        let usage = |why: &dyn std::fmt::Display| CommandError::usage(format!("{}: {why}", self.file.display()));
        let size = std::fs::metadata(&self.file).map_err(|error| usage(&error))?.len();
        if Bytes::new(size) > ExportFile::MOST_BYTES {
            return Err(usage(&ExportFileError::TooLarge));
        }
        let text = std::fs::read(&self.file).map_err(|error| usage(&error))?;
        ExportFile::read(&text).map_err(|error| usage(&error))
    }
}

/// Pushes what the file holds, as the phone would have. Its clock was what the file says; only where the file does not say,
/// the phone's clock counts as right.
async fn take_in(store: &SqliteStore, export: &ExportFile) -> Result<Taken, CommandError> {
    let accounts = store.accounts().await?;
    let author = accounts.iter().find(|account| account.person == export.author);
    let names: Vec<&str> = author.iter().flat_map(|account| &account.cards).map(|card| card.name.as_str()).collect();
    // The file is not signed. What is printed is who will be said to have written it.
    if !names.contains(&export.name.as_str()) {
        let here = names.first().copied().unwrap_or("nobody");
        let message =
            format!("the file says that it is {}'s, and by its number it is {here}'s: it was changed", export.name);
        return Err(CommandError::usage(message));
    }
    let mut taken = Taken::default();
    for commands in export.commands.chunks(BATCH_COMMANDS) {
        let received = now();
        let batch = PushBatch {
            sender: export.author,
            device: export.device,
            sent_at: received.plus(export.clock_offset.unwrap_or_default().negated()),
            received,
            commands: commands.to_vec(),
        };
        for (reply, bytes) in store.push(batch).await?.into_iter().zip(commands) {
            taken.count(reply, bytes);
        }
    }
    Ok(taken)
}

/// Keeps the photos and voice notes of the file that a record of its author names.
async fn take_in_photos(
    store: &SqliteStore,
    blobs: &Blobs,
    export: &ExportFile,
    taken: &mut Taken,
) -> Result<(), CommandError> {
    for blob in &export.blobs {
        let Some(bytes) = blob.bytes() else {
            taken.refused.push(("a photo that is not what its name says".to_owned(), blob.sha256.to_string()));
            continue;
        };
        let named = store.named_blob(export.author, &blob.sha256).await?;
        let attachment = named.map(|named| named.attachment);
        // Of an unfinished text, or of an entry that was refused: it stays in the file.
        let Some(attachment) = attachment.filter(|one| Attachment::of(one.kind, &bytes) == *one) else { continue };
        match blobs.take_whole(store, export.author, &attachment, bytes.into(), now()).await {
            Ok(()) => taken.photos += 1,
            Err(error) => taken.refused.push((error.to_string(), blob.sha256.to_string())),
        }
    }
    Ok(())
}

impl Taken {
    fn count(&mut self, reply: CommandReply, bytes: &str) {
        let why = match reply.outcome {
            Outcome::Accepted { .. } | Outcome::Duplicate { .. } => return self.accepted += 1,
            Outcome::Parked { .. } => return self.waiting += 1,
            Outcome::Held => return self.held += 1,
            Outcome::Conflict => "the log has other words under the same id".to_owned(),
            Outcome::Rejected { reason } => reason.says.into_owned(),
            Outcome::Later => "too much of theirs waits already: bring the file again later".to_owned(),
            Outcome::UnknownAct => "a newer version wrote it: update this server first".to_owned(),
        };
        // What can be read is easier to find again.
        let who = Command::read(bytes).map(|command| command.head.id.to_string()).unwrap_or_default();
        self.refused.push((format!("{who} {why}"), bytes.to_owned()));
    }
}
