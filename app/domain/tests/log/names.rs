//! The names of versions: no step may bear the name of one that somebody has read.

use crate::amend::{after, first, with};
use crate::neighbourhood::*;
use domain::kernel::{Command, CommandId, Rejection};
use domain::log::Act;

/// The same command under another id.
fn named(command: Command, id: CommandId) -> Command {
    Command { head: domain::kernel::Head { id, ..command.head }, ..command }
}

#[test]
fn no_change_bears_the_name_of_a_version_that_was_read() {
    let (_, form) = first();
    let one = with(&form, |form| form.feedback = "明天换".into());
    let other = with(&form, |form| form.measures = "已报修".into());
    let (mut world, entry) = after(&[(1, Who::StandIn, 0, &form, &one), (2, Who::Watcher, 0, &form, &other)]);
    let merged = entry.version();
    assert_ne!(merged, command_id(2));
    world.take(&command(3, Who::SocialWorker, 1, &Act::MarkRead { version: merged })).unwrap();
    let form = entry.content.to_form();
    let changed = with(&form, |form| form.feedback = "不换了".into());
    let change = amend(merged, &form, &changed);
    for taken in [merged, command_id(0), command_id(2), command_id(3)] {
        let again = named(command(4, Who::Watcher, 1, &change), taken);
        assert_eq!(world.clone().take(&again), rejected(Rejection::MALFORMED), "{taken:?}");
    }
    assert!(world.take(&command(4, Who::Watcher, 1, &change)).is_ok());
}

#[test]
fn no_merged_version_bears_the_name_of_one_that_was_read() {
    let (mut world, form) = first();
    let read = command_id(0);
    world.take(&command(1, Who::SocialWorker, 1, &Act::MarkRead { version: read })).unwrap();
    let changed = with(&form, |form| form.feedback = "不换了".into());
    // Whoever knows how merged versions are named can choose an id that leads to any name they like.
    let wanted = |word: u128| word ^ (word.rotate_left(1) & u128::from(u64::MAX >> 2)) ^ 1;
    let chosen = uuid::Uuid::from_u128(wanted(read.uuid().as_u128())).into();
    let blind = command(2, Who::Watcher, 1, &amend(command_id(77), &form, &changed));
    assert_eq!(world.take(&named(blind.clone(), chosen)), rejected(Rejection::MALFORMED));
    assert!(world.take(&blind).is_ok());
}

#[test]
fn no_answer_bears_the_name_of_a_version_that_was_read() {
    let (mut world, _) = first();
    world.take(&command(1, Who::SocialWorker, 1, &send_back(0, "哪一盏？"))).unwrap();
    let reply = command(2, Who::Watcher, 1, &answer(1, "三楼的"));
    assert_eq!(world.take(&named(reply.clone(), command_id(0))), rejected(Rejection::MALFORMED));
    assert!(world.take(&reply).is_ok());
}
