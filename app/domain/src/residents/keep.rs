//! Adding residents, changing what is known of them, and moving away.

use super::{CareGroup, Form, Phone, Resident, Step, changes, fields, reasons};
use crate::kernel::{
    Effects, FieldChange, FieldError, Occasion, PlaceKind, Problem, Refusal, Rejection, Text, Timestamp,
};
use crate::organisation::{Place, reasons as of_places};

/// Somebody lives behind a door.
pub(super) fn add(occasion: &Occasion<'_>, form: Form) -> Result<Effects, Refusal> {
    let name = Text::parse(fields::NAME, &form.name, fields::NAME_LIMIT)?.as_str().to_owned();
    let note = Text::parse_optional(fields::NOTE, form.note.as_deref().unwrap_or_default(), fields::NOTE_LIMIT)?;
    let this_year = occasion.head.corrected().day();
    if let Some(year) = form.birth_year {
        changes::check_birth_year(year, this_year)?;
    }
    if form.care.contains(&CareGroup::Unknown) {
        return Err(Refusal::UnknownAct);
    }
    let phones: Vec<Phone> =
        form.phones.iter().map(|phone| Phone::parse(&phone.number, &phone.whose)).collect::<Result<_, _>>()?;
    let key = occasion.make::<Resident>(0)?;
    let place = occasion.need::<Place>(1)?;
    let earliest = Some(place.made.corrected());
    let right = occasion.rights(earliest).grant(|rights| rights.may_keep_residents(place.id))?;
    check_home(place)?;
    let mut care = form.care;
    care.sort_unstable();
    care.dedup();
    let mut resident = Resident {
        id: key.id.into(),
        community: key.community,
        place: right.place(),
        door: changes::door_of(place, form.door.as_ref())?,
        name,
        birth_year: form.birth_year,
        care,
        phones: Vec::new(),
        note: note.map(|note| note.as_str().to_owned()),
        moved_away: None,
        set_aside: None,
        erased: None,
        added: occasion.id(),
        made_by: occasion.head.actor,
        made: occasion.times(earliest),
        steps: Vec::new(),
    };
    for phone in phones {
        if !resident.phones.contains(&phone) {
            resident.phones.push(phone);
            changes::check_phones(&resident.phones)?;
        }
    }
    Ok(Effects::of(resident))
}

/// What is known of somebody, changed field by field.
pub(super) fn change(occasion: &Occasion<'_>, wanted: &[FieldChange]) -> Result<Effects, Refusal> {
    FieldChange::check_number(wanted)?;
    changes::check(wanted, occasion.head.corrected().day())?;
    let (resident, place) = keep(occasion)?;
    if resident.moved_away.is_some() {
        return Err(reasons::MOVED_AWAY.into());
    }
    let mut new = resident.clone();
    let mut step = step(occasion, resident.made.corrected());
    for change in wanted {
        changes::merge(&mut new, place, &mut step, change)?;
    }
    changes::check_phones(&new.phones)?;
    if step.changes.is_empty() {
        return Ok(Effects::none());
    }
    new.steps.push(step);
    Ok(Effects::of(new))
}

/// Somebody lives there no more, or does after all.
pub(super) fn set_moved_away(occasion: &Occasion<'_>, is_away: bool) -> Result<Effects, Refusal> {
    let (resident, _) = keep(occasion)?;
    if resident.moved_away.is_some() == is_away {
        return Ok(Effects::none());
    }
    let mut new = resident.clone();
    let mut step = step(occasion, resident.last_moved());
    let word = |is_away: bool| is_away.then_some(changes::YES);
    step.changes.push(FieldChange::new(fields::MOVED_AWAY.key, word(!is_away), word(is_away)));
    new.moved_away = is_away.then_some(step.times);
    new.steps.push(step);
    Ok(Effects::of(new))
}

/// 停用, by whoever runs the server.
pub(super) fn set_aside(occasion: &Occasion<'_>, why: &str) -> Result<Effects, Refusal> {
    let why = Text::parse(fields::SET_ASIDE, why, fields::NOTE_LIMIT)?;
    let resident = occasion.need::<Resident>(0)?;
    if !occasion.rights(None).is_system() {
        return Err(Rejection::NO_RIGHT.into());
    }
    if resident.set_aside.is_some() {
        return Ok(Effects::none());
    }
    let mut new = resident.clone();
    let mut step = step(occasion, resident.last_said());
    step.changes.push(FieldChange::new(fields::SET_ASIDE.key, None, Some(why.as_str())));
    new.set_aside = Some(step.times);
    new.steps.push(step);
    Ok(Effects::of(new))
}

/// The resident and the stairwell that the head names, where the actor may keep them.
fn keep<'a>(occasion: &Occasion<'a>) -> Result<(&'a Resident, &'a Place), Refusal> {
    let resident = occasion.need::<Resident>(0)?;
    let place = occasion.need::<Place>(1)?;
    if resident.place != place.id {
        return Err(Rejection::MALFORMED.into());
    }
    let earliest = Some(resident.made.corrected());
    occasion.rights(earliest).grant(|rights| rights.may_keep_residents(resident.place))?;
    if resident.set_aside.is_some() {
        return Err(Rejection::SET_ASIDE.into());
    }
    Ok((resident, place))
}

/// A step that is dated not before what it works on.
pub(super) fn step(occasion: &Occasion<'_>, not_before: Timestamp) -> Step {
    Step {
        id: occasion.id(),
        by: occasion.head.actor,
        times: occasion.times(Some(not_before)),
        changes: Vec::new(),
        clashes: Vec::new(),
    }
}

fn check_home(place: &Place) -> Result<(), Refusal> {
    if place.closed.is_some() {
        return Err(of_places::CLOSED.into());
    }
    match place.kind {
        PlaceKind::Stairwell | PlaceKind::Building => Ok(()),
        _ => Err(FieldError::new(fields::DOOR, Problem::Unknown).into()),
    }
}
