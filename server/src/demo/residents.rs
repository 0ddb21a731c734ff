//! Everybody who lives there: the households of a table, and households dealt to the other doors.

use super::care;
use super::chance::Chance;
use super::households::{ElderAges, Population, compose, members};
use super::names;
use super::places::SHOP;
use super::table::rows;
use app::domain::{CareGroup, DoorLabel, MicroGrid, MicroGridCode, Phone, Resident, ResidentId};
use serde::{Deserialize, de::IntoDeserializer};
use std::collections::BTreeSet;

/// Out of a hundred flats, so many are vacant.
const VACANT_PERCENT: usize = 2;
/// The instant in the ids of everything that does not happen at a time: 2025-01-01 in Shanghai.
pub(super) const MADE: i64 = 1_735_660_800_000;

/// Somebody on the way to becoming a [`Resident`].
#[derive(Clone, Debug)]
pub(super) struct Inhabitant {
    pub micro_grid: MicroGridCode,
    pub door: DoorLabel,
    pub name: String,
    pub age: u16,
    pub care: Vec<CareGroup>,
    /// Whose telephone number is known.
    pub phone: Option<&'static str>,
    /// Comes from the table: nothing is added to what it says.
    pub placed: bool,
}

impl Inhabitant {
    /// Whether the other lives behind the same door.
    pub(super) fn lives_with(&self, other: &Self) -> bool {
        self.micro_grid == other.micro_grid && self.door == other.door
    }
}

/// Fills the doors of a community, marking some as vacant, with exactly `population` people. `first_phone` keeps the
/// telephone numbers of two communities apart.
pub(super) fn settle(
    micro_grids: &mut [MicroGrid],
    table: &'static str,
    mut population: Population,
    year: u16,
    first_phone: usize,
) -> Vec<Resident> {
    let stream = micro_grids.first().map(|micro_grid| micro_grid.code.to_string()).unwrap_or_default();
    let everybody = population.people;
    let mut chance = Chance::named(&stream, 2);
    let mut inhabitants = placed(micro_grids, table);
    for inhabitant in &inhabitants {
        population.without(inhabitant.age);
        let alone = inhabitant.care.contains(&CareGroup::LivingAlone);
        population.alone = population.alone.saturating_sub(usize::from(alone));
    }
    let doors = open_doors(micro_grids, &inhabitants, &mut chance);
    let households = compose(&population, doors.len(), &mut chance);
    let mut ages = ElderAges::of(&population, &mut chance);
    let mut names_taken: BTreeSet<(MicroGridCode, String)> =
        inhabitants.iter().map(|one| (one.micro_grid.clone(), one.name.clone())).collect();
    for ((micro_grid, door), household) in doors.into_iter().zip(households) {
        let members = members(household, &mut ages, &mut chance);
        let door_care = care::by_household(&members);
        for (member, care) in members.into_iter().zip(door_care) {
            let mut name = String::new();
            for _ in 0..20 {
                name = names::name(member.surname, member.woman, member.age, &mut chance);
                if names_taken.insert((micro_grid.clone(), name.clone())) {
                    break;
                }
            }
            let phone = whose_phone(member.age, &mut chance);
            let (micro_grid, door) = (micro_grid.clone(), door.clone());
            inhabitants.push(Inhabitant { micro_grid, door, name, age: member.age, care, phone, placed: false });
        }
    }
    care::by_chance(&mut inhabitants, everybody, &mut chance);
    inhabitants.sort_by(|a, b| a.micro_grid.cmp(&b.micro_grid));
    let residents = inhabitants.into_iter().enumerate();
    residents.map(|(index, inhabitant)| resident(first_phone + index, inhabitant, year)).collect()
}

/// The households of the table. A row without a name marks its door as vacant.
fn placed(micro_grids: &mut [MicroGrid], table: &'static str) -> Vec<Inhabitant> {
    let mut inhabitants = Vec::new();
    for [yard, unit, door, name, age, care, phone] in rows(table) {
        let unit = format!("{unit}单元");
        let home = micro_grids.iter_mut().find(|home| home.yard.as_str() == yard && home.unit_name == unit);
        let Some(home) = home else { continue };
        let Some(flat) = home.floors.iter_mut().flatten().find(|flat| flat.label.as_str() == door) else {
            continue;
        };
        let Ok(age) = age.parse() else {
            flat.vacant = true;
            continue;
        };
        inhabitants.push(Inhabitant {
            micro_grid: home.code.clone(),
            door: flat.label.clone(),
            name: name.to_owned(),
            age,
            care: care.split(' ').filter_map(care_group).collect(),
            phone: Some(phone).filter(|whose| !whose.is_empty()),
            placed: true,
        });
    }
    inhabitants
}

fn care_group(code: &str) -> Option<CareGroup> {
    let code: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = code.into_deserializer();
    CareGroup::deserialize(code).ok()
}

/// The doors that are still to be filled, after some were marked as vacant.
fn open_doors(
    micro_grids: &mut [MicroGrid],
    placed: &[Inhabitant],
    chance: &mut Chance,
) -> Vec<(MicroGridCode, DoorLabel)> {
    let mut open = Vec::new();
    for micro_grid in micro_grids {
        for door in micro_grid.floors.iter_mut().flatten() {
            let full = placed.iter().any(|one| one.micro_grid == micro_grid.code && one.door == door.label);
            if full || door.vacant || door.label.as_str().starts_with(SHOP) {
                continue;
            }
            if chance.percent(VACANT_PERCENT) {
                door.vacant = true;
            } else {
                open.push((micro_grid.code.clone(), door.label.clone()));
            }
        }
    }
    open
}

/// Elders often give a child's number, children none at all (DOMAIN.md 2.3).
fn whose_phone(age: u16, chance: &mut Chance) -> Option<&'static str> {
    match age {
        0..14 => None,
        14..70 => chance.percent(70).then_some("本人"),
        70.. => Some(*chance.pick(&["本人", "本人", "女儿", "儿子"])),
    }
}

fn resident(phone_index: usize, inhabitant: Inhabitant, year: u16) -> Resident {
    let Inhabitant { micro_grid, door, name, age, care, phone, .. } = inhabitant;
    let id = Chance::named(&format!("resident/{micro_grid}/{}/{name}", door.as_str()), 0).bytes();
    Resident {
        id: ResidentId::from_parts(MADE, id),
        micro_grid,
        door,
        name,
        birth_year: year.checked_sub(age),
        care,
        // 7919 has no common divisor with 10,000: no number comes twice.
        phone: phone.map(|whose| Phone {
            number: format!("1380000{:04}", phone_index * 7_919 % 10_000),
            whose: whose.to_owned(),
        }),
    }
}
