//! What of a resident is told to whom, in one place.

use super::{Phone, Resident, fields};
use crate::kernel::{FieldChange, Rights, Role};

/// How much somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    /// Everything: the watcher (and stand-in) of the stairwell, the grid worker.
    Full,
    /// Names in full, numbers masked, no notes: social workers, of people in a care group.
    Names,
    /// Names and numbers masked, no notes: everybody else.
    Masked,
    /// Who has moved away, was set aside or erased: that somebody lived behind the door, what kind of thing was
    /// changed, and when.
    Gone,
}

impl Sight {
    fn of(resident: &Resident, rights: &Rights<'_>) -> Self {
        let holds = |role| rights.holds(&[role], resident.place);
        if rights.is_system() || holds(Role::GridWorker) {
            Self::Full
        } else if !resident.lives_here() {
            Self::Gone
        } else if holds(Role::Watcher) {
            Self::Full
        } else if resident.is_in_care() && holds(Role::SocialWorker) {
            Self::Names
        } else {
            Self::Masked
        }
    }

    fn name(self, name: &str) -> Option<String> {
        match self {
            Self::Full | Self::Names => Some(name.to_owned()),
            Self::Masked => Some(mask_name(name)),
            Self::Gone => None,
        }
    }

    /// A value of a field, as it stands before or after a change.
    fn value(self, field: &str, value: &str) -> Option<String> {
        if field == fields::NAME.key {
            self.name(value)
        } else if field == fields::PHONE.key {
            (self != Self::Gone).then(|| mask_phone_word(value))
        } else if field == fields::DOOR.key || field == fields::MOVED_AWAY.key {
            Some(value.to_owned())
        } else if field == fields::BIRTH_YEAR.key || field == fields::CARE.key {
            (self != Self::Gone).then(|| value.to_owned())
        } else {
            // Notes, and fields of a newer version: nobody knows how much of them may be told.
            None
        }
    }

    fn mask(self, change: &mut FieldChange) {
        for value in [&mut change.from, &mut change.to] {
            *value = value.take().and_then(|value| self.value(&change.field, &value));
        }
    }
}

impl Resident {
    /// What somebody with these rights is told.
    #[must_use]
    pub(super) fn masked_for(mut self, rights: &Rights<'_>) -> Self {
        let sight = Sight::of(&self, rights);
        if sight == Sight::Full {
            return self;
        }
        self.name = sight.name(&self.name).unwrap_or_default();
        self.note = None;
        if sight == Sight::Gone {
            self.birth_year = None;
            self.care.clear();
            self.phones.clear();
        }
        for Phone { number, .. } in &mut self.phones {
            *number = mask_phone(number);
        }
        for change in self.steps.iter_mut().flat_map(|step| &mut step.changes) {
            sight.mask(change);
        }
        self
    }
}

/// `张*兰`, `李*`; of a single character nothing is left.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    match characters.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

/// Digits of a mobile number.
const SHORTEST_WITH_HEAD: usize = 11;

/// `138****5678`; numbers shorter than a mobile's keep their last two digits: three in front and four behind would be
/// nearly all of a landline's.
#[must_use]
pub fn mask_phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    if digits.len() < SHORTEST_WITH_HEAD {
        let hidden = digits.len().saturating_sub(2);
        return "*".repeat(hidden) + &digits[hidden..].iter().collect::<String>();
    }
    let head: String = digits[..3].iter().collect();
    let tail: String = digits[digits.len() - 4..].iter().collect();
    format!("{head}{}{tail}", "*".repeat(digits.len() - 7))
}

/// `138****5678 女儿`, from [`Phone::word`].
fn mask_phone_word(word: &str) -> String {
    match word.split_once(' ') {
        Some((number, whose)) => format!("{} {whose}", mask_phone(number)),
        None => mask_phone(word),
    }
}
