//! Everything that was found for a group.

use super::{CommunityState, Filed, Found, Kept, Needs, Queue, Serial, Waiting};
use crate::kernel::{CommandId, CommunityId, PersonId, RecordKey, Sha256};
use crate::organisation::Directory;
use std::collections::{BTreeMap, BTreeSet};

/// What a group starts from. Whatever was asked for and is not here is not there.
pub(super) struct Base {
    pub asked: Needs,
    pub filed: BTreeMap<CommandId, Filed>,
    pub records: BTreeMap<RecordKey, Kept>,
    pub awaited: BTreeSet<RecordKey>,
    pub to_be_erased: BTreeSet<RecordKey>,
    pub communities: BTreeMap<CommunityId, CommunityState>,
    pub queues: BTreeMap<Queue, RecordKey>,
    pub serials: BTreeMap<Serial, u32>,
    pub blobs: BTreeSet<(PersonId, Sha256)>,
    pub waiting: BTreeMap<RecordKey, Vec<Waiting>>,
    pub parked: BTreeMap<PersonId, u32>,
    pub crowds: BTreeMap<RecordKey, u32>,
    pub conflicts: BTreeMap<CommandId, Vec<Sha256>>,
    /// For whoever asks of a community that was not fetched yet.
    pub nowhere: Directory,
}

impl Base {
    pub(super) fn new() -> Self {
        Self {
            asked: Needs::default(),
            filed: BTreeMap::new(),
            records: BTreeMap::new(),
            awaited: BTreeSet::new(),
            to_be_erased: BTreeSet::new(),
            communities: BTreeMap::new(),
            queues: BTreeMap::new(),
            serials: BTreeMap::new(),
            blobs: BTreeSet::new(),
            waiting: BTreeMap::new(),
            parked: BTreeMap::new(),
            crowds: BTreeMap::new(),
            conflicts: BTreeMap::new(),
            nowhere: Directory::new(uuid::Uuid::nil().into()),
        }
    }

    /// Takes in what was found, and says what that makes necessary: what waits is judged on its own records.
    pub(super) fn learn(&mut self, needs: Needs, found: Found) -> Needs {
        let mut more = Needs::default();
        for waiting in found.waiting {
            more.name(&waiting.command);
            self.waiting.entry(waiting.waits_for.clone()).or_default().push(waiting);
        }
        for state in found.communities {
            self.communities.insert(state.community, state);
        }
        for community in &needs.communities {
            let community = *community;
            let unknown = || CommunityState { community, directory: Directory::new(community), head: 0 };
            self.communities.entry(community).or_insert_with(unknown);
        }
        for (id, sha256) in found.conflicts {
            self.conflicts.entry(id).or_default().push(sha256);
        }
        self.filed.extend(found.filed.into_iter().map(|filed| (filed.id, filed)));
        self.records.extend(found.records.into_iter().map(|kept| (kept.key.clone(), kept)));
        self.awaited.extend(found.awaited);
        self.to_be_erased.extend(found.to_be_erased);
        self.queues.extend(found.queues);
        self.serials.extend(found.serials);
        self.blobs.extend(found.blobs);
        self.parked.extend(found.parked);
        self.crowds.extend(found.crowds);
        self.asked.add(needs);
        more.without(&self.asked)
    }
}
