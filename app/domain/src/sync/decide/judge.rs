//! One command after the other: what it is answered, what it changes, and what it lets go on.

use super::decision::{Change, Conflict, Decision, NewCommand, Ruled, Trouble};
use super::draft::{Draft, New, Parked};
use super::server_side::{Blind, Serving, Taken};
use super::{Arrival, Delivery, Filed, Needs, Queue, Verdict};
use crate::kernel::{
    Actor, AnyRecord, Bounds, Command, CommandId, CommunityId, Effects, Occasion, RecordKey, Refusal, Rejection,
    Rights, Sha256,
};
use crate::organisation::{Community, Directory};
use crate::sync::{CommandReply, Outcome};
use std::{cell::RefCell, collections::VecDeque};

/// Commands that one person may have parked or held, in all communities: more than anybody does in a week without
/// signal, and little enough to be looked through at once. What goes beyond it is kept by the phone.
pub const MOST_PARKED: u32 = 200;

/// Other bytes that are kept beside one command: enough to see what a phone did, too few to fill a disk with.
pub const MOST_CONFLICTS: usize = 3;

/// What to answer.
pub(super) enum Answer {
    Now(CommandReply),
    /// Other bytes, of this name, came under the id of a command; if that is stored in the end.
    Beside(CommandId, Sha256),
    /// As the command stands when the whole group is decided; whether the server had it before.
    AsFiled(CommandId, bool),
}

/// What the rules say of a command.
enum Judgement {
    /// In force, and these records were not known before.
    Accepted {
        position: i64,
        number: Option<String>,
        arrived: Vec<RecordKey>,
    },
    WaitsFor(RecordKey),
    Held,
    Rejected(Rejection),
    UnknownAct,
    /// Not its own fault.
    Later,
}

impl<'g> Draft<'g> {
    pub(super) fn take_in(&mut self, delivery: &'g Delivery, arrival: &'g Arrival) -> Answer {
        let now = |id, outcome| Answer::Now(CommandReply { id, sha256: arrival.sha256, outcome });
        let command = match &arrival.command {
            Ok(command) => command,
            Err(error) if error.is_newer => return now(None, Outcome::UnknownAct),
            Err(_) => return now(None, rejected(Rejection::MALFORMED)),
        };
        let id = command.head.id;
        if !delivery.may_bring(command) {
            return now(Some(id), rejected(Rejection::ANOTHER_AUTHOR));
        }
        let ruling = delivery.ruling.as_ref();
        match self.filed(id).map(|filed| (filed.sha256, &filed.verdict)) {
            None => {}
            Some((sha256, _)) if sha256 != arrival.sha256 => {
                self.keep_conflict(command, delivery, arrival);
                return Answer::Beside(id, arrival.sha256);
            }
            // What waited about a record whose words this group has erased.
            Some((_, Verdict::Waiting(_) | Verdict::Held)) if self.erased.contains_key(command.head.first()) => {
                self.ruled.entry(id).or_default();
                let reason = Rejection::ERASED.into();
                self.file(command, arrival.sha256, Verdict::Rejected { reason, is_final: true });
                return Answer::AsFiled(id, true);
            }
            Some((_, Verdict::Held)) if ruling.is_some_and(|ruling| ruling.accept) => {}
            Some((_, Verdict::Held)) if ruling.is_some() => {
                self.ruled.insert(id, ruling);
                self.count_parked(command.head.actor.person(), -1);
                let reason = Rejection::TOO_LATE.into();
                self.file(command, arrival.sha256, Verdict::Rejected { reason, is_final: true });
                return Answer::AsFiled(id, true);
            }
            // It was parked once, and turned down when its record came.
            Some((_, Verdict::Rejected { is_final: false, .. })) => {}
            Some(_) => return Answer::AsFiled(id, true),
        }
        let stored = self.filed(id).map(|filed| &filed.verdict);
        let (is_stored, was_held) = (stored.is_some(), matches!(stored, Some(Verdict::Held)));
        let is_decided = ruling.is_some();
        let one = Parked { command, sha256: arrival.sha256, received: delivery.received, is_decided };
        let queue = Queue::of(&command.head);
        // What was held came before everything that is parked by now.
        let behind = if is_decided { None } else { self.waits_in(&queue) };
        let judgement = if self.stuck.contains(&queue) { Judgement::Later } else { self.judge(&one, behind) };
        let (verdict, arrived) = match judgement {
            Judgement::Accepted { position, number, arrived } => (Verdict::Accepted { position, number }, arrived),
            // What is held has its place already.
            Judgement::Held if was_held || self.has_room(command.head.actor) => (Verdict::Held, Vec::new()),
            Judgement::WaitsFor(key) if self.has_room_behind(&key, command.head.actor, was_held) => {
                (Verdict::Waiting(key), Vec::new())
            }
            Judgement::Rejected(reason) if is_decided => (Verdict::Rejected { reason, is_final: false }, Vec::new()),
            Judgement::Rejected(reason) => return now(Some(id), rejected(reason)),
            // A newer server will take it, and after it what its device did next.
            Judgement::UnknownAct => {
                self.stuck.insert(queue);
                return now(Some(id), Outcome::UnknownAct);
            }
            Judgement::WaitsFor(_) | Judgement::Held | Judgement::Later => {
                self.stuck.insert(queue);
                return now(Some(id), Outcome::Later);
            }
        };
        if is_stored {
            self.ruled.insert(id, ruling);
        } else {
            self.new.push(New { delivery, arrival, command });
        }
        let is_kept = matches!(verdict, Verdict::Waiting(_) | Verdict::Held);
        self.count_parked(command.head.actor.person(), i64::from(is_kept) - i64::from(was_held));
        if let Verdict::Waiting(key) = verdict {
            self.park(one, key);
        } else {
            self.file(command, arrival.sha256, verdict);
        }
        self.release(arrived);
        // Whoever decides is told that it counts now, not that it was here before.
        Answer::AsFiled(id, is_stored && !is_decided)
    }

