//! Yards, stairwells and doors, counted.

use super::{heping, seeds, unit};
use crate::demo::places::SHOP;
use domain::kernel::{PlaceId, PlaceKind};
use domain::organisation::Place;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn twenty_six_yards_hold_one_hundred_and_forty_one_stairwells_in_nine_grids() {
    let seed = heping();
    let mut yards: BTreeMap<PlaceId, Vec<&Place>> = BTreeMap::new();
    for stairwell in &seed.stairwells {
        yards.entry(stairwell.parent).or_default().push(stairwell);
    }
    let community = &seed.community;
    assert_eq!((community.code.as_deref(), community.abbreviation.as_str()), (Some("210102025900"), "HPXC"));
    assert_eq!((seed.stairwells.len(), yards.len(), seed.yards.len(), seed.grids.len()), (141, 26, 26, 9));
    for (index, yard) in seed.yards.iter().enumerate() {
        let stairwells = &yards[&yard.id];
        assert_eq!(stairwells.len(), if index < 11 { 6 } else { 5 }, "{}", yard.name);
        let units: Vec<_> = stairwells.iter().map(|one| unit(one)).collect();
        assert_eq!(units, (1..=units.len()).map(|unit| unit.to_string()).collect::<Vec<_>>());
    }
    let grids: BTreeSet<_> = seed.grids.iter().map(|grid| grid.id).collect();
    assert_eq!(grids, seed.yards.iter().map(|yard| yard.parent).collect());
    assert!(seed.grids.iter().all(|grid| grid.parent == community.id.into()));
}

#[test]
fn codes_are_those_of_the_grid_and_count_its_stairwells() {
    let seed = heping();
    for (index, grid) in seed.grids.iter().enumerate() {
        let code = grid.code.as_deref().expect("a code");
        assert_eq!(code, format!("210102025900{:03}", index + 1));
        let within = seed.stairwells.iter().filter(|one| seed.grid_of(one) == Some(grid.id));
        for (number, stairwell) in within.enumerate() {
            assert_eq!(stairwell.code.as_deref(), Some(format!("{code}{:03}", number + 1).as_str()));
        }
    }
    assert!(seed.yards.iter().all(|yard| yard.code.is_none()));
    let levels = |places: &[Place], kind| places.iter().all(|place| place.kind == kind);
    assert!(levels(&seed.grids, PlaceKind::Grid) && levels(&seed.yards, PlaceKind::Yard));
    assert!(levels(&seed.stairwells, PlaceKind::Stairwell));
}

#[test]
fn yards_lie_in_three_streets_and_the_real_addresses_have_six_stairwells() {
    let seed = heping();
    for yard in &seed.yards {
        let name = &yard.name;
        assert!(["八经街", "北五经街", "六纬路"].iter().any(|street| name.starts_with(street)), "{name}");
    }
    for yard in ["八经街32号院", "八经街46号院", "六纬路2号院", "北五经街甲院"] {
        let is_in = |one: &&Place| seed.yard_of(one).is_some_and(|one| one.name == yard);
        assert_eq!(seed.stairwells.iter().filter(is_in).count(), 6, "{yard}");
    }
}

#[test]
fn most_stairwells_have_seven_floors_of_three_doors_and_some_do_not() {
    let seed = heping();
    let shape = |place: &Place| (place.floors.len(), place.floors[0].len());
    let count = |wanted| seed.stairwells.iter().filter(|one| shape(one) == wanted).count();
    assert!(count((7, 3)) > 100, "{}", count((7, 3)));
    for other in [(6, 3), (6, 4), (7, 2), (7, 4)] {
        assert!(count(other) > 0, "{other:?}");
    }
    let has_shops = |one: &&Place| one.doors().any(|door| door.label.as_str().starts_with(SHOP));
    assert_eq!(seed.stairwells.iter().filter(has_shops).count(), 3);
    let vacant = seed.stairwells.iter().flat_map(Place::doors).filter(|door| door.vacant).count();
    assert!((30..=90).contains(&vacant), "{vacant}");
    for stairwell in &seed.stairwells {
        assert!(stairwell.water_valve.is_some() && stairwell.power_switch.is_some());
        let labels: BTreeSet<_> = stairwell.doors().map(|door| &door.label).collect();
        assert_eq!(labels.len(), stairwell.doors().count(), "{stairwell:?}");
    }
}

#[test]
fn local_numbers_are_those_of_nobody() {
    for seed in seeds() {
        assert_eq!(seed.community.numbers.len(), 6);
        for local in seed.community.numbers {
            assert!(local.number.starts_with("02400000") && local.number.len() == 11, "{local:?}");
        }
    }
}

#[test]
fn the_second_tenant_is_small_and_apart() {
    let seeds = seeds();
    assert_eq!(seeds.len(), 2);
    let xinfu = &seeds[1];
    assert!(xinfu.community.code.as_deref().is_some_and(|code| code.starts_with("210402")));
    assert_eq!(xinfu.community.name, "新抚区示例社区");
    assert_ne!(xinfu.community.abbreviation, seeds[0].community.abbreviation);
    assert!(xinfu.yards.iter().all(|yard| yard.name == "南台六路6号楼"));
    assert_eq!((xinfu.stairwells.len(), xinfu.residents.len(), xinfu.colleagues.len()), (3, 112, 7));
}
