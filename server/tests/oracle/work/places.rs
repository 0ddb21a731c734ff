//! A stairwell goes to another grid with all its history; somebody stands in and no longer does; doors are called
//! otherwise.

use super::{Deed, ToDo};
use crate::{
    device::Device,
    native::{founding::standing_in, id, person},
    neighbours::{HERE, NEXT_GRID, STAIRWELLS, STAND_IN, parents, stairwell},
};
use domain::{
    kernel::{CommunityId, FieldChange, PlaceId, Role, Span},
    organisation::{Act, Community, DoorChange, DoorLabel, Person, Place},
};
use rand::{Rng, seq::IndexedRandom};

/// No post begins or ends later than so long after it was said.
const SOON: Span = Span::seconds(2);

impl Device {
    /// The committee redraws the grids, or notes a number to dial.
    pub(super) fn committees_deed(&self) -> Option<ToDo> {
        let community: CommunityId = id(HERE);
        let (moves, which, parent) =
            self.life.draw(|rng| (rng.random(), rng.random_range(0..STAIRWELLS), *parents().choose(rng).unwrap()));
        if self.life.once_in(3) {
            return self.stand_in(community);
        }
        if moves {
            let about = vec![Place::key_of(community, stairwell(which)), standing_in(community, parent)];
            return Some(ToDo::new(about, Deed::Organisation(Act::MovePlace {})));
        }
        let number = self.notebook.len();
        let word = format!("024{number:08} 物业");
        let old = self.replica().with(|state| {
            let numbers = state.records.directory(community).community().map(|one| one.numbers.clone());
            numbers.unwrap_or_default().first().map(|one| one.word())
        });
        let changes = vec![FieldChange::new("number", old.as_deref(), Some(&word))];
        Some(ToDo::new(vec![Community::key_of(community)], Deed::Organisation(Act::ChangeCommunity { changes })))
    }

    /// Somebody watches a stairwell from about now on, or no longer: most often that is said first, and comes to pass by
    /// the clock alone.
    fn stand_in(&self, community: CommunityId) -> Option<ToDo> {
        let (who, place) = (person(STAND_IN), stairwell(1));
        let replica = self.replica();
        let soon = self.life.draw(|rng| rng.random_range(-SOON.millis() / 2..=SOON.millis()));
        let at = replica.now().plus(self.offset()?).plus(Span::from_millis(soon));
        let stands_in = replica.with(|state| {
            let held = state.records.directory(community).memberships(who);
            held.iter().any(|membership| membership.until.is_none())
        });
        let act = match stands_in {
            true => Act::EndPost { role: Role::Watcher, until: at },
            false => Act::GivePost { role: Role::Watcher, from: at, until: None },
        };
        let about = vec![Person::key_of(community, who), Place::key_of(community, place)];
        Some(ToDo::new(about, Deed::Organisation(act)))
    }

    /// The grid worker goes through a stairwell of the grid, and writes what is found there.
    pub(super) fn grid_workers_deed(&self) -> Option<ToDo> {
        let community: CommunityId = id(HERE);
        let pick = self.life.draw(|rng| rng.random_range(0..STAIRWELLS));
        let within = self.replica().with(|state| state.records.directory(community).tree().within(id(NEXT_GRID)));
        let stairwells: Vec<PlaceId> = (0..STAIRWELLS).map(stairwell).filter(|place| within.contains(place)).collect();
        let place = *stairwells.get(pick % stairwells.len().max(1))?;
        if self.life.once_in(2) {
            return Some(self.new_entry(community, place, None));
        }
        let number = self.notebook.len();
        let key = Place::key_of(community, place);
        let (changes, doors) = self.look(|_, view| {
            let shown = view.shown(&key)?;
            let known = shown.read::<Place>()?;
            let last = known.doors().last()?.label.clone();
            let to = DoorLabel::parse(&format!("{}-{}", number % 7 + 1, number % 50 + 4)).ok()?;
            let valve = FieldChange::new("water_valve", known.water_valve.as_deref(), Some(&format!("一楼{number}")));
            let is_free = known.door(&to).is_none();
            let rename = is_free.then_some(DoorChange::Rename { from: last, to });
            Some((vec![valve], rename.into_iter().collect()))
        })?;
        Some(ToDo::new(vec![key], Deed::Organisation(Act::ChangePlace { changes, doors })))
    }
}
