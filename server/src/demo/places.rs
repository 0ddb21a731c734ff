//! From a table of yards to grids, yards and stairwells with their doors.

use super::random::Random;
use super::residents::MADE;
use super::table::rows;
use domain::kernel::{CommunityId, PlaceId, PlaceKind, Times};
use domain::organisation::{Door, DoorLabel, Place};
use std::collections::BTreeMap;

/// How the doors of a shop row are called; nobody lives behind them.
pub(super) const SHOP: &str = "门市";

const GRID_NAMES: [&str; 9] =
    ["第一网格", "第二网格", "第三网格", "第四网格", "第五网格", "第六网格", "第七网格", "第八网格", "第九网格"];

/// The community whose places are laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    /// Which.
    pub community: CommunityId,
    /// Its 12 digits.
    pub code: &'a str,
    /// When all of it was made.
    pub made: Times,
}

/// A stairwell, and what made-up values call it by.
#[derive(Clone, Debug)]
pub(super) struct Home {
    /// As its record says.
    pub place: Place,
    /// Its 18 digits.
    pub code: String,
    /// The code of its yard: `Y03`.
    pub yard: &'static str,
    /// Its number in the yard.
    pub unit: usize,
}

/// The places of a community.
#[derive(Debug)]
pub(super) struct Layout {
    /// By code.
    pub grids: Vec<Place>,
    pub yards: Vec<Place>,
    /// Yard by yard.
    pub homes: Vec<Home>,
}

/// The places that a table of yards describes. Stairwells are numbered within their grid, yard by yard.
pub(super) fn lay_out(ground: Ground<'_>, yards: &'static str) -> Layout {
    let mut grids = BTreeMap::new();
    let (mut places, mut homes) = (Vec::new(), Vec::new());
    let mut numbers = BTreeMap::<usize, usize>::new();
    for yard in rows(yards).filter_map(Yard::read) {
        let grid_code = format!("{}{:03}", ground.code, yard.grid);
        let grid = grids.entry(yard.grid).or_insert_with(|| {
            let name = GRID_NAMES[(yard.grid - 1) % GRID_NAMES.len()];
            ground.place(&grid_code, PlaceKind::Grid, ground.community.into(), name, Some(&grid_code))
        });
        let place = ground.place(&format!("{}/{}", ground.code, yard.code), PlaceKind::Yard, grid.id, yard.name, None);
        for unit in 1..=yard.stairwells {
            let number = numbers.entry(yard.grid).and_modify(|number| *number += 1).or_insert(1);
            homes.extend(yard.home(ground, &place, format!("{grid_code}{number:03}"), unit));
        }
        places.push(place);
    }
    Layout { grids: grids.into_values().collect(), yards: places, homes }
}

/// The id of what is called so, the same for ever.
pub(super) fn id_of(name: &str) -> PlaceId {
    PlaceId::from_parts(MADE, Random::named(&format!("place/{name}"), 0).bytes())
}

impl Ground<'_> {
    fn place(self, called: &str, kind: PlaceKind, parent: PlaceId, name: &str, code: Option<&str>) -> Place {
        Place {
            id: id_of(called),
            community: self.community,
            kind,
            parent,
            name: name.to_owned(),
            code: code.map(str::to_owned),
            floors: Vec::new(),
            water_valve: None,
            power_switch: None,
            closed: None,
            made: self.made,
            changed: self.made,
        }
    }
}

/// One row of the table.
struct Yard {
    code: &'static str,
    name: &'static str,
    grid: usize,
    stairwells: usize,
    shape: Shape,
    exceptions: BTreeMap<usize, Shape>,
    water_valve: &'static str,
    power_switch: &'static str,
}

impl Yard {
    fn read([code, name, grid, stairwells, shape, exceptions, water, power]: [&'static str; 8]) -> Option<Self> {
        let exceptions = exceptions.split(',').filter(|exception| !exception.is_empty());
        let exceptions = exceptions.map(|exception| {
            let (unit, shape) = exception.split_once('=')?;
            Some((unit.parse().ok()?, Shape::read(shape)?))
        });
        Some(Self {
            code,
            name,
            grid: grid.parse().ok().filter(|grid| *grid > 0)?,
            stairwells: stairwells.parse().ok()?,
            shape: Shape::read(shape)?,
            exceptions: exceptions.collect::<Option<_>>()?,
            water_valve: water,
            power_switch: power,
        })
    }

    fn home(&self, ground: Ground<'_>, yard: &Place, code: String, unit: usize) -> Option<Home> {
        let whereabouts = |text: &str| Some(text.replace("{n}", &unit.to_string()));
        let name = format!("{unit}单元");
        let place = Place {
            floors: self.exceptions.get(&unit).unwrap_or(&self.shape).doors()?,
            water_valve: whereabouts(self.water_valve),
            power_switch: whereabouts(self.power_switch),
            ..ground.place(&code, PlaceKind::Stairwell, yard.id, &name, Some(&code))
        };
        Some(Home { place, code, yard: self.code, unit })
    }
}

/// `7x3+4`: seven floors of three doors, of which the ground floor is a row of four shops.
struct Shape {
    floors: usize,
    doors: usize,
    shops: usize,
}

impl Shape {
    fn read(text: &str) -> Option<Self> {
        let (flats, shops) = text.split_once('+').unwrap_or((text, "0"));
        let (floors, doors) = flats.split_once('x')?;
        Some(Self { floors: floors.parse().ok()?, doors: doors.parse().ok()?, shops: shops.parse().ok()? })
    }

    /// Rows of doors, top floor first.
    fn doors(&self) -> Option<Vec<Vec<Door>>> {
        let door = |label: String| DoorLabel::parse(&label).ok().map(Door::new);
        let ground = if self.shops > 0 { 1 } else { 0 };
        let flats = (1 + ground..=self.floors).rev();
        let flats = flats.map(|floor| (1..=self.doors).map(|flat| door(format!("{floor}-{flat}"))).collect());
        let shops = (0..ground).map(|_| (1..=self.shops).map(|shop| door(format!("{SHOP}{shop}"))).collect());
        flats.chain(shops).collect()
    }
}
