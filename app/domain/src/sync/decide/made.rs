//! Commands that the server makes by itself, because something happened beside the commands of people.

use crate::kernel::{Actor, Attachment, Command, CommandId, DeviceId, Head, Job, RecordKey, Timestamp, Unreadable};
use crate::{log, organisation};
use serde::Serialize;

/// The bytes of `blob` are here: every record of its sender that names it says so from now on.
///
/// # Errors
/// None of our types fails to have a JSON form.
pub fn arrivals(
    blob: &Attachment,
    naming: &[RecordKey],
    at: Timestamp,
    new_id: &mut dyn FnMut() -> CommandId,
) -> Result<Vec<Command>, Unreadable> {
    one_each(Job::Blobs, naming, at, new_id, &log::Act::TakeBlob { sha256: blob.sha256 })
}

/// An account is closed: its person's posts end, in each of these records of them.
///
/// # Errors
/// None of our types fails to have a JSON form.
pub fn end_posts(
    cards: &[RecordKey],
    at: Timestamp,
    new_id: &mut dyn FnMut() -> CommandId,
) -> Result<Vec<Command>, Unreadable> {
    one_each(Job::Operator, cards, at, new_id, &organisation::Act::EndPosts { until: at })
}

fn one_each(
    job: Job,
    about: &[RecordKey],
    at: Timestamp,
    new_id: &mut dyn FnMut() -> CommandId,
    act: &impl Serialize,
) -> Result<Vec<Command>, Unreadable> {
    let command = |key: &RecordKey| {
        let (actor, device, about) = (Actor::System(job), DeviceId::SERVER, vec![key.clone()]);
        Command::new(Head { id: new_id(), actor, device, written: at, offset: None, about }, act)
    };
    about.iter().map(command).collect()
}
