//! What a group has made of what it started from: the newest states, over what was found.

use super::decision::{Change, Conflict, Trouble};
use super::known::Base;
use super::{Arrival, Delivery, Filed, Needs, Queue, Ruling, Serial, Verdict};
use crate::kernel::{
    Command, CommandId, CommunityId, Known, Look, Membership, PersonId, RecordKey, Rejection, Sha256, Span, Timestamp,
    Tree,
};
use crate::kinds::Kinds;
use crate::organisation::Directory;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A command that waits, found or of the group itself.
#[derive(Clone, Copy)]
pub(super) struct Parked<'g> {
    pub command: &'g Command,
    pub sha256: Sha256,
    pub received: Timestamp,
    pub is_decided: bool,
}

/// The records that have a new state, each in its newest one.
#[derive(Default)]
pub(super) struct Changes {
    /// In the order in which they were first changed.
    list: Vec<Change>,
    places: BTreeMap<RecordKey, usize>,
}

impl Changes {
    pub(super) fn get(&self, key: &RecordKey) -> Option<&Change> {
        self.list.get(*self.places.get(key)?)
    }

    pub(super) fn put(&mut self, key: RecordKey, change: Change) {
        let place = *self.places.entry(key).or_insert(self.list.len());
        match self.list.get_mut(place) {
            Some(before) => *before = change,
            None => self.list.push(change),
        }
    }

    /// All of them, by community and position: nearly the order in which they are kept.
    pub(super) fn by_position(mut self) -> Vec<Change> {
        self.list.sort_by_key(|change| (change.stored.key.community, change.position));
        self.list
    }
}

/// A command that was not stored before.
pub(super) struct New<'g> {
    pub delivery: &'g Delivery,
    pub arrival: &'g Arrival,
    pub command: &'g Command,
}

pub(super) struct Draft<'g> {
    pub kinds: &'g Kinds,
    pub base: &'g Base,
    /// What was asked about and not fetched: then the whole draft is void.
    pub missing: RefCell<Needs>,
    pub filed: BTreeMap<CommandId, Filed>,
    pub records: Changes,
    pub directories: BTreeMap<CommunityId, Directory>,
    pub heads: BTreeMap<CommunityId, i64>,
    pub serials: BTreeMap<Serial, u32>,
    /// Under which key the commands of a queue wait by now.
    pub queues: BTreeMap<Queue, Option<RecordKey>>,
    /// A command of the queue was answered `later` or `unknown_act`: those after it are answered `later`.
    pub stuck: BTreeSet<Queue>,
    /// What the group itself has parked.
    pub parked: BTreeMap<RecordKey, Vec<Parked<'g>>>,
    /// Keys whose waiting commands had their turn.
    pub released: BTreeSet<RecordKey>,
    /// How much more of somebody is parked or held than was found.
    pub parked_more: BTreeMap<PersonId, i64>,
    pub new: Vec<New<'g>>,
    /// Stored before, and something else by now.
    pub ruled: BTreeMap<CommandId, Option<&'g Ruling>>,
    pub conflicts: Vec<Conflict<'g>>,
    /// Records whose words were erased by the group, with the command that did so last.
    pub erased: BTreeMap<RecordKey, CommandId>,
    /// What came into force and outlives a restore.
    pub ended: Vec<CommandId>,
    /// Of the group's own conflicts, the names of their bytes.
    pub conflicting: BTreeMap<CommandId, Vec<Sha256>>,
    pub troubles: Vec<Trouble>,
}

impl Known for Draft<'_> {
    fn look(&self, key: &RecordKey) -> Look<'_> {
        if let Some(change) = self.records.get(key) {
            return Look::Here(&*change.state);
        }
        match self.base.records.get(key) {
            Some(kept) => kept.state.as_deref().map_or(Look::Unread, Look::Here),
            None => {
                if !self.base.asked.records.contains(key) {
                    self.missing.borrow_mut().records.insert(key.clone());
                }
                Look::Nowhere
            }
        }
    }

    fn tree(&self, community: CommunityId) -> &Tree {
        self.directory(community).tree()
    }

    fn memberships(&self, community: CommunityId, person: PersonId) -> &[Membership] {
        self.directory(community).memberships(person)
    }

    fn grace(&self, community: CommunityId) -> Span {
        self.directory(community).grace()
    }

    fn people(&self, community: CommunityId) -> usize {
        self.directory(community).people().count()
    }
}

impl<'g> Draft<'g> {
    pub(super) fn on(kinds: &'g Kinds, base: &'g Base) -> Self {
        Self {
            kinds,
            base,
            missing: RefCell::default(),
            filed: BTreeMap::new(),
            records: Changes::default(),
            directories: BTreeMap::new(),
            heads: BTreeMap::new(),
            serials: BTreeMap::new(),
            queues: BTreeMap::new(),
            stuck: BTreeSet::new(),
            parked: BTreeMap::new(),
            released: BTreeSet::new(),
            parked_more: BTreeMap::new(),
            new: Vec::new(),
            ruled: BTreeMap::new(),
            conflicts: Vec::new(),
            erased: BTreeMap::new(),
            ended: Vec::new(),
            conflicting: BTreeMap::new(),
            troubles: Vec::new(),
        }
    }

    pub(super) fn directory(&self, community: CommunityId) -> &Directory {
        if let Some(changed) = self.directories.get(&community) {
            return changed;
        }
        match self.base.communities.get(&community) {
            Some(state) => &state.directory,
            None => {
                self.missing.borrow_mut().communities.insert(community);
                &self.base.nowhere
            }
        }
    }

