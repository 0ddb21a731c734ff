//! Bytes of commands that are removed.

use super::world::*;
use domain::store::Store;
use domain::sync::decide::Verdict;

#[test]
fn erased_bytes_are_gone_and_their_hash_goes_on_saying_duplicate() {
    let world = World::new();
    let (note, line, other) = (write(WANG, 100), append(WANG, 100, "一"), write(WANG, 101));
    world.push(WANG, &[note.clone(), line.clone(), other.clone()]);
    let mut clash = append(WANG, 100, "别的");
    clash.head.id = line.head.id;
    world.push_one(WANG, &clash);
    let erased = at_once(world.store.erase(&note_key(100), "本人要求", MORNING)).expect("done");
    assert_eq!(erased.commands, 2);
    let bytes = |command: &domain::kernel::Command| world.store.command(command.head.id).and_then(|row| row.bytes);
    assert_eq!((bytes(&note), bytes(&line)), (None, None));
    assert!(bytes(&other).is_some(), "another record's stay");
    assert!(world.store.conflicts(line.head.id).is_empty(), "also what came under their ids");
    assert_eq!(words(&world.push(WANG, &[note.clone(), line])), ["duplicate", "duplicate"]);
    assert_eq!(bytes(&note), None, "offered again, they are not stored again");
    let list = world.store.erasures();
    assert_eq!((list.len(), list[0].commands.len(), list[0].why.as_str()), (1, 2, "本人要求"));
}

#[test]
fn what_was_parked_and_is_erased_never_comes_back() {
    let world = World::new();
    let line = append(WANG, 100, "一");
    world.push_one(WANG, &line);
    at_once(world.store.erase(&note_key(100), "本人要求", MORNING)).expect("done");
    assert_eq!(word(&world.push_one(WANG, &line)), "set_aside");
    world.push_one(LI, &write(LI, 100));
    assert!(world.lines(100).is_empty());
    let row = world.store.command(line.head.id).expect("known by its hash");
    assert!(matches!(row.verdict, Verdict::Rejected { is_final: true, .. }) && row.bytes.is_none());
}
