//! Two changes of one entry that did not know of each other: two devices of one person, or a watcher and a stand-in, without
//! signal.
//!
//! | | |
//! |---|---|
//! | data | both versions stay as they were written, and a third one behind them says what both say together; where both have changed the same field it keeps the words that came last, and names the version that says something else ([`Clash`]) |
//! | who | whoever may change the entry ([`super::Rights::may_amend`]) settles it: any later change that was made in sight of both does |
//! | offline | the phone merges with the same code as the server, as soon as it hears of the other change |
//! | never | nothing is overwritten without a word: both versions stay, and what differs is shown side by side |

use super::{CommandId, Entry, EntryContent, EntryForm, EntryVersion, Field, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A field that two people, or two devices, have changed without knowing of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// Which.
    pub field: Field,
    /// The version that says something else.
    pub with: CommandId,
}

/// Instants that are shown as the same one: clocks are measured anew at each talk, and differ by a little.
const SAME_MILLIS: i64 = 60_000;

/// What `version` and the current version of `entry` say together, as a version of its own behind it; `None` where it was
/// made in sight of the current one, or says all of it already. What its author wrote stays as it is: whoever goes on from
/// that has not seen the two together, and names it.
pub(super) fn together(entry: &Entry, version: &EntryVersion) -> Option<EntryVersion> {
    let theirs = entry.current();
    if version.replaces == Some(theirs.id) {
        return None;
    }
    // Unknown where the server never took it. Then whatever differs may have been changed by both.
    let base = version.replaces.and_then(|id| entry.version(id));
    let before = base.map(|base| &base.content);
    // Both times by the clock of the device that wrote this version.
    let own_clock = |other: &EntryVersion| {
        let offset = version.times.clock_offset.unwrap_or_default();
        other.times.correct(other.content.happened).plus_millis(-offset)
    };
    let (happened, happened_before) = (own_clock(theirs), base.map(own_clock));
    let mut content = version.content.clone();
    let mine = &mut content;
    let mut clashes = theirs.clashes.clone();
    let mut clash = |field, clashes_here: bool| {
        if clashes_here {
            clashes.push(Clash { field, with: theirs.id });
        }
    };
    let said = |content: &EntryContent| (content.category, content.template.clone());
    let mut about = said(mine);
    clash(Field::Category, settle(before.map(said).as_ref(), &said(&theirs.content), &mut about));
    (mine.category, mine.template) = about;
    let other = &theirs.content;
    clash(Field::Spot, settle(before.map(|one| &one.spot), &other.spot, &mut mine.spot));
    clash(Field::Problem, settle(before.map(|one| &one.problem), &other.problem, &mut mine.problem));
    clash(Field::Measures, settle(before.map(|one| &one.measures), &other.measures, &mut mine.measures));
    clash(Field::Feedback, settle(before.map(|one| &one.feedback), &other.feedback, &mut mine.feedback));
    clash(Field::Urgency, settle(before.map(|one| &one.urgency), &other.urgency, &mut mine.urgency));
    let is_same = |one: Timestamp, other: Timestamp| one.since(other).abs() < SAME_MILLIS;
    if !is_same(mine.happened, happened) {
        match happened_before {
            Some(before) if is_same(before, mine.happened) => mine.happened = happened,
            Some(before) if is_same(before, happened) => {}
            _ => clash(Field::Happened, true),
        }
    }
    gather(before.map_or(&[], |one| &one.subjects), &other.subjects, &mut mine.subjects);
    gather(before.map_or(&[], |one| &one.attachments), &other.attachments, &mut mine.attachments);
    if clashes.is_empty() && content == version.content {
        return None;
    }
    Some(EntryVersion {
        id: id_of(version.id, theirs.id),
        replaces: Some(version.id),
        merges: Some(theirs.id),
        content,
        clashes,
        ..version.clone()
    })
}

/// The same on phone and server, and no other: the time of the one, and the chance of both.
fn id_of(one: CommandId, other: CommandId) -> CommandId {
    let (one, other) = (one.uuid().as_u128(), other.uuid().as_u128());
    let chance = u128::from(u64::MAX >> 2);
    Uuid::from_u128(one ^ (other.rotate_left(1) & chance) ^ 1).into()
}

/// What one of two changed counts for both; says whether both changed it, and differently. Then `mine` stays.
fn settle<T: PartialEq + Clone>(before: Option<&T>, theirs: &T, mine: &mut T) -> bool {
    if mine == theirs {
        return false;
    }
    match before {
        Some(before) if before == mine => mine.clone_from(theirs),
        Some(before) if before == theirs => {}
        _ => return true,
    }
    false
}

/// What either of two added is there, and what either of them took off is not.
fn gather<T: PartialEq + Clone>(before: &[T], theirs: &[T], mine: &mut Vec<T>) {
    mine.retain(|one| theirs.contains(one) || !before.contains(one));
    for one in theirs {
        if !before.contains(one) && !mine.contains(one) {
            mine.push(one.clone());
        }
    }
}

impl EntryForm {
    /// Takes one field from another form.
    pub fn take(&mut self, field: Field, other: &Self) {
        match field {
            Field::Category | Field::Template => {
                self.category.clone_from(&other.category);
                self.template.clone_from(&other.template);
            }
            Field::Spot => self.spot.clone_from(&other.spot),
            Field::Problem => self.problem.clone_from(&other.problem),
            Field::Measures => self.measures.clone_from(&other.measures),
            Field::Feedback => self.feedback.clone_from(&other.feedback),
            Field::Urgency => self.urgency.clone_from(&other.urgency),
            Field::Happened => self.happened = other.happened,
            Field::Subjects => self.subjects.clone_from(&other.subjects),
            Field::Attachments => self.attachments.clone_from(&other.attachments),
            Field::MicroGrid | Field::Written | Field::Comment | Field::Question | Field::Answer => {}
        }
    }
}