    /// The newest position of a feed.
    pub(super) fn head(&self, community: CommunityId) -> i64 {
        let found = || self.base.communities.get(&community).map_or(0, |state| state.head);
        self.heads.get(&community).copied().unwrap_or_else(found)
    }

    /// The last number that was given of a series.
    pub(super) fn last_of(&self, serial: &Serial) -> u32 {
        if let Some(last) = self.serials.get(serial).or_else(|| self.base.serials.get(serial)) {
            return *last;
        }
        let asked = &self.base.asked;
        let by_day = serial.day.is_some_and(|day| asked.days.contains(&(serial.community, day)));
        if !by_day && !asked.serials.contains(serial) {
            self.missing.borrow_mut().serials.insert(serial.clone());
        }
        0
    }

    pub(super) fn has_blob(&self, blob: (PersonId, Sha256)) -> bool {
        if !self.base.asked.blobs.contains(&blob) {
            self.missing.borrow_mut().blobs.insert(blob);
        }
        self.base.blobs.contains(&blob)
    }

    /// Whether the words of a record are gone for good: they were erased, or a command waits that will erase them as soon as
    /// the record comes (after a restore from a backup that lacks it). Whatever is said about it is not kept.
    pub(super) fn has_lost_words(&self, record: &RecordKey) -> bool {
        let erases = |one: &Parked<'_>| one.command.head.first() == record && self.kinds.erases(one.command.act_name());
        match self.look(record) {
            Look::Here(record) => record.is_erased(),
            Look::Unread => false,
            Look::Nowhere => {
                self.base.to_be_erased.contains(record) || self.parked.get(record).into_iter().flatten().any(erases)
            }
        }
    }

    /// What is stored under an id by now.
    pub(super) fn filed(&self, id: CommandId) -> Option<&Filed> {
        self.filed.get(&id).or_else(|| self.base.filed.get(&id))
    }

    /// For what the commands of a queue wait.
    pub(super) fn waits_in(&self, queue: &Queue) -> Option<RecordKey> {
        if self.erased.contains_key(&queue.record) {
            return None;
        }
        self.queues.get(queue).unwrap_or(&self.base.queues.get(queue).cloned()).clone()
    }

    /// How much of somebody is parked or held by now.
    pub(super) fn parked_by(&self, person: PersonId) -> i64 {
        if !self.base.asked.parked.contains(&person) {
            self.missing.borrow_mut().parked.insert(person);
        }
        let found = self.base.parked.get(&person).copied().map_or(0, i64::from);
        found + self.parked_more.get(&person).copied().unwrap_or_default()
    }

    /// How many commands wait for a key by now.
    pub(super) fn waiting_for(&self, key: &RecordKey) -> usize {
        let found = || {
            if !self.base.asked.crowds.contains(key) {
                self.missing.borrow_mut().crowds.insert(key.clone());
            }
            self.base.crowds.get(key).map_or(0, |count| usize::try_from(*count).unwrap_or(usize::MAX))
        };
        let found = if self.released.contains(key) { 0 } else { found() };
        found + self.parked.get(key).map_or(0, Vec::len)
    }

    pub(super) fn count_parked(&mut self, person: Option<PersonId>, more: i64) {
        if let Some(person) = person {
            *self.parked_more.entry(person).or_default() += more;
        }
    }

    /// Everything that waits for a key, in the order of arrival; it does not from now on.
    pub(super) fn take_waiting(&mut self, key: &RecordKey) -> Vec<Parked<'g>> {
        let base: &'g Base = self.base;
        let mut waiting = Vec::new();
        if base.awaited.contains(key) && self.released.insert(key.clone()) {
            if !base.asked.waiting.contains(key) {
                self.missing.borrow_mut().waiting.insert(key.clone());
            }
            let found = base.waiting.get(key).into_iter().flatten();
            waiting.extend(found.map(|one| Parked {
                command: &one.command,
                sha256: one.sha256,
                received: one.received,
                is_decided: one.is_decided,
            }));
        }
        waiting.extend(self.parked.remove(key).into_iter().flatten());
        for one in &waiting {
            self.queues.insert(Queue::of(&one.command.head), None);
        }
        waiting
    }

    /// Keeps a command until `key` arrives.
    pub(super) fn park(&mut self, one: Parked<'g>, key: RecordKey) {
        self.queues.insert(Queue::of(&one.command.head), Some(key.clone()));
        self.file(one.command, one.sha256, Verdict::Waiting(key.clone()));
        self.parked.entry(key).or_default().push(one);
    }

    /// The words of a record are gone, by this command. What waits about it never has its turn.
    pub(super) fn erase(&mut self, record: &RecordKey, by: CommandId) {
        let is_open = |verdict: &Verdict| matches!(verdict, Verdict::Waiting(_) | Verdict::Held);
        for waiting in self.parked.values_mut() {
            waiting.retain(|one| one.command.head.first() != record);
        }
        let about = self.new.iter().map(|new| &new.command.head).filter(|head| head.first() == record);
        let open: Vec<(CommandId, Option<PersonId>)> = about
            .filter(|head| self.filed.get(&head.id).is_some_and(|filed| is_open(&filed.verdict)))
            .map(|head| (head.id, head.actor.person()))
            .collect();
        for (id, person) in open {
            self.count_parked(person, -1);
            if let Some(filed) = self.filed.get_mut(&id) {
                filed.verdict = Verdict::Rejected { reason: Rejection::ERASED.into(), is_final: true };
            }
        }
        self.erased.insert(record.clone(), by);
    }

    /// Writes down what became of a command.
    pub(super) fn file(&mut self, command: &Command, sha256: Sha256, verdict: Verdict) {
        let (id, community) = (command.head.id, command.head.community());
        self.filed.insert(id, Filed { id, sha256, community, verdict, is_erased: false });
    }
}
