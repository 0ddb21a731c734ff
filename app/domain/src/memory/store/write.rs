//! Fetching what a group needs, and writing what came out of it.

use super::state::{CommandRow, ConflictRow, RecordRow, State};
use crate::kernel::{Actor, Command, CommandId, RecordKey, Rejection, Timestamp};
use crate::kinds::Kinds;
use crate::store::StoreError;
use crate::sync::CommandReply;
use crate::sync::decide::{
    CommunityState, Decision, Delivery, Filed, Found, Group, Kept, Needs, Queue, Verdict, Waiting,
};

impl State {
    pub(super) fn take_in(
        &mut self,
        kinds: &Kinds,
        deliveries: &[Delivery],
    ) -> Result<Vec<Vec<CommandReply>>, StoreError> {
        let mut group = Group::new(kinds, deliveries);
        let decision = loop {
            match group.decide() {
                Ok(decision) => break decision,
                Err(needs) => {
                    self.fetches += 1;
                    let found = self.find(kinds, &needs);
                    group.learn(needs, found);
                }
            }
        };
        Ok(self.write(decision))
    }

    pub(super) fn act(
        &mut self,
        kinds: &Kinds,
        commands: &[Command],
        at: Timestamp,
    ) -> Result<Vec<CommandReply>, StoreError> {
        let delivery = Delivery::from_server(commands, at).map_err(|error| StoreError::Failed(error.into()))?;
        Ok(self.take_in(kinds, &[delivery])?.into_iter().flatten().collect())
    }

    /// Commands that wait for a decision, oldest first.
    pub(super) fn held(&self) -> Vec<Command> {
        let held = self.open_rows().filter(|(_, row)| row.verdict == Verdict::Held);
        held.filter_map(|(_, row)| Command::read(row.bytes.as_deref()?).ok()).collect()
    }

    fn open_rows(&self) -> impl Iterator<Item = (CommandId, &CommandRow)> {
        self.open.iter().filter_map(|(_, id)| Some((*id, self.commands.get(id)?)))
    }

    /// The parked ones, with what they wait for.
    fn parked_rows(&self) -> impl Iterator<Item = (&CommandRow, &RecordKey)> {
        self.open_rows().filter_map(|(_, row)| match &row.verdict {
            Verdict::Waiting(key) => Some((row, key)),
            _ => None,
        })
    }

    fn find(&self, kinds: &Kinds, needs: &Needs) -> Found {
        let filed = |id: &CommandId| {
            let row = self.commands.get(id)?;
            let community = row.keys.first()?.community;
            let (verdict, is_erased) = (row.verdict.clone(), row.bytes.is_none());
            Some(Filed { id: *id, sha256: row.sha256, community, verdict, is_erased })
        };
        let kept = |key: &RecordKey| {
            let row = self.records.get(key)?;
            let state = kinds.read(key, &row.stored.text).ok();
            Some(Kept { key: key.clone(), state, position: row.position })
        };
        let community = |community: &_| {
            let directory = self.directories.get(community)?.clone();
            Some(CommunityState { community: *community, directory, head: self.head(*community) })
        };
        let queue = |(row, key): (&CommandRow, &RecordKey)| {
            let record = row.keys.first()?.clone();
            let queue = Queue { actor: row.actor, device: row.device, record };
            needs.queues.contains(&queue).then(|| (queue, key.clone()))
        };
        let waiting = |(row, key): (&CommandRow, &RecordKey)| {
            let is_decided = row.ruling.as_ref().is_some_and(|ruling| ruling.accept);
            Waiting::read(row.bytes.as_deref()?, (row.sent_at, row.received), key.clone(), is_decided).ok()
        };
        let serials = self.serials.iter().filter(|(serial, _)| {
            let by_day = serial.day.is_some_and(|day| needs.days.contains(&(serial.community, day)));
            by_day || needs.serials.contains(serial)
        });
        let parked = |person: &_| {
            let count = self.open_rows().filter(|(_, row)| row.actor == Actor::Person(*person)).count();
            (*person, u32::try_from(count).unwrap_or(u32::MAX))
        };
        let crowd = |key: &RecordKey| {
            let count = self.parked_rows().filter(|(_, waits_for)| *waits_for == key).count();
            (key.clone(), u32::try_from(count).unwrap_or(u32::MAX))
        };
        let conflicts = self.conflicts.iter().filter(|row| needs.conflicts.contains(&row.id));
        Found {
            filed: needs.commands.iter().filter_map(filed).collect(),
            records: needs.records.iter().filter_map(kept).collect(),
            awaited: self
                .parked_rows()
                .map(|(_, key)| key)
                .filter(|key| needs.records.contains(key))
                .cloned()
                .collect(),
            to_be_erased: self
                .parked_rows()
                .filter(|(row, key)| kinds.erases(&row.act) && row.keys.first() == Some(*key))
                .map(|(_, key)| key)
                .filter(|key| needs.records.contains(key))
                .cloned()
                .collect(),
            communities: needs.communities.iter().filter_map(community).collect(),
            queues: self.parked_rows().filter_map(queue).collect(),
            serials: serials.map(|(serial, last)| (serial.clone(), *last)).collect(),
            blobs: needs.blobs.iter().filter(|blob| self.blobs.contains_key(blob)).copied().collect(),
            waiting: self.parked_rows().filter(|(_, key)| needs.waiting.contains(key)).filter_map(waiting).collect(),
            parked: needs.parked.iter().map(parked).collect(),
            crowds: needs.crowds.iter().map(crowd).collect(),
            conflicts: conflicts.map(|row| (row.id, row.sha256)).collect(),
        }
    }

