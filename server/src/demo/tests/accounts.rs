//! Everybody who can sign in.

use super::{age, awkward_moments, door, heping, noon, seeds, today, unit};
use crate::demo::{Colleague, Seed, communities, community_ids, is_made_up, names::sounds_like_a_woman};
use domain::{
    kernel::{PlaceId, Record, Rights, Role},
    log::MayWrite,
    organisation::Agency,
    residents::CareGroup,
};
use std::collections::{BTreeMap, BTreeSet};

/// Everybody by the role in which they started.
fn with_role(seed: &Seed, role: Role) -> Vec<&Colleague> {
    let first = |one: &&Colleague| one.card.memberships.first().is_some_and(|first| first.role == role);
    seed.colleagues.iter().filter(first).collect()
}

#[test]
fn every_stairwell_has_one_watcher_who_lives_there() {
    let seed = heping();
    let watchers = with_role(&seed, Role::Watcher);
    assert_eq!(watchers.len(), 141);
    let mut women = 0;
    for (watcher, stairwell) in watchers.iter().zip(&seed.stairwells) {
        assert_eq!(watcher.card.memberships[0].place, stairwell.id);
        let yard = seed.yards.iter().position(|yard| yard.id == stairwell.parent).expect("a yard");
        assert_eq!(watcher.login, format!("hp-w-y{:02}-{}", yard + 1, unit(stairwell)));
        let mut neighbours = seed.residents.iter().filter(|one| one.place == stairwell.id);
        let home = neighbours.find(|one| one.name == watcher.card.name);
        let home = home.unwrap_or_else(|| panic!("{} lives in {}", watcher.card.name, stairwell.name));
        assert!((55..=74).contains(&age(home)), "{home:?}");
        women += usize::from(sounds_like_a_woman(&watcher.card.name));
    }
    assert!((96..=102).contains(&women), "seven of ten are women: {women} of 141");
}

#[test]
fn one_stand_in_goes_on_and_one_has_ended() {
    let seed = heping();
    let watchers = with_role(&seed, Role::Watcher);
    let double: Vec<_> = watchers.into_iter().filter(|one| one.card.memberships.len() == 2).collect();
    let logins: Vec<_> = double.iter().map(|one| one.login.as_str()).collect();
    assert_eq!(logins, ["hp-w-y05-2", "hp-w-y07-4"]);
    let directory = seed.directory();
    let writes = |one: &Colleague, login: &str| {
        let neighbour = seed.colleagues.iter().find(|one| one.login == login).expect("a neighbour");
        let card = &one.card;
        let rights = Rights::now(card.id, card.community, &card.memberships, directory.tree(), today());
        MayWrite::find(&rights, neighbour.card.memberships[0].place).is_some()
    };
    assert!(writes(double[0], "hp-w-y05-3") && writes(double[0], "hp-w-y05-2"));
    assert!(!writes(double[1], "hp-w-y07-5") && writes(double[1], "hp-w-y07-4"));
}

#[test]
fn every_grid_has_its_worker_and_its_branch_and_the_community_its_committee() {
    let seed = heping();
    for role in [Role::GridWorker, Role::PartyBranch] {
        let holders = with_role(&seed, role);
        let places = holders.iter().map(|one| one.card.memberships[0].place);
        assert!(places.eq(seed.grids.iter().map(|grid| grid.id)), "{role:?}");
    }
    let committee = with_role(&seed, Role::PartyCommittee);
    assert_eq!(committee.iter().map(|one| one.login.as_str()).collect::<Vec<_>>(), ["hp-c"]);
    assert_eq!(seed.colleagues.len(), 141 + 9 + 9 + 1 + 28);
}

#[test]
fn twenty_eight_social_workers_of_four_agencies_cover_every_grid() {
    let seed = heping();
    let mut agencies = BTreeMap::<&str, (usize, BTreeSet<PlaceId>)>::new();
    for worker in with_role(&seed, Role::SocialWorker) {
        let Some(Agency(agency)) = &worker.card.agency else { panic!("{} has no agency", worker.login) };
        assert!((2..=3).contains(&worker.card.memberships.len()));
        let (count, covered) = agencies.entry(agency).or_default();
        *count += 1;
        covered.extend(worker.card.memberships.iter().map(|membership| membership.place));
    }
    let counts: Vec<_> = agencies.iter().map(|(agency, (count, _))| (*agency, *count)).collect();
    assert_eq!(counts, [("典泽文化", 6), ("律动公益", 10), ("益新公益", 7), ("示例机构", 5)]);
    for (agency, (_, covered)) in agencies {
        assert_eq!(covered.len(), 9, "{agency} covers every grid");
    }
}

