//! What a group needs to know before it can be decided, and what an engine found of it.

use super::Delivery;
use super::delivery::with_offset;
use crate::kernel::{
    Actor, Attachment, Command, CommandId, CommunityId, Day, DeviceId, Head, PersonId, RecordKey, Rejection, Sha256,
    Shared, Timestamp, Unreadable,
};
use crate::organisation::Directory;
use std::collections::BTreeSet;

/// What one device did to one record, in its order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Queue {
    /// The record that the commands are about: the first of their keys.
    pub record: RecordKey,
    /// Whose.
    pub actor: Actor,
    /// Where.
    pub device: DeviceId,
}

impl Queue {
    /// The queue in which a command stands.
    #[must_use]
    pub fn of(head: &Head) -> Self {
        Self { actor: head.actor, device: head.device, record: head.first().clone() }
    }
}

/// A counter that starts at 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serial {
    /// Whose.
    pub community: CommunityId,
    /// Of what.
    pub series: String,
    /// Of which day; `None` for one that never begins anew.
    pub day: Option<Day>,
}

/// What is to be fetched. Whatever is named here and not found is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// What is stored under these ids: [`Found::filed`].
    pub commands: BTreeSet<CommandId>,
    /// Newest states: [`Found::records`]; and which of these keys anything waits for: [`Found::awaited`],
    /// [`Found::to_be_erased`].
    pub records: BTreeSet<RecordKey>,
    /// Places, people and feed: [`Found::communities`].
    pub communities: BTreeSet<CommunityId>,
    /// Whether commands of these queues are parked, and under which key: [`Found::queues`].
    pub queues: BTreeSet<Queue>,
    /// All serials of a community's day: [`Found::serials`].
    pub days: BTreeSet<(CommunityId, Day)>,
    /// Which bytes somebody has sent: [`Found::blobs`].
    pub blobs: BTreeSet<(PersonId, Sha256)>,
    /// One serial: [`Found::serials`]. Seldom.
    pub serials: BTreeSet<Serial>,
    /// All commands that wait for these keys, in the order of arrival: [`Found::waiting`]. Seldom.
    pub waiting: BTreeSet<RecordKey>,
    /// How much of somebody is parked or held, in all communities: [`Found::parked`]. Seldom.
    pub parked: BTreeSet<PersonId>,
    /// How many commands wait for each of these keys: [`Found::crowds`]. Seldom.
    pub crowds: BTreeSet<RecordKey>,
    /// Hashes of other bytes that came under these ids: [`Found::conflicts`]. Seldom.
    pub conflicts: BTreeSet<CommandId>,
}

/// What became of a command that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In force.
    Accepted {
        /// The feed brings its effect at or before this position.
        position: i64,
        /// The number that it was given.
        number: Option<String>,
    },
    /// Kept until this record arrives.
    Waiting(RecordKey),
    /// Kept until somebody decides about it.
    Held,
    /// Not in force. It was parked or held before: what is rejected on arrival is not stored.
    Rejected {
        /// Why.
        reason: Rejection,
        /// Somebody has decided so: the same bytes are not judged again.
        is_final: bool,
    },
}

/// A command that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// Which.
    pub id: CommandId,
    /// The name of its bytes, which may be erased.
    pub sha256: Sha256,
    /// Where.
    pub community: CommunityId,
    /// What became of it.
    pub verdict: Verdict,
    /// Its bytes were erased.
    pub is_erased: bool,
}

/// A record that is stored.
#[derive(Clone)]
pub struct Kept {
    /// Which.
    pub key: RecordKey,
    /// Its newest state; `None` where this version cannot read it.
    pub state: Option<Shared>,
    /// Where the feed has it.
    pub position: i64,
}

/// A community that is known.
#[derive(Clone, Debug)]
pub struct CommunityState {
    /// Which.
    pub community: CommunityId,
    /// Its places and people. Made once and kept by the engine: a decision says which have changed.
    pub directory: Directory,
    /// The newest position of its feed.
    pub head: i64,
}

/// A command that is kept until a record arrives.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// With the best known offset of the device's clock.
    pub command: Command,
    /// The name of its bytes.
    pub sha256: Sha256,
    /// When it came.
    pub received: Timestamp,
    /// For what it waits.
    pub waits_for: RecordKey,
    /// Somebody has decided that it counts although it is late.
    pub is_decided: bool,
}

