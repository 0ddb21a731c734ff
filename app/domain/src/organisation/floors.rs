//! The door table of a stairwell, changed door by door.

use super::{Beside, Door, DoorChange, DoorLabel, Place, fields, reasons};
use crate::kernel::{FieldError, Merge, Problem, Refusal};

/// Refuses labels that no door bears.
pub(super) fn check_labels(floors: &[Vec<Door>]) -> Result<(), FieldError> {
    let mut labels = floors.iter().flatten().flat_map(|door| door.was.iter().chain([&door.label]));
    labels.try_for_each(DoorLabel::check)
}

/// Refuses a table with too many doors, or with two doors of one label.
pub(super) fn check(floors: &[Vec<Door>]) -> Result<(), Refusal> {
    let doors: Vec<&Door> = floors.iter().flatten().collect();
    let limit = Place::MOST_DOORS;
    if doors.len() > limit || floors.len() > limit {
        return Err(FieldError::new(fields::DOOR, Problem::TooMany { limit }).into());
    }
    let mut labels: Vec<&DoorLabel> = doors.iter().map(|door| &door.label).collect();
    labels.sort_unstable();
    if labels.windows(2).any(|pair| pair[0] == pair[1]) { Err(reasons::DOOR_TAKEN.into()) } else { Ok(()) }
}

/// Carries out one change. A door that is like that already stays as it is.
pub(super) fn change(place: &mut Place, change: &DoorChange) -> Result<Merge, Refusal> {
    match change {
        DoorChange::Add { label, beside } => add(&mut place.floors, label, beside),
        DoorChange::Rename { from, to } => rename(place, from, to),
        DoorChange::SetVacant { label, vacant } => {
            let door = find(&mut place.floors, label)?;
            Ok(Merge::value(&mut door.vacant, &!vacant, *vacant))
        }
        DoorChange::SetClosed { label, closed } => {
            let door = find(&mut place.floors, label)?;
            Ok(Merge::value(&mut door.closed, &!closed, *closed))
        }
    }
}

fn add(floors: &mut Vec<Vec<Door>>, label: &DoorLabel, beside: &Beside) -> Result<Merge, Refusal> {
    label.check()?;
    if floors.iter().flatten().any(|door| door.label == *label) {
        return Ok(Merge::Same);
    }
    let door = Door::new(label.clone());
    match beside {
        Beside::RightOf(other) => {
            let (row, column) = position(floors, other)?;
            floors[row].insert(column + 1, door);
        }
        Beside::LeftOf(other) => {
            let (row, column) = position(floors, other)?;
            floors[row].insert(column, door);
        }
        Beside::Above(other) => {
            let (row, _) = position(floors, other)?;
            floors.insert(row, vec![door]);
        }
        Beside::Below(other) => {
            let (row, _) = position(floors, other)?;
            floors.insert(row + 1, vec![door]);
        }
        Beside::Alone => floors.push(vec![door]),
    }
    Ok(Merge::Changed)
}

fn rename(place: &mut Place, from: &DoorLabel, to: &DoorLabel) -> Result<Merge, Refusal> {
    to.check()?;
    let old = place.door(from).ok_or_else(unknown)?.label.clone();
    if old == *to {
        return Ok(Merge::Same);
    }
    if place.doors().any(|door| door.label == *to) {
        return Err(reasons::DOOR_TAKEN.into());
    }
    let door = find(&mut place.floors, &old)?;
    door.label = to.clone();
    door.was.retain(|label| label != to);
    door.was.push(old);
    if door.was.len() > Door::MOST_FORMER_LABELS {
        door.was.remove(0);
    }
    Ok(Merge::Changed)
}

fn find<'f>(floors: &'f mut [Vec<Door>], label: &DoorLabel) -> Result<&'f mut Door, Refusal> {
    let (row, column) = position(floors, label)?;
    Ok(&mut floors[row][column])
}

/// Row and column of the door that is called so, or was.
fn position(floors: &[Vec<Door>], label: &DoorLabel) -> Result<(usize, usize), Refusal> {
    let find = |is_it: &dyn Fn(&Door) -> bool| {
        let rows = floors.iter().enumerate();
        rows.filter_map(|(row, doors)| doors.iter().position(is_it).map(|column| (row, column))).next()
    };
    find(&|door| door.label == *label).or_else(|| find(&|door| door.was.contains(label))).ok_or_else(unknown)
}

fn unknown() -> Refusal {
    FieldError::new(fields::DOOR, Problem::Unknown).into()
}
