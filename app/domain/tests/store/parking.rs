//! What waits for a record, and what waits behind it.

use super::notes::{Act, Note};
use super::world::*;
use domain::kernel::{Actor, Record, Role};
use domain::sync::Outcome;
use domain::sync::decide::{MOST_PARKED, Verdict};

#[test]
fn what_came_before_its_record_is_parked_and_released_in_the_order_of_arrival() {
    let world = World::new();
    let lines = ["一", "二", "三"].map(|line| append(LI, 100, line));
    let outcomes = world.push(LI, &lines);
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Parked { waits_for: note_key(100) }), "{outcomes:?}");
    assert_eq!(word(&world.push_one(WANG, &write(WANG, 100))), "accepted");
    assert_eq!(world.lines(100), ["一", "二", "三"]);
    assert_eq!(words(&world.push(LI, &lines)), ["duplicate"; 3]);
}

#[test]
fn what_is_parked_and_released_in_one_push_is_accepted() {
    let world = World::new();
    let outcomes = world.push(WANG, &[append(WANG, 100, "一"), write(WANG, 100)]);
    assert_eq!(words(&outcomes), ["accepted", "accepted"]);
    assert_eq!(world.lines(100), ["一"]);
}

#[test]
fn what_is_released_may_wait_for_its_next_key() {
    let world = World::new();
    let line = append_with(LI, 100, 101, "一");
    assert_eq!(world.push_one(LI, &line), Outcome::Parked { waits_for: note_key(100) });
    world.push_one(WANG, &write(WANG, 100));
    assert_eq!(world.push_one(LI, &line), Outcome::Parked { waits_for: note_key(101) });
    world.push_one(WANG, &write(WANG, 101));
    assert_eq!(word(&world.push_one(LI, &line)), "duplicate");
    assert_eq!(world.lines(100), ["一"]);
}

#[test]
fn one_release_lets_go_on_what_waits_for_what_it_made() {
    let world = World::new();
    // 102 is written in sight of 101, and 101 in sight of 100.
    let third = by(WANG, vec![note_key(102), note_key(101)], &plain());
    let second = by(WANG, vec![note_key(101), note_key(100)], &plain());
    let line = append(LI, 102, "一");
    assert_eq!(words(&world.push(WANG, &[third, second])), ["parked", "parked"]);
    assert_eq!(word(&world.push_one(LI, &line)), "parked");
    assert_eq!(word(&world.push_one(WANG, &write(WANG, 100))), "accepted");
    assert_eq!(world.lines(102), ["一"]);
}

#[test]
fn later_commands_of_the_same_device_on_the_same_record_wait_behind_and_others_pass() {
    let world = World::new();
    world.push(WANG, &[write(WANG, 100), write(WANG, 101)]);
    let waits = append_with(WANG, 100, 200, "一");
    assert_eq!(word(&world.push_one(WANG, &waits)), "parked");
    // Another push, so that the order is a matter of what is stored.
    let behind = append(WANG, 100, "二");
    assert_eq!(world.push_one(WANG, &behind), Outcome::Parked { waits_for: note_key(200) });
    let elsewhere = append(WANG, 101, "别处");
    let another_device =
        command(Actor::Person(id(WANG)), 99, vec![note_key(100)], &Act::Append { line: "平板".into() });
    assert_eq!(words(&world.push(WANG, &[elsewhere, another_device])), ["accepted", "accepted"]);
    assert_eq!(word(&world.push_one(LI, &append(LI, 100, "李"))), "accepted");
    world.push_one(WANG, &write(WANG, 200));
    assert_eq!(world.lines(100), ["平板", "李", "一", "二"]);
}

#[test]
fn the_order_of_a_device_holds_when_what_is_released_waits_again() {
    let world = World::new();
    let first = append_with(WANG, 100, 200, "一");
    let second = append(WANG, 100, "二");
    assert_eq!(words(&world.push(WANG, &[first.clone(), second.clone()])), ["parked", "parked"]);
    world.push_one(LI, &write(LI, 100));
    let waits_for = note_key(200);
    let now = world.push(WANG, &[first, second]);
    assert_eq!(now, [Outcome::Parked { waits_for: waits_for.clone() }, Outcome::Parked { waits_for }]);
    world.push_one(LI, &write(LI, 200));
    assert_eq!(world.lines(100), ["一", "二"]);
}

