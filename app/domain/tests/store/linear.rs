//! Work per command follows from what the command brings, not from what lies there.

use super::notes::judgements;
use super::world::*;
use domain::sync::decide::Needs;
use domain::{store::PushBatch, sync::decide::Delivery};

fn needs_of(commands: &[domain::kernel::Command]) -> Needs {
    let commands = commands.iter().map(|one| one.to_bytes().expect("bytes")).collect();
    let batch = PushBatch { sender: id(WANG), device: id(WANG), sent_at: MORNING, received: MORNING, commands };
    Needs::by(&[Delivery::read(batch)])
}

#[test]
fn what_is_fetched_first_is_named_by_the_heads() {
    let line = append_with(WANG, 100, 101, "一");
    let needs = needs_of(&[line.clone(), write(LI, 7)]);
    assert_eq!(needs.commands, [line.head.id].into(), "and nothing of what another one did");
    assert_eq!(needs.records, [note_key(100), note_key(101)].into());
    assert_eq!(needs.communities, [community()].into());
    assert_eq!((needs.queues.len(), needs.days.len()), (1, 1));
    assert!(needs.waiting.is_empty() && needs.parked.is_empty() && needs.serials.is_empty());
}

#[test]
fn an_ordinary_push_takes_one_round_of_queries_however_many_commands_it_has() {
    let world = World::new();
    let rounds = |commands: &[domain::kernel::Command]| {
        let before = world.store.fetches();
        let outcomes = world.push(WANG, commands);
        assert!(outcomes.iter().all(|outcome| word(outcome) == "accepted"), "{outcomes:?}");
        world.store.fetches() - before
    };
    let photo = domain::kernel::Attachment::of(domain::kernel::AttachmentKind::Photo, b"a photo");
    assert_eq!(rounds(&[numbered(WANG, 100)]), 1);
    assert_eq!(rounds(&[append(WANG, 100, "一"), with_photo(WANG, 101, &photo)]), 1);
    assert_eq!(rounds(&(200..300).map(|note| numbered(WANG, note)).collect::<Vec<_>>()), 1);
}

#[test]
fn a_release_takes_two_rounds_more_however_much_it_lets_go_on() {
    let world = World::new();
    for batch in (0..200).map(|line| append(LI, 100, &line.to_string())).collect::<Vec<_>>().chunks(50) {
        world.push(LI, batch);
    }
    let before = world.store.fetches();
    world.push_one(WANG, &write(WANG, 100));
    // The heads; the commands that wait; what those name.
    assert!(world.store.fetches() - before <= 3);
    assert_eq!(world.lines(100).len(), 200);
}

#[test]
fn every_command_is_judged_once_a_round() {
    let world = World::new();
    let judged = |commands: &[domain::kernel::Command]| {
        let before = judgements();
        world.push(WANG, commands);
        judgements() - before
    };
    let commands: Vec<_> =
        (0..300).flat_map(|note| [write(WANG, 1_000 + note), append(WANG, 1_000 + note, "一")]).collect();
    assert_eq!(judged(&commands), 600);
    assert_eq!(judged(&commands), 0, "what is stored is not judged again");
    // To be parked, each by itself: one round finds that, one how much room there is. However much is there already.
    for number in 0..400 {
        assert!(judged(&[append(WANG, 10_000 + number, "一")]) <= 2);
    }
}
