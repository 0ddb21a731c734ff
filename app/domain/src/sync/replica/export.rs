//! Everything unsent as one file, and back from one ([`ExportFile`]).

use super::{Changed, Replica, nobody};
use crate::{
    kernel::{CommandId, PersonId, Sha256},
    sync::{ExportFile, ExportFileError, ExportedBlob, Kept, LocalError, News},
};

/// Why a file was not taken in, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTakenIn {
    /// The file.
    File(ExportFileError),
    /// The device. What was taken in before stays.
    Device(LocalError),
}

impl NotTakenIn {
    /// What is said to whoever chose the file.
    #[must_use]
    pub const fn spoken(&self) -> &'static str {
        match self {
            Self::File(error) => error.spoken(),
            Self::Device(error) => error.spoken_of_deed(),
        }
    }
}

impl From<ExportFileError> for NotTakenIn {
    fn from(error: ExportFileError) -> Self {
        Self::File(error)
    }
}

impl From<LocalError> for NotTakenIn {
    fn from(error: LocalError) -> Self {
        Self::Device(error)
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// What was not here before.
    pub taken: usize,
    /// What is only in the file.
    pub left_out: usize,
}

impl Replica {
    /// Everything of whoever is signed in that the server does not have, as it is now, or of it one command alone; `None`
    /// where there is nothing.
    pub async fn export_file(&self, alone: Option<CommandId>) -> Option<ExportFile> {
        let (mut export, mut wanted) = self.with(|state| {
            let card = state.card.as_ref()?;
            let now = self.host.now();
            let (whose, device) = ((card.person, card.name.as_str()), self.local.device());
            let export = ExportFile::of(whose, device, now, &state.marks, &state.outbox, state.drafts.clone());
            let unsent = |sha256: &Sha256| state.kept_for(sha256) > Kept::Uploaded;
            let wanted = state.blobs.iter().map(|blob| blob.sha256).filter(unsent).collect::<Vec<Sha256>>();
            Some((export, wanted))
        })?;
        if let Some(id) = alone {
            export = export.alone(id);
            wanted.retain(|sha256| export.names(sha256));
        }
        for sha256 in wanted {
            // What cannot be read now stays on the device, and in the next file.
            if let Ok(Some(bytes)) = self.local.blob(&sha256).await {
                export.blobs.push(ExportedBlob::of(sha256, &bytes));
            }
        }
        Some(export).filter(|export| !export.is_empty())
    }

    /// Takes in a file of [`Replica::export_file`]: what is not here is kept on this device and sent like everything else.
    ///
    /// # Errors
    /// [`NotTakenIn`]. To choose the file once more does no harm.
    pub async fn take_in(&self, file: &[u8]) -> Result<TakenIn, NotTakenIn> {
        let me = self.person().ok_or_else(nobody)?;
        let file = ExportFile::read(file)?;
        let commands = self.with(|state| file.commands_for(me, &state.outbox, &state.records))?;
        let mut taken_in = TakenIn { taken: 0, left_out: commands.left_out };
        self.wrote();
        // Before whatever names them.
        for blob in &file.blobs {
            match blob.bytes() {
                Some(bytes) if !self.has_blob(&blob.sha256) => {
                    self.local.keep_blob(me, &blob.sha256, &bytes, self.host.now()).await?;
                    self.still_theirs(me)?;
                    self.here_is(blob.sha256);
                }
                Some(_) => {}
                None => taken_in.left_out += 1,
            }
        }
        for command in commands.commands {
            self.local.append(&command, None, &[]).await?;
            self.still_theirs(me)?;
            self.change(Changed::Outbox, |state| state.outbox.push(command));
            taken_in.taken += 1;
        }
        for unfinished in file.unfinished {
            match self.draft(&unfinished.key) {
                None => {
                    self.local.keep_draft(&unfinished.key, &unfinished.text).await?;
                    self.still_theirs(me)?;
                    self.change(Changed::Drafts, |state| state.drafts.keep(&unfinished.key, unfinished.text));
                    taken_in.taken += 1;
                }
                // What is unfinished here in the same place has gone on since, or is something else.
                Some(here) => taken_in.left_out += usize::from(here != unfinished.text),
            }
        }
        self.tell(News::Saved);
        self.talk_soon();
        Ok(taken_in)
    }

    /// Another tab may sign in somebody else meanwhile.
    fn still_theirs(&self, me: PersonId) -> Result<(), ExportFileError> {
        if self.is(me) { Ok(()) } else { Err(ExportFileError::NotTheirs) }
    }
}
