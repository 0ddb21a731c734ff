//! Readers mark as read, comment and ask, each on the version that is on their screen.

use super::{Deed, ToDo};
use crate::device::Device;
use domain::{
    kernel::Record,
    log::{Act, Entry, Part, ReviewState},
};
use rand::{Rng, seq::IndexedRandom};

impl Device {
    pub(super) fn readers_deed(&self) -> Option<ToDo> {
        let what = self.life.draw(|rng| rng.random_range(0..5));
        let (question, text) = (self.words("哪一层？"), self.words("写得清楚。"));
        self.look(|state, view| {
            let unread = |entry: &&Entry| entry.review_state() == ReviewState::New && entry.is_listed();
            let unread: Vec<_> = state.records.all::<Entry>().filter(unread).map(Record::key).collect();
            let key = self.life.draw(|rng| unread.choose(rng).cloned())?;
            let shown = view.shown(&key)?;
            let version = shown.read::<Entry>()?.version();
            let act = match what {
                0 => Act::SendBack { version, part: Part::Problem, question: question.clone() },
                1 => Act::Comment { version, text: text.clone() },
                _ => Act::MarkRead { version },
            };
            Some(ToDo::new(vec![key], Deed::Log(act)))
        })
    }
}
