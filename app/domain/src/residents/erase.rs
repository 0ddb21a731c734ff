//! 清除内容: what is known of a resident is taken away for good. Where they were added, by whom, and which fields were
//! changed when, stays.

use super::keep::step;
use super::{Resident, fields};
use crate::kernel::{Actor, Effects, Field, FieldChange, Occasion, Refusal, Rejection, Text};

pub(super) fn erase(occasion: &Occasion<'_>, why: &str) -> Result<Effects, Refusal> {
    if !matches!(occasion.head.actor, Actor::System(_)) {
        return Err(Rejection::NO_RIGHT.into());
    }
    Text::parse(fields::ERASED_FOR, why, fields::NOTE_LIMIT)?;
    let resident = occasion.need::<Resident>(0)?;
    if resident.erased.is_some() {
        return Ok(Effects::none());
    }
    let mut step = step(occasion, resident.last_said());
    step.changes = resident.filled().map(|field| FieldChange::new(field.key, None, None)).collect();
    let mut without = resident.clone().without_words();
    without.erased = Some(step.times);
    without.steps.push(step);
    Ok(Effects::of(without))
}

impl Resident {
    /// The fields that say something.
    fn filled(&self) -> impl Iterator<Item = Field> + '_ {
        let has = |field: &Field| match field.key {
            key if key == fields::DOOR.key => self.door.is_some(),
            key if key == fields::BIRTH_YEAR.key => self.birth_year.is_some(),
            key if key == fields::CARE.key => !self.care.is_empty(),
            key if key == fields::PHONE.key => !self.phones.is_empty(),
            key if key == fields::NOTE.key => self.note.is_some(),
            _ => true,
        };
        fields::ALL.into_iter().filter(has)
    }

    /// Its fields and those of its steps, without what stood in them. That there was a care group stays: by it whoever was
    /// told of the person is told of this ([`Resident::audience`](crate::kernel::Record::audience)).
    fn without_words(mut self) -> Self {
        self.door = None;
        self.name.clear();
        self.birth_year = None;
        self.care.clear();
        self.phones.clear();
        self.note = None;
        for change in self.steps.iter_mut().flat_map(|step| &mut step.changes) {
            (change.from, change.to) = (None, None);
        }
        self
    }
}
