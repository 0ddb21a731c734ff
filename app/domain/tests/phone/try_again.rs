//! 再传一次 can succeed: a refusal holds for the state of things that it was made in, and for no longer.

use crate::neighbourhood::*;
use crate::server_model::Server;
use domain::kernel::Rejection;
use domain::log::{reason, wants_another_entry};
use domain::sync::{QueuedState, Trouble};

#[test]
fn the_same_bytes_that_were_refused_are_taken_once_the_right_is_there() {
    let mut server = Server::knowing(neighbourhood());
    let mut outbox = outbox([command(0, Who::Former, write(1, "楼门内堆物"))]);
    let batch = outbox.next_batch(100);
    outbox.settle(&batch, &server.push(&batch));
    assert_eq!(outbox.items()[0].state, refused());
    assert_eq!(outbox.next_batch(100), [] as [String; 0], "by itself it is not sent again");

    assert!(outbox.try_again(command_id(0)).is_some_and(|item| item.state == QueuedState::Waiting));
    assert_eq!(outbox.next_batch(100), batch);
    outbox.settle(&batch, &server.push(&batch));
    assert_eq!(outbox.items()[0].state, refused(), "nothing has changed yet");

    // 孙某 has her post again.
    let mut person = Who::Former.person(community());
    person.memberships[0].until = None;
    server.records.take_in([envelope(&person, 2)]);
    outbox.try_again(command_id(0));
    outbox.settle(&batch, &server.push(&batch));
    assert!(matches!(outbox.items()[0].state, QueuedState::Acknowledged { .. }));
    outbox.settle(&batch, &server.push(&batch));
    assert_eq!(server.accepted.len(), 1, "and it is there once");
}

#[test]
fn only_what_needs_a_person_is_tried_again() {
    let mut outbox = three();
    assert_eq!(outbox.try_again(command_id(0)), None);
    assert_eq!(outbox.try_again(command_id(9)), None);
}

#[test]
fn it_is_offered_only_where_it_may_help() {
    let rejected = |reason: domain::kernel::Reason| Trouble::Rejected { reason: reason.into() };
    for reason in [Rejection::NO_RIGHT, Rejection::MALFORMED, Rejection::TOO_LATE, Rejection::FULL] {
        assert!(rejected(reason).may_pass(), "{}", reason.code);
    }
    for trouble in [rejected(Rejection::ANOTHER_AUTHOR), rejected(Rejection::EXISTS), Trouble::Conflict] {
        assert!(!trouble.may_pass(), "{trouble:?}");
    }
}

#[test]
fn what_its_record_cannot_take_has_a_way_on() {
    let offers = |reason: domain::kernel::Reason| wants_another_entry(&reason.into());
    assert!(offers(Rejection::FULL) && offers(Rejection::SET_ASIDE) && offers(reason::WITHDRAWN));
    assert!(!offers(Rejection::NO_RIGHT) && !offers(Rejection::EXISTS));
}

#[test]
fn a_new_entry_gets_another_id_only_where_its_own_is_taken() {
    let asks = |reason: domain::kernel::Reason| Trouble::Rejected { reason: reason.into() }.is_id_taken();
    assert!(Trouble::Conflict.is_id_taken() && asks(Rejection::EXISTS));
    assert!(!asks(Rejection::NO_RIGHT) && !asks(Rejection::FULL), "later work on it still finds it under its own");
}
