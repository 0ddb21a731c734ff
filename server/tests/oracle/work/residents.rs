//! Who lives behind the doors: added and changed field by field, from every device of the stairwell.

use super::{Deed, ToDo};
use crate::device::Device;
use domain::{
    kernel::{CommunityId, FieldChange, PlaceId, Record},
    organisation::{DoorLabel, Place},
    residents::{Act, CareGroup, Form, Phone, Resident},
};
use rand::{Rng, seq::IndexedRandom};

/// One of so many deeds adds somebody.
const NEW: u32 = 6;

impl Device {
    pub(super) fn residents_deed(&self, community: CommunityId, home: PlaceId) -> Option<ToDo> {
        if self.life.once_in(NEW) {
            return Some(self.new_resident(community, home));
        }
        let (what, pick, group) =
            self.life.draw(|rng| (rng.random_range(0..10), rng.random::<u32>(), *CareGroup::ALL.choose(rng).unwrap()));
        let number = self.notebook.len();
        self.look(|state, view| {
            let here: Vec<_> =
                state.records.all::<Resident>().filter(|one| one.place == home).map(Record::key).collect();
            let key = here.get(pick as usize % here.len().max(1))?.clone();
            let shown = view.shown(&key)?;
            let resident = shown.read::<Resident>()?;
            let act = match what {
                0 if resident.moved_away.is_some() => Act::BringResidentBack {},
                0 => Act::MoveResidentAway {},
                1..4 => one(FieldChange::new("note", resident.note.as_deref(), Some(&format!("腿脚不便{number}")))),
                4..6 => one(new_phone(resident, number)),
                6 => one(FieldChange::new("name", Some(&resident.name), Some(&format!("张某{}", number % 10)))),
                7 => one(FieldChange::new("birth_year", None, Some("1941"))),
                8 => one(FieldChange::new("care", None, Some(group.code()))),
                _ => one(change_of_care(resident, group)),
            };
            Some(ToDo::new(vec![key, Place::key_of(community, home)], Deed::Residents(act)))
        })
    }

    fn new_resident(&self, community: CommunityId, home: PlaceId) -> ToDo {
        let number = self.notebook.len();
        let form = Form {
            door: DoorLabel::parse("3-1").ok(),
            name: format!("李某{}", number % 10),
            care: if self.life.once_in(2) { vec![CareGroup::Aged] } else { Vec::new() },
            ..Form::default()
        };
        let resident = Resident::key_of(community, self.replica().new_id().into());
        ToDo::new(vec![resident, Place::key_of(community, home)], Deed::Residents(Act::AddResident { form }))
    }
}

fn one(change: FieldChange) -> Act {
    Act::ChangeResident { changes: vec![change] }
}

/// A number in the place of the first, so that there are never too many.
fn new_phone(resident: &Resident, number: usize) -> FieldChange {
    let old = resident.phones.first().map(Phone::word);
    FieldChange::new("phone", old.as_deref(), Some(&format!("138{number:08} 本人")))
}

/// Out of a care group, perhaps the last one; in one, where there is none.
fn change_of_care(resident: &Resident, group: CareGroup) -> FieldChange {
    match resident.care.first() {
        Some(old) => FieldChange::new("care", Some(old.code()), None),
        None => FieldChange::new("care", None, Some(group.code())),
    }
}
