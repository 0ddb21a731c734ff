//! What somebody meant by a command that the rules do not take, for their own phone: the words stay to be seen.

use super::{Act, Form, Resident, changes, fields};
use crate::kernel::{Command, Effects, FieldChange, Got, Occasion, Record, Text};

/// The resident as the author left them; `None` where the command carries no words.
pub(super) fn as_meant(occasion: &Occasion<'_>, command: &Command) -> Option<Effects> {
    match command.read_act().ok()? {
        Act::AddResident { form } => add(occasion, form),
        Act::ChangeResident { changes } => change(occasion, changes),
        Act::MoveResidentAway {}
        | Act::BringResidentBack {}
        | Act::SetAsideResident { .. }
        | Act::EraseResident { .. } => None,
    }
}

fn add(occasion: &Occasion<'_>, form: Form) -> Option<Effects> {
    let key = occasion.key(0, Resident::KIND).ok()?;
    let place = occasion.head.about.get(1)?;
    let unjudged = |raw: &str| Text::unjudged(raw).as_str().to_owned();
    Some(Effects::of(Resident {
        id: key.id.into(),
        community: key.community,
        place: place.id.into(),
        door: form.door,
        name: unjudged(&form.name),
        birth_year: form.birth_year,
        care: form.care,
        phones: form.phones,
        note: form.note.as_deref().map(unjudged),
        moved_away: None,
        set_aside: None,
        erased: None,
        added: occasion.id(),
        made_by: occasion.head.actor,
        made: occasion.times(None),
        steps: Vec::new(),
    }))
}

fn change(occasion: &Occasion<'_>, wanted: Vec<FieldChange>) -> Option<Effects> {
    let key = occasion.key(0, Resident::KIND).ok()?;
    let Got::Here(resident) = occasion.known.get::<Resident>(key) else { return None };
    let mut new = resident.clone();
    for change in wanted {
        let unjudged = || change.to.as_deref().map(|to| Text::unjudged(to).as_str().to_owned());
        if changes::set(&mut new, None, &change).is_ok() {
            continue;
        }
        if change.field == fields::NAME.key {
            new.name = unjudged().unwrap_or_default();
        } else if change.field == fields::NOTE.key {
            new.note = unjudged();
        }
    }
    Some(Effects::of(new))
}
