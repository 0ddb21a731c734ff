//! How large one record may become, so that nothing a person can send makes it grow until nobody can read it.
//!
//! The last fifth of every bound is kept for what ends something: taking back, answering, redacting, closing and setting
//! aside never meet a bound, so that nobody can freeze a record by filling it.

use super::{Bytes, Reason, Rejection};
use crate::kinds::Ends;

/// The most that one record of a kind may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of its JSON text.
    pub bytes: Bytes,
    /// Steps of everybody.
    pub steps: usize,
    /// Steps of one actor.
    pub steps_of_one: usize,
    /// Versions of its words: whoever looks at the older ones has all of them rebuilt.
    pub versions: usize,
    /// Questions that wait for an answer.
    pub open_questions: usize,
    /// Commands of all people together that wait for it before it is there. What goes beyond it is not refused: the phone
    /// keeps it.
    pub parked: usize,
}

/// What a record holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Steps of everybody.
    pub steps: usize,
    /// Steps of the actor whose command is weighed.
    pub steps_of_one: usize,
    /// Versions of its words.
    pub versions: usize,
    /// Questions that wait for an answer.
    pub open_questions: usize,
}

impl Bounds {
    /// To begin with, for every kind: 256 kB are a page's half, 300 steps nobody has seen on one entry. Two people may have
    /// changed the words as often as they can; the third of the steps that is left is for reviews. 300 parked commands are
    /// more than a stairwell's people do about one thing, and few enough to be applied in the one transaction that
    /// brings it.
    pub const USUAL: Self =
        Self { bytes: Bytes::kib(256), steps: 300, steps_of_one: 100, versions: 200, open_questions: 20, parked: 300 };

    /// Whether the new state of a record fits.
    ///
    /// # Errors
    /// [`Rejection::FULL`].
    pub fn check(&self, bytes: Bytes, weight: Weight, ends: Ends) -> Result<(), Reason> {
        const fn usable(most: usize) -> usize {
            most / 5 * 4
        }
        let fits = bytes.get() <= self.bytes.get() / 5 * 4
            && weight.steps <= usable(self.steps)
            && weight.steps_of_one <= usable(self.steps_of_one)
            && weight.versions <= usable(self.versions)
            && weight.open_questions <= usable(self.open_questions);
        if fits || ends.is_anything() { Ok(()) } else { Err(Rejection::FULL) }
    }
}
