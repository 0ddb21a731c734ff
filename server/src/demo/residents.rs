//! Everybody who lives there: the households of a table, and households dealt to the other doors.

use super::care;
use super::households::{ElderAges, Population, compose, members};
use super::names;
use super::places::{Ground, Home, SHOP, id_of};
use super::random::Random;
use super::seed::{known_since, made_at, nth_command_about};
use super::table::rows;
use domain::kernel::{Actor, ResidentId};
use domain::organisation::DoorLabel;
use domain::residents::{CareGroup, Phone, Resident};
use std::collections::BTreeSet;

/// Out of a hundred flats, so many are vacant.
const VACANT_PERCENT: usize = 2;
/// The instant in the ids of everything that does not happen at a time: 2025-01-01 in Shanghai.
pub(super) const MADE: i64 = 1_735_660_800_000;

/// Somebody on the way to becoming a [`Resident`].
#[derive(Clone, Debug)]
pub(super) struct Inhabitant {
    /// The code of their stairwell.
    pub home: String,
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
        self.home == other.home && self.door == other.door
    }
}

/// Fills the doors of a community, marking some as vacant, with exactly `population` people. `first_phone` keeps the
/// telephone numbers of two communities apart.
pub(super) fn settle(
    ground: Ground<'_>,
    homes: &mut [Home],
    table: &'static str,
    mut population: Population,
    year: u16,
    first_phone: usize,
) -> Vec<Resident> {
    let stream = homes.first().map(|home| home.code.clone()).unwrap_or_default();
    let everybody = population.people;
    let mut random = Random::named(&stream, 2);
    let mut inhabitants = placed(homes, table);
    for inhabitant in &inhabitants {
        population.without(inhabitant.age);
        let alone = inhabitant.care.contains(&CareGroup::LivingAlone);
        population.alone = population.alone.saturating_sub(usize::from(alone));
    }
    let doors = open_doors(homes, &inhabitants, &mut random);
    let households = compose(&population, doors.len(), &mut random);
    let mut ages = ElderAges::of(&population, &mut random);
    let mut names_taken: BTreeSet<(String, String)> =
        inhabitants.iter().map(|one| (one.home.clone(), one.name.clone())).collect();
    for ((home, door), household) in doors.into_iter().zip(households) {
        let members = members(household, &mut ages, &mut random);
        let door_care = care::by_household(&members);
        for (member, care) in members.into_iter().zip(door_care) {
            let mut name = String::new();
            for _ in 0..20 {
                name = names::name(member.surname, member.woman, member.age, &mut random);
                if names_taken.insert((home.clone(), name.clone())) {
                    break;
                }
            }
            let phone = whose_phone(member.age, &mut random);
            let (home, door) = (home.clone(), door.clone());
            inhabitants.push(Inhabitant { home, door, name, age: member.age, care, phone, placed: false });
        }
    }
    care::by_chance(&mut inhabitants, everybody, &mut random);
    inhabitants.sort_by(|a, b| a.home.cmp(&b.home));
    let residents = inhabitants.into_iter().enumerate();
    residents.map(|(index, inhabitant)| resident(ground, first_phone + index, inhabitant, year)).collect()
}

/// The households of the table. A row without a name marks its door as vacant.
fn placed(homes: &mut [Home], table: &'static str) -> Vec<Inhabitant> {
    let mut inhabitants = Vec::new();
    for [yard, unit, door, name, age, care, phone] in rows(table) {
        let home = homes.iter_mut().find(|home| home.yard == yard && home.unit.to_string() == unit);
        let Some(home) = home else { continue };
        let Some(flat) = home.place.floors.iter_mut().flatten().find(|flat| flat.label.as_str() == door) else {
            continue;
        };
        let Ok(age) = age.parse() else {
            flat.vacant = true;
            continue;
        };
        inhabitants.push(Inhabitant {
            home: home.code.clone(),
            door: flat.label.clone(),
            name: name.to_owned(),
            age,
            care: care.split(' ').filter_map(CareGroup::from_code).collect(),
            phone: Some(phone).filter(|whose| !whose.is_empty()),
            placed: true,
        });
    }
    inhabitants
}

/// The doors that are still to be filled, after some were marked as vacant.
fn open_doors(homes: &mut [Home], placed: &[Inhabitant], random: &mut Random) -> Vec<(String, DoorLabel)> {
    let mut open = Vec::new();
    for home in homes {
        for door in home.place.floors.iter_mut().flatten() {
            let full = placed.iter().any(|one| one.home == home.code && one.door == door.label);
            if full || door.vacant || door.label.as_str().starts_with(SHOP) {
                continue;
            }
            if random.percent(VACANT_PERCENT) {
                door.vacant = true;
            } else {
                open.push((home.code.clone(), door.label.clone()));
            }
        }
    }
    open
}

/// Elders often give a child's number, children none at all.
fn whose_phone(age: u16, random: &mut Random) -> Option<&'static str> {
    match age {
        0..14 => None,
        14..70 => random.percent(70).then_some("本人"),
        70.. => Some(*random.pick(&["本人", "本人", "女儿", "儿子"])),
    }
}

fn resident(ground: Ground<'_>, phone_index: usize, inhabitant: Inhabitant, year: u16) -> Resident {
    let Inhabitant { home, door, name, age, mut care, phone, .. } = inhabitant;
    let id = Random::named(&format!("resident/{home}/{}/{name}", door.as_str()), 0).bytes();
    let birth_year = year.checked_sub(age);
    care.sort_unstable();
    // 7919 has no common divisor with 10,000: no number comes twice.
    let number = || format!("1380000{:04}", phone_index * 7_919 % 10_000);
    let id = ResidentId::from_parts(MADE, id);
    let made = made_at(known_since(ground.made.written, birth_year));
    Resident {
        id,
        community: ground.community,
        place: id_of(&home),
        door: Some(door),
        name,
        birth_year,
        care,
        phones: phone.map(|whose| Phone { number: number(), whose: whose.to_owned() }).into_iter().collect(),
        note: None,
        moved_away: None,
        set_aside: None,
        erased: None,
        added: nth_command_about(&Resident::key_of(ground.community, id), 1, made.written),
        made_by: Actor::OPERATOR,
        made,
        steps: Vec::new(),
    }
}
