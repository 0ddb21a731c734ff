//! The entry as a record: who is told of it, and what lists ask.

use super::{Entry, Step};
use crate::kernel::{
    Actor, Arrival, Attachment, Audience, Bounds, CommandId, CommunityId, EntryId, Record, RecordKey, Row, Sha256,
    Timestamp, Weight,
};

impl Entry {
    /// The key of an entry.
    #[must_use]
    pub fn key_of(community: CommunityId, id: EntryId) -> RecordKey {
        RecordKey::new(community, Self::KIND, id)
    }

    /// The word of its state, as lists ask for it.
    #[must_use]
    pub fn state_code(&self) -> &'static str {
        if self.erased().is_some() {
            "erased"
        } else if self.set_aside().is_some() {
            "set_aside"
        } else if self.withdrawn().is_some() {
            "withdrawn"
        } else {
            self.review_state().code()
        }
    }
}

impl Record for Entry {
    const KIND: &'static str = "entry";

    fn key(&self) -> RecordKey {
        Self::key_of(self.community, self.id)
    }

    fn audience(&self) -> Audience {
        Audience::down(self.place, self.classes)
    }

    fn row(&self) -> Row {
        Row {
            written: self.written(),
            changed: self.steps.last().map_or(Timestamp::EARLIEST, |step| step.times.effective()),
            state: self.state_code(),
            search: self.search_text(),
            ..Row::default()
        }
    }

    fn author(&self) -> Option<Actor> {
        Some(Actor::Person(self.author))
    }

    /// A question is open: its answer is still to be written, however old the entry is. Or the server waits for a photo: the
    /// author's phone keeps it as long as it is told so.
    fn stays_open(&self) -> bool {
        self.questions_to(self.author).next().is_some() || self.awaited().next().is_some()
    }

    fn attachments(&self) -> Vec<Attachment> {
        self.all_attachments()
    }

    fn arrival(&self, sha256: &Sha256) -> Arrival {
        if self.arrived.contains(sha256) {
            Arrival::Arrived
        } else if self.awaited().any(|one| one.sha256 == *sha256) {
            Arrival::Awaited
        } else {
            Arrival::LetGo
        }
    }

    fn has_step(&self, command: CommandId) -> bool {
        Self::has_step(self, command)
    }

    fn is_erased(&self) -> bool {
        self.erased().is_some()
    }

    fn bounds() -> Bounds {
        Bounds::USUAL
    }

    fn weight(&self, actor: Actor) -> Weight {
        let is_own = |step: &&Step| step.by == actor;
        Weight {
            steps: self.steps.len(),
            steps_of_one: self.steps.iter().filter(is_own).count(),
            versions: self.steps.iter().filter(|step| step.version().is_some()).count(),
            open_questions: self.open_questions().count(),
        }
    }
}
