//! What one command is answered, and what it leaves behind.

use super::notes::Act;
use super::world::*;
use domain::kernel::{
    Actor, Audience, Day, Job, PlaceKind, Record, RecordKey, Rejection, RequestId, Role, Row, Span, StoredRecord,
    Topics,
};
use domain::log::EntryNumber;
use domain::organisation::{Community, Place};
use domain::store::Store;
use domain::sync::Outcome;
use uuid::Uuid;

#[test]
fn the_same_bytes_are_a_duplicate_that_names_position_and_number() {
    let world = World::new();
    let note = numbered(WANG, 100);
    let Outcome::Accepted { community, position, number } = world.push_one(WANG, &note) else { panic!("not accepted") };
    assert_eq!(number.as_deref(), Some("HPXC-20251117-0001"));
    assert_eq!(position, world.head());
    assert_eq!(world.push_one(WANG, &note), Outcome::Duplicate { community, position, number, erased: false });
    assert_eq!(world.lines(100).len(), 0);
    assert_eq!(world.head(), position, "nothing was told twice");
}

#[test]
fn the_same_bytes_twice_in_one_push_count_once() {
    let world = World::new();
    let (note, line) = (write(WANG, 100), append(WANG, 100, "一"));
    let outcomes = world.push(WANG, &[note.clone(), note, line.clone(), line]);
    assert_eq!(words(&outcomes), ["accepted", "duplicate", "accepted", "duplicate"]);
    assert_eq!(world.lines(100), ["一"]);
}

#[test]
fn other_bytes_under_an_id_change_nothing_and_are_kept_a_few_times() {
    let world = World::new();
    let note = write(WANG, 100);
    world.push_one(WANG, &note);
    for number in 0..10 {
        let mut other = append(WANG, 100, &format!("{number}"));
        other.head.id = note.head.id;
        assert_eq!(world.push(WANG, &[other.clone(), other]), [Outcome::Conflict, Outcome::Conflict]);
    }
    assert!(world.lines(100).is_empty());
    let kept: Vec<String> = world.store.conflicts(note.head.id).into_iter().map(|row| row.bytes).collect();
    assert_eq!(kept.len(), domain::sync::decide::MOST_CONFLICTS);
    assert!(kept[0].contains("\"0\"") && kept[1].contains("\"1\""), "each once: {kept:?}");
}

#[test]
fn what_is_rejected_is_judged_anew_each_time() {
    let world = World::new();
    world.appoint(COMMUNITY, 3, Vec::new());
    let note = write(3, 100);
    assert_eq!(word(&world.push_one(3, &note)), "no_right");
    assert_eq!(world.store.command(note.head.id).map(|row| row.act), None, "nothing is remembered");
    world.appoint(COMMUNITY, 3, vec![post(Role::Watcher, STAIRWELL)]);
    assert_eq!(word(&world.push_one(3, &note)), "accepted");
}

#[test]
fn nobody_sends_what_another_one_or_the_server_did() {
    let world = World::new();
    let note = write(WANG, 100);
    assert_eq!(word(&world.push_one(LI, &note)), "another_author");
    for actor in [Actor::System(Job::Operator), Actor::Resident(id::<RequestId>(5))] {
        let made = command(actor, WANG, vec![note_key(101)], &plain());
        assert_eq!(word(&world.push_one(WANG, &made)), "another_author");
    }
    assert_eq!(word(&world.push_one(WANG, &note)), "accepted", "its author is not barred by it");
    assert_eq!(word(&world.push_one(LI, &note)), "another_author", "also of what is stored already");
}

#[test]
fn bytes_that_no_version_writes_are_told_from_those_of_a_newer_one() {
    let world = World::new();
    // Each about a record of its own: behind a command of a newer version its device goes no further on that record.
    let note = |number: u128| write(WANG, number).to_bytes().expect("bytes");
    let good = note(100);
    let newer_head = good.replacen("{\"id\"", "{\"mood\":1,\"id\"", 1);
    let newer_act = note(101).replace("{\"write\"", "{\"sing\"");
    let newer_field = note(102).replace("\"numbered\"", "\"humming\"");
    let replies = world.push_bytes(WANG, vec!["rubbish".to_owned(), newer_head, newer_act, newer_field, good], MORNING);
    let outcomes: Vec<Outcome> = replies.iter().map(|reply| reply.outcome.clone()).collect();
    assert_eq!(words(&outcomes), ["malformed", "unknown_act", "unknown_act", "unknown_act", "accepted"]);
    assert_eq!(replies[0].id, None);
    assert_eq!(world.store.command_count(), 6, "five that made the world, and the one that was accepted");
}

#[test]
fn one_bad_command_never_holds_up_another() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let outcomes = world.push(
        WANG,
        &[append(WANG, 100, "refused"), append(WANG, 100, "二"), write(WANG, 100), append(WANG, 100, "三")],
    );
    assert_eq!(words(&outcomes), ["set_aside", "accepted", "exists", "accepted"]);
    assert_eq!(world.lines(100), ["二", "三"]);
}

