//! What a command does to an entry, or why it does nothing.
//!
//! The same order everywhere: the act and all that can be validated without a record, then the records that the head
//! names, then the right, then the state of the entry. So nothing is parked that can never be right.

use super::field::{ANSWER, COMMENT, PLACE, QUESTION, WHY};
use super::rights::{MayContinue, MayReview, MayWrite, REVIEWERS, WRITERS};
use super::{
    Act, Answered, Commented, Did, Entry, EntryContent, EntryForm, EntryNumber, Part, QUESTION_LIMIT, Read, SentBack,
    SetAside, Step, amend, erase, reason,
};
use crate::kernel::{
    Actor, Command, CommandId, Effects, FieldError, Occasion, PlaceKind, Problem, Refusal, Rejection, Rights, Role,
    Sha256, Text, Timestamp,
};
use crate::organisation::{Place, reasons as of_places};

/// [`crate::kinds::Module::apply`]
pub(super) fn apply(occasion: &Occasion<'_>, command: &Command) -> Result<Effects, Refusal> {
    match command.read_act()? {
        Act::WriteEntry { form } => write(occasion, &form),
        Act::AmendEntry { seen, changes } => amend::amend(occasion, seen, &changes),
        Act::WithdrawEntry {} => withdraw(occasion),
        Act::MarkRead { version } => review(occasion, version, &|version, role| Did::Read(Read { version, role })),
        Act::Comment { version, text } => {
            let text = Text::parse(COMMENT, &text, QUESTION_LIMIT)?;
            review(occasion, version, &|version, role| Did::Commented(Commented { version, role, text: text.clone() }))
        }
        // A part of a newer version's form.
        Act::SendBack { part: Part::Unknown, .. } => Err(Refusal::UnknownAct),
        Act::SendBack { version, part, question } => {
            let question = Text::parse(QUESTION, &question, QUESTION_LIMIT)?;
            let did = |version, role| Did::SentBack(SentBack { version, role, part, question: question.clone() });
            review(occasion, version, &did)
        }
        Act::Answer { question, text } => answer(occasion, question, &text),
        // What the system does is done at the server: a phone does without the code.
        Act::TakeBlob { .. } | Act::SetAsideEntry { .. } | Act::EraseEntry { .. } if cfg!(target_family = "wasm") => {
            Err(Rejection::NO_RIGHT.into())
        }
        Act::TakeBlob { sha256 } => take_blob(occasion, &sha256),
        Act::SetAsideEntry { why } => set_aside(occasion, &why),
        Act::EraseEntry { why } => erase::erase(occasion, &why),
    }
}

/// [`crate::kinds::Module::may_somewhere`]
pub(super) fn may_somewhere(rights: &Rights<'_>, act: &str) -> bool {
    match act {
        "write_entry" | "amend_entry" | "withdraw_entry" | "answer" => rights.holds_somewhere(WRITERS),
        "mark_read" | "comment" | "send_back" => rights.holds_somewhere(REVIEWERS),
        _ => rights.is_system(),
    }
}

/// Refuses work on an entry that was taken back or set aside.
pub(super) fn check_stands(entry: &Entry) -> Result<(), Refusal> {
    if entry.set_aside().is_some() {
        return Err(Rejection::SET_ASIDE.into());
    }
    if entry.withdrawn().is_some() { Err(reason::WITHDRAWN.into()) } else { Ok(()) }
}

/// The entry with one more step, not dated before what it works on.
///
/// # Errors
/// [`Rejection::MALFORMED`] where the step, or the version that comes of it, bears the name of one that is there: words
/// that nobody has read would count as read.
pub(super) fn with_step(
    mut entry: Entry,
    occasion: &Occasion<'_>,
    not_before: Timestamp,
    did: Did,
) -> Result<Entry, Refusal> {
    let times = occasion.times(Some(not_before));
    let step = Step { id: occasion.id(), by: occasion.head.actor, times, did };
    let is_taken = |id: CommandId| entry.has_step(id) || entry.has_version(id);
    if is_taken(step.id) || step.version().is_some_and(is_taken) {
        return Err(Rejection::MALFORMED.into());
    }
    entry.steps.push(step);
    Ok(entry)
}

fn write(occasion: &Occasion<'_>, form: &EntryForm) -> Result<Effects, Refusal> {
    let times = occasion.times(None);
    let mut content = EntryContent::parse_anywhere(form, &times).map_err(|error| form.refusal(error))?;
    let key = occasion.make::<Entry>(0)?;
    let place: &Place = occasion.need(1)?;
    let earliest = Some(place.made.corrected());
    let said = times;
    let times = occasion.times(earliest);
    // What the device says of when it happened is by the same clock.
    content.happened = content.happened.plus(times.corrected().since(said.corrected()));
    let right = occasion.rights(earliest).grant(|rights| MayWrite::find(rights, place.id))?;
    if place.kind != PlaceKind::Stairwell {
        return Err(FieldError::new(PLACE, Problem::Unknown).into());
    }
    // What was written before it was closed still counts.
    if place.closed.is_some_and(|closed| closed.corrected() <= times.corrected()) {
        return Err(of_places::CLOSED.into());
    }
    content.spot.check(place)?;
    let day = times.corrected().day();
    let mut entry = Entry {
        id: key.id.into(),
        community: key.community,
        number: occasion.server.map(|server| EntryNumber::new(server.number(EntryNumber::SERIES, day))),
        author: right.author(),
        place: right.place(),
        classes: content.category.topic(),
        content,
        steps: vec![Step { id: occasion.id(), by: occasion.head.actor, times, did: Did::Wrote {} }],
        clashes: Vec::new(),
        arrived: Vec::new(),
    };
    entry.ask_for_arrivals(occasion);
    Ok(Effects::of(entry))
}

