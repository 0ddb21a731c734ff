//! People and their posts.

use super::{Agency, Directory, Person, fields, reasons, rights::has_posts_at, whereabouts::Whereabouts};
use crate::kernel::{
    Effects, Field, FieldChange, FieldError, Membership, Merge, Occasion, Post, Problem, Refusal, Role, Timestamp,
    check_time,
};

/// Somebody becomes known in the community.
pub(super) fn add(occasion: &Occasion<'_>, name: &str, agency: Option<&Agency>) -> Result<Effects, Refusal> {
    let name = fields::text(fields::PERSON_NAME, Some(name), fields::NAME_LIMIT)?;
    let agency = agency_of(agency.map(|agency| agency.0.as_str()))?;
    let key = occasion.make::<Person>(0)?;
    let rights = occasion.rights(None);
    rights.grant(|rights| rights.may_add_people())?;
    // Whoever runs the server knows what they do.
    if !rights.is_system() && occasion.known.people(key.community) >= Directory::MOST_PEOPLE {
        return Err(reasons::TOO_MANY_PEOPLE.into());
    }
    let times = occasion.times(None);
    Ok(Effects::of(Person {
        id: key.id.into(),
        community: key.community,
        name,
        agency,
        memberships: Vec::new(),
        made: times,
        changed: times,
    }))
}

/// What is known of somebody, changed.
pub(super) fn change(occasion: &Occasion<'_>, changes: &[FieldChange]) -> Result<Effects, Refusal> {
    FieldChange::check_number(changes)?;
    let person = occasion.need::<Person>(0)?;
    let earliest = Some(person.made.corrected());
    let right = occasion.rights(earliest).grant(|rights| rights.may_change_person(person))?;
    let mut new = right.person().clone();
    let mut is_changed = false;
    for change in changes {
        is_changed |= set(&mut new, change)? != Merge::Same;
    }
    new.changed = occasion.times(Some(person.changed.corrected()));
    Ok(if is_changed { Effects::of(new) } else { Effects::none() })
}

fn set(person: &mut Person, change: &FieldChange) -> Result<Merge, Refusal> {
    let (from, to) = (change.from.clone(), change.to.as_deref());
    if change.field == fields::PERSON_NAME.key {
        let name = fields::text(fields::PERSON_NAME, to, fields::NAME_LIMIT)?;
        Ok(Merge::value(&mut person.name, &from.unwrap_or_default(), name))
    } else if change.field == fields::AGENCY.key {
        Ok(Merge::value(&mut person.agency, &from.map(Agency), agency_of(to)?))
    } else {
        Err(Refusal::UnknownAct)
    }
}

/// Somebody gets a post. One that meets what they hold already makes that longer.
pub(super) fn give_post(
    occasion: &Occasion<'_>,
    role: Role,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<Effects, Refusal> {
    if role == Role::Unknown {
        return Err(Refusal::UnknownAct);
    }
    check_time(fields::FROM, from)?;
    if let Some(until) = until {
        check_time(fields::UNTIL, until)?;
        if until <= from {
            return Err(too_early(fields::UNTIL));
        }
    }
    let person = occasion.need::<Person>(0)?;
    let place = Whereabouts::need(occasion, 1)?;
    let earliest = Some(person.made.corrected().max(place.made()));
    let rights = occasion.rights(earliest);
    let right = rights.grant(|rights| rights.may_give_posts(person))?;
    let times = occasion.times(earliest);
    // Whoever gives a post may cover work that was done before it was entered, but no more than late work counts anyway.
    let grace = occasion.known.grace(occasion.community());
    if !rights.is_system() && from < times.corrected().plus(grace.negated()) {
        return Err(too_early(fields::FROM));
    }
    place.check_open()?;
    if !has_posts_at(role, place.kind()) {
        return Err(reasons::ROLE_LEVEL.into());
    }
    let mut new = right.person().clone();
    join(&mut new.memberships, Membership { role, place: place.id(), from, until });
    if new.memberships == person.memberships {
        return Ok(Effects::none());
    }
    new.changed = occasion.times(Some(person.changed.corrected().max(times.corrected())));
    Ok(Effects::of(new))
}

/// Somebody's post ends, or with `role` `None` all of them: not before it is said, because what was done until then
/// counts, and not before it began. One that had not begun when the server heard of it never was.
pub(super) fn end_posts(occasion: &Occasion<'_>, role: Option<Role>, until: Timestamp) -> Result<Effects, Refusal> {
    check_time(fields::UNTIL, until)?;
    let person = occasion.need::<Person>(0)?;
    let place = role.map(|_| Whereabouts::need(occasion, 1)).transpose()?;
    let post = role.zip(place).map(|(role, place)| Post { role, place: place.id() });
    let made = person.made.corrected();
    let earliest = Some(place.map_or(made, |place| made.max(place.made())));
    let right = occasion.rights(earliest).grant(|rights| rights.may_change_person(person))?;
    let times = occasion.times(earliest);
    let until = until.max(times.corrected());
    let mut new = right.person().clone();
    new.memberships.retain_mut(|membership| {
        let until = until.max(membership.from);
        if post.is_some_and(|post| post != membership.post()) || membership.until.is_some_and(|end| end <= until) {
            return true;
        }
        membership.until = Some(until);
        membership.from < until || membership.from <= times.effective()
    });
    if new.memberships == person.memberships {
        return Ok(Effects::none());
    }
    new.changed = occasion.times(Some(person.changed.corrected().max(times.corrected())));
    Ok(Effects::of(new))
}

/// Adds a membership; those of the same post that overlap it or touch it become one with it.
fn join(memberships: &mut Vec<Membership>, mut new: Membership) {
    let begins_by = |one: &Membership, end: Option<Timestamp>| end.is_none_or(|end| one.from <= end);
    let mut place = None;
    let mut index = 0;
    while let Some(old) = memberships.get(index) {
        if old.post() == new.post() && begins_by(old, new.until) && begins_by(&new, old.until) {
            new.from = new.from.min(old.from);
            new.until = new.until.zip(old.until).map(|(one, other)| one.max(other));
            memberships.remove(index);
            place = place.or(Some(index));
        } else {
            index += 1;
        }
    }
    memberships.insert(place.unwrap_or(memberships.len()), new);
}

fn agency_of(raw: Option<&str>) -> Result<Option<Agency>, FieldError> {
    Ok(fields::optional_text(fields::AGENCY, raw, fields::NAME_LIMIT)?.map(Agency))
}

fn too_early(field: Field) -> Refusal {
    FieldError::new(field, Problem::TooEarly).into()
}