#[test]
fn what_makes_the_record_that_its_own_device_waits_for_does_not_wait_behind_it() {
    let world = World::new();
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, "一"))), "parked");
    assert_eq!(word(&world.push_one(WANG, &write(WANG, 100))), "accepted");
    assert_eq!(world.lines(100), ["一"]);
}

#[test]
fn a_parked_command_that_its_record_turns_down_is_kept_says_so_and_can_succeed_later() {
    let world = World::new();
    world.appoint(COMMUNITY, 3, vec![post(Role::Watcher, STAIRWELL)]);
    let line = append(3, 100, "一");
    assert_eq!(word(&world.push_one(3, &line)), "parked");
    world.appoint(COMMUNITY, 3, Vec::new());
    world.push_one(WANG, &write(WANG, 100));
    let row = world.store.command(line.head.id).expect("its words are not lost");
    assert!(matches!(row.verdict, Verdict::Rejected { is_final: false, .. }) && row.bytes.is_some(), "{row:?}");
    assert_eq!(word(&world.push_one(3, &line)), "no_right");
    world.appoint(COMMUNITY, 3, vec![post(Role::Watcher, STAIRWELL)]);
    assert_eq!(word(&world.push_one(3, &line)), "duplicate");
    assert_eq!(world.lines(100), ["一"]);
}

#[test]
fn nothing_is_parked_for_somebody_without_the_right_to_such_an_act_anywhere() {
    let world = World::new();
    assert_eq!(word(&world.push_one(3, &append(3, 100, "一"))), "no_right");
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, ""))), "malformed", "shape is asked before parking");
    world.push_one(WANG, &append(WANG, 100, "一"));
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, ""))), "malformed", "also behind what is parked");
    world.appoint(COMMUNITY, WANG, Vec::new());
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, "二"))), "no_right");
}

#[test]
fn nothing_is_parked_for_a_record_that_the_act_does_not_concern() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let look = by(WANG, vec![note_key(100), note_key(101)], &Act::Look {});
    assert_eq!(word(&world.push_one(WANG, &look)), "malformed", "it would change nothing, and names one more");
    let sign = by(WANG, vec![note_key(102), note_key(101)], &Act::Sign {});
    assert_eq!(word(&world.push_one(WANG, &sign)), "malformed");
    world.push_one(WANG, &append(WANG, 103, "一"));
    let behind = by(WANG, vec![note_key(103), note_key(101)], &Act::Look {});
    assert_eq!(word(&world.push_one(WANG, &behind)), "malformed", "nor behind what is parked");
    assert!([look, sign, behind].iter().all(|one| world.store.command(one.head.id).is_none()));
}

#[test]
fn what_has_a_wrong_shape_is_refused_behind_what_is_parked_too() {
    let world = World::new();
    world.push_one(WANG, &append(WANG, 100, "一"));
    let long = append(WANG, 100, "too long");
    assert_eq!(word(&world.push_one(WANG, &long)), "too_long", "its author can mend it today");
    let mut from_tomorrow = append(WANG, 100, "二");
    from_tomorrow.head.written = later(24 * 60);
    from_tomorrow.head.offset = Some(domain::kernel::Span::ZERO);
    assert_eq!(word(&world.push_one(WANG, &from_tomorrow)), "in_future");
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, "三"))), "parked");
}

#[test]
fn whoever_may_do_it_now_may_do_it_behind_what_is_parked() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    world.push_one(WANG, &append_with(WANG, 100, 200, "一"));
    world.appoint(COMMUNITY, WANG, Vec::new());
    let sign = by(WANG, vec![note_key(100)], &Act::Sign {});
    assert_eq!(word(&world.push_one(WANG, &sign)), "parked", "its author needs no post for it");
    let another = command(Actor::Person(id(WANG)), 99, vec![note_key(100)], &Act::Sign {});
    assert_eq!(word(&world.push_one(WANG, &another)), "accepted", "as on another device");
    assert_eq!(word(&world.push_one(WANG, &append(WANG, 100, "二"))), "no_right");
}

