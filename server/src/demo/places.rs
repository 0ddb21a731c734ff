//! From a table of yards to grids and stairwells with their doors.

use super::table::rows;
use app::domain::{CommunityCode, Door, DoorLabel, GridCode, MicroGrid, MicroGridCode, YardCode};
use std::collections::BTreeMap;

/// How the doors of a shop row are called; nobody lives behind them.
pub(super) const SHOP: &str = "门市";

const GRID_NAMES: [&str; 9] =
    ["第一网格", "第二网格", "第三网格", "第四网格", "第五网格", "第六网格", "第七网格", "第八网格", "第九网格"];

/// The grids and micro-grids that a table of yards describes. Micro-grids are numbered within their grid
/// (DOMAIN.md 2.2), yard by yard.
pub(super) fn lay_out(community: &CommunityCode, yards: &'static str) -> (Vec<(GridCode, String)>, Vec<MicroGrid>) {
    let mut grids = BTreeMap::new();
    let mut micro_grids = Vec::new();
    let mut numbers = BTreeMap::<usize, usize>::new();
    for yard in rows(yards).filter_map(Yard::read) {
        let Ok(grid) = GridCode::parse(&format!("{community}{:03}", yard.grid)) else {
            continue;
        };
        grids.entry(grid.clone()).or_insert_with(|| GRID_NAMES[(yard.grid - 1) % GRID_NAMES.len()].to_owned());
        for unit in 1..=yard.stairwells {
            let number = numbers.entry(yard.grid).and_modify(|number| *number += 1).or_insert(1);
            micro_grids.extend(yard.stairwell(&grid, *number, unit));
        }
    }
    (grids.into_iter().collect(), micro_grids)
}

/// One row of the table.
struct Yard {
    code: YardCode,
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
            code: YardCode::parse(code).ok()?,
            name,
            grid: grid.parse().ok().filter(|grid| *grid > 0)?,
            stairwells: stairwells.parse().ok()?,
            shape: Shape::read(shape)?,
            exceptions: exceptions.collect::<Option<_>>()?,
            water_valve: water,
            power_switch: power,
        })
    }

    fn stairwell(&self, grid: &GridCode, number: usize, unit: usize) -> Option<MicroGrid> {
        let place = |text: &str| Some(text.replace("{n}", &unit.to_string()));
        Some(MicroGrid {
            code: MicroGridCode::parse(&format!("{grid}{number:03}")).ok()?,
            yard: self.code.clone(),
            yard_name: self.name.to_owned(),
            unit_name: format!("{unit}单元"),
            floors: self.exceptions.get(&unit).unwrap_or(&self.shape).doors()?,
            water_valve: place(self.water_valve),
            power_switch: place(self.power_switch),
        })
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
        let door = |label: String| DoorLabel::parse(&label).ok().map(|label| Door { label, vacant: false });
        let ground = if self.shops > 0 { 1 } else { 0 };
        let flats = (1 + ground..=self.floors).rev();
        let flats = flats.map(|floor| (1..=self.doors).map(|flat| door(format!("{floor}-{flat}"))).collect());
        let shops = (0..ground).map(|_| (1..=self.shops).map(|shop| door(format!("{SHOP}{shop}"))).collect());
        flats.chain(shops).collect()
    }
}
