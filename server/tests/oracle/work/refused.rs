//! What becomes of commands that the server has refused: their person sends them once more, files them as another entry,
//! or gives them up.

use super::Deed;
use crate::{device::Device, notebook::Known};
use domain::{
    kernel::{Command, CommandId},
    log::{Act, Entry, another_entry, wants_another_entry},
    organisation::Place,
    sync::{Queued, QueuedState, Trouble},
};
use rand::Rng;

impl Device {
    /// Looks through what needs a person, and does something about one of them.
    pub(super) async fn look_at_refused(&self) {
        let refused = self.refused();
        let Some(pick) = refused.len().checked_sub(1) else { return };
        let (pick, what) = self.life.draw(|rng| (rng.random_range(0..=pick), rng.random_range(0..6)));
        match what {
            0..3 => drop(self.replica().try_again(refused[pick]).await),
            3..5 => self.file_as_another(refused[pick]).await,
            _ => self.give_up(refused[pick]).await,
        }
    }

    /// 再传一次, for all of them.
    pub async fn try_all_again(&self) {
        for id in self.refused() {
            self.replica().try_again(id).await.unwrap();
        }
    }

    fn refused(&self) -> Vec<CommandId> {
        self.replica().with(|state| {
            let refused = state.outbox.items().iter().filter(|item| item.needs_person());
            refused.filter_map(Queued::id).collect()
        })
    }

    /// 另记一条, where what stands in the way is the entry itself.
    async fn file_as_another(&self, refused: CommandId) {
        let replica = self.replica();
        let fresh = replica.new_id().into();
        let another = self.look(|state, view| {
            let item = state.outbox.items().iter().find(|item| item.id() == Some(refused))?;
            let shown = view.shown(item.record()?)?;
            let QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason } } = &item.state else { return None };
            let (act, entry) = (Act::of(item)?, shown.read::<Entry>()?);
            let form = another_entry(&act, entry, self.offset()).filter(|_| wants_another_entry(reason))?;
            let about = vec![Entry::key_of(entry.community, fresh), Place::key_of(entry.community, entry.place)];
            Some((about, Act::WriteEntry { form }))
        });
        let Some((about, act)) = another else { return };
        let Ok(head) = replica.head(about) else { return };
        let command = Command::new(head, &Deed::Log(act)).unwrap();
        let id = command.head.id;
        self.notebook.note(&command);
        self.notebook.know(refused, Known::GivenUp);
        if replica.mend(refused, command, None, &[]).await.is_ok() {
            self.notebook.know(id, Known::Saved);
        }
    }

    async fn give_up(&self, refused: CommandId) {
        let replica = self.replica();
        // With it goes what waits for it alone.
        let going = replica.with(|state| state.outbox.clone().remove(refused, &state.records));
        for id in going.iter().filter_map(Queued::id) {
            self.notebook.know(id, Known::GivenUp);
        }
        let _ = replica.give_up(refused).await;
    }
}