#[test]
fn five_thousand_commands_to_be_parked_are_bounded_and_the_rest_is_answered_later() {
    let world = World::new();
    let lines: Vec<_> = (0..5_000).map(|number| append(WANG, 1_000 + number % 50, &number.to_string())).collect();
    let mut outcomes = Vec::new();
    for batch in lines.chunks(90) {
        outcomes.extend(words(&world.push(WANG, batch)));
    }
    let parked = usize::try_from(MOST_PARKED).expect("a number");
    assert!(outcomes[..parked].iter().all(|outcome| outcome == "parked"));
    assert!(outcomes[parked..].iter().all(|outcome| outcome == "later"));
    assert!(world.store.command(lines[parked].head.id).is_none(), "later is not stored");
    // Everybody else does not notice.
    assert_eq!(word(&world.push_one(LI, &append(LI, 1_000, "李"))), "parked");
    assert_eq!(word(&world.push_one(WANG, &write(WANG, 100))), "accepted");
    // What is released makes room, and what the phone kept is taken in the same order.
    world.push_one(LI, &write(LI, 1_000));
    let of_first: Vec<_> = lines.iter().step_by(50).cloned().collect();
    let outcomes = words(&world.push(WANG, &of_first));
    assert_eq!(outcomes.iter().filter(|one| *one == "duplicate").count(), 4);
    assert_eq!(outcomes.iter().filter(|one| *one == "accepted").count(), 96);
}

#[test]
fn behind_a_command_that_is_answered_later_its_device_goes_no_further_on_that_record() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let most = u128::from(MOST_PARKED);
    for batch in (0..most).map(|number| append(WANG, 1_000 + number, "等")).collect::<Vec<_>>().chunks(100) {
        world.push(WANG, batch);
    }
    let outcomes = world.push(WANG, &[append_with(WANG, 100, 99, "一"), append(WANG, 100, "二"), write(WANG, 101)]);
    assert_eq!(words(&outcomes), ["later", "later", "accepted"]);
}

#[test]
fn what_a_push_releases_makes_room_for_what_it_parks() {
    let world = World::new();
    let most = u128::from(MOST_PARKED);
    for batch in (0..most).map(|number| append(WANG, 1_000 + number, "等")).collect::<Vec<_>>().chunks(100) {
        world.push(WANG, batch);
    }
    let outcomes = world.push(WANG, &[write(WANG, 1_000), append(WANG, 5_000, "一"), append(WANG, 5_001, "二")]);
    assert_eq!(words(&outcomes), ["accepted", "parked", "later"]);
}

#[test]
fn behind_a_command_of_a_newer_version_its_device_goes_no_further_on_that_record() {
    let world = World::new();
    world.push(WANG, &[write(WANG, 100), write(WANG, 101)]);
    let mut newer = append(WANG, 100, "一");
    newer.act = r#"{"append":{"line":"一","colour":"red"}}"#.to_owned();
    let outcomes = world.push(WANG, &[newer.clone(), append(WANG, 100, "二"), append(WANG, 101, "别处")]);
    assert_eq!(words(&outcomes), ["unknown_act", "later", "accepted"]);
    newer.act = r#"{"paint":{}}"#.to_owned();
    let outcomes = world.push(WANG, &[newer, append(WANG, 100, "二")]);
    assert_eq!(words(&outcomes), ["unknown_act", "later"]);
    assert!(world.lines(100).is_empty());
    assert_eq!(word(&world.push_one(LI, &append(LI, 100, "李"))), "accepted", "nobody else waits");
}

#[test]
fn what_waits_for_one_record_is_bounded_as_its_kind_says_whoever_sent_it() {
    let world = World::new();
    world.appoint(COMMUNITY, 3, vec![post(Role::Watcher, STAIRWELL)]);
    let wait = |who: u128, many: u32| {
        let lines: Vec<_> = (0..many).map(|number| append(who, 1_000, &number.to_string())).collect();
        lines.chunks(90).flat_map(|batch| words(&world.push(who, batch))).collect::<Vec<_>>()
    };
    assert!(wait(WANG, MOST_PARKED).iter().all(|outcome| outcome == "parked"));
    let room = Note::bounds().parked - usize::try_from(MOST_PARKED).expect("a number");
    let outcomes = wait(LI, MOST_PARKED);
    assert!(outcomes[..room].iter().all(|outcome| outcome == "parked"), "{outcomes:?}");
    assert!(outcomes[room..].iter().all(|outcome| outcome == "later"), "{outcomes:?}");
    assert_eq!(word(&world.push_one(3, &append(3, 1_001, "一"))), "parked", "another record has room");
    assert_eq!(word(&world.push_one(3, &append(3, 1_000, "一"))), "later");
    // What has come makes room, within the same push and after it; how much of it fits is for the record's own bounds.
    let outcomes = world.push(3, &[write(3, 1_000), append_with(3, 1_001, 1_000, "二")]);
    assert_eq!(words(&outcomes), ["accepted", "parked"]);
    assert!(!world.lines(1_000).is_empty());
}