#[test]
fn a_record_that_a_newer_version_wrote_is_answered_later_and_the_operator_hears_of_it() {
    let world = World::new();
    let key = note_key(100);
    world.store.put_unread(StoredRecord {
        key: key.clone(),
        text: "{\"song\":1}".to_owned(),
        audience: Audience::down(id(STAIRWELL), Topics::NONE),
        author: None,
        row: Row::default(),
        stays_open: true,
        attachments: Vec::new(),
    });
    let (over, beside) = (append(WANG, 100, "一"), write(WANG, 101));
    assert_eq!(words(&world.push(WANG, &[over.clone(), beside])), ["later", "accepted"]);
    assert!(world.store.command(over.head.id).is_none());
    let troubles = world.store.troubles();
    assert_eq!((troubles.len(), &troubles[0].record, troubles[0].id), (1, &key, over.head.id));
}

#[test]
fn what_changes_nothing_is_accepted_at_the_head_and_told_to_nobody() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let head = world.head();
    let look = by(WANG, vec![note_key(100)], &Act::Look {});
    let Outcome::Accepted { position, .. } = world.push_one(WANG, &look) else { panic!("not accepted") };
    assert_eq!((position, world.head()), (head, head));
}

#[test]
fn a_record_that_changes_twice_in_a_group_is_told_once_at_its_newest() {
    let world = World::new();
    let before = world.head();
    world.push(WANG, &[write(WANG, 100), write(WANG, 101), append(WANG, 100, "一")]);
    assert_eq!((world.position(100), world.position(101)), (Some(before + 3), Some(before + 2)));
    assert_eq!(world.head(), before + 3);
}

#[test]
fn numbers_count_from_one_within_a_day_and_of_what_is_refused_none_is_used_up() {
    let world = World::new();
    let number = |outcome: Outcome| match outcome {
        Outcome::Accepted { number: Some(number), .. } => number,
        other => panic!("no number: {other:?}"),
    };
    let mut next_day = numbered(WANG, 103);
    next_day.head.written = later(24 * 60);
    let mut outcomes = world.push(WANG, &[numbered(WANG, 100), numbered(WANG, 100), numbered(WANG, 101)]);
    assert_eq!(word(&outcomes.remove(1)), "exists");
    assert_eq!(number(outcomes.remove(0)), "HPXC-20251117-0001");
    assert_eq!(number(outcomes.remove(0)), "HPXC-20251117-0002");
    assert_eq!(number(world.push_one(WANG, &numbered(WANG, 102))), "HPXC-20251117-0003");
    let replies = world.push_at(WANG, &[next_day], later(24 * 60));
    assert_eq!(number(replies[0].outcome.clone()), "HPXC-20251118-0001");
}

#[test]
fn numbers_turn_with_the_day_in_shanghai_and_sort_as_they_were_given() {
    let world = World::new();
    let new_year = Day::from_numbers(2026, 1, 1).expect("a day").start();
    let leap_day = Day::from_numbers(2028, 2, 29).expect("a day").at(23, 59);
    let written = [new_year.plus(Span::from_millis(-1)), new_year, leap_day];
    let mut numbers = Vec::new();
    for (index, at) in written.into_iter().cycle().take(9).enumerate() {
        let mut note = numbered(WANG, 100 + index as u128);
        note.head.written = at;
        let outcome = world.push_at(WANG, &[note], at).remove(0).outcome;
        let Outcome::Accepted { number: Some(number), .. } = outcome else { panic!("no number: {outcome:?}") };
        numbers.push(EntryNumber::new(number));
    }
    let words: Vec<&str> = numbers[..4].iter().map(EntryNumber::as_str).collect();
    assert_eq!(words, ["HPXC-20251231-0001", "HPXC-20260101-0001", "HPXC-20280229-0001", "HPXC-20251231-0002"]);
    let by_day_and_serial = [0, 3, 6, 1, 4, 7, 2, 5, 8].map(|index| numbers[index].clone());
    numbers.sort();
    assert_eq!(numbers, by_day_and_serial);
}

#[test]
fn other_bytes_under_the_id_of_what_was_turned_down_are_no_conflict() {
    let world = World::new();
    world.appoint(COMMUNITY, 3, vec![post(Role::Watcher, STAIRWELL)]);
    let parked = append(3, 100, "refused");
    let mut other = append(3, 101, "另外的");
    other.head.id = parked.head.id;
    let by_three = |command: &domain::kernel::Command| {
        let commands = vec![command.to_bytes().expect("bytes")];
        let batch =
            domain::store::PushBatch { sender: id(3), device: id(3), sent_at: MORNING, received: MORNING, commands };
        domain::sync::decide::Delivery::read(batch)
    };
    let written = domain::sync::decide::Delivery::read(domain::store::PushBatch {
        sender: id(WANG),
        device: id(WANG),
        sent_at: MORNING,
        received: MORNING,
        commands: vec![write(WANG, 100).to_bytes().expect("bytes")],
    });
    // Parked, then other bytes, then the record that turns the first one down: nothing of it is stored in the end.
    let replies = world.store.take_in(&[by_three(&parked), by_three(&other), written]).expect("replies");
    let outcomes: Vec<Outcome> = replies.into_iter().flatten().map(|reply| reply.outcome).collect();
    assert_eq!(words(&outcomes), ["set_aside", "later", "accepted"]);
    assert!(world.store.conflicts(parked.head.id).is_empty());
    assert_eq!(word(&world.push_one(3, &other)), "parked", "it may be judged for itself");
}