#[test]
fn ids_and_logins_are_unique_and_ids_are_of_version_seven() {
    let (mut ids, mut logins) = (BTreeSet::new(), BTreeSet::new());
    for seed in seeds() {
        let residents = seed.residents.iter().map(|resident| resident.id.uuid());
        let places = seed.places().map(|place| place.id.uuid()).chain([seed.community.id.uuid()]);
        for id in seed.people().map(|person| person.uuid()).chain(residents).chain(places) {
            assert_eq!(id.get_version_num(), 7);
            assert!(ids.insert(id), "{id} comes twice");
        }
        assert!(seed.colleagues.into_iter().all(|one| logins.insert(one.login)));
    }
}

#[test]
fn whoever_is_made_up_is_known_by_their_name_and_nobody_else_is() {
    let seeds = seeds();
    assert_eq!(seeds.iter().map(|seed| seed.community.id).collect::<Vec<_>>(), community_ids());
    let mut colleagues = seeds.iter().flat_map(|seed| &seed.colleagues);
    assert!(colleagues.all(|one| is_made_up(one.card.id, &one.login) && !is_made_up(one.card.id, "zhang.min")));
}

/// If this fails, installed demos and end-to-end tests that know people by their ids meet strangers.
#[test]
fn people_stay_the_same_people() {
    let seed = heping();
    let watcher = seed.colleagues.iter().find(|one| one.login == "hp-w-y01-3").expect("the watcher");
    let mut residents = seed.residents.iter();
    let resident = residents.find(|one| one.name == "张某兰" && door(one) == "5-2").expect("张大娘");
    assert_eq!(resident.care, [CareGroup::LivingAlone, CareGroup::Aged]);
    assert_eq!(age(resident), 85);
    let ids = [watcher.card.id.to_string(), resident.id.to_string()];
    assert_eq!(ids, ["01941d72-0800-7324-8c51-dda5230c36ea", "01941d72-0800-71ee-aae3-fb2010afab31"]);
}

#[test]
fn another_day_changes_years_of_birth_and_times_only() {
    let (one, other) = (communities(noon("2025-06-01")), communities(noon("2031-12-31")));
    assert_eq!(format!("{:?}", seeds()), format!("{:?}", seeds()));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!((one.community.key(), &one.community.numbers), (other.community.key(), &other.community.numbers));
        for (a, b) in one.places().zip(other.places()) {
            assert_eq!((a.id, a.parent, &a.code, &a.name, &a.floors), (b.id, b.parent, &b.code, &b.name, &b.floors));
        }
        for (a, b) in one.colleagues.iter().zip(&other.colleagues) {
            assert_eq!((a.card.id, &a.card.name, &a.login), (b.card.id, &b.card.name, &b.login));
        }
        for (a, b) in one.residents.iter().zip(&other.residents) {
            assert_eq!((a.id, &a.name, &a.door, &a.care), (b.id, &b.name, &b.door, &b.care));
            assert_eq!(a.birth_year.map(|born| born + 6), b.birth_year);
        }
    }
}

#[test]
fn memberships_began_before_the_oldest_entry() {
    for now in awkward_moments() {
        let oldest = now.day().plus_days(-366).start();
        for one in communities(now).iter().flat_map(|seed| &seed.colleagues) {
            assert!(one.card.memberships[0].from <= oldest);
        }
    }
}

#[test]
fn everybody_has_the_one_password_or_none() {
    let hashes = |given: Option<&str>| {
        let accounts = seeds().into_iter().flat_map(|seed| seed.accounts(given));
        accounts.map(|account| account.password_hash).collect::<BTreeSet<_>>()
    };
    assert_eq!(hashes(None), BTreeSet::from([None]));
    assert_eq!(hashes(Some("$argon2id$x")), BTreeSet::from([Some("$argon2id$x".to_owned())]));
}
