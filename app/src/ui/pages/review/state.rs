//! How the person who reads stands to an entry: read, or new again, and why.
//!
//! Read is what they have reacted to. 已阅 stands in an entry once per version and role: where a colleague has said it
//! already, theirs changes nothing there, and what they have seen is noted for them alone (`domain::seen`).

use crate::ui::Client;
use crate::ui::components::{Icon, IconName};
use domain::kernel::{Actor, Command, CommandId, CommunityId, PersonId, Record, Rights};
use domain::log::{Act, Did, Entry, MayReview};
use domain::seen::{self, Seen, Sight};
use domain::sync::{LocalError, NotSaved, Records};
use leptos::prelude::*;
use std::sync::Arc;

/// Somebody who reads for others in one community.
pub struct Reader<'r> {
    rights: &'r Rights<'r>,
    seen: Option<Arc<Seen>>,
    records: &'r Records,
}

/// Has the app know what this module notes. Called once, by the desk.
pub fn learn(client: Client) {
    let is_known = client.records.with_untracked(|records| records.kinds().act("see").is_some());
    if let Some(replica) = client.replica().filter(|_| !is_known) {
        replica.learn(&seen::MODULE);
    }
}

/// Asks as the person who is signed in; `None` where nobody is, or nothing is known of the community.
pub fn as_reader<T>(client: Client, community: CommunityId, ask: impl FnOnce(&Reader<'_>) -> T) -> Option<T> {
    let key = Seen::key_of(community, client.my_id()?);
    let seen = client.with_view(|view| view.shown(&key).and_then(|shown| shown.shared::<Seen>()));
    client.records.with(|records| {
        client.with_rights(community, |rights| ask(&Reader { rights, seen, records }))
    })
}

/// Whether there is nothing left to look at for this person.
pub fn is_read(client: Client, entry: &Entry) -> bool {
    as_reader(client, entry.community, |reader| reader.has_read(entry)) == Some(true)
}

/// Whether this person has reacted to words that were changed since: 看过以后又改了.
pub fn was_changed_since(client: Client, entry: &Entry) -> bool {
    as_reader(client, entry.community, |reader| reader.saw_other_words(entry)) == Some(true)
}

/// The words for it.
pub fn changed_since() -> AnyView {
    view! { <span class="status" data-tone="ask"><Icon name=IconName::Refresh />"看过以后又改了"</span> }.into_any()
}

impl Reader<'_> {
    /// Whether an entry waits for this person's look.
    pub fn misses(&self, entry: &Entry) -> bool {
        entry.is_listed() && !self.has_read(entry) && MayReview::find(self.rights, entry).is_some()
    }

    fn has_read(&self, entry: &Entry) -> bool {
        let Some(me) = self.rights.person() else { return false };
        let now = entry.version();
        let has_seen =
            || self.seen.as_ref().is_some_and(|seen| seen.has_seen(entry.id.uuid(), now, position(self.records, entry)));
        entry.is_written_by(me) || reviewed_by(me, entry).any(|version| version == now) || has_seen()
    }

    fn saw_other_words(&self, entry: &Entry) -> bool {
        let last = self.rights.person().and_then(|me| reviewed_by(me, entry).last());
        last.is_some_and(|version| is_changed_after(entry, version)) && self.misses(entry)
    }
}

/// 已阅 of what stands in the entry.
///
/// # Errors
/// [`NotSaved`]; nothing was changed.
pub async fn mark_read(client: Client, entry: &Entry) -> Result<CommandId, NotSaved> {
    let is_said = client.with_rights(entry.community, |rights| {
        MayReview::find(rights, entry).is_some_and(|right| right.is_done())
    });
    if is_said == Some(true) {
        return note_seen(client, entry).await;
    }
    let act = Act::MarkRead { version: entry.version() };
    client.submit(act.about(entry), &act, None).await
}

async fn note_seen(client: Client, entry: &Entry) -> Result<CommandId, NotSaved> {
    let not_connected = || NotSaved::Device(LocalError::Unavailable("not connected".to_owned()));
    let replica = client.replica().ok_or_else(not_connected)?;
    let me = client.my_id_untracked().ok_or_else(not_connected)?;
    let position = client.records.with_untracked(|records| position(records, entry));
    let sight = Sight { record: entry.id.uuid(), version: entry.version(), position };
    let act = seen::Act::See { up_to: None, seen: vec![sight], unseen: Vec::new() };
    let head = replica.head(vec![Seen::key_of(entry.community, me)])?;
    replica.submit(Command::new(head, &act)?, None, &[]).await
}

/// Where an entry stands in the feed; what was found by search stands before everything that the device was told.
fn position(records: &Records, entry: &Entry) -> i64 {
    records.position(&entry.key()).unwrap_or_default().max(1)
}

/// The versions that somebody reacted to, in the order in which the server had it.
fn reviewed_by(person: PersonId, entry: &Entry) -> impl Iterator<Item = CommandId> + '_ {
    let theirs = entry.steps.iter().filter(move |step| step.by == Actor::Person(person));
    theirs.filter_map(|step| step.reviewed().map(|(version, _)| version))
}

fn is_changed_after(entry: &Entry, version: CommandId) -> bool {
    let at = entry.steps.iter().position(|step| step.version() == Some(version) || step.id == version);
    let mut later = entry.steps.iter().skip(at.map_or(0, |at| at + 1));
    later.any(|step| matches!(step.did, Did::Changed(_)))
}
