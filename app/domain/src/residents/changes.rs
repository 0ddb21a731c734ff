//! One field of a resident, changed: what its values may be, and how it meets what others changed meanwhile.

use super::{CareGroup, Phone, Resident, Step, fields};
use crate::kernel::{Clash, Day, Field, FieldChange, FieldError, Merge, Problem, Refusal, Text};
use crate::organisation::{DoorLabel, Place};

/// Nobody who was born earlier lives.
const EARLIEST_BIRTH_YEAR: u16 = 1900;

/// The value of a field that only holds or does not.
pub(super) const YES: &str = "yes";

/// Refuses values that can never be right, whatever the resident's record says. A field of a newer version makes the
/// whole act one.
pub(super) fn check(changes: &[FieldChange], today: Day) -> Result<(), Refusal> {
    for FieldChange { field, to, .. } in changes {
        let to = to.as_deref();
        let known = fields::ALL.iter().find(|known| known.key == field).ok_or(Refusal::UnknownAct)?;
        match (known.key, to) {
            (key, _) if key == fields::NAME.key => drop(name(to)?),
            (key, _) if key == fields::NOTE.key => drop(note(to)?),
            (key, Some(to)) if key == fields::BIRTH_YEAR.key => check_birth_year(birth_year(to)?, today)?,
            (key, Some(to)) if key == fields::CARE.key => drop(care(to).ok_or(Refusal::UnknownAct)?),
            (key, Some(to)) if key == fields::PHONE.key => drop(Phone::read(to)?),
            (key, Some(to)) if key == fields::DOOR.key => {
                drop(DoorLabel::parse(to).map_err(|_| unknown(fields::DOOR))?)
            }
            _ => {}
        }
    }
    Ok(())
}

/// Brings one change into the record, and notes in the step what it changed: the value that really stood there, and the
/// new one as it is kept. What the author had seen instead is what a clash is found by.
pub(super) fn merge(
    resident: &mut Resident,
    place: &Place,
    step: &mut Step,
    change: &FieldChange,
) -> Result<(), Refusal> {
    let field = change.field.as_str();
    let (items, was) = (items(resident, field), value(resident, field));
    let merge = set(resident, Some(place), change)?;
    if merge == Merge::Same {
        return Ok(());
    }
    let (from, to) = match items {
        Some(items) => {
            let seen = item(field, change.from.as_deref());
            (seen.filter(|seen| items.contains(seen)), item(field, change.to.as_deref()))
        }
        None => (was, value(resident, field)),
    };
    if merge == Merge::Clash
        && let Some(other) = resident.steps.iter().rev().find(|step| has_changed(step, change))
    {
        step.clashes.push(Clash { field: change.field.clone(), with: other.id });
    }
    // It was made in sight of what stood there, and is not dated before that.
    let said = |one: &&Step| one.changes.iter().any(|one| one.field == field && one.to == from);
    if merge == Merge::Changed
        && from.is_some()
        && let Some(seen) = resident.steps.iter().rev().find(said)
    {
        step.times = step.times.not_before(seen.times.corrected());
    }
    step.changes.push(FieldChange { field: change.field.clone(), from, to });
    Ok(())
}

/// The value of a field that holds one, as a change names it.
fn value(resident: &Resident, field: &str) -> Option<String> {
    if field == fields::NAME.key {
        Some(resident.name.clone())
    } else if field == fields::NOTE.key {
        resident.note.clone()
    } else if field == fields::BIRTH_YEAR.key {
        resident.birth_year.map(|year| year.to_string())
    } else {
        resident.door.as_ref().map(|door| door.as_str().to_owned())
    }
}

/// The items of a field that holds a list, as changes name them; `None` for any other.
fn items(resident: &Resident, field: &str) -> Option<Vec<String>> {
    if field == fields::CARE.key {
        Some(resident.care.iter().map(|group| group.code().to_owned()).collect())
    } else if field == fields::PHONE.key {
        Some(resident.phones.iter().map(Phone::word).collect())
    } else {
        None
    }
}

