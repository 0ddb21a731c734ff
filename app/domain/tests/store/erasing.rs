//! Words that are erased by a command of the trail: the bytes of what was done to the record go, and their hashes stay.

use super::notes::Act;
use super::world::*;
use domain::kernel::Command;
use domain::organisation::Person;
use domain::store::{Account, SignInError, Store};
use domain::sync::decide::Verdict;
use domain::sync::{Epoch, Outcome};

fn erase(world: &World, note: u128) -> Outcome {
    world.act(note_key(note), &Act::Erase { why: "本人要求".to_owned() })
}

fn bytes(world: &World, command: &Command) -> Option<String> {
    world.store.command(command.head.id).and_then(|row| row.bytes)
}

#[test]
fn erased_bytes_are_gone_and_their_hash_goes_on_saying_duplicate() {
    let world = World::new();
    let (note, line, other) = (write(WANG, 100), append(WANG, 100, "一"), write(WANG, 101));
    world.push(WANG, &[note.clone(), line.clone(), other.clone()]);
    let mut clash = append(WANG, 100, "别的");
    clash.head.id = line.head.id;
    world.push_one(WANG, &clash);
    assert_eq!(word(&erase(&world, 100)), "accepted");
    assert_eq!((bytes(&world, &note), bytes(&world, &line)), (None, None));
    assert!(bytes(&world, &other).is_some(), "another record's stay");
    assert!(world.store.conflicts(line.head.id).is_empty(), "also what came under their ids");
    assert_eq!(words(&world.push(WANG, &[note.clone(), line])), ["duplicate", "duplicate"]);
    assert_eq!(bytes(&world, &note), None, "offered again, they are not stored again");
    assert_eq!(world.lines(100), [""], "the record has lost them too");
}

#[test]
fn the_trail_says_for_ever_who_did_what_when_and_why_it_was_erased() {
    let world = World::new();
    let note = write(WANG, 100);
    world.push_one(WANG, &note);
    let before = world.store.command(note.head.id).expect("stored");
    erase(&world, 100);
    let after = world.store.command(note.head.id).expect("still known");
    assert_eq!((after.actor, after.device, after.act), (before.actor, before.device, before.act));
    assert_eq!((after.written, after.received, after.sha256), (before.written, before.received, before.sha256));
    assert_eq!((after.keys, after.verdict), (before.keys, before.verdict));
    let says_why = |bytes: &str| bytes.contains("{\"erase\":{\"why\":\"本人要求\"}}");
    assert!(world.store.commands().iter().any(|row| row.bytes.as_deref().is_some_and(says_why)));
}

#[test]
fn of_those_that_erase_a_record_the_last_alone_keeps_its_reason_in_the_trail() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    for why in ["王某兰要求", "李某要求", "本人要求"] {
        assert_eq!(word(&world.act(note_key(100), &Act::Erase { why: why.to_owned() })), "accepted");
    }
    let reasons: Vec<_> = world.store.commands().into_iter().filter(|row| row.act == "erase").collect();
    assert_eq!(reasons.len(), 3, "that it was erased, when and by whom, stays");
    let said: Vec<_> = reasons.iter().filter_map(|row| row.bytes.as_deref()).collect();
    assert!(said.len() == 1 && said[0].contains("本人要求"), "{said:?}");
}

#[test]
fn the_erasing_goes_out_in_the_feed_and_once_more_changes_nothing() {
    let world = World::new();
    world.push_one(WANG, &write(WANG, 100));
    let cursors = world.pull(LI, Vec::new(), 100, MORNING).cursors;
    erase(&world, 100);
    let told = world.pull(LI, cursors, 100, MORNING).envelopes;
    assert_eq!(told.iter().map(|one| one.head.key.clone()).collect::<Vec<_>>(), [note_key(100)]);
    let head = world.head();
    assert_eq!(word(&erase(&world, 100)), "accepted");
    assert_eq!(world.head(), head);
}