#[test]
fn serials_without_a_day_go_on_for_ever() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    for _ in 0..3 {
        world.push_one(WANG, &by(WANG, vec![note_key(100)], &Act::Count {}));
    }
    assert_eq!(world.lines(100), ["1 2", "3 4", "5 6"]);
}

#[test]
fn a_device_without_a_measured_offset_is_corrected_by_what_it_showed_when_it_sent() {
    let world = World::new();
    let mut fast = write(WANG, 100);
    fast.head.written = later(600);
    let (sent_at, received) = (later(600), later(1));
    let batch = domain::store::PushBatch {
        sender: id(WANG),
        device: id(WANG),
        sent_at,
        received,
        commands: vec![fast.to_bytes().expect("bytes")],
    };
    let outcome = at_once(world.store.push(batch)).expect("replies").remove(0).outcome;
    assert_eq!(word(&outcome), "accepted");
    assert_eq!(world.note(100).map(|note| note.written), Some(received));
    let stored = world.store.command(fast.head.id).and_then(|row| row.bytes);
    assert_eq!(stored, fast.to_bytes().ok(), "the bytes stay as they were");
}

#[test]
fn a_community_that_nobody_has_heard_of_is_nobodys_business() {
    let world = World::new();
    let key = RecordKey::new(id(77), super::notes::Note::KIND, Uuid::from_u128(100));
    assert_eq!(word(&world.push_one(WANG, &by(WANG, vec![key], &plain()))), "no_right");
    let founding = by(WANG, vec![Community::key_of(id(77))], &Act::Found { abbreviation: "X".to_owned() });
    assert_eq!(word(&world.push_one(WANG, &founding)), "no_right");
}

#[test]
fn what_the_operator_says_of_a_community_waits_until_it_is_made() {
    let world = World::empty();
    let settle = Act::Settle { kind: PlaceKind::Grid, parent: id(COMMUNITY) };
    let outcome = world.act(Place::key_of(community(), id(GRID)), &settle);
    assert_eq!(outcome, Outcome::Parked { waits_for: Community::key_of(community()) });
    world.found(COMMUNITY);
    let grid = at_once(world.store.stored(&Place::key_of(community(), id(GRID)))).expect("a look");
    assert!(grid.is_some(), "released");
}

#[test]
fn a_post_that_was_given_in_a_group_counts_for_what_comes_after_it() {
    let world = World::new();
    let appoint = |memberships| {
        let about = vec![domain::organisation::Person::key_of(community(), id(3))];
        command(Actor::System(Job::Operator), 0, about, &Act::Appoint { memberships })
    };
    let received = later(0);
    let by_three = |note| {
        let commands = vec![write(3, note).to_bytes().expect("bytes")];
        let batch = domain::store::PushBatch { sender: id(3), device: id(3), sent_at: received, received, commands };
        domain::sync::decide::Delivery::read(batch)
    };
    let operator = |memberships| {
        domain::sync::decide::Delivery::from_server(&[appoint(memberships)], received).expect("a delivery")
    };
    let group = [
        by_three(100),
        operator(vec![post(Role::Watcher, STAIRWELL)]),
        by_three(101),
        operator(Vec::new()),
        by_three(102),
    ];
    let replies = world.store.take_in(&group).expect("replies");
    let outcomes: Vec<Outcome> = replies.into_iter().flatten().map(|reply| reply.outcome).collect();
    assert_eq!(words(&outcomes), ["no_right", "accepted", "accepted", "accepted", "no_right"]);
}

#[test]
fn late_work_counts_within_the_grace_period_and_is_held_after_it() {
    let world = World::new();
    let ended = later(60);
    let mut membership = post(Role::Watcher, STAIRWELL);
    membership.until = Some(ended);
    world.appoint(COMMUNITY, WANG, vec![membership]);
    let (in_time, too_late) = (ended.plus(Span::days(29)), ended.plus(Span::days(31)));
    assert_eq!(word(&world.push_at(WANG, &[write(WANG, 100)], in_time)[0].outcome), "accepted");
    let held = write(WANG, 101);
    let again = [held.clone(), held];
    let replies = world.push_at(WANG, &again, too_late);
    assert_eq!((&replies[0].outcome, &replies[1].outcome), (&Outcome::Held, &Outcome::Held));
    assert!(world.note(101).is_none());
    assert_eq!(
        Rejection::NO_RIGHT.code,
        word(&world.push_one(3, &write(3, 102))),
        "no post at any time is another matter"
    );
}
