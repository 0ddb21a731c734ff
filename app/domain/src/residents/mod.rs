//! 居民: who lives behind the doors, and how much of it whom concerns.
//!
//! | data | who | offline | never |
//! |---|---|---|---|
//! | name, door, year of birth, care groups, telephone numbers with whose they are, a note; what was changed, by whom | watcher (and stand-in) of the stairwell, grid worker | added and changed; two changes meet field by field | identity numbers; lists of police, justice or health staff |
//! | the same, masked ([`mask_name`], [`mask_phone`]) | social workers: names of people in a care group in full, numbers masked; committee: people in a care group, masked | read | notes |
//! | of whoever has moved away, or was set aside: door, kind of change, time | everybody but the grid worker, who keeps all | read | name, year of birth, numbers, care groups |
//! | of whoever was erased: stairwell, which fields were filled and changed, when, by whom | everybody who was told of them | read | what stood in the fields |

mod acts;
mod as_meant;
mod care;
mod changes;
mod erase;
pub mod fields;
mod keep;
mod mask;
mod phone;
pub mod reasons;
mod resident;
mod rights;

pub use acts::{Act, Form};
pub use care::{CareGroup, VisitFrequency};
pub use mask::{mask_name, mask_phone};
pub use phone::Phone;
pub use resident::{Resident, Step};
pub use rights::MayKeepResidents;

use crate::kernel::{Command, Effects, Occasion, Refusal, Rights};
use crate::kinds::{KindOf, Module};

/// What the module contributes.
pub static MODULE: Module = Module {
    name: "residents",
    kinds: &[KindOf::of::<Resident>()],
    acts: acts::ALL,
    apply,
    may_somewhere,
    as_meant: as_meant::as_meant,
};

fn apply(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    match command.read_act()? {
        Act::AddResident { form } => keep::add(occasion, form),
        Act::ChangeResident { changes } => keep::change(occasion, &changes),
        Act::MoveResidentAway {} => keep::set_moved_away(occasion, true),
        Act::BringResidentBack {} => keep::set_moved_away(occasion, false),
        Act::SetAsideResident { why } => keep::set_aside(occasion, &why),
        Act::EraseResident { why } => erase::erase(occasion, &why),
    }
}

fn may_somewhere(rights: &Rights<'_>, act: &str) -> bool {
    match act {
        "set_aside_resident" | "erase_resident" => rights.is_system(),
        _ => rights.holds_somewhere(rights::KEEPERS),
    }
}
