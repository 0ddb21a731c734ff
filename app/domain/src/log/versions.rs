//! What an entry said before: rebuilt from what it says now and from what its steps changed.

use super::{Did, Entry, EntryContent, EntryField, Step};
use crate::kernel::{Actor, CommandId, PersonId, Times};

/// What an entry said at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryVersion {
    /// What reviews and clashes call it.
    pub id: CommandId,
    /// Who wrote it: the author, or a stand-in.
    pub by: Actor,
    /// When.
    pub times: Times,
    /// Whether it was made without sight of the one before, and says what both say together.
    pub is_merged: bool,
    /// What it says.
    pub content: EntryContent,
}

impl Entry {
    /// All versions of its words, oldest first; the last one says what the entry says now. An item that was taken off a
    /// list stands at the end of the older one.
    #[must_use]
    pub fn versions(&self) -> Vec<EntryVersion> {
        let mut content = self.content.clone();
        let mut versions = Vec::new();
        for step in self.steps.iter().rev() {
            let Some(id) = step.words() else { continue };
            let is_merged = matches!(&step.did, Did::Changed(changed) if changed.merged.is_some());
            versions.push(EntryVersion { id, by: step.by, times: step.times, is_merged, content: content.clone() });
            content.take_back(step);
        }
        versions.reverse();
        versions
    }

    /// How often its words were changed.
    #[must_use]
    pub fn times_changed(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.did, Did::Changed(_))).count()
    }

    /// Whether some of its words are this person's: who wrote them does not review them.
    #[must_use]
    pub fn is_written_by(&self, person: PersonId) -> bool {
        let by = Actor::Person(person);
        self.author == person || self.steps.iter().any(|step| step.by == by && step.words().is_some())
    }
}

impl EntryContent {
    /// What it said before a step.
    fn take_back(&mut self, step: &Step) {
        for change in step.changes().iter().rev() {
            let Some(field) = EntryField::from_key(&change.field) else { continue };
            if field.is_list() {
                self.change_item(field, change.to.as_deref(), change.from.as_deref());
            } else {
                self.set(field, change.from.as_deref().unwrap_or_default());
            }
        }
    }
}
