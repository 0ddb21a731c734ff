//! What is held until somebody decides about it.

use super::notes::Act;
use super::world::*;
use domain::kernel::{Command, Rejection, Role, Span, Timestamp};
use domain::store::Store;
use domain::sync::Outcome;
use domain::sync::decide::MOST_PARKED;

/// 王某兰's post ended an hour after the morning; everything that she wrote before comes in a month too late.
fn ended() -> (World, Timestamp) {
    let world = World::new();
    let mut membership = post(Role::Watcher, STAIRWELL);
    membership.until = Some(later(60));
    world.appoint(COMMUNITY, WANG, vec![membership]);
    (world, later(60).plus(Span::days(40)))
}

fn decide(world: &World, command: &Command, accept: bool, at: Timestamp) -> Option<Outcome> {
    let reply = at_once(world.store.decide(command.head.id, accept, "她住院了", at)).expect("an answer");
    reply.map(|reply| reply.outcome)
}

#[test]
fn what_is_decided_for_counts_as_if_it_had_come_in_time() {
    let (world, received) = ended();
    let (note, line) = (write(WANG, 100), append(LI, 100, "一"));
    assert_eq!(world.push_at(WANG, std::slice::from_ref(&note), received)[0].outcome, Outcome::Held);
    assert_eq!(word(&world.push_one(LI, &line)), "parked");
    let held = at_once(world.store.held()).expect("a list");
    assert_eq!(held.iter().map(|command| command.head.id).collect::<Vec<_>>(), [note.head.id]);
    let outcome = decide(&world, &note, true, received).expect("it was held");
    assert_eq!(word(&outcome), "accepted");
    assert_eq!(world.lines(100), ["一"], "what waited for it goes on");
    assert_eq!(word(&world.push_at(WANG, std::slice::from_ref(&note), received)[0].outcome), "duplicate");
    assert!(at_once(world.store.held()).expect("a list").is_empty());
    assert_eq!(decide(&world, &note, false, received), None, "once only");
    let ruling = world.store.command(note.head.id).and_then(|row| row.ruling).expect("it stays with the command");
    assert!(ruling.accept && ruling.why == "她住院了");
}

#[test]
fn why_it_was_decided_goes_with_the_words_that_it_was_about() {
    let (world, received) = ended();
    let note = write(WANG, 100);
    world.push_at(WANG, std::slice::from_ref(&note), received);
    decide(&world, &note, true, received);
    world.act(note_key(100), &Act::Erase { why: "本人要求".to_owned() });
    let ruling = world.store.command(note.head.id).and_then(|row| row.ruling).expect("it stays with the command");
    assert!(ruling.accept && ruling.why.is_empty(), "{ruling:?}");
}

#[test]
fn what_is_decided_against_is_rejected_for_ever() {
    let (world, received) = ended();
    let note = write(WANG, 100);
    world.push_at(WANG, std::slice::from_ref(&note), received);
    let too_late = Outcome::Rejected { reason: Rejection::TOO_LATE.into() };
    assert_eq!(decide(&world, &note, false, received), Some(too_late.clone()));
    world.appoint(COMMUNITY, WANG, vec![post(Role::Watcher, STAIRWELL)]);
    assert_eq!(world.push_one(WANG, &note), too_late, "this verdict is remembered");
    assert!(world.note(100).is_none());
}

#[test]
fn what_is_decided_for_may_still_wait_for_its_record_and_is_not_held_again() {
    let (world, received) = ended();
    let line = append(WANG, 100, "一");
    assert_eq!(word(&world.push_at(WANG, std::slice::from_ref(&line), received)[0].outcome), "parked");
    world.push_one(LI, &write(LI, 100));
    assert_eq!(
        world.push_at(WANG, std::slice::from_ref(&line), received)[0].outcome,
        Outcome::Held,
        "late all the same"
    );
    assert_eq!(decide(&world, &line, true, received).as_ref().map(word).as_deref(), Some("accepted"));
    let second = append_with(WANG, 100, 200, "二");
    world.push_at(WANG, std::slice::from_ref(&second), received);
    world.push_one(LI, &write(LI, 200));
    assert_eq!(decide(&world, &second, true, received).as_ref().map(word).as_deref(), Some("accepted"));
    assert_eq!(world.lines(100), ["一", "二"]);
}

#[test]
fn five_thousand_commands_to_be_held_are_bounded_and_each_decision_makes_room() {
    let (world, received) = ended();
    let notes: Vec<_> = (0..5_000).map(|number| write(WANG, 1_000 + number)).collect();
    let mut outcomes = Vec::new();
    for batch in notes.chunks(90) {
        outcomes.extend(world.push_at(WANG, batch, received).iter().map(|reply| word(&reply.outcome)));
    }
    let most = usize::try_from(MOST_PARKED).expect("a number");
    assert!(outcomes[..most].iter().all(|outcome| outcome == "held"));
    assert!(outcomes[most..].iter().all(|outcome| outcome == "later"));
    assert_eq!(at_once(world.store.held()).expect("a list").len(), most);
    assert!(world.store.command(notes[most].head.id).is_none(), "later is not stored");
    let push = |note: &Command| word(&world.push_at(WANG, std::slice::from_ref(note), received)[0].outcome);
    assert_eq!(push(&append(WANG, 9_000, "一")), "later", "what is held counts with what is parked");
    // Everybody else does not notice.
    assert_eq!(word(&world.push_one(LI, &write(LI, 100))), "accepted");
    decide(&world, &notes[0], true, received);
    assert_eq!(push(&notes[most]), "held");
    decide(&world, &notes[1], false, received);
    assert_eq!(push(&notes[most + 1]), "held");
    assert_eq!(push(&notes[most + 2]), "later");
}
