//! 组织: communities, the tree of places with their doors, people with their posts.
//!
//! | data | who | offline | never |
//! |---|---|---|---|
//! | a community: name, numbers to dial, its own figures | committee; the operator makes it and gives abbreviation and code | read | a way to make a community by signing in |
//! | places, from grid to stairwell, with their doors | committee; grid workers yards, buildings and stairwells of their grid | made and changed; the code comes from the server | a place in itself, a level turned round, a code given twice |
//! | people with their posts, a record for each community | committee, nobody for themselves | read | login, password, session |
//!
//! Everybody in the community reads all of it: who one's colleagues are and where the water valve is. Whoever asks for
//! rights asks the [`Directory`], in which phone and server keep it decoded.

mod acts;
mod code;
mod community;
mod directory;
mod door;
pub mod fields;
mod floors;
mod keep_community;
mod keep_people;
mod keep_places;
mod person;
mod place;
pub mod reasons;
mod rights;
mod whereabouts;

pub use acts::{Act, Beside, DoorChange};
pub use community::{Community, LocalNumber};
pub use directory::Directory;
pub use door::{Door, DoorLabel};
pub use person::{Agency, Person};
pub use place::{Place, full_name};
pub use rights::{
    MayAddPeople, MayChangeCommunity, MayChangePerson, MayChangePlace, MayGivePosts, MayMakeCommunity, MayMakePlace,
    has_posts_at,
};

use crate::kernel::{Command, Effects, Occasion, Refusal, Rights};
use crate::kinds::{KindOf, Module};

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "organisation",
    kinds: &[KindOf::of::<Community>(), KindOf::of::<Person>(), KindOf::of::<Place>()],
    acts: acts::ALL,
    apply,
    may_somewhere,
    as_meant: |_, _| None,
};

fn apply(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    match command.read_act()? {
        Act::MakeCommunity { name, abbreviation, code, numbers } => {
            keep_community::make(occasion, &name, &abbreviation, code.as_deref(), &numbers)
        }
        Act::ChangeCommunity { changes } => keep_community::change(occasion, &changes),
        Act::MakePlace { kind, name, code, floors, water_valve, power_switch } => {
            let new = keep_places::NewPlace {
                kind,
                name: &name,
                code: code.as_deref(),
                floors,
                water_valve: water_valve.as_deref(),
                power_switch: power_switch.as_deref(),
            };
            keep_places::make(occasion, new)
        }
        Act::ChangePlace { changes, doors } => keep_places::change(occasion, &changes, &doors),
        Act::MovePlace {} => keep_places::move_to(occasion),
        Act::ClosePlace {} => keep_places::close(occasion),
        Act::AddPerson { name, agency } => keep_people::add(occasion, &name, agency.as_ref()),
        Act::ChangePerson { changes } => keep_people::change(occasion, &changes),
        Act::GivePost { role, from, until } => keep_people::give_post(occasion, role, from, until),
        Act::EndPost { role, until } => keep_people::end_posts(occasion, Some(role), until),
        Act::EndPosts { until } => keep_people::end_posts(occasion, None, until),
    }
}

fn may_somewhere(rights: &Rights<'_>, act: &str) -> bool {
    match act {
        "make_community" => rights.is_system(),
        "make_place" | "change_place" | "move_place" | "close_place" => {
            rights.holds_somewhere(rights::KEEPERS_OF_PLACES)
        }
        _ => rights.holds_somewhere(rights::KEEPERS),
    }
}
