//! What its author meant by a command that the rules do not take (now, or any more). The server never calls this: it
//! exists so that nobody's words vanish from their own phone (LESSONS.md L3, L9).

use super::{
    Act, Command, Entry, EntryContent, EntryForm, EntryVersion, Known, MicroGridCode, ReviewAct, ReviewEvent, Text,
    Times,
};

/// The entry with the words of `command` in it, as if it had been taken; `None` where it carries no words, or is about
/// an entry that is not known.
#[must_use]
pub fn as_meant(known: &impl Known, command: &Command) -> Option<Entry> {
    let times = Times { written: command.written, clock_offset: command.clock_offset, received: None };
    let version = |form: &EntryForm, replaces| EntryVersion {
        id: command.id,
        replaces,
        by: None,
        merges: None,
        content: EntryContent::unjudged(form, command.written),
        clashes: Vec::new(),
        times,
    };
    let known_entry = known.entry(command.act.entry()).cloned();
    match &command.act {
        Act::WriteEntry { entry, micro_grid, form } => Some(match known_entry {
            // Its id is taken: the words are shown beside those that took it.
            Some(taken) => with_version(taken, version(form, None)),
            None => Entry {
                id: *entry,
                number: None,
                author: command.author,
                micro_grid: MicroGridCode::parse(micro_grid).unwrap_or_else(|_| MicroGridCode::unreadable()),
                first: version(form, None),
                amendments: Vec::new(),
                reviews: Vec::new(),
                withdrawn: None,
                withdrawn_by: None,
                arrived: Vec::new(),
            },
        }),
        Act::AmendEntry { replaces, form, .. } => {
            known_entry.map(|entry| with_version(entry, version(form, Some(*replaces))))
        }
        Act::Comment { text, .. } => known_entry
            .map(|entry| with_event(entry, command, times, ReviewAct::Comment { text: Text::unjudged(text) })),
        Act::SendBack { part, question, .. } => {
            let act = ReviewAct::SendBack { part: *part, question: Text::unjudged(question) };
            known_entry.map(|entry| with_event(entry, command, times, act))
        }
        Act::Answer { question, text, .. } => {
            let act = ReviewAct::Answer { question: *question, text: Text::unjudged(text) };
            known_entry.map(|entry| with_event(entry, command, times, act))
        }
        Act::WithdrawEntry { .. } | Act::MarkRead { .. } => None,
    }
}

/// After the versions that are older, so that a refused change never hides the newer one that mended it.
fn with_version(mut entry: Entry, version: EntryVersion) -> Entry {
    let older = entry.amendments.iter().rposition(|other| other.id < version.id);
    entry.amendments.insert(older.map_or(0, |index| index + 1), version);
    entry
}

fn with_event(mut entry: Entry, command: &Command, times: Times, act: ReviewAct) -> Entry {
    entry.reviews.push(ReviewEvent { id: command.id, by: command.author, times, act });
    entry
}
