//! The codes of grids and stairwells: names that the server gives once and never again. A grid's is its
//! community's and three digits, a stairwell's is its grid's and three digits; it stays when the place moves.

use super::{fields, reasons};
use crate::kernel::{FieldError, Occasion, PlaceId, PlaceKind, Problem, Refusal, Rejection, Tree};

/// Three digits.
const LARGEST: u32 = 999;

/// The code of a new place. `None` where its level has none, where what stands above has none, and on a phone.
///
/// Whoever runs the server may bring codes along; each must be larger than those that were given there before, because
/// nobody remembers which of the smaller ones were left out.
pub(super) fn of_new_place(
    occasion: &Occasion<'_>,
    kind: PlaceKind,
    parent: PlaceId,
    given: Option<&str>,
) -> Result<Option<String>, Refusal> {
    if given.is_some() && !occasion.rights(None).is_system() {
        return Err(Rejection::NO_RIGHT.into());
    }
    let opening = opening(occasion.known.tree(occasion.community()), kind, parent);
    let wanted = match (given, opening) {
        (None, _) => None,
        (Some(given), Some(opening)) => Some(number_of(given, opening)?),
        (Some(_), None) => return Err(wrong().into()),
    };
    let (Some(opening), Some(server)) = (opening, occasion.server) else { return Ok(None) };
    let series = format!("place/{opening}");
    let mut number = server.serial(&series);
    while wanted.is_some_and(|wanted| number < wanted) {
        number = server.serial(&series);
    }
    if wanted.is_some_and(|wanted| number > wanted) {
        return Err(reasons::CODE_TAKEN.into());
    }
    Ok((number <= LARGEST).then(|| format!("{opening}{number:03}")))
}

/// The digits with which the code of a place begins.
fn opening(tree: &Tree, kind: PlaceKind, parent: PlaceId) -> Option<&str> {
    match kind {
        PlaceKind::Grid => tree.code(tree.root()),
        PlaceKind::Stairwell => tree.code(tree.nearest(parent, PlaceKind::Grid)?.id),
        PlaceKind::Community | PlaceKind::Yard | PlaceKind::Building | PlaceKind::Unknown => None,
    }
}

fn number_of(given: &str, opening: &str) -> Result<u32, FieldError> {
    let digits = given.strip_prefix(opening).filter(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).filter(|number| *number > 0).ok_or(wrong())
}

const fn wrong() -> FieldError {
    FieldError::new(fields::CODE, Problem::Unknown)
}
