//! Yards, stairwells and doors, counted.

use super::{heping, seeds};
use crate::demo::places::SHOP;
use app::domain::MicroGrid;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn twenty_six_yards_hold_one_hundred_and_forty_one_stairwells_in_nine_grids() {
    let seed = heping();
    let mut yards: BTreeMap<&str, Vec<&MicroGrid>> = BTreeMap::new();
    for micro_grid in &seed.micro_grids {
        yards.entry(micro_grid.yard.as_str()).or_default().push(micro_grid);
    }
    let community = &seed.community;
    assert_eq!((community.code.as_str(), community.abbreviation.as_str()), ("210102025900", "HPXC"));
    assert_eq!((seed.micro_grids.len(), yards.len(), community.grids.len()), (141, 26, 9));
    for (index, (code, stairwells)) in yards.iter().enumerate() {
        assert_eq!(*code, format!("Y{:02}", index + 1));
        assert_eq!(stairwells.len(), if index < 11 { 6 } else { 5 }, "{code}");
        let grids: BTreeSet<_> = stairwells.iter().map(|one| one.code.grid()).collect();
        assert_eq!(grids.len(), 1, "{code} lies in one grid");
        let units: Vec<_> = stairwells.iter().map(|one| one.unit_name.clone()).collect();
        assert_eq!(units, (1..=units.len()).map(|unit| format!("{unit}单元")).collect::<Vec<_>>());
    }
    let codes: BTreeSet<_> = seed.micro_grids.iter().map(|micro_grid| &micro_grid.code).collect();
    assert_eq!(codes.len(), 141);
    let grids: BTreeSet<_> = community.grids.iter().map(|(code, _)| code.clone()).collect();
    assert_eq!(grids, seed.micro_grids.iter().map(|micro_grid| micro_grid.code.grid()).collect());
}

#[test]
fn yards_lie_in_three_streets_and_the_real_addresses_have_six_stairwells() {
    let seed = heping();
    for micro_grid in &seed.micro_grids {
        let name = &micro_grid.yard_name;
        assert!(["八经街", "北五经街", "六纬路"].iter().any(|street| name.starts_with(street)), "{name}");
    }
    for yard in ["八经街32号院", "八经街46号院", "六纬路2号院", "北五经街甲院"] {
        assert_eq!(seed.micro_grids.iter().filter(|one| one.yard_name == yard).count(), 6, "{yard}");
    }
}

#[test]
fn most_stairwells_have_seven_floors_of_three_doors_and_some_do_not() {
    let seed = heping();
    let shape = |micro_grid: &MicroGrid| (micro_grid.floors.len(), micro_grid.floors[0].len());
    let count = |wanted| seed.micro_grids.iter().filter(|one| shape(one) == wanted).count();
    assert!(count((7, 3)) > 100, "{}", count((7, 3)));
    for other in [(6, 3), (6, 4), (7, 2), (7, 4)] {
        assert!(count(other) > 0, "{other:?}");
    }
    let has_shops = |one: &&MicroGrid| one.doors().any(|door| door.label.as_str().starts_with(SHOP));
    assert_eq!(seed.micro_grids.iter().filter(has_shops).count(), 3);
    let vacant = seed.micro_grids.iter().flat_map(MicroGrid::doors).filter(|door| door.vacant).count();
    assert!((30..=90).contains(&vacant), "{vacant}");
    for micro_grid in &seed.micro_grids {
        assert!(micro_grid.water_valve.is_some() && micro_grid.power_switch.is_some());
        let labels: BTreeSet<_> = micro_grid.doors().map(|door| &door.label).collect();
        assert_eq!(labels.len(), micro_grid.doors().count(), "{}", micro_grid.name());
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
    assert!(xinfu.community.code.as_str().starts_with("210402"));
    assert_eq!(xinfu.community.name, "新抚区示例社区");
    assert_ne!(xinfu.community.abbreviation, seeds[0].community.abbreviation);
    assert!(xinfu.micro_grids.iter().all(|micro_grid| micro_grid.yard_name == "南台六路6号楼"));
    assert_eq!((xinfu.micro_grids.len(), xinfu.residents.len(), xinfu.accounts.len()), (3, 112, 7));
}