impl Waiting {
    /// From what is stored.
    ///
    /// # Errors
    /// [`Unreadable`]
    pub fn read(
        bytes: &str,
        (sent_at, received): (Timestamp, Timestamp),
        waits_for: RecordKey,
        is_decided: bool,
    ) -> Result<Self, Unreadable> {
        let command = with_offset(Command::read(bytes)?, received.since(sent_at));
        Ok(Self { command, sha256: Sha256::of(bytes.as_bytes()), received, waits_for, is_decided })
    }
}

/// What an engine found of [`Needs`].
#[derive(Clone, Default)]
pub struct Found {
    /// For [`Needs::commands`].
    pub filed: Vec<Filed>,
    /// For [`Needs::records`].
    pub records: Vec<Kept>,
    /// For [`Needs::records`]: those that any command waits for, known or not.
    pub awaited: Vec<RecordKey>,
    /// Of those, the ones about which a command that erases words waits ([`Ends::Words`](crate::kinds::Ends::Words)).
    pub to_be_erased: Vec<RecordKey>,
    /// For [`Needs::communities`].
    pub communities: Vec<CommunityState>,
    /// For [`Needs::queues`]: the key for which the parked commands of the queue wait (all of one queue wait for one).
    pub queues: Vec<(Queue, RecordKey)>,
    /// For [`Needs::days`] and [`Needs::serials`]: the last that was given.
    pub serials: Vec<(Serial, u32)>,
    /// For [`Needs::blobs`].
    pub blobs: Vec<(PersonId, Sha256)>,
    /// For [`Needs::waiting`], in the order of arrival.
    pub waiting: Vec<Waiting>,
    /// For [`Needs::parked`].
    pub parked: Vec<(PersonId, u32)>,
    /// For [`Needs::crowds`].
    pub crowds: Vec<(RecordKey, u32)>,
    /// For [`Needs::conflicts`].
    pub conflicts: Vec<(CommandId, Sha256)>,
}

impl Needs {
    /// What the heads of deliveries name.
    #[must_use]
    pub fn by(deliveries: &[Delivery]) -> Self {
        let mut needs = Self::default();
        for delivery in deliveries {
            let commands = delivery.arrivals.iter().filter_map(|arrival| arrival.command.as_ref().ok());
            for command in commands.filter(|command| delivery.may_bring(command)) {
                needs.commands.insert(command.head.id);
                needs.queues.insert(Queue::of(&command.head));
                needs.name(command);
            }
        }
        needs
    }

    /// What it takes to judge a command.
    pub(super) fn name(&mut self, command: &Command) {
        let head = &command.head;
        self.records.extend(head.about.iter().cloned());
        self.communities.insert(head.community());
        self.days.insert((head.community(), head.corrected().day()));
        if let Some(person) = head.actor.person() {
            self.blobs.extend(Attachment::words_in(&command.act).map(|attachment| (person, attachment.sha256)));
        }
    }

    /// Whether nothing is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Moves whole sets where there was nothing: the usual case.
    pub(super) fn add(&mut self, mut more: Self) {
        self.commands.append(&mut more.commands);
        self.records.append(&mut more.records);
        self.communities.append(&mut more.communities);
        self.queues.append(&mut more.queues);
        self.days.append(&mut more.days);
        self.blobs.append(&mut more.blobs);
        self.serials.append(&mut more.serials);
        self.waiting.append(&mut more.waiting);
        self.parked.append(&mut more.parked);
        self.crowds.append(&mut more.crowds);
        self.conflicts.append(&mut more.conflicts);
    }

    pub(super) fn without(mut self, asked: &Self) -> Self {
        self.commands.retain(|one| !asked.commands.contains(one));
        self.records.retain(|one| !asked.records.contains(one));
        self.communities.retain(|one| !asked.communities.contains(one));
        self.queues.retain(|one| !asked.queues.contains(one));
        self.days.retain(|one| !asked.days.contains(one));
        self.blobs.retain(|one| !asked.blobs.contains(one));
        self.serials.retain(|one| !asked.serials.contains(one));
        self.waiting.retain(|one| !asked.waiting.contains(one));
        self.parked.retain(|one| !asked.parked.contains(one));
        self.crowds.retain(|one| !asked.crowds.contains(one));
        self.conflicts.retain(|one| !asked.conflicts.contains(one));
        self
    }
}
