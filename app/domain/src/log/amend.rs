//! 改一改: a change names fields, and meets other changes field by field, without their common base.
//!
//! | | |
//! |---|---|
//! | data | the fields that were named, each with what was seen there and what is to be there; all others stay as they are. Where a field says something else than was seen, both have changed it: the words that came last hold, and the version that says something else is named ([`Clash`]) |
//! | who | whoever may change the entry ([`super::MayAmend`]) settles it: any later change of the field that was made in sight of both does |
//! | offline | the phone merges with the same code as the server, as soon as it hears of the other change |
//! | never | nothing is overwritten without a word: what a step replaced stands in it, and what differs is shown side by side |

use super::apply::{check_stands, with_step};
use super::field::SUBJECTS;
use super::rights::MayAmend;
use super::value::filled;
use super::{Changed, Did, Entry, EntryField, SUBJECT_LIMIT, Spot, Step};
use crate::kernel::{
    ATTACHMENTS, Attachment, AttachmentKind, Clash, CommandId, Effects, FieldChange, FieldError, Occasion, Problem,
    Refusal, Rejection, Times,
};
use crate::organisation::Place;
use uuid::Uuid;

/// One change, validated.
pub(super) struct Wanted {
    field: EntryField,
    from: String,
    to: String,
}

impl Wanted {
    /// Validates changes without a record at hand.
    fn parse_all(changes: &[FieldChange], times: &Times) -> Result<Vec<Self>, Refusal> {
        if changes.is_empty() {
            return Err(Rejection::MALFORMED.into());
        }
        let by_server = Times { written: times.corrected(), clock_offset: None, ..*times };
        let mut all: Vec<Self> = Vec::with_capacity(changes.len());
        for change in changes {
            // A field of a newer version's form: the server has to be newer to take it.
            let field = EntryField::from_key(&change.field).ok_or(Refusal::UnknownAct)?;
            let (from, to) = (change.from.clone().unwrap_or_default(), change.to.as_deref().unwrap_or_default());
            let of_field = all.iter().filter(|other| other.field == field).count();
            match field {
                EntryField::Subjects if of_field >= 2 * SUBJECT_LIMIT => return Err(too_many(SUBJECT_LIMIT, field)),
                EntryField::Attachments if of_field >= 2 * MOST_ATTACHMENTS => {
                    return Err(too_many(AttachmentKind::Photo.most(), field));
                }
                _ if !field.is_list() && of_field > 0 => return Err(Rejection::MALFORMED.into()),
                _ => {}
            }
            let to = match field {
                _ if field.is_list() && to.is_empty() => String::new(),
                // What stands there holds: it is by the server's clock already.
                EntryField::Happened if *to == from => field.check(to, &by_server)?,
                _ => field.check(to, times).map_err(|error| field.refusal(to, error))?,
            };
            all.push(Self { field, from, to });
        }
        Ok(all)
    }
}

/// All photos and voice notes that the versions of an entry name together: each may be sent, and its arrival is noted.
const MOST_EVER_ATTACHED: usize = 100;

/// All photos and voice notes that an entry holds at once.
const MOST_ATTACHMENTS: usize = AttachmentKind::Photo.most() + AttachmentKind::Voice.most();

fn too_many(limit: usize, field: EntryField) -> Refusal {
    FieldError::new(field.field(), Problem::TooMany { limit }).into()
}

pub(super) fn amend(occasion: &Occasion<'_>, seen: CommandId, changes: &[FieldChange]) -> Result<Effects, Refusal> {
    let wanted = Wanted::parse_all(changes, &occasion.times(None))?;
    let entry: &Entry = occasion.need(0)?;
    let place: &Place = occasion.need(1)?;
    if place.id != entry.place {
        return Err(Rejection::MALFORMED.into());
    }
    let earliest = entry.step_of(seen).map_or_else(|| entry.written(), |step| step.times.corrected());
    let right = occasion.rights(Some(earliest)).grant(|rights| MayAmend::find(rights, entry))?;
    check_stands(entry)?;
    let known = if right.adds_attachments() { Vec::new() } else { entry.all_attachments() };
    for one in &wanted {
        match one.field {
            EntryField::Spot if one.to != one.from => Spot::from(one.to.clone()).check(place)?,
            EntryField::Attachments if !right.adds_attachments() => check_known(&known, &one.to)?,
            _ => {}
        }
    }
    let mut amended = entry.clone();
    let changed = amended.take_in(seen, occasion.id(), &wanted);
    check_lists(&amended)?;
    amended.classes = amended.classes.and(amended.content.category.topic());
    let mut amended = with_step(amended, occasion, earliest, Did::Changed(changed))?;
    if amended.all_attachments().len() > MOST_EVER_ATTACHED {
        return Err(Rejection::FULL.into());
    }
    amended.drop_settled();
    amended.ask_for_arrivals(occasion);
    Ok(Effects::of(amended))
}

