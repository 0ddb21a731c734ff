//! Residents, counted.

use super::{age, door, heping, seeds, unit};
use crate::demo::{Seed, places::SHOP};
use domain::kernel::PlaceId;
use domain::residents::{CareGroup, Resident};
use std::collections::{BTreeMap, BTreeSet};

/// Those who live behind each door.
fn households(seed: &Seed) -> BTreeMap<(PlaceId, &str), Vec<&Resident>> {
    let mut households = BTreeMap::<_, Vec<_>>::new();
    for resident in &seed.residents {
        households.entry((resident.place, door(resident))).or_default().push(resident);
    }
    households
}

#[test]
fn exactly_8914_people_are_of_the_ages_that_the_field_counts() {
    let seed = heping();
    let count = |wanted: fn(u16) -> bool| seed.residents.iter().filter(|one| wanted(age(one))).count();
    assert_eq!(seed.residents.len(), 8_914);
    assert_eq!(count(|age| age >= 60), 2_139);
    assert_eq!(count(|age| age >= 80), 300);
    assert_eq!(count(|age| age >= 90), 35);
    assert_eq!(count(|age| age < 14), 800);
}

#[test]
fn people_live_behind_every_door_that_is_neither_vacant_nor_a_shop() {
    let seed = heping();
    let households = households(&seed);
    let mut doors = 0;
    for stairwell in &seed.stairwells {
        for door in stairwell.doors() {
            let shop = door.label.as_str().starts_with(SHOP);
            let lived_in = households.contains_key(&(stairwell.id, door.label.as_str()));
            assert_eq!(lived_in, !door.vacant && !shop, "{} {door:?}", stairwell.name);
            doors += usize::from(lived_in);
        }
    }
    assert_eq!(doors, households.len(), "nobody lives behind a door that is not there");
    assert!(households.values().all(|household| household.len() <= 8));
}

#[test]
fn care_groups_agree_with_age_and_household() {
    let seed = heping();
    let households = households(&seed);
    let mut counts = BTreeMap::<CareGroup, usize>::new();
    for resident in &seed.residents {
        let (age, household) = (age(resident), &households[&(resident.place, door(resident))]);
        let elders_only = household.iter().all(|one| super::age(one) >= 60);
        for group in &resident.care {
            *counts.entry(*group).or_default() += 1;
            let fits = match group {
                CareGroup::LivingAlone => age >= 60 && household.len() == 1,
                CareGroup::EmptyNest => household.len() > 1 && elders_only,
                CareGroup::Aged => age >= 80,
                CareGroup::Disabled | CareGroup::Dementia => age >= 60,
                CareGroup::BereavedFamily => elders_only,
                CareGroup::Destitute => resident.care.contains(&CareGroup::LivingAlone),
                CareGroup::ChildInNeed | CareGroup::ChildLeftBehind => age < 14,
                _ => age >= 18,
            };
            assert!(fits, "{group:?} at {age}: {resident:?}");
        }
        let groups: BTreeSet<_> = resident.care.iter().collect();
        assert_eq!(groups.len(), resident.care.len(), "{resident:?}");
        assert_eq!(resident.care.contains(&CareGroup::Aged), age >= 80);
        let alone = age >= 60 && household.len() == 1;
        assert_eq!(resident.care.contains(&CareGroup::LivingAlone), alone);
    }
    let exact = [CareGroup::LivingAlone, CareGroup::Disabled, CareGroup::Aged, CareGroup::Dementia];
    assert_eq!(exact.map(|group| counts[&group]), [210, 60, 300, 24]);
    assert!(counts[&CareGroup::ChildLeftBehind] >= 5 && counts[&CareGroup::EmptyNest] > 900, "{counts:?}");
    assert_eq!(counts.len(), 12, "every group but 留守, a word of the villages: {counts:?}");
}

#[test]
fn nobody_is_real() {
    let mut numbers = BTreeSet::new();
    for seed in seeds() {
        for resident in &seed.residents {
            let name: Vec<char> = resident.name.chars().collect();
            let fictional = name.len() == 3 && "王李张刘赵孙杨马高于".contains(name[0]) && name[1] == '某';
            assert!(fictional, "{name:?}");
            if let [phone] = &resident.phones[..] {
                assert!(phone.number.starts_with("1380000") && phone.number.len() == 11, "{phone:?}");
                assert!(age(resident) >= 14, "children have no number: {resident:?}");
                assert!(numbers.insert(phone.number.clone()), "{phone:?} comes twice");
            }
        }
        assert!(seed.colleagues.iter().all(|one| one.card.name.chars().nth(1) == Some('某')));
    }
    assert!(numbers.len() > 5_000);
}

#[test]
fn neighbours_of_a_stairwell_have_different_names() {
    let seed = heping();
    let mut names = BTreeSet::new();
    assert!(seed.residents.iter().all(|one| names.insert((one.place, &one.name))));
}

#[test]
fn every_household_of_the_table_lives_where_it_says() {
    let seed = heping();
    let rows = include_str!("../data/households.tsv").lines().filter(|line| !line.starts_with('#'));
    for row in rows {
        let [yard, number, label, name, years, care, _] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        let yard = yard.trim_start_matches('Y').parse::<usize>().ok().and_then(|yard| seed.yards.get(yard - 1));
        let yard = yard.unwrap_or_else(|| panic!("{row}"));
        let home = seed.stairwells.iter().find(|one| one.parent == yard.id && unit(one) == number);
        let home = home.unwrap_or_else(|| panic!("{row}"));
        if name == "-" {
            assert!(home.doors().any(|one| one.label.as_str() == label && one.vacant), "{row}");
            continue;
        }
        let lives = |one: &&Resident| one.place == home.id && door(one) == label && one.name == name;
        let resident = seed.residents.iter().find(lives).unwrap_or_else(|| panic!("{row}"));
        assert_eq!(age(resident).to_string(), years, "{row}");
        assert_eq!(resident.care.len(), care.split(' ').filter(|code| *code != "-").count(), "{row}");
    }
}
