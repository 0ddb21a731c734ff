//! Everything unsent as one file, and back from one (`crate::sync::carried`).

use super::Client;
use crate::local_store::LocalError;
use crate::sync::{Carried, CarriedError};

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
    /// Everything of whoever is signed in that the server does not have; `None` where there is nothing. Whoever asks
    /// hears of it when it has changed.
    #[must_use]
    pub fn carried(self) -> Option<Carried> {
        let (card, device) = (self.me.get()?, self.device()?);
        let drafts = self.drafts();
        let carried = self.outbox.with(|outbox| {
            self.marks.with(|marks| Carried::of(&card, device.device(), device.now(), marks, outbox, drafts))
        });
        Some(carried).filter(|carried| !carried.is_empty())
    }

    /// Takes in a file of [`Client::carried`]: what is not here is kept on this device and sent like everything else.
    /// Returns how much that was.
    ///
    /// # Errors
    /// [`NotTakenIn`]. To choose the file once more does no harm.
    pub async fn take_in(self, file: &[u8]) -> Result<usize, NotTakenIn> {
        let no_device = || LocalError::Unavailable("not connected".to_owned());
        let device = self.device().ok_or_else(no_device)?;
        let me = self.me.with_untracked(|me| me.as_ref().map(|me| me.id)).ok_or_else(no_device)?;
        let file = Carried::read(file)?;
        let commands = self
            .outbox
            .with_untracked(|outbox| self.records.with_untracked(|records| file.commands_for(me, outbox, records)))?;
        let mut taken_in = 0;
        for command in commands {
            device.append(&command, None).await?;
            self.outbox.update(|outbox| outbox.push(command));
            taken_in += 1;
        }
        for unfinished in file.unfinished {
            // What is unfinished here under the same name has gone on since.
            if self.draft(&unfinished.key).is_none() {
                device.keep_draft(&unfinished.key, &unfinished.text).await?;
                self.drafts.update(|drafts| drafts.keep(&unfinished.key, unfinished.text));
                taken_in += 1;
            }
        }
        device.kick();
        Ok(taken_in)
    }
}
