//! Making and changing a community.

use super::{Community, LocalNumber, fields};
use crate::kernel::{Effects, FieldChange, FieldError, Merge, Occasion, Problem, Refusal, Rejection, Span};

/// A new community, as it was given.
pub(super) fn make(
    occasion: &Occasion<'_>,
    name: &str,
    abbreviation: &str,
    code: Option<&str>,
    numbers: &[LocalNumber],
) -> Result<Effects, Refusal> {
    let name = fields::text(fields::NAME, Some(name), fields::NAME_LIMIT)?;
    let abbreviation = fields::abbreviation(abbreviation)?;
    let code = code.map(fields::community_code).transpose()?;
    let numbers: Vec<_> =
        numbers.iter().map(|one| LocalNumber::parse(&one.name, &one.number)).collect::<Result<_, _>>()?;
    check_number_of(&numbers)?;
    let key = occasion.make::<Community>(0)?;
    let times = occasion.times(None);
    occasion.rights(None).grant(|rights| rights.may_make_community())?;
    if key.id != key.community.uuid() {
        return Err(Rejection::MALFORMED.into());
    }
    Ok(Effects::of(Community {
        id: key.community,
        name,
        abbreviation,
        code,
        numbers,
        late_work: None,
        silence_of_watchers: None,
        silence_of_others: None,
        made: times,
        changed: times,
    }))
}

/// A community with some fields changed.
pub(super) fn change(occasion: &Occasion<'_>, changes: &[FieldChange]) -> Result<Effects, Refusal> {
    FieldChange::check_number(changes)?;
    let community = occasion.need::<Community>(0)?;
    let earliest = Some(community.made.corrected());
    let rights = occasion.rights(earliest);
    let right = rights.grant(|rights| rights.may_change_community(community))?;
    let mut new = right.community().clone();
    let mut is_changed = false;
    for change in changes {
        if !rights.is_system() && [fields::ABBREVIATION.key, fields::CODE.key].contains(&change.field.as_str()) {
            return Err(Rejection::NO_RIGHT.into());
        }
        is_changed |= set(&mut new, change)? != Merge::Same;
    }
    check_number_of(&new.numbers)?;
    new.changed = occasion.times(Some(community.changed.corrected()));
    Ok(if is_changed { Effects::of(new) } else { Effects::none() })
}

fn set(community: &mut Community, change: &FieldChange) -> Result<Merge, Refusal> {
    let (from, to) = (change.from.as_deref(), change.to.as_deref());
    let was = || from.unwrap_or_default().to_owned();
    let field = change.field.as_str();
    let days = |current: &mut Option<Span>, field| {
        let from = fields::days(field, from).unwrap_or_default();
        Ok(Merge::value(current, &from, fields::days(field, to)?))
    };
    if field == fields::NAME.key {
        let name = fields::text(fields::NAME, to, fields::NAME_LIMIT)?;
        Ok(Merge::value(&mut community.name, &was(), name))
    } else if field == fields::NUMBER.key {
        let to = to.map(LocalNumber::read).transpose()?;
        let from = from.and_then(|word| LocalNumber::read(word).ok());
        Ok(Merge::item(&mut community.numbers, from.as_ref(), to))
    } else if field == fields::LATE_WORK.key {
        days(&mut community.late_work, fields::LATE_WORK)
    } else if field == fields::SILENCE_OF_WATCHERS.key {
        days(&mut community.silence_of_watchers, fields::SILENCE_OF_WATCHERS)
    } else if field == fields::SILENCE_OF_OTHERS.key {
        days(&mut community.silence_of_others, fields::SILENCE_OF_OTHERS)
    } else if field == fields::ABBREVIATION.key {
        let to = fields::abbreviation(to.unwrap_or_default())?;
        Ok(Merge::value(&mut community.abbreviation, &was(), to))
    } else if field == fields::CODE.key {
        if community.code.is_some() {
            // A code is given once.
            return Ok(Merge::Same);
        }
        Ok(Merge::value(&mut community.code, &None, Some(fields::community_code(to.unwrap_or_default())?)))
    } else {
        Err(Refusal::UnknownAct)
    }
}

fn check_number_of(numbers: &[LocalNumber]) -> Result<(), FieldError> {
    let limit = Community::MOST_NUMBERS;
    if numbers.len() > limit { Err(FieldError::new(fields::NUMBER, Problem::TooMany { limit })) } else { Ok(()) }
}