/// Taking back is for slips: once somebody else has reacted, the entry is part of a conversation. It is dated not before the
/// words that it takes back.
fn withdraw(occasion: &Occasion<'_>) -> Result<Effects, Refusal> {
    let entry: &Entry = occasion.need(0)?;
    let earliest = entry.last_said();
    occasion.rights(Some(earliest)).grant(|rights| MayContinue::find(rights, entry))?;
    check_stands(entry)?;
    if entry.steps.iter().any(|step| step.reviewed().is_some()) {
        return Err(reason::ALREADY_REVIEWED.into());
    }
    Ok(Effects::of(with_step(entry.clone(), occasion, earliest, Did::Withdrew {})?))
}

/// `did` is given the version as the entry calls it: a device names the one that it made itself by its command.
fn review(
    occasion: &Occasion<'_>,
    version: CommandId,
    did: &dyn Fn(CommandId, Role) -> Did,
) -> Result<Effects, Refusal> {
    let entry: &Entry = occasion.need(0)?;
    let reviewed = entry.step_of(version).and_then(|step| Some((step.version()?, step.times.corrected())));
    let earliest = reviewed.map_or_else(|| entry.written(), |(_, at)| at);
    let right = occasion.rights(Some(earliest)).grant(|rights| MayReview::find(rights, entry))?;
    check_stands(entry)?;
    let (version, _) = reviewed.ok_or(reason::NO_SUCH_VERSION)?;
    let did = did(version, right.post().role);
    // 已阅 stands once per version and role: the next one changes nothing.
    if matches!(did, Did::Read(_)) && entry.steps.iter().any(|step| step.did == did) {
        return Ok(Effects::none());
    }
    Ok(Effects::of(with_step(entry.clone(), occasion, earliest, did)?))
}

fn answer(occasion: &Occasion<'_>, question: CommandId, text: &str) -> Result<Effects, Refusal> {
    let text = Text::parse(ANSWER, text, QUESTION_LIMIT)?;
    let entry: &Entry = occasion.need(0)?;
    let asked = entry.questions().find(|one| one.step.id == question).map(|one| one.step.times.corrected());
    let earliest = asked.unwrap_or_else(|| entry.written());
    occasion.rights(Some(earliest)).grant(|rights| MayContinue::find(rights, entry))?;
    if entry.set_aside().is_some() {
        return Err(Rejection::SET_ASIDE.into());
    }
    if asked.is_none() {
        return Err(reason::NO_SUCH_QUESTION.into());
    }
    if entry.answer_to(question).is_some() {
        return Err(reason::ALREADY_ANSWERED.into());
    }
    Ok(Effects::of(with_step(entry.clone(), occasion, earliest, Did::Answered(Answered { question, text }))?))
}

fn take_blob(occasion: &Occasion<'_>, sha256: &Sha256) -> Result<Effects, Refusal> {
    check_system(occasion)?;
    let entry: &Entry = occasion.need(0)?;
    if entry.set_aside().is_some() {
        return Err(Rejection::SET_ASIDE.into());
    }
    if entry.attachment(sha256).is_none() || entry.arrived.contains(sha256) {
        return Ok(Effects::none());
    }
    let mut entry = entry.clone();
    entry.arrived.push(*sha256);
    Ok(Effects::of(entry))
}

fn set_aside(occasion: &Occasion<'_>, why: &str) -> Result<Effects, Refusal> {
    check_system(occasion)?;
    let why = Text::parse(WHY, why, QUESTION_LIMIT)?;
    let entry: &Entry = occasion.need(0)?;
    if entry.set_aside().is_some() {
        return Ok(Effects::none());
    }
    let did = Did::SetAside(SetAside { why });
    Ok(Effects::of(with_step(entry.clone(), occasion, entry.last_said(), did)?))
}

/// Refuses what only the system does.
pub(super) fn check_system(occasion: &Occasion<'_>) -> Result<(), Refusal> {
    if matches!(occasion.head.actor, Actor::System(_)) { Ok(()) } else { Err(Rejection::NO_RIGHT.into()) }
}

impl Entry {
    /// Bytes of attachments that its author has sent before the entry named them.
    pub(super) fn ask_for_arrivals(&mut self, occasion: &Occasion<'_>) {
        let Some(server) = occasion.server else { return };
        let author = self.author;
        let here = self.missing().filter(|one| server.has_blob(author, &one.sha256));
        let here: Vec<Sha256> = here.map(|one| one.sha256).collect();
        self.arrived.extend(here);
    }
}
