//! Making, changing, moving and closing places.

use super::{Door, DoorChange, Place, code, fields, floors, reasons, whereabouts::Whereabouts};
use crate::kernel::{
    Actor, Effects, FieldChange, FieldError, Merge, Occasion, PlaceKind, Problem, Refusal, Rejection, Tree,
};

/// What a new place is to be.
pub(super) struct NewPlace<'a> {
    pub kind: PlaceKind,
    pub name: &'a str,
    pub code: Option<&'a str>,
    pub floors: Vec<Vec<Door>>,
    pub water_valve: Option<&'a str>,
    pub power_switch: Option<&'a str>,
}

/// A new place.
pub(super) fn make(occasion: &Occasion<'_>, new: NewPlace<'_>) -> Result<Effects, Refusal> {
    let NewPlace { kind, floors, .. } = new;
    if kind == PlaceKind::Unknown {
        return Err(Refusal::UnknownAct);
    }
    let name = fields::text(fields::NAME, Some(new.name), fields::NAME_LIMIT)?;
    let water_valve = fields::optional_text(fields::WATER_VALVE, new.water_valve, fields::WHEREABOUTS_LIMIT)?;
    let power_switch = fields::optional_text(fields::POWER_SWITCH, new.power_switch, fields::WHEREABOUTS_LIMIT)?;
    floors::check_labels(&floors)?;
    floors::check(&floors)?;
    if kind != PlaceKind::Stairwell && !floors.is_empty() {
        return Err(FieldError::new(fields::DOOR, Problem::Unknown).into());
    }
    let key = occasion.make::<Place>(0)?;
    if key.id == key.community.uuid() {
        // The root of the tree is the community itself.
        return Err(Rejection::MALFORMED.into());
    }
    let parent = Whereabouts::need(occasion, 1)?;
    let earliest = Some(parent.made());
    occasion.rights(earliest).grant(|rights| rights.may_make_place(kind, parent.id()))?;
    check_below(kind, parent)?;
    // Whoever runs the server knows what they do.
    let is_system = matches!(occasion.head.actor, Actor::System(_));
    if !is_system && occasion.known.tree(key.community).nodes().count() >= Tree::MOST_PLACES {
        return Err(reasons::TOO_MANY_PLACES.into());
    }
    let code = code::of_new_place(occasion, kind, parent.id(), new.code)?;
    let times = occasion.times(earliest);
    Ok(Effects::of(Place {
        id: key.id.into(),
        community: key.community,
        kind,
        parent: parent.id(),
        name,
        code,
        floors,
        water_valve,
        power_switch,
        closed: None,
        made: times,
        changed: times,
    }))
}

/// A place with some fields and doors changed.
pub(super) fn change(
    occasion: &Occasion<'_>,
    changes: &[FieldChange],
    doors: &[DoorChange],
) -> Result<Effects, Refusal> {
    FieldChange::check_number(changes)?;
    let place = occasion.need::<Place>(0)?;
    let earliest = Some(place.made.corrected());
    let right = occasion.rights(earliest).grant(|rights| rights.may_change_place(place))?;
    Whereabouts::Place(place).check_open()?;
    let mut new = right.place().clone();
    let mut is_changed = false;
    for change in changes {
        is_changed |= set(&mut new, change)? != Merge::Same;
    }
    if new.kind != PlaceKind::Stairwell && !doors.is_empty() {
        return Err(FieldError::new(fields::DOOR, Problem::Unknown).into());
    }
    for change in doors {
        is_changed |= floors::change(&mut new, change)? != Merge::Same;
    }
    floors::check(&new.floors)?;
    new.changed = occasion.times(Some(place.changed.corrected()));
    Ok(if is_changed { Effects::of(new) } else { Effects::none() })
}

fn set(place: &mut Place, change: &FieldChange) -> Result<Merge, Refusal> {
    let (from, to) = (change.from.clone(), change.to.as_deref());
    let field = change.field.as_str();
    if field == fields::NAME.key {
        let name = fields::text(fields::NAME, to, fields::NAME_LIMIT)?;
        Ok(Merge::value(&mut place.name, &from.unwrap_or_default(), name))
    } else if field == fields::WATER_VALVE.key {
        let to = fields::optional_text(fields::WATER_VALVE, to, fields::WHEREABOUTS_LIMIT)?;
        Ok(Merge::value(&mut place.water_valve, &from, to))
    } else if field == fields::POWER_SWITCH.key {
        let to = fields::optional_text(fields::POWER_SWITCH, to, fields::WHEREABOUTS_LIMIT)?;
        Ok(Merge::value(&mut place.power_switch, &from, to))
    } else {
        Err(Refusal::UnknownAct)
    }
}

/// A place stands in another one from now on. It keeps its id and its code, and everything within it comes along.
pub(super) fn move_to(occasion: &Occasion<'_>) -> Result<Effects, Refusal> {
    let place = occasion.need::<Place>(0)?;
    let parent = Whereabouts::need(occasion, 1)?;
    let earliest = Some(place.made.corrected().max(parent.made()));
    let right = occasion.rights(earliest).grant(|rights| rights.may_move_place(place, parent.id()))?;
    Whereabouts::Place(place).check_open()?;
    if place.parent == parent.id() {
        return Ok(Effects::none());
    }
    if occasion.known.tree(place.community).covers(place.id, parent.id()) {
        return Err(reasons::RING.into());
    }
    check_below(place.kind, parent)?;
    let changed = occasion.times(Some(place.changed.corrected().max(parent.made())));
    Ok(Effects::of(Place { parent: parent.id(), changed, ..right.place().clone() }))
}

/// A place is no more. Its history stays where it is.
pub(super) fn close(occasion: &Occasion<'_>) -> Result<Effects, Refusal> {
    let place = occasion.need::<Place>(0)?;
    let earliest = Some(place.made.corrected());
    let right = occasion.rights(earliest).grant(|rights| rights.may_change_place(place))?;
    if place.closed.is_some() {
        return Ok(Effects::none());
    }
    let tree = occasion.known.tree(place.community);
    if tree.children(place.id).iter().any(|child| !tree.is_closed(child.id)) {
        return Err(reasons::OPEN_WITHIN.into());
    }
    let times = occasion.times(Some(place.changed.corrected()));
    Ok(Effects::of(Place { closed: Some(times), changed: times, ..right.place().clone() }))
}

fn check_below(kind: PlaceKind, parent: Whereabouts<'_>) -> Result<(), Refusal> {
    parent.check_open()?;
    if kind.may_stand_below(parent.kind()) { Ok(()) } else { Err(reasons::LEVEL.into()) }
}