#[test]
fn what_was_parked_and_is_erased_never_comes_back() {
    let world = World::new();
    // It needs a note that is not there yet.
    let line = append_with(WANG, 100, 101, "一");
    world.push_one(WANG, &write(WANG, 100));
    assert_eq!(word(&world.push_one(WANG, &line)), "parked");
    erase(&world, 100);
    let row = world.store.command(line.head.id).expect("known by its hash");
    assert!(matches!(row.verdict, Verdict::Rejected { is_final: true, .. }) && row.bytes.is_none());
    assert_eq!(word(&world.push_one(WANG, &line)), "erased");
    world.push_one(WANG, &write(WANG, 101));
    assert_eq!(world.lines(100), Vec::<String>::new());
}

fn is_not_kept_under_the_id_of(world: &World, known: &Command, mut other: Command) {
    other.head.id = known.head.id;
    assert_eq!(word(&world.push_one(WANG, &other)), "conflict");
    assert!(world.store.conflicts(known.head.id).is_empty());
}

#[test]
fn nothing_that_is_sent_later_about_an_erased_record_is_kept() {
    let world = World::new();
    let (note, other) = (write(WANG, 100), write(WANG, 102));
    world.push(WANG, &[note.clone(), other.clone()]);
    erase(&world, 100);
    let commands = world.store.command_count();
    assert_eq!(word(&world.push_one(WANG, &append_with(WANG, 100, 101, "又说"))), "erased", "not parked either");
    // Other bytes under a known id are kept beside it elsewhere.
    for known in [&note, &other] {
        is_not_kept_under_the_id_of(&world, known, append(WANG, 100, "又说"));
    }
    assert_eq!(world.store.command_count(), commands);
}

#[test]
fn other_bytes_under_the_id_of_an_erased_command_are_not_kept_whatever_they_name() {
    let world = World::new();
    let note = write(WANG, 100);
    world.push(WANG, &[note.clone(), write(WANG, 102)]);
    erase(&world, 100);
    is_not_kept_under_the_id_of(&world, &note, append(WANG, 102, "又说"));
}

#[test]
fn nothing_is_kept_about_a_record_whose_erasing_waits_for_it() {
    let world = World::new();
    let backup = world.store.back_up();
    let (note, other) = (write(WANG, 100), write(WANG, 102));
    world.push(WANG, &[note.clone(), other.clone()]);
    erase(&world, 100);
    world.store.restore(backup, Epoch("2".to_owned())).expect("restored");
    world.push_one(WANG, &other);
    let commands = world.store.command_count();
    // A stand-in has written it without signal.
    for line in [append(LI, 100, "又说"), append_with(LI, 100, 101, "又说")] {
        assert_eq!(word(&world.push_one(LI, &line)), "erased");
    }
    for known in [&note, &other] {
        is_not_kept_under_the_id_of(&world, known, append(WANG, 100, "又说"));
    }
    assert_eq!(world.store.command_count(), commands);
}

#[test]
fn what_comes_in_one_group_with_an_erasing_that_waits_is_not_kept() {
    let world = World::new();
    let why = Act::Erase { why: "x".to_owned() };
    let erasing = command(domain::kernel::Actor::OPERATOR, 0, vec![note_key(100)], &why);
    let line = append(WANG, 100, "一");
    let group = domain::sync::decide::Delivery::from_server(&[erasing, line.clone()], MORNING).unwrap();
    let replies = world.store.take_in(&[group]).expect("replies");
    assert_eq!(replies[0].iter().map(|reply| word(&reply.outcome)).collect::<Vec<_>>(), ["parked", "erased"]);
    assert!(world.store.command(line.head.id).is_none());
}

