//! The commands that make a community.

use super::{World, awkward_moments, seeds};
use crate::demo::{Seed, communities};
use domain::{
    kernel::{Actor, Record, Shared},
    sync::decide::Sender,
};
use std::{collections::BTreeSet, sync::Arc};

/// Everything that a community says its records are.
fn values(seed: &Seed) -> Vec<Shared> {
    let mut values: Vec<Shared> = vec![Arc::new(seed.community.clone())];
    values.extend(seed.places().map(|place| Arc::new(place.clone()) as Shared));
    values.extend(seed.colleagues.iter().map(|colleague| Arc::new(colleague.card.clone()) as Shared));
    values.extend(seed.residents.iter().map(|resident| Arc::new(resident.clone()) as Shared));
    values
}

#[test]
fn every_record_says_exactly_what_the_community_is_to_be() {
    let mut world = World::empty();
    let seeds = seeds();
    for delivery in seeds.iter().flat_map(|seed| seed.deliveries().unwrap()) {
        assert_eq!(delivery.sender, Sender::Server);
        for arrival in &delivery.arrivals {
            world.take_in(arrival.command.as_ref().unwrap(), delivery.received);
        }
    }
    let wanted: Vec<Shared> = seeds.iter().flat_map(values).collect();
    assert_eq!(world.records.len(), wanted.len());
    for record in wanted {
        let made = world.records[&record.key()].stored().unwrap();
        assert_eq!(made, record.stored().unwrap());
    }
}

#[test]
fn on_any_day_it_is_made_by_the_operator_before_anything_happens_in_it() {
    for now in awkward_moments() {
        for seed in communities(now) {
            let commands = seed.commands().unwrap();
            let (last, oldest) = (now, now.day().plus_days(-366).start());
            for command in &commands {
                assert_eq!(command.head.actor, Actor::OPERATOR);
                assert!(command.head.written <= last);
                let is_resident = command.act_name() == "add_resident";
                assert!(is_resident || command.head.written < oldest, "{}", command.act_name());
            }
            let ids: BTreeSet<_> = commands.iter().map(|command| command.head.id).collect();
            assert_eq!(ids.len(), commands.len());
        }
    }
}

#[test]
fn the_same_day_gives_the_same_bytes() {
    let bytes = || {
        let commands = seeds().iter().flat_map(|seed| seed.commands().unwrap()).collect::<Vec<_>>();
        commands.iter().map(|command| command.to_bytes().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn records_name_the_community_that_they_lie_in() {
    for seed in seeds() {
        let community = seed.community.id;
        assert!(values(&seed).iter().all(|record| record.key().community == community));
        assert_eq!(seed.directory().community().map(Record::key), Some(seed.community.key()));
    }
}
