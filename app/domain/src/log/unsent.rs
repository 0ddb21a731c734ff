//! What its author can do with a command of the log that needs a person: mend it, answer again in the question's field, or
//! file its words as another entry (另记一条). What sync does with such a command, whatever its module, is asked of
//! [`Outbox`] and [`Trouble`].

use super::{Act, Entry, EntryField, EntryForm, reason};
use crate::{
    kernel::{Actor, Attachment, CommandId, EntryId, RecordKey, Rejection, Span},
    organisation::Place,
    sync::{Outbox, Queued, QueuedState, Trouble},
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

/// What the author may mend, for the form, and what the new command is about; saved, it takes this one's place
/// ([`Outbox::mend`]). A new entry whose id the server has given to another one gets `fresh`.
#[must_use]
pub fn act_to_mend(item: &Queued, fresh: EntryId) -> Option<(Vec<RecordKey>, Act)> {
    let QueuedState::NeedsPerson { trouble } = &item.state else { return None };
    if trouble.is_of_erased_record() {
        return None;
    }
    let act = Act::of(item)?;
    let mut about = item.command.as_ref()?.head.about.clone();
    if let (true, Act::WriteEntry { .. }) = (trouble.is_id_taken(), &act) {
        about[0] = Entry::key_of(about[0].community, fresh);
    }
    Some((about, act))
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

/// 另记一条: a refused change as an entry of its own, with all words that its author meant the entry to have, and with the
/// photos, where they are the author's own: of a stand-in's entry nobody could send the bytes of another one's. `entry` is
/// the one that is shown, with the refused change on top; `offset` what to add to the device's clock to get the server's.
/// Saved, it takes the place of the change ([`Outbox::mend`]). `None` where the command changed no words, or where something
/// else stands in its way.
#[must_use]
pub fn as_another_entry(
    item: &Queued,
    entry: &Entry,
    fresh: EntryId,
    offset: Option<Span>,
) -> Option<(Vec<RecordKey>, Act)> {
    let QueuedState::NeedsPerson { trouble } = &item.state else { return None };
    let takes_no_more = matches!(trouble, Trouble::Rejected { reason } if wants_another_entry(reason));
    if !takes_no_more || !matches!(Act::of(item)?, Act::AmendEntry { .. }) {
        return None;
    }
    let mut form = EntryForm {
        // A form is by the clock of the device.
        happened: Some(entry.happened().plus(offset.unwrap_or_default().negated())),
        ..entry.content.to_form()
    };
    if item.actor() != Some(Actor::Person(entry.author)) {
        form.attachments.clear();
    }
    let about = vec![Entry::key_of(entry.community, fresh), Place::key_of(entry.community, entry.place)];
    Some((about, Act::WriteEntry { form }))
}