#[test]
fn what_comes_in_one_group_with_the_erasing_is_judged_as_if_it_came_after_it() {
    let world = World::new();
    let parked = append_with(WANG, 100, 101, "一");
    world.push(WANG, &[write(WANG, 100), parked.clone()]);
    let erasing = domain::sync::decide::Delivery::from_server(
        &[
            append_by_system(100),
            command(domain::kernel::Actor::OPERATOR, 0, vec![note_key(100)], &Act::Erase { why: "x".to_owned() }),
        ],
        MORNING,
    );
    let late = domain::sync::decide::Delivery::read(domain::store::PushBatch {
        sender: id(WANG),
        device: id(WANG),
        sent_at: MORNING,
        received: MORNING,
        commands: [append(WANG, 100, "二"), parked, write(WANG, 101)]
            .iter()
            .map(|one| one.to_bytes().unwrap())
            .collect(),
    });
    let replies = world.store.take_in(&[erasing.unwrap(), late]).expect("replies");
    let outcomes: Vec<String> = replies[1].iter().map(|reply| word(&reply.outcome)).collect();
    assert_eq!(outcomes, ["erased", "erased", "accepted"]);
    assert_eq!(world.lines(100), Vec::<String>::new());
    let about: Vec<_> = world.store.commands().into_iter().filter(|row| row.keys[0] == note_key(100)).collect();
    assert_eq!(about.iter().filter(|row| row.bytes.is_some()).count(), 1, "only the one that says why");
}

/// Looks at a note, in the same group.
fn append_by_system(note: u128) -> Command {
    command(domain::kernel::Actor::OPERATOR, 0, vec![note_key(note)], &Act::Look {})
}

#[test]
fn what_was_erased_after_a_backup_does_not_come_back_with_it() {
    let world = World::new();
    let (before, after) = (write(WANG, 100), write(WANG, 101));
    let (line, other) = (append(WANG, 100, "一"), append(WANG, 101, "二"));
    world.push(WANG, &[before.clone(), line.clone()]);
    let backup = world.store.back_up();
    world.push(WANG, &[after.clone(), other.clone()]);
    erase(&world, 100);
    erase(&world, 101);
    world.store.restore(backup, Epoch("2".to_owned())).expect("restored");
    assert_eq!(world.lines(100), [""], "erased once more");
    let all = [before, line, after, other];
    assert!(all.iter().all(|command| bytes(&world, command).is_none()));
    assert_eq!(words(&world.push(WANG, &all)), ["duplicate"; 4]);
    assert!(world.note(101).is_none(), "what the backup does not have does not come back at all");
}

#[test]
fn access_that_ended_after_a_backup_does_not_come_back_with_it() {
    let world = World::new();
    for (person, login) in [(WANG, "wang"), (LI, "li")] {
        let account = Account { person: id(person), login: login.to_owned(), password_hash: Some("old".to_owned()) };
        at_once(world.store.add_account(account)).expect("added");
    }
    let backup = world.store.back_up();
    at_once(world.store.close_account("wang", later(5))).expect("closed");
    at_once(world.store.set_password("li", "new".to_owned())).expect("changed");
    world.store.restore(backup, Epoch("2".to_owned())).expect("restored");
    for login in ["wang", "li"] {
        let tried = at_once(world.store.sign_in(login, "old", later(10)));
        assert!(
            matches!(tried, Err(SignInError::WrongCredentials)),
            "{login}: the password of the backup opens nothing"
        );
    }
    assert!(at_once(world.store.sign_in_without_password(id(WANG), later(10))).is_err(), "no post");
    assert!(at_once(world.store.sign_in_without_password(id(LI), later(10))).is_ok(), "a new password ends no post");
    let card = at_once(world.store.stored(&Person::key_of(community(), id(WANG)))).expect("a look").expect("a card");
    let person: Person = domain::kernel::json::read(card.text.as_bytes()).expect("a person");
    assert_eq!(person.memberships[0].until, Some(later(5)), "at the time at which it ended");
    assert_eq!(
        word(&world.push_at(WANG, &[write(WANG, 100)], later(6)).remove(0).outcome),
        "accepted",
        "written before"
    );
}
