//! Whatever the order and however often: the same records come out.

use super::world::*;
use domain::kernel::{Command, CommandId};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What two people did on a device each: notes 0..4 by 王某兰, lines by both, some of them in sight of another note.
#[derive(Clone, Debug)]
struct Story {
    of_wang: Vec<Command>,
    of_li: Vec<Command>,
}

fn story() -> impl Strategy<Value = Story> {
    let line = (0..4_u128, prop::option::of(0..4_u128));
    (prop::collection::vec(line.clone(), 0..12), prop::collection::vec(line, 0..12)).prop_map(|(wang, li)| {
        let lines = |person: u128, of: Vec<(u128, Option<u128>)>| {
            of.into_iter().enumerate().map(move |(index, (note, other))| {
                let text = format!("{person}-{index}");
                match other.filter(|other| *other != note) {
                    Some(other) => append_with(person, 100 + note, 100 + other, &text),
                    None => append(person, 100 + note, &text),
                }
            })
        };
        let mut of_wang: Vec<Command> = (0..4).map(|note| write(WANG, 100 + note)).collect();
        of_wang.extend(lines(WANG, wang));
        Story { of_wang, of_li: lines(LI, li).collect() }
    })
}

/// Which of the two sends next, how many, and whether the server's answer is lost, so that the same comes again.
fn course() -> impl Strategy<Value = Vec<(bool, usize, bool)>> {
    prop::collection::vec((any::<bool>(), 1..6_usize, any::<bool>()), 0..20)
}

/// The lines of each device on each note, in the order in which they stand there.
fn outcome(world: &World) -> BTreeMap<(u128, u128), Vec<CommandId>> {
    let mut lines = BTreeMap::<_, Vec<_>>::new();
    for note in 100..104 {
        let stored = world.note(note).expect("written");
        for (id, line) in stored.lines.iter().skip(1) {
            let device: u128 = line.split('-').next().expect("a device").parse().expect("a number");
            lines.entry((note, device)).or_default().push(*id);
        }
    }
    lines
}

/// Sends both queues in the order of `course`, then the rest, then everything once more.
fn play(story: &Story, course: &[(bool, usize, bool)], backwards: bool) -> World {
    let world = World::new();
    let mut queues = [(WANG, story.of_wang.as_slice()), (LI, story.of_li.as_slice())];
    for (who, count, is_lost) in course {
        let (person, queue) = &mut queues[usize::from(*who)];
        let (now, rest) = queue.split_at((*count).min(queue.len()));
        world.push(*person, now);
        if !*is_lost {
            *queue = rest;
        }
    }
    if backwards {
        queues.reverse();
    }
    for (person, queue) in queues {
        world.push(person, queue);
    }
    for (person, all) in [(LI, &story.of_li), (WANG, &story.of_wang)] {
        for outcome in world.push(person, all) {
            assert_eq!(word(&outcome), "duplicate", "everything is in force, once");
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pushes_in_any_order_and_any_number_end_in_the_same_lines(story in story(), course in course(), backwards: bool) {
        let straight = play(&story, &[], false);
        let crooked = play(&story, &course, backwards);
        prop_assert_eq!(outcome(&straight), outcome(&crooked));
        prop_assert_eq!(straight.store.command_count(), crooked.store.command_count());
    }

    #[test]
    fn what_one_push_brings_comes_out_the_same_command_by_command(story in story()) {
        let together = play(&story, &[], true);
        let apart = World::new();
        for one in &story.of_li {
            apart.push_one(LI, one);
        }
        for one in &story.of_wang {
            apart.push_one(WANG, one);
        }
        for note in 100..104 {
            prop_assert_eq!(together.note(note), apart.note(note));
        }
    }
}
