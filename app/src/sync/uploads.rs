//! What a phone has still to upload beside its words: photos and voice notes, after the entries that name them
//! (DESIGN.md 5.8).
//!
//! Nothing is noted about a blob on the phone but its bytes. Whether it waits, for what, and whether it may go follows from
//! what names it: an entry of the log, a command in the outbox, or an unfinished text.

use super::{Outbox, Queued, QueuedState};
use crate::domain::{Attachment, Entry, EntryForm, PersonId, Records, Sha256Hex};

/// Why a phone keeps the bytes of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// Nothing names it any more.
    ForNothing,
    /// The server has it: kept for a while, as everything that was sent, for a server that is restored from a backup.
    Uploaded,
    /// Only an unfinished text names it.
    ForDraft,
    /// The words that name it are not uploaded: they come first.
    AfterWords,
    /// The server has the words, and waits for it.
    ToUpload,
}

/// Why the bytes of `sha256` are kept by `me`; `drafts` are the forms of unfinished texts. Where several things name it,
/// what is most urgent counts.
#[must_use]
pub fn kept_for<'d>(
    sha256: &Sha256Hex,
    me: PersonId,
    records: &Records,
    outbox: &Outbox,
    drafts: impl IntoIterator<Item = &'d EntryForm>,
) -> Kept {
    let in_log = own_entries(records, me)
        .into_iter()
        .filter(|entry| entry.attachment(sha256).is_some())
        .map(|entry| if entry.arrived.contains(sha256) { Kept::Uploaded } else { Kept::ToUpload });
    let in_outbox = outbox.items().iter().filter(|item| attached(item).any(|one| one.sha256 == *sha256));
    let in_outbox = in_outbox.map(|item| if is_known(item) { Kept::ToUpload } else { Kept::AfterWords });
    let in_draft = drafts.into_iter().flat_map(|form| &form.attachments).filter_map(|word| Attachment::read(word));
    let in_draft = in_draft.filter(|one| one.sha256 == *sha256).map(|_| Kept::ForDraft);
    in_log.chain(in_outbox).chain(in_draft).max().unwrap_or(Kept::ForNothing)
}

/// What the server waits for and this phone may have: the oldest entry first, each attachment once. One that cannot be sent
/// is passed over by whoever sends; none waits for another.
#[must_use]
pub fn to_upload(me: PersonId, records: &Records, outbox: &Outbox) -> Vec<Attachment> {
    let entries = own_entries(records, me);
    let in_log = entries
        .iter()
        .flat_map(|entry| entry.attachments().into_iter().filter(|one| !entry.arrived.contains(&one.sha256)).cloned());
    let acknowledged = outbox.items().iter().filter(|item| is_known(item)).flat_map(attached);
    let mut all: Vec<Attachment> = Vec::new();
    for one in in_log.chain(acknowledged) {
        let arrived = entries.iter().any(|entry| entry.arrived.contains(&one.sha256));
        if !arrived && all.iter().all(|other| other.sha256 != one.sha256) {
            all.push(one);
        }
    }
    all
}

/// The entries that `me` wrote, oldest first. Only their author's phone has their attachments.
fn own_entries(records: &Records, me: PersonId) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> =
        records.entries.values().map(|entry| &**entry).filter(|entry| entry.author == me).collect();
    entries.sort_by_key(|entry| entry.place_in_list());
    entries
}

/// Whether the server has the words.
const fn is_known(item: &Queued) -> bool {
    matches!(item.state, QueuedState::Acknowledged { .. })
}

/// What a command attaches.
fn attached(item: &Queued) -> impl Iterator<Item = Attachment> + '_ {
    let form = item.command.as_ref().and_then(|command| command.act.form());
    form.into_iter().flat_map(|form| &form.attachments).filter_map(|word| Attachment::read(word))
}
