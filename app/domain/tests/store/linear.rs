//! Work per command follows from what the command brings, not from what lies there.

use super::world::*;
use domain::sync::decide::{Found, Group, Needs};
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
fn an_ordinary_push_is_fetched_in_one_round_and_a_release_in_one_more() {
    let kinds = kinds();
    let rounds = |commands: &[domain::kernel::Command]| {
        let commands = commands.iter().map(|one| one.to_bytes().expect("bytes")).collect();
        let batch = PushBatch { sender: id(WANG), device: id(WANG), sent_at: MORNING, received: MORNING, commands };
        let deliveries = [Delivery::read(batch)];
        let mut group = Group::new(&kinds, &deliveries);
        let mut rounds = 0;
        while let Err(needs) = group.decide() {
            rounds += 1;
            let awaited = needs.records.iter().cloned().collect();
            group.learn(needs, Found { awaited, ..Found::default() });
        }
        rounds
    };
    assert_eq!(rounds(&[numbered(WANG, 100), append(WANG, 100, "一")]), 1, "nobody is here, so nothing is accepted");
    let most = rounds(&(0..100).map(|number| append(WANG, number, "一")).collect::<Vec<_>>());
    assert_eq!(most, 1);
}

#[test]
fn a_thousand_commands_are_judged_in_about_ten_times_the_time_of_a_hundred() {
    let kinds = kinds();
    // Counted in what the rules are asked, so that a busy machine does not matter: every command is judged once.
    let world = World::new();
    let commands: Vec<_> = (0..1_000).map(|number| write(WANG, 10_000 + number)).collect();
    let bytes = |commands: &[domain::kernel::Command]| {
        commands.iter().map(|one| one.to_bytes().expect("bytes")).collect::<Vec<_>>()
    };
    let measure = |commands: &[domain::kernel::Command]| {
        let batch = PushBatch {
            sender: id(WANG),
            device: id(WANG),
            sent_at: MORNING,
            received: MORNING,
            commands: bytes(commands),
        };
        let deliveries = [Delivery::read(batch)];
        let started = std::time::Instant::now();
        let _ = Group::new(&kinds, &deliveries).decide();
        let replies = world.store.take_in(&deliveries).expect("replies");
        assert!(replies[0].iter().all(|reply| word(&reply.outcome) == "accepted"));
        started.elapsed()
    };
    measure(&commands[900..]);
    let small: std::time::Duration = (0..3).map(|n| measure(&commands[n * 100..(n + 1) * 100])).min().expect("a time");
    let large = measure(&commands[300..900]);
    assert!(large < small * 24, "six times as many took {large:?} instead of {small:?}");
}