/// An item as it is kept: blanks in a number are none of its own.
fn item(field: &str, raw: Option<&str>) -> Option<String> {
    let raw = raw?;
    if field == fields::PHONE.key { Phone::read(raw).ok().map(|phone| phone.word()) } else { Some(raw.to_owned()) }
}

/// Sets one field. Without a place, any door is taken.
pub(super) fn set(resident: &mut Resident, place: Option<&Place>, change: &FieldChange) -> Result<Merge, Refusal> {
    let (from, to) = (change.from.as_deref(), change.to.as_deref());
    let field = change.field.as_str();
    Ok(if field == fields::NAME.key {
        Merge::value(&mut resident.name, &from.unwrap_or_default().to_owned(), name(to)?)
    } else if field == fields::NOTE.key {
        Merge::value(&mut resident.note, &from.map(str::to_owned), note(to)?)
    } else if field == fields::BIRTH_YEAR.key {
        let from = from.and_then(|from| birth_year(from).ok());
        Merge::value(&mut resident.birth_year, &from, to.map(birth_year).transpose()?)
    } else if field == fields::DOOR.key {
        let label = |raw: &str| DoorLabel::parse(raw).map_err(|_| unknown(fields::DOOR));
        let from = from.and_then(|from| label(from).ok());
        let to = to.map(label).transpose()?;
        let to = place.map_or(Ok(to.clone()), |place| door_of(place, to.as_ref()))?;
        Merge::value(&mut resident.door, &from, to)
    } else if field == fields::CARE.key {
        let merge = Merge::item(&mut resident.care, from.and_then(care).as_ref(), to.and_then(care));
        resident.care.sort_unstable();
        merge
    } else if field == fields::PHONE.key {
        let from = from.and_then(|from| Phone::read(from).ok());
        Merge::item(&mut resident.phones, from.as_ref(), to.map(Phone::read).transpose()?)
    } else {
        return Err(Refusal::UnknownAct);
    })
}

/// Whether a step changed what `change` wanted to change: the same field; of a list, the same item.
fn has_changed(step: &Step, change: &FieldChange) -> bool {
    let field = change.field.as_str();
    let is_list = field == fields::CARE.key || field == fields::PHONE.key;
    let seen = item(field, change.from.as_deref());
    step.changes.iter().any(|one| one.field == field && (!is_list || one.from == seen))
}

/// The door as it is called now.
pub(super) fn door_of(place: &Place, label: Option<&DoorLabel>) -> Result<Option<DoorLabel>, FieldError> {
    let Some(label) = label else { return Ok(None) };
    let door = place.door(label).ok_or(unknown(fields::DOOR))?;
    Ok(Some(door.label.clone()))
}

/// Refuses more numbers than fit.
pub(super) fn check_phones(phones: &[Phone]) -> Result<(), FieldError> {
    let limit = Resident::MOST_PHONES;
    if phones.len() > limit { Err(FieldError::new(fields::PHONE, Problem::TooMany { limit })) } else { Ok(()) }
}

/// Refuses a year in which nobody was born who lives.
pub(super) fn check_birth_year(year: u16, today: Day) -> Result<(), FieldError> {
    let (this_year, _, _) = today.numbers();
    if year < EARLIEST_BIRTH_YEAR || i32::from(year) > this_year { Err(unknown(fields::BIRTH_YEAR)) } else { Ok(()) }
}

fn name(raw: Option<&str>) -> Result<String, FieldError> {
    Ok(Text::parse(fields::NAME, raw.unwrap_or_default(), fields::NAME_LIMIT)?.as_str().to_owned())
}

fn note(raw: Option<&str>) -> Result<Option<String>, FieldError> {
    let text = Text::parse_optional(fields::NOTE, raw.unwrap_or_default(), fields::NOTE_LIMIT)?;
    Ok(text.map(|text| text.as_str().to_owned()))
}

fn birth_year(raw: &str) -> Result<u16, FieldError> {
    raw.parse().map_err(|_| unknown(fields::BIRTH_YEAR))
}

fn care(raw: &str) -> Option<CareGroup> {
    CareGroup::from_code(raw)
}

const fn unknown(field: Field) -> FieldError {
    FieldError::new(field, Problem::Unknown)
}
