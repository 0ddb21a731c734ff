//! What its author can do with a command of the log that needs a person: mend it, answer again in the question's field, or
//! file its words as another entry (另记一条). What sync does with such a command, whatever its module, is asked of
//! [`Outbox`] and [`Trouble`].

use super::{Act, Entry, EntryField, EntryForm, reason};
use crate::{
    kernel::{Attachment, CommandId, Rejection, Span},
    sync::{Outbox, Queued},
};

impl Act {
    /// What the outbox says of an act of this module; `None` for those of others, and for what cannot be read.
    #[must_use]
    pub fn of(item: &Queued) -> Option<Self> {
        item.command.as_ref()?.read_act().ok()
    }

    /// What it attaches: the bytes of these have to be on the device before it is saved.
    #[must_use]
    pub fn attached(&self) -> Vec<Attachment> {
        match self {
            Self::WriteEntry { form } => form.attached(),
            Self::AmendEntry { changes, .. } => {
                let of_attachments = changes.iter().filter(|one| one.field == EntryField::Attachments.key());
                of_attachments.filter_map(|one| Attachment::read(one.to.as_deref()?)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// An answer to `question` that needs a person: its id, and its words for the field in which it is mended. On the screen
/// the question has an answer then, and for the server it is open.
#[must_use]
pub fn refused_answer(outbox: &Outbox, question: CommandId) -> Option<(CommandId, String)> {
    let refused = outbox.items().iter().rev().filter(|item| item.needs_person());
    refused.filter_map(|item| Some((item.id()?, Act::of(item)?))).find_map(|(id, act)| match act {
        Act::Answer { question: asked, text } if asked == question => Some((id, text)),
        _ => None,
    })
}

/// Whether what stands in the way of a change is the entry itself, which takes no more: 另记一条 carries its words and photos
/// over.
#[must_use]
pub fn wants_another_entry(why: &Rejection) -> bool {
    why.is(reason::WITHDRAWN) || why.takes_no_more()
}

/// 另记一条: the form of an entry of its own, in place of a change or an answer whose entry takes no more: all words as they
/// would stand there, of photos and voice notes those that it does not have. `entry` is the one that is shown, with that
/// change on top; `offset` what to add to the device's clock to get the server's. `None` for what says nothing.
#[must_use]
pub fn another_entry(act: &Act, entry: &Entry, offset: Option<Span>) -> Option<EntryForm> {
    let shown = entry.content.to_form();
    match act {
        Act::AmendEntry { .. } => Some(EntryForm {
            // A form is by the clock of the device.
            happened: Some(entry.happened().plus(offset.unwrap_or_default().negated())),
            attachments: act.attached().iter().map(Attachment::word).collect(),
            ..shown
        }),
        Act::Answer { text, .. } => Some(EntryForm {
            category: shown.category,
            spot: shown.spot,
            urgency: shown.urgency,
            subjects: shown.subjects,
            problem: text.clone(),
            ..EntryForm::default()
        }),
        _ => None,
    }
}