    /// `behind`: the key for which earlier commands of its device about its record wait.
    fn judge(&mut self, one: &Parked<'g>, behind: Option<RecordKey>) -> Judgement {
        match self.judge_alone(one, behind) {
            // What makes the record is taken, and erased with it; nothing else about it is kept, not even to wait.
            Judgement::WaitsFor(_) | Judgement::Held
                if !self.kinds.erases(one.command.act_name()) && self.has_lost_words(one.command.head.first()) =>
            {
                Judgement::Rejected(Rejection::ERASED.into())
            }
            judgement => judgement,
        }
    }

    fn judge_alone(&mut self, one: &Parked<'g>, behind: Option<RecordKey>) -> Judgement {
        let head = &one.command.head;
        let Some((module, _)) = self.kinds.act(one.command.act_name()) else { return Judgement::UnknownAct };
        let community = Community::key_of(head.community());
        if self.directory(head.community()).community().is_none() && *head.first() != community {
            return match head.actor {
                Actor::System(_) => Judgement::WaitsFor(community),
                Actor::Person(_) | Actor::Resident(_) | Actor::Unknown {} => {
                    Judgement::Rejected(Rejection::NO_RIGHT.into())
                }
            };
        }
        let (result, taken) = self.apply(one);
        match (result, behind) {
            (Err(Refusal::UnknownAct), _) => Judgement::UnknownAct,
            (Err(Refusal::Unread(record)), _) => self.trouble(one, record),
            (Err(Refusal::Rejected(reason)), _) if reason.is(Rejection::MALFORMED) => Judgement::Rejected(reason),
            // What the others wait for is made by this one.
            (Ok(effects), Some(key)) if effects.records().iter().any(|record| record.key() == key) => {
                self.keep(one, effects, taken)
            }
            // Its rights were asked.
            (Ok(_) | Err(Refusal::WaitsFor(_) | Refusal::Held), Some(key)) => Judgement::WaitsFor(key),
            // What those before it do may be what it lacks.
            (Err(Refusal::Rejected(_)), Some(key))
                if !self.is_never_right(one) && self.may_somewhere(one, module.may_somewhere) =>
            {
                Judgement::WaitsFor(key)
            }
            (Ok(effects), None) => self.keep(one, effects, taken),
            (Err(Refusal::Rejected(reason)), _) => Judgement::Rejected(reason),
            (Err(Refusal::WaitsFor(key)), None) => Judgement::WaitsFor(key),
            (Err(Refusal::Held), None) => Judgement::Held,
        }
    }

    fn apply(&self, one: &Parked<'g>) -> (Result<Effects, Refusal>, Taken) {
        let Parked { command, received, is_decided, .. } = *one;
        let community = command.head.community();
        let serving = Serving { draft: self, community, received, is_decided, taken: RefCell::default() };
        let result = self.kinds.apply(self, command, Some(&serving));
        (result, serving.taken.into_inner())
    }

