//! From 保存 to everybody's screen, over a network that loses and a server that stumbles.

use crate::neighbourhood::{Who, note_key};
use crate::site::about;
use crate::world::{A_MOMENT, World};
use domain::kernel::Span;
use domain::memory::{Asked, Fate};
use domain::sync::{Delivery, Failure, Link, QueuedState};

#[test]
fn a_saved_note_is_shown_at_once_sent_and_comes_back_with_the_feed() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let (_, desk) = world.phone_of(Who::SocialWorker);
    tab.write(1, "楼道灯不亮");
    assert_eq!(tab.lines(1), ["楼道灯不亮"]);
    assert!(matches!(tab.delivery(1), Some(Delivery::OnDevice { .. })));
    assert_eq!(phone.shelf(Who::Watcher).outbox.len(), 1, "kept before anything is said");
    world.pass(A_MOMENT);
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert!(tab.outbox_is_empty() && phone.shelf(Who::Watcher).outbox.is_empty());
    assert_eq!(phone.shelf(Who::Watcher).sent.len(), 1);
    world.pass(Span::seconds(31));
    assert_eq!(desk.lines(1), ["楼道灯不亮"]);
}

#[test]
fn an_answer_that_is_lost_doubles_nothing() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Push, [Fate::AnswerLost, Fate::AnswerLost, Fate::Lost]);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert_eq!(world.site.accepted().len(), 1);
    assert!(matches!(tab.delivery(1), Some(Delivery::OnDevice { .. })), "nobody has said that it arrived");
    assert_eq!(tab.link(), Link::Unreachable);
    world.pass(Span::minutes(2));
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert_eq!(world.site.accepted().len(), 1);
    assert_eq!(world.site.note(&note_key(1)).unwrap().texts(), ["一切平安"]);
}

#[test]
fn a_page_whose_answer_is_lost_is_read_again() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.order(Asked::Pull, [Fate::AnswerLost, Fate::Portal, Fate::Fails(Failure::Internal)]);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert!(matches!(tab.states()[..], [QueuedState::Acknowledged { .. }]));
    world.pass(Span::minutes(2));
    assert!(tab.outbox_is_empty());
}

#[test]
fn work_on_what_has_not_arrived_is_parked_and_comes_into_force_with_it() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let (_, second) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    tab.write(1, "楼道灯不亮");
    world.pass(A_MOMENT);
    second.add(1, "物业来过了");
    world.pass(A_MOMENT);
    assert!(matches!(second.states()[..], [QueuedState::Parked { .. }]));
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(2));
    assert!(tab.outbox_is_empty() && second.outbox_is_empty());
    assert_eq!(second.lines(1), ["楼道灯不亮", "物业来过了"]);
    assert_eq!(second.delivery(1), Some(Delivery::Uploaded));
}

#[test]
fn one_command_over_which_the_server_stumbles_holds_up_nobody_else() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    world.site.stumble(about(&[4]), Failure::Internal);
    phone.network.set_always(Fate::Lost);
    for n in 0..9 {
        tab.write(n, "一切平安");
    }
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(30));
    assert_eq!(world.site.accepted().len(), 8);
    assert!(matches!(tab.states()[..], [QueuedState::Waiting]), "{:?}", tab.states());
    world.site.server.behave();
    world.pass(Span::minutes(6));
    assert!(tab.outbox_is_empty());
}

#[test]
fn one_command_that_the_server_can_never_take_waits_for_its_author_with_its_words() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let bad = Failure::BadRequest { detail: "what is that".to_owned() };
    world.site.stumble(about(&[4]), bad);
    phone.network.set_always(Fate::Lost);
    for n in 0..9 {
        tab.write(n, "一切平安");
    }
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(30));
    assert_eq!(world.site.accepted().len(), 8);
    assert!(matches!(tab.states()[..], [QueuedState::NeedsPerson { .. }]), "{:?}", tab.states());
    assert_eq!(tab.lines(4), ["一切平安"]);
    assert!(phone.shelf(Who::Watcher).outbox[0].needs_person(), "also after the next start");
}

#[test]
fn a_request_that_was_damaged_on_its_way_is_made_anew_and_asks_nobody_for_anything() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    let cut =
        || Fate::Fails(Failure::BadRequest { detail: "the commands are not as long as the head says".to_owned() });
    phone.network.order(Asked::Push, [cut(), cut()]);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert!(matches!(tab.states()[..], [QueuedState::Waiting]), "{:?}", tab.states());
    world.pass(Span::minutes(2));
    assert_eq!(tab.delivery(1), Some(Delivery::Uploaded));
    assert!(tab.outbox_is_empty());
}

#[test]
fn many_are_sent_in_batches_and_read_in_pages() {
    let world = World::at_noon();
    let (phone, tab) = world.phone_of(Who::Watcher);
    phone.network.set_always(Fate::Lost);
    for n in 0..130 {
        tab.write(n, "一切平安");
    }
    phone.network.set_always(Fate::Arrives);
    world.pass(Span::minutes(6));
    assert!(tab.outbox_is_empty());
    let new = world.phone();
    // Twice too slow for a page: the next ones are smaller.
    new.network.order(Asked::Pull, [Fate::Lost, Fate::Lost, Fate::Lost]);
    let desk = new.open();
    desk.sign_in(Who::SocialWorker).unwrap();
    world.pass(Span::minutes(1));
    assert_eq!(desk.lines(129), ["一切平安"]);
    assert!(desk.replica.with(|state| state.marks.first_sync_done));
    assert!(new.network.count(Asked::Pull) > 4, "in several pages");
}

#[test]
fn a_clock_that_is_wrong_is_measured_and_named_in_every_command() {
    let world = World::at_noon();
    let (_, tab) = world.phone_of(Who::Watcher);
    tab.host.set_clock_ahead(Span::hours(3));
    tab.replica.talk_soon();
    world.pass(A_MOMENT);
    tab.write(1, "一切平安");
    world.pass(A_MOMENT);
    assert!(tab.outbox_is_empty(), "{:?}", tab.states());
    let offset = world.site.accepted()[0].head.offset.unwrap();
    assert!(offset.plus(Span::hours(3)).abs() < Span::seconds(1), "{offset:?}");
}
