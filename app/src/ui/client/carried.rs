//! Everything unsent as one file, and back from one (`crate::sync::carried`).

use super::Client;
use crate::domain::CommandId;
use crate::local_store::LocalError;
use crate::sync::{Carried, CarriedBlob, CarriedError};
use leptos::prelude::*;

/// Why a file was not taken in, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTakenIn {
    /// The file.
    File(CarriedError),
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

impl From<CarriedError> for NotTakenIn {
    fn from(error: CarriedError) -> Self {
        Self::File(error)
    }
}

impl From<LocalError> for NotTakenIn {
    fn from(error: LocalError) -> Self {
        Self::Device(error)
    }
}

impl Client {
    /// Everything of whoever is signed in that the server does not have, as it is now, or of it one command alone; `None` where
    /// there is nothing.
    pub async fn carried(self, alone: Option<CommandId>) -> Option<Carried> {
        let (card, device) = (self.me.get_untracked()?, self.device()?);
        let drafts = untrack(|| self.drafts());
        let mut wanted = self.blobs_to_carry();
        let mut carried = self.outbox.with_untracked(|outbox| {
            self.marks.with_untracked(|marks| Carried::of(&card, device.device(), device.now(), marks, outbox, drafts))
        });
        if let Some(id) = alone {
            carried = carried.alone(id);
            wanted.retain(|sha256| carried.names(sha256));
        }
        for sha256 in wanted {
            // What cannot be read now stays on the device, and in the next file.
            if let Ok(Some(bytes)) = device.blob(&sha256).await {
                carried.blobs.push(CarriedBlob::of(sha256, &bytes));
            }
        }
        Some(carried).filter(|carried| !carried.is_empty())
    }

    /// Takes in a file of [`Client::carried`]: what is not here is kept on this device and sent like everything else.
    ///
    /// # Errors
    /// [`NotTakenIn`]. To choose the file once more does no harm.
    pub async fn take_in(self, file: &[u8]) -> Result<TakenIn, NotTakenIn> {
        let no_device = || LocalError::Unavailable("not connected".to_owned());
        let device = self.device().ok_or_else(no_device)?;
        let signed_in = || self.me.with_untracked(|me| me.as_ref().map(|me| me.id));
        let me = signed_in().ok_or_else(no_device)?;
        // Another tab may sign in somebody else meanwhile.
        let still = || if signed_in() == Some(me) { Ok(()) } else { Err(CarriedError::NotTheirs) };
        let file = Carried::read(file)?;
        let commands = self
            .outbox
            .with_untracked(|outbox| self.records.with_untracked(|records| file.commands_for(me, outbox, records)))?;
        let mut taken_in = TakenIn { taken: 0, left_out: commands.left_out };
        // Before whatever names them.
        for blob in &file.blobs {
            match blob.bytes() {
                Some(bytes) if !untrack(|| self.has_blob(&blob.sha256)) => {
                    device.keep_blob(me, &blob.sha256, &bytes).await?;
                    still()?;
                    self.here_is(blob.sha256.clone());
                }
                Some(_) => {}
                None => taken_in.left_out += 1,
            }
        }
        for command in commands.commands {
            device.append(&command, None, &[]).await?;
            still()?;
            self.outbox.update(|outbox| outbox.push(command));
            taken_in.taken += 1;
        }
        for unfinished in file.unfinished {
            match self.draft(&unfinished.key) {
                None => {
                    device.keep_draft(&unfinished.key, &unfinished.text).await?;
                    still()?;
                    self.drafts.update(|drafts| drafts.keep(&unfinished.key, unfinished.text));
                    taken_in.taken += 1;
                }
                // What is unfinished here in the same place has gone on since, or is something else.
                Some(here) => taken_in.left_out += usize::from(here != unfinished.text),
            }
        }
        device.kick();
        Ok(taken_in)
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenIn {
    /// What was not here before.
    pub taken: usize,
    /// What is only in the file.
    pub left_out: usize,
}
