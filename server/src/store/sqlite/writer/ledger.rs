//! One transaction of the writer: what it starts from, what it knows beside the database, and the way of a group of
//! deliveries through it (fetch, decide, write, as often as there are groups).

use super::{fetch, write};
use crate::store::sqlite::{
    communities::{Communities, Community, Head},
    failure::Sql,
    rows,
};
use domain::{
    kernel::{CommunityId, RecordKey, Shared},
    kinds::Kinds,
    organisation::Directory,
    sync::decide::{Delivery, Group, Trouble},
};
use sqlx::SqliteConnection;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// Commands that are decided together. More would not make a commit cheaper, only answers later.
pub(super) const GROUP_COMMANDS: usize = 2_000;

/// What the writer remembers between transactions: true as long as nobody else commits, and dropped with everything that
/// fails.
#[derive(Default)]
pub(in crate::store::sqlite) struct Memory {
    /// Which state of the database this is, as `PRAGMA data_version` tells it: changed by commits of others only.
    version: Option<i64>,
    /// Short numbers by id.
    numbers: HashMap<Uuid, i64>,
    /// The latest time of writing of an entry, by the community's number.
    pub latest: HashMap<i64, i64>,
    states: HashMap<RecordKey, (i64, Shared)>,
}

impl Memory {
    /// Places and people that are remembered: about those of a street.
    const MOST_STATES: usize = 2_000;

    /// The state of a place or person at a position, which names one state for ever: nearly every command names the same
    /// few, and nobody reads them anew as long as they stand where they stood.
    pub fn state(&mut self, kinds: &Kinds, key: &RecordKey, position: i64, text: &str) -> Option<Shared> {
        if !Directory::KINDS.contains(&key.kind.as_str()) {
            return kinds.read(key, text).ok();
        }
        if let Some((_, state)) = self.states.get(key).filter(|(at, _)| *at == position) {
            return Some(Arc::clone(state));
        }
        let state = kinds.read(key, text).ok()?;
        if self.states.len() >= Self::MOST_STATES {
            self.states.clear();
        }
        self.states.insert(key.clone(), (position, Arc::clone(&state)));
        Some(state)
    }
}

/// A transaction under way.
pub(in crate::store::sqlite) struct Ledger<'t> {
    pub connection: &'t mut SqliteConnection,
    pub memory: &'t mut Memory,
    pub communities: &'t Communities,
    pub heads: BTreeMap<CommunityId, Head>,
    /// Places and people that this transaction has changed.
    pub directories: BTreeMap<CommunityId, Directory>,
    /// The slot of the next new record.
    pub next_slot: i64,
    /// Whether any command waits for a record: if none does, nothing is asked about those that do.
    pub anything_waits: bool,
    /// Numbers that are not in the database yet.
    pub new_numbers: Vec<(i64, Uuid)>,
    pub troubles: Vec<Trouble>,
    /// Words were erased.
    pub has_erased: bool,
    /// Words, posts and passwords that have ended and must not come back with a backup: lines of the list.
    pub ended: Vec<String>,
}

/// What a committed transaction has to tell.
pub(super) struct Settled {
    pub heads: Vec<Head>,
    pub communities: Vec<(CommunityId, Arc<Community>)>,
    pub has_erased: bool,
    pub ended: Vec<String>,
}