    fn write(&mut self, decision: Decision<'_>) -> Vec<Vec<CommandReply>> {
        for new in decision.commands {
            let head = &new.command.head;
            let arrival = self.commands.len() as u64;
            let row = CommandRow {
                arrival,
                actor: head.actor,
                device: head.device,
                keys: head.about.clone(),
                act: new.command.act_name().to_owned(),
                written: head.written,
                sent_at: new.delivery.sent_at,
                received: new.delivery.received,
                sha256: new.arrival.sha256,
                bytes: Some(new.arrival.bytes.clone()),
                verdict: new.verdict,
                ruling: None,
                outlives_restore: new.outlives_restore,
            };
            self.commands.insert(head.id, row);
            self.sort_into_open(head.id);
        }
        for ruled in decision.ruled {
            if let Some(row) = self.commands.get_mut(&ruled.filed.id) {
                row.verdict = ruled.filed.verdict;
                row.ruling = ruled.ruling.or(row.ruling.take());
            }
            self.sort_into_open(ruled.filed.id);
        }
        for change in decision.records {
            let row = RecordRow { stored: change.stored, position: change.position };
            self.records.insert(row.stored.key.clone(), row);
        }
        for conflict in decision.conflicts {
            self.conflicts.push(ConflictRow {
                id: conflict.id,
                device: conflict.delivery.device,
                received: conflict.delivery.received,
                sha256: conflict.arrival.sha256,
                bytes: conflict.arrival.bytes.clone(),
            });
        }
        self.heads.extend(decision.heads);
        self.serials.extend(decision.serials);
        self.directories.extend(decision.directories);
        self.troubles.extend(decision.troubles);
        for (key, by) in &decision.erased {
            self.erase(key, *by);
        }
        if !decision.erased.is_empty() {
            self.forget_unnamed_blobs();
        }
        decision.replies
    }

    pub(super) fn sort_into_open(&mut self, id: CommandId) {
        let Some(row) = self.commands.get(&id) else { return };
        let mark = (row.arrival, id);
        if matches!(row.verdict, Verdict::Waiting(_) | Verdict::Held) {
            self.open.insert(mark);
        } else {
            self.open.remove(&mark);
        }
    }

    /// Removes the bytes of everything that was done to a record, but of the command that says so, and what was said when it
    /// was decided; what still waits can never be applied then.
    fn erase(&mut self, key: &RecordKey, by: CommandId) {
        let about = self.commands.iter().filter(|(id, row)| row.keys.first() == Some(key) && **id != by);
        let erased: Vec<CommandId> = about.map(|(id, _)| *id).collect();
        for id in &erased {
            if let Some(row) = self.commands.get_mut(id) {
                row.bytes = None;
                if let Some(ruling) = &mut row.ruling {
                    ruling.why.clear();
                }
                if !matches!(row.verdict, Verdict::Accepted { .. }) {
                    row.verdict = Verdict::Rejected { reason: Rejection::ERASED.into(), is_final: true };
                }
            }
            self.sort_into_open(*id);
        }
        let name = key.to_string();
        self.conflicts.retain(|row| !erased.contains(&row.id) && !row.bytes.contains(&name));
    }
}