/// Refuses an attachment that no version of the entry names.
fn check_known(known: &[Attachment], word: &str) -> Result<(), FieldError> {
    let is_known = word.is_empty() || known.iter().any(|one| one.word() == word);
    if is_known { Ok(()) } else { Err(FieldError::new(ATTACHMENTS, Problem::Unknown)) }
}

/// Refuses more than fits: two changes that each fit may not do so together.
fn check_lists(entry: &Entry) -> Result<(), FieldError> {
    let content = &entry.content;
    if content.subjects.len() > SUBJECT_LIMIT {
        return Err(FieldError::new(SUBJECTS, Problem::TooMany { limit: SUBJECT_LIMIT }));
    }
    // Of a kind of a newer version this one knows no bounds.
    let known = content.attachments.iter().filter(|one| !matches!(one.kind, AttachmentKind::Unknown(_)));
    let words: Vec<String> = known.map(Attachment::word).collect();
    Attachment::parse_all(&words).map(drop)
}

impl Entry {
    /// The newest version of the words, an answer not counted.
    #[must_use]
    pub fn words(&self) -> CommandId {
        self.steps.iter().rev().find_map(Step::words).unwrap_or_else(|| Uuid::nil().into())
    }

    /// The version of the words that stood there when a version was new.
    fn words_at(&self, version: CommandId) -> Option<CommandId> {
        let at = self.steps.iter().position(|step| step.version() == Some(version))?;
        self.steps[..=at].iter().rev().find_map(Step::words)
    }

    /// Changes the words, and says what that did.
    fn take_in(&mut self, seen: CommandId, step: CommandId, wanted: &[Wanted]) -> Changed {
        let theirs = self.words();
        let in_sight = self.words_at(seen) == Some(theirs);
        let mut changes = Vec::new();
        for (index, one) in wanted.iter().enumerate() {
            let (from, to) = (filled(&one.from), filled(&one.to));
            if one.field.is_list() {
                changes.extend(self.content.change_item(one.field, from, to));
                continue;
            }
            let group = one.field.together();
            if wanted[..index].iter().any(|other| group.contains(&other.field)) {
                continue;
            }
            let group: Vec<&Wanted> = wanted[index..].iter().filter(|other| group.contains(&other.field)).collect();
            self.take_in_value(&group, (!in_sight).then_some(theirs), &mut changes);
        }
        // Whoever goes on from what they wrote has not seen the two together, and names another version.
        Changed { seen, merged: (!in_sight).then(|| id_of(step, theirs)), changes }
    }

    /// Changes fields that go together; `unseen` is the version that their author had no sight of.
    fn take_in_value(&mut self, group: &[&Wanted], unseen: Option<CommandId>, changes: &mut Vec<FieldChange>) {
        let Some(key) = group.first().map(|one| one.field.together()[0].key()) else { return };
        let now = self.content.to_form();
        let is_there = group.iter().all(|one| now.value(one.field) == one.to);
        let is_as_seen = group.iter().all(|one| now.value(one.field) == one.from);
        for one in group {
            let was = now.value(one.field);
            if was != one.to {
                self.content.set(one.field, &one.to);
                changes.push(FieldChange::new(one.field.key(), filled(&was), filled(&one.to)));
            }
        }
        let Some(theirs) = unseen else {
            self.clashes.retain(|clash| clash.field != key);
            return;
        };
        if is_there || is_as_seen {
            return;
        }
        // A version whose value this change saw and replaces differs from the entry no more.
        let saw = |clash: &Clash| group.iter().all(|one| self.said(clash.with, one.field) == one.from);
        let mut clashes = self.clashes.clone();
        clashes.retain(|clash| clash.field != key || !(saw(clash) || clash.with == theirs));
        clashes.push(Clash { field: key.to_owned(), with: theirs });
        self.clashes = clashes;
    }

    /// Drops clashes in which both versions have come to say the same.
    fn drop_settled(&mut self) {
        let now = self.content.to_form();
        let differs = |clash: &Clash| {
            let group = EntryField::from_key(&clash.field).map_or(&[][..], EntryField::together);
            group.is_empty() || group.iter().any(|field| self.said(clash.with, *field) != now.value(*field))
        };
        let mut clashes = self.clashes.clone();
        clashes.retain(differs);
        self.clashes = clashes;
    }

    /// What a version of the words said in a field that holds one value.
    #[must_use]
    pub fn said(&self, version: CommandId, field: EntryField) -> String {
        let at = self.steps.iter().position(|step| step.words() == Some(version));
        let later = self.steps.iter().skip(at.map_or(self.steps.len(), |at| at + 1));
        let replaced = later.flat_map(Step::changes).find(|change| change.field == field.key());
        match replaced {
            Some(change) => change.from.clone().unwrap_or_default(),
            None => self.content.to_form().value(field),
        }
    }
}

/// The same on phone and server, and no other: the time of the one, and the random parts of both.
fn id_of(one: CommandId, other: CommandId) -> CommandId {
    let (one, other) = (one.uuid().as_u128(), other.uuid().as_u128());
    let random = u128::from(u64::MAX >> 2);
    Uuid::from_u128(one ^ (other.rotate_left(1) & random) ^ 1).into()
}
