//! The table of kinds.

use domain::kernel::Kind;
use domain::kinds::{ALL, Kinds, Module, NAMES};
use domain::organisation;
use std::collections::BTreeSet;

#[test]
fn acts_that_are_loaded_later_take_the_place_of_the_records_alone() {
    static RECORDS: Module = organisation::MODULE.records_only();
    let mut kinds = Kinds::of(&[&RECORDS]);
    assert!(kinds.kind(&Kind::known("place")).is_some() && kinds.act("move_place").is_none());
    kinds.add(&organisation::MODULE);
    assert!(kinds.kind(&Kind::known("place")).is_some() && kinds.act("move_place").is_some());
}

#[test]
fn every_kind_and_every_act_has_one_home() {
    let mut kinds: Vec<&str> = ALL.iter().flat_map(|module| module.kinds).map(|kind| kind.name).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, NAMES, "NAMES holds every kind, in order");
    let acts: Vec<&str> = ALL.iter().flat_map(|module| module.acts).map(|act| act.name).collect();
    assert_eq!(acts.iter().collect::<BTreeSet<_>>().len(), acts.len(), "one module an act: {acts:?}");
}