    /// Whether the rules refuse it whatever the records say: shape is asked before anything is parked, also behind another
    /// command.
    fn is_never_right(&self, one: &Parked<'g>) -> bool {
        let Parked { command, received, is_decided, .. } = *one;
        let community = command.head.community();
        let serving = Serving { draft: self, community, received, is_decided, taken: RefCell::default() };
        matches!(self.kinds.apply(&Blind(self), command, Some(&serving)), Err(Refusal::Rejected(_)))
    }

    /// Rights are asked before anything is parked, also behind another command.
    fn may_somewhere(&self, one: &Parked<'g>, ask: fn(&Rights<'_>, &str) -> bool) -> bool {
        let Parked { command, received, is_decided, .. } = *one;
        let community = command.head.community();
        let serving = Serving { draft: self, community, received, is_decided, taken: RefCell::default() };
        let occasion = Occasion { known: self, head: &command.head, server: Some(&serving) };
        ask(&occasion.rights(None), command.act_name())
    }

    /// Gives positions, and makes the new states those that later commands meet.
    fn keep(&mut self, one: &Parked<'g>, effects: Effects, taken: Taken) -> Judgement {
        let (head, received) = (&one.command.head, one.received);
        let stored = match effects.into_stored() {
            Ok(stored) => stored,
            Err(record) => return self.trouble(one, record),
        };
        self.serials.extend(taken.serials);
        let community = head.community();
        let mut position = self.head(community);
        let mut arrived = Vec::new();
        for (state, stored) in stored {
            position += 1;
            let key = stored.key.clone();
            self.take_into_directory(community, &*state);
            let before = self.records.get(&key);
            let is_new = before.map_or_else(|| !self.base.records.contains_key(&key), |before| before.is_new);
            if is_new {
                arrived.push(key.clone());
            }
            self.records.put(key, Change { state, stored, position, received, is_new });
        }
        if position > self.head(community) {
            self.heads.insert(community, position);
        }
        let act = one.command.act_name();
        if self.kinds.outlives_restore(act) {
            self.ended.push(head.id);
        }
        // Also where it changes nothing: of those that erase a record, the last alone keeps its reason.
        if self.kinds.erases(act) {
            self.erase(head.first(), head.id);
        }
        Judgement::Accepted { position, number: taken.number, arrived }
    }

    fn take_into_directory(&mut self, community: CommunityId, record: &dyn AnyRecord) {
        if Directory::KINDS.contains(&record.key().kind.as_str()) {
            if !self.directories.contains_key(&community) {
                self.directories.insert(community, self.directory(community).clone());
            }
            if let Some(directory) = self.directories.get_mut(&community) {
                directory.take_in(record);
            }
        }
    }

    /// Records are here that were not: whatever waited for them has its turn, in the order of arrival and with its own
    /// times. Some of it lets go on more, some waits for its next key.
    fn release(&mut self, arrived: Vec<RecordKey>) {
        let mut known = VecDeque::from(arrived);
        while let Some(key) = known.pop_front() {
            for one in self.take_waiting(&key) {
                let head = &one.command.head;
                let behind = self.waits_in(&Queue::of(head));
                let verdict = match self.judge(&one, behind) {
                    Judgement::WaitsFor(next) => {
                        self.park(one, next);
                        None
                    }
                    Judgement::Accepted { position, number, arrived } => {
                        known.extend(arrived);
                        Some(Verdict::Accepted { position, number })
                    }
                    Judgement::Rejected(reason) => Some(Verdict::Rejected { reason, is_final: false }),
                    // It is stored, and nothing else will come back to it: somebody has to look at it.
                    Judgement::Held | Judgement::Later | Judgement::UnknownAct => Some(Verdict::Held),
                };
                if let Some(verdict) = verdict {
                    if verdict != Verdict::Held {
                        self.count_parked(head.actor.person(), -1);
                    }
                    self.file(one.command, one.sha256, verdict);
                }
                self.ruled.entry(head.id).or_default();
            }
        }
    }

    fn has_room(&self, actor: Actor) -> bool {
        actor.person().is_none_or(|person| self.parked_by(person) < i64::from(MOST_PARKED))
    }

    /// The system's own commands are few, and nobody would offer them again.
    fn has_room_behind(&self, key: &RecordKey, actor: Actor, was_held: bool) -> bool {
        let bounds = self.kinds.kind(&key.kind).map_or(Bounds::USUAL, |kind| (kind.bounds)());
        actor.person().is_none() || ((was_held || self.has_room(actor)) && self.waiting_for(key) < bounds.parked)
    }

    /// Not of a record whose words were erased: they may be said once more in other bytes.
    fn keep_conflict(&mut self, command: &Command, delivery: &'g Delivery, arrival: &'g Arrival) {
        let id = command.head.id;
        if self.filed(id).is_some_and(|filed| filed.is_erased) || self.has_lost_words(command.head.first()) {
            return;
        }
        if !self.base.asked.conflicts.contains(&id) {
            self.missing.borrow_mut().conflicts.insert(id);
        }
        let before = self.base.conflicts.get(&id).map_or(&[][..], Vec::as_slice);
        let now = self.conflicting.entry(id).or_default();
        let is_kept = before.contains(&arrival.sha256) || now.contains(&arrival.sha256);
        if !is_kept && before.len() + now.len() < MOST_CONFLICTS {
            now.push(arrival.sha256);
            self.conflicts.push(Conflict { id, delivery, arrival });
        }
    }

    fn trouble(&mut self, one: &Parked<'g>, record: RecordKey) -> Judgement {
        self.troubles.push(Trouble { id: one.command.head.id, sha256: one.sha256, record });
        Judgement::Later
    }

    /// What is stored under an id in the end: what was parked for a moment and then turned down is not.
    fn stored(&self, id: CommandId) -> Option<&Filed> {
        let is_stored =
            |filed: &&Filed| self.base.filed.contains_key(&id) || !matches!(filed.verdict, Verdict::Rejected { .. });
        self.filed(id).filter(is_stored)
    }

    /// What an engine writes and answers.
    #[allow(clippy::result_large_err, reason = "it is asked for once or twice a group")]
    pub(super) fn finish(mut self, answers: Vec<Vec<Answer>>) -> Result<Decision<'g>, Needs> {
        let missing = self.missing.take();
        if !missing.is_empty() {
            return Err(missing);
        }
        let reply = |answer| match answer {
            Answer::Now(reply) => Some(reply),
            Answer::Beside(id, sha256) => Some(match self.stored(id) {
                Some(filed) => CommandReply { id: Some(id), sha256: filed.sha256, outcome: Outcome::Conflict },
                // Nothing is stored under the id after all: it may be judged for itself.
                None => CommandReply { id: Some(id), sha256, outcome: Outcome::Later },
            }),
            Answer::AsFiled(id, is_known) => self.filed(id).map(|filed| reply_of(filed, is_known)),
        };
        let replies = answers.into_iter().map(|answers| answers.into_iter().filter_map(reply).collect()).collect();
        let mut conflicts = std::mem::take(&mut self.conflicts);
        conflicts.retain(|conflict| self.stored(conflict.id).is_some());
        let mut commands = Vec::with_capacity(self.new.len());
        for New { delivery, arrival, command } in self.new {
            self.ruled.remove(&command.head.id);
            match self.filed.remove(&command.head.id).map(|filed| filed.verdict) {
                // What is rejected is not stored; this one was parked for a moment.
                None | Some(Verdict::Rejected { .. }) => {}
                Some(verdict) => {
                    let outlives_restore = self.kinds.outlives_restore(command.act_name());
                    commands.push(NewCommand { delivery, arrival, command, verdict, outlives_restore });
                }
            }
        }
        let filed = &mut self.filed;
        let ruled = self
            .ruled
            .into_iter()
            .filter_map(|(id, ruling)| Some(Ruled { filed: filed.remove(&id)?, ruling: ruling.cloned() }));
        let ruled = ruled.collect();
        Ok(Decision {
            replies,
            commands,
            ruled,
            records: self.records.by_position(),
            heads: self.heads.into_iter().collect(),
            serials: self.serials.into_iter().collect(),
            conflicts,
            directories: self.directories.into_iter().collect(),
            erased: self.erased.into_iter().collect(),
            ended: self.ended,
            troubles: self.troubles,
        })
    }
}

fn rejected(reason: impl Into<Rejection>) -> Outcome {
    Outcome::Rejected { reason: reason.into() }
}

fn reply_of(filed: &Filed, is_known: bool) -> CommandReply {
    let community = filed.community;
    let outcome = match filed.verdict.clone() {
        Verdict::Accepted { position, number } if is_known => {
            Outcome::Duplicate { community, position, number, erased: filed.is_erased }
        }
        Verdict::Accepted { position, number } => Outcome::Accepted { community, position, number },
        Verdict::Waiting(waits_for) => Outcome::Parked { waits_for },
        Verdict::Held => Outcome::Held,
        Verdict::Rejected { reason, .. } => rejected(reason),
    };
    CommandReply { id: Some(filed.id), sha256: filed.sha256, outcome }
}
