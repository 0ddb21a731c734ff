//! Whoever has signed out stays out, and whoever is signed in stays in, whatever a tab that slept meanwhile still believes.

use crate::{
    neighbourhood::Who,
    world::{A_MOMENT, Phone, World},
};
use domain::{
    kernel::{PersonId, Span},
    memory::{Fate, LocalFault},
    sync::LocalError,
};

fn signed_in(phone: &Phone) -> Option<PersonId> {
    phone.disk.identity().signed_in.map(|card| card.person)
}

#[test]
fn a_sign_out_on_the_emptied_device_is_not_undone_by_a_tab_that_slept() {
    let world = World::at_noon();
    let (phone, sleeper, other) = world.two_tabs_of(Who::Watcher);
    sleeper.host.hear(|_| {});
    phone.network.set_always(Fate::Lost);
    sleeper.write(1, "还没传");
    phone.disk.empty();
    other.replica.storage_closed();
    world.pass(A_MOMENT);
    assert_eq!(signed_in(&phone), Some(Who::Watcher.id()), "filled again");
    other.sign_out();
    sleeper.replica.storage_closed();
    world.pass(A_MOMENT);
    assert_eq!((signed_in(&phone), sleeper.replica.person()), (None, None));
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(6));
    assert_eq!(phone.disk.identity().sign_out_owed, None, "the session has ended");
    assert!(world.site.accepted().is_empty());
    other.sign_in(Who::Watcher).unwrap();
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 1, "what the sleeping tab knew is kept and sent");
}

#[test]
fn who_has_signed_out_without_signal_is_not_brought_back_by_a_tab_that_slept() {
    let world = World::at_noon();
    let (phone, sleeper, other) = world.two_tabs_of(Who::Watcher);
    sleeper.host.hear(|_| {});
    other.sign_out();
    other.sign_in(Who::Neighbour).unwrap();
    phone.network.set_always(Fate::Lost);
    other.sign_out();
    other.kill();
    phone.network.set_always(Fate::Arrives);
    sleeper.replica.reconnected();
    world.pass(Span::minutes(6));
    assert_eq!((signed_in(&phone), sleeper.replica.person()), (None, None));
    assert_eq!(phone.disk.identity().sign_out_owed, None, "the session has ended");
}

#[test]
fn a_late_sign_out_of_one_leaves_the_other_signed_in() {
    let world = World::at_noon();
    let (phone, sleeper, other) = world.two_tabs_of(Who::Watcher);
    sleeper.host.hear(|_| {});
    other.sign_out();
    other.sign_in(Who::Neighbour).unwrap();
    sleeper.sign_out();
    world.pass(A_MOMENT);
    assert_eq!(signed_in(&phone), Some(Who::Neighbour.id()));
    assert!(other.replica.is(Who::Neighbour.id()) && sleeper.replica.person().is_none());
}

#[test]
fn whoever_has_signed_in_on_the_emptied_device_stays_so_though_filling_it_fails_at_first() {
    for fails in 0..6 {
        let world = World::at_noon();
        let (phone, first) = world.phone_of(Who::Watcher);
        first.keep_draft("write/2", "没写完");
        phone.network.set_always(Fate::Lost);
        first.write(1, "还没传");
        phone.disk.empty();
        let second = phone.open();
        phone.network.set_always(Fate::Arrives);
        second.sign_in(Who::Neighbour).unwrap();
        let faults = (0..fails).map(|_| LocalFault::Nothing);
        phone.disk.order(faults.chain([LocalFault::Refused(LocalError::Full)]));
        first.replica.storage_closed();
        world.pass(Span::minutes(1));
        assert_eq!(signed_in(&phone), Some(Who::Neighbour.id()), "after {fails} writes");
        assert!(first.replica.is(Who::Neighbour.id()), "after {fails} writes");
    }
}