impl<'t> Ledger<'t> {
    pub(in crate::store::sqlite) async fn open(
        connection: &'t mut SqliteConnection,
        memory: &'t mut Memory,
        communities: &'t Communities,
    ) -> Sql<Self> {
        type Row = (i64, i64, bool, Option<Vec<u8>>, Option<i64>, Option<i64>, Option<i64>);
        let sql = "SELECT data_version, (SELECT coalesce(max(slot), 0) + 1 FROM record),
                EXISTS (SELECT 1 FROM command WHERE waits_for IS NOT NULL), n.id, c.number, c.head, c.structure
            FROM pragma_data_version LEFT JOIN community c LEFT JOIN numbered n ON n.number = c.number";
        let rows: Vec<Row> = sqlx::query_as(sql).fetch_all(&mut *connection).await?;
        let Some(&(version, next_slot, anything_waits, ..)) = rows.first() else {
            return Err(sqlx::Error::RowNotFound);
        };
        let mut heads = BTreeMap::new();
        for (.., id, number, head, structure) in &rows {
            if let (Some(id), Some(number), Some(head), Some(structure)) = (id, number, head, structure) {
                let community: CommunityId = rows::id(id)?;
                heads.insert(community, Head { community, number: *number, head: *head, structure: *structure });
            }
        }
        if memory.version != Some(version) {
            let rows: Vec<(Vec<u8>, i64)> =
                sqlx::query_as("SELECT id, number FROM numbered").fetch_all(&mut *connection).await?;
            let numbers = rows.iter().map(|(id, number)| Ok((rows::id(id)?, *number))).collect::<Sql<_>>()?;
            *memory = Memory { version: Some(version), numbers, ..Memory::default() };
        }
        Ok(Self {
            connection,
            memory,
            communities,
            heads,
            directories: BTreeMap::new(),
            next_slot,
            anything_waits,
            new_numbers: Vec::new(),
            troubles: Vec::new(),
            has_erased: false,
            ended: Vec::new(),
        })
    }

    /// Takes in deliveries, and says what to answer to each.
    pub(in crate::store::sqlite) async fn take_in(&mut self, deliveries: &[Delivery]) -> Sql<super::Replies> {
        let kinds = Arc::clone(self.communities.kinds());
        let mut replies = Vec::with_capacity(deliveries.len());
        for chunk in chunks(deliveries) {
            let mut group = Group::new(&kinds, chunk);
            let mut known = fetch::Known::default();
            let decision = loop {
                match group.decide() {
                    Ok(decision) => break decision,
                    Err(needs) => {
                        let found = fetch::find(self, &needs, &mut known).await?;
                        group.learn(needs, found);
                    }
                }
            };
            write::decision(self, &decision, &known).await?;
            self.troubles.extend(decision.troubles.iter().cloned());
            replies.extend(decision.replies);
        }
        Ok(replies)
    }

    /// The places and people of a community that is there.
    pub(in crate::store::sqlite) async fn directory(
        &mut self,
        community: CommunityId,
    ) -> Sql<Option<(Directory, i64)>> {
        let Some(head) = self.heads.get(&community).copied() else { return Ok(None) };
        if let Some(directory) = self.directories.get(&community) {
            return Ok(Some((directory.clone(), head.head)));
        }
        let known = self.communities.at(self.connection, head).await?;
        Ok(Some((known.directory.clone(), head.head)))
    }

    /// The short number of an id, a new one where it has none.
    pub(super) fn number(&mut self, id: impl Into<Uuid>) -> i64 {
        let id = id.into();
        let next = i64::try_from(self.memory.numbers.len()).unwrap_or(i64::MAX).saturating_add(1);
        let number = *self.memory.numbers.entry(id).or_insert(next);
        if number == next {
            self.new_numbers.push((number, id));
        }
        number
    }

    /// A slot for a new record.
    pub(super) const fn new_slot(&mut self) -> i64 {
        self.next_slot += 1;
        self.next_slot - 1
    }

    /// The short number of an id that has one.
    pub(super) fn known_number(&self, id: impl Into<Uuid>) -> Option<i64> {
        self.memory.numbers.get(&id.into()).copied()
    }

    /// What is to be told once it is committed.
    pub(super) fn settled(self) -> Settled {
        let community = |(id, directory): (CommunityId, Directory)| {
            let head = *self.heads.get(&id)?;
            let numbers = &self.memory.numbers;
            Some((id, Arc::new(Community::of(head, directory, |id| numbers.get(&id).copied()))))
        };
        let communities = self.directories.into_iter().filter_map(community).collect();
        let heads = self.heads.into_values().collect();
        Settled { heads, communities, has_erased: self.has_erased, ended: self.ended }
    }
}

/// Cuts a large load into pieces that fit into memory.
fn chunks(mut deliveries: &[Delivery]) -> impl Iterator<Item = &[Delivery]> {
    std::iter::from_fn(move || {
        let mut commands = 0;
        let fits = |delivery: &&Delivery| {
            commands += delivery.arrivals.len();
            commands <= GROUP_COMMANDS
        };
        let count = deliveries.iter().take_while(fits).count().max(1);
        let (chunk, rest) = deliveries.split_at_checked(count)?;
        deliveries = rest;
        Some(chunk)
    })
}
