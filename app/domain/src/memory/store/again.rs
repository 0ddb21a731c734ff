//! What does not come back with a backup: words that were erased, posts that were ended, passwords that were replaced.

use super::state::{CommandRow, State};
use crate::kinds::Kinds;
use crate::store::StoreError;
use crate::sync::decide::{Delivery, Verdict};

impl State {
    /// Ends again what had ended in the epoch that was lost. Commands whose bytes were erased there are known by their
    /// hash.
    pub(super) fn end_again(&mut self, kinds: &Kinds, lost: &Self) -> Result<(), StoreError> {
        for account in self.accounts.values_mut() {
            let ends = lost.password_ends.get(&account.person).copied().unwrap_or_default();
            let known = self.password_ends.entry(account.person).or_default();
            if ends > *known {
                *known = ends;
                account.password_hash = None;
            }
        }
        let outlives = |row: &&CommandRow| row.outlives_restore && matches!(row.verdict, Verdict::Accepted { .. });
        let mut again: Vec<&CommandRow> = lost.commands.values().filter(outlives).collect();
        again.sort_by_key(|row| row.arrival);
        for row in again {
            let (Some(bytes), Some(key)) = (row.bytes.clone(), row.keys.first()) else { continue };
            let (head, number) = (self.head(key.community), self.commands.len());
            let replies = self.take_in(kinds, &[Delivery::again(bytes, row.sent_at, row.received)])?;
            let id = replies.iter().flatten().find_map(|reply| reply.id);
            // What it ended has not come back, and may still be brought by a phone: then that brings this command after it.
            // One that erases waits for that by itself.
            if self.head(key.community) == head && self.commands.len() > number && !kinds.erases(&row.act) {
                self.commands.retain(|one, row| Some(*one) != id || !matches!(row.verdict, Verdict::Accepted { .. }));
            }
        }
        for (id, row) in lost.commands.iter().filter(|(_, row)| row.bytes.is_none()) {
            let Some(head) = row.keys.first().and_then(|key| self.heads.get(&key.community)).copied() else { continue };
            let verdict = match &row.verdict {
                Verdict::Accepted { number, .. } => Verdict::Accepted { position: head, number: number.clone() },
                verdict => verdict.clone(),
            };
            let arrival = self.commands.len() as u64;
            let kept = self.commands.entry(*id).or_insert_with(|| CommandRow { arrival, ..row.clone() });
            kept.bytes = None;
            if !matches!(kept.verdict, Verdict::Accepted { .. }) || kept.arrival == arrival {
                kept.verdict = verdict;
            }
            self.conflicts.retain(|conflict| conflict.id != *id);
            self.sort_into_open(*id);
        }
        Ok(())
    }
}
