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
    client.records.with(|records| client.with_rights(community, |rights| ask(&Reader { rights, seen, records })))
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
        let has_seen = || {
            self.seen.as_ref().is_some_and(|seen| seen.has_seen(entry.id.uuid(), now, position(self.records, entry)))
        };
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
    let is_said = client
        .with_rights(entry.community, |rights| MayReview::find(rights, entry).is_some_and(|right| right.is_done()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{EntryId, FieldChange, Membership, Role, Text, Times, Timestamp, Topics, Tree, json};
    use domain::kinds::Kinds;
    use domain::log::{Answered, Changed, Read, Step, field};

    const LI: u8 = 2;
    const CHEN: u8 = 3;

    fn person(number: u8) -> PersonId {
        PersonId::from_parts(number.into(), [number; 10])
    }

    fn command(number: u8) -> CommandId {
        CommandId::from_parts(number.into(), [number; 10])
    }

    fn community() -> CommunityId {
        CommunityId::from_parts(1, [0; 10])
    }

    /// Wang's entry with what was done to it since, one command after the other.
    fn entry(done: impl IntoIterator<Item = (u8, Did)>) -> Entry {
        let content = r#"{"category":"09","spot":"stairwell","problem":"张大娘感冒两天","urgency":"3","happened":0}"#;
        let at = Timestamp::EARLIEST;
        let wrote = (1, Did::Wrote {});
        let step = |(index, (by, did)): (u8, (u8, Did))| Step {
            id: command(index),
            by: Actor::Person(person(by)),
            times: Times { written: at, clock_offset: None, received: Some(at) },
            did,
        };
        Entry {
            id: EntryId::from_parts(1, [1; 10]),
            community: community(),
            number: None,
            author: person(1),
            place: community().into(),
            content: json::read(content.as_bytes()).unwrap(),
            classes: Topics::number(8),
            steps: (1..).zip(std::iter::once(wrote).chain(done)).map(step).collect(),
            clashes: Vec::new(),
            arrived: Vec::new(),
        }
    }

    fn read(version: u8) -> Did {
        Did::Read(Read { version: command(version), role: Role::SocialWorker })
    }

    fn changed() -> Did {
        let changes = vec![FieldChange::new(field::FEEDBACK.key, None, Some("好了"))];
        Did::Changed(Changed { seen: command(1), merged: None, changes })
    }

    fn answered() -> Did {
        let text = Text::parse(field::ANSWER, "是的", 10).unwrap();
        Did::Answered(Answered { question: command(9), text })
    }

    /// Whether Li misses an entry, and whether that is because its words are others.
    fn of_li(entry: &Entry, seen: Option<Seen>) -> (bool, bool) {
        let tree = Tree::new(community());
        let post = Membership { role: Role::SocialWorker, place: tree.root(), from: Timestamp::EARLIEST, until: None };
        let rights = Rights::now(person(LI), community(), &[post], &tree, Timestamp::EARLIEST);
        let records = Records::new(Kinds::of(&[]));
        let reader = Reader { rights: &rights, seen: seen.map(Arc::new), records: &records };
        (reader.misses(entry), reader.saw_other_words(entry))
    }

    #[test]
    fn what_was_changed_or_answered_since_is_new_again_and_only_changed_words_are_said_to_be() {
        let table = [
            (entry([]), (true, false)),
            (entry([(LI, read(1))]), (false, false)),
            (entry([(LI, read(1)), (1, changed())]), (true, true)),
            (entry([(LI, read(1)), (1, changed()), (LI, read(3))]), (false, false)),
            (entry([(1, changed()), (LI, read(1))]), (true, true)),
            (entry([(LI, read(1)), (1, answered())]), (true, false)),
            (entry([(LI, read(1)), (1, Did::Withdrew {})]), (false, false)),
        ];
        for (entry, expected) in table {
            assert_eq!(of_li(&entry, None), expected, "{:?}", entry.steps);
        }
    }

    #[test]
    fn what_a_colleague_has_read_is_missed_until_one_has_seen_it_oneself() {
        let entry = entry([(CHEN, read(1))]);
        assert_eq!(of_li(&entry, None), (true, false));
        let times = entry.steps[0].times;
        let sight = |version| Sight { record: entry.id.uuid(), version, position: 1 };
        let seen = |version| Seen {
            person: person(LI),
            community: community(),
            up_to: 0,
            seen: vec![sight(version)],
            unseen: Vec::new(),
            made: times,
            changed: times,
        };
        assert_eq!(of_li(&entry, Some(seen(command(1)))), (false, false));
        assert_eq!(of_li(&entry, Some(seen(command(7)))), (true, false));
    }
}
