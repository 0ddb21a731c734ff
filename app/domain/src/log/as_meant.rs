//! What its author meant by a command that the rules do not take (now, or any more). The server never calls this: it
//! exists so that nobody's words vanish from their own phone.

use super::value::filled;
use super::{Act, Answered, Changed, Commented, Did, Entry, EntryContent, EntryField, EntryForm, SentBack, Step};
use crate::kernel::{
    Actor, Command, CommandId, Effects, FieldChange, Got, Kind, Occasion, PersonId, Record, Role, Text, Times,
};

/// The entry with the words of `command` in it, as if it had been taken; `None` where it carries no words, or is about an
/// entry that is not known.
pub(super) fn as_meant(occasion: &Occasion<'_>, command: &Command) -> Option<Effects> {
    let by = occasion.head.actor.person()?;
    let key = Some(occasion.head.first()).filter(|key| key.kind == Kind::known(Entry::KIND))?;
    let known = match occasion.known.get::<Entry>(key) {
        Got::Here(entry) => Some(entry.clone()),
        Got::Nowhere => None,
        Got::Unread => return None,
    };
    let times = occasion.times(None);
    // The role in which somebody acts is asked of rights, and those are what may be missing.
    let role = Role::Unknown;
    let entry = match command.read_act().ok()? {
        Act::WriteEntry { form } => match known {
            // Its id is taken: the words are shown beside those that took it.
            Some(taken) => {
                let changes = taken.content.to_form().changes_to(&form);
                with_changes(taken, occasion, &times, occasion.id(), &changes)
            }
            None => written(occasion, by, &form, &times)?,
        },
        Act::AmendEntry { seen, changes } => with_changes(known?, occasion, &times, seen, &changes),
        Act::Comment { version, text } => {
            with_step(known?, occasion, times, Did::Commented(Commented { version, role, text: Text::unjudged(&text) }))
        }
        Act::SendBack { version, part, question } => {
            let question = Text::unjudged(&question);
            with_step(known?, occasion, times, Did::SentBack(SentBack { version, role, part, question }))
        }
        Act::Answer { question, text } => {
            with_step(known?, occasion, times, Did::Answered(Answered { question, text: Text::unjudged(&text) }))
        }
        Act::WithdrawEntry {}
        | Act::MarkRead { .. }
        | Act::TakeBlob { .. }
        | Act::SetAsideEntry { .. }
        | Act::EraseEntry { .. } => return None,
    };
    Some(Effects::of(entry))
}

fn with_step(mut entry: Entry, occasion: &Occasion<'_>, times: Times, did: Did) -> Entry {
    entry.steps.push(Step { id: occasion.id(), by: occasion.head.actor, times, did });
    entry
}

fn written(occasion: &Occasion<'_>, by: PersonId, form: &EntryForm, times: &Times) -> Option<Entry> {
    let key = occasion.head.first();
    let place = occasion.head.about.get(1)?.id.into();
    let content = EntryContent::unjudged(form, times);
    Some(Entry {
        id: key.id.into(),
        community: key.community,
        number: None,
        author: by,
        place,
        classes: content.category.topic(),
        content,
        steps: vec![Step { id: occasion.id(), by: Actor::Person(by), times: *times, did: Did::Wrote {} }],
        clashes: Vec::new(),
        arrived: Vec::new(),
    })
}

/// With changes at their place among the others: after those that are older, so that a refused change never hides the
/// newer one that mended it.
fn with_changes(
    mut entry: Entry,
    occasion: &Occasion<'_>,
    times: &Times,
    seen: CommandId,
    changes: &[FieldChange],
) -> Entry {
    let id = occasion.id();
    let older = entry.steps.iter().rposition(|step| step.words().is_some() && step.id < id);
    let at = older.map_or(1, |older| older + 1).min(entry.steps.len());
    let mut made = Vec::new();
    for change in changes {
        let Some(field) = EntryField::from_key(&change.field) else { continue };
        let to = change.to.as_deref().unwrap_or_default();
        if field.is_list() {
            let is_newer = |item: Option<&str>| item.is_some_and(|item| later(&mut entry, at, field, item).is_some());
            let (from, to) = (change.from.as_deref(), filled(to));
            if ![from, to].map(is_newer).contains(&true) {
                made.extend(entry.content.change_item(field, from, to));
            }
        } else if let Some(to) = meant(field, to, times) {
            made.push(set(&mut entry, at, field, to));
        }
    }
    let did = Did::Changed(Changed { seen, merged: None, changes: made });
    entry.steps.insert(at, Step { id, by: occasion.head.actor, times: *times, did });
    entry
}

/// A value as far as it can be shown: every word is kept, and a choice that cannot be read changes nothing.
fn meant(field: EntryField, raw: &str, times: &Times) -> Option<String> {
    match field.check(raw, times) {
        Ok(value) => Some(value),
        Err(_) => field.field().is_text.then(|| Text::unjudged(raw).as_str().to_owned()),
    }
}

/// Sets a value as of the step `at`.
fn set(entry: &mut Entry, at: usize, field: EntryField, to: String) -> FieldChange {
    let was = match later(entry, at, field, "") {
        Some(change) => change.from.replace(to.clone()),
        None => {
            let was = entry.content.to_form().value(field);
            entry.content.set(field, &to);
            Some(was)
        }
    };
    FieldChange { field: field.key().to_owned(), from: was.filter(|was| !was.is_empty()), to: Some(to) }
}

/// What a step from `at` on changed in the field; of a list, the change of this item.
fn later<'e>(entry: &'e mut Entry, at: usize, field: EntryField, item: &str) -> Option<&'e mut FieldChange> {
    let changes = entry.steps.iter_mut().skip(at).filter_map(|step| match &mut step.did {
        Did::Changed(changed) => Some(&mut changed.changes),
        _ => None,
    });
    let is_it = |change: &FieldChange| {
        let items = [change.from.as_deref(), change.to.as_deref()];
        change.field == field.key() && (!field.is_list() || items.contains(&Some(item)))
    };
    changes.flatten().find(|change| is_it(change))
}
