//! A phone or tablet: what it keeps over its own death, what it knows while it lives, and how it talks. The order of
//! its steps is that of the browser's sync loop (`frontend/src/sync_loop`), without its question whose session it is;
//! every decision is `app::sync`'s.

use crate::{chance::chance, network::Network, process::Phone};
use app::domain::{Act, Change, Command, CommandId, DeviceId, EntryId, PersonId, Records, Sha256Hex, Timestamp};
use app::error::AppError;
use app::sync::{
    BATCH_COMMANDS, BatchSize, NextStep, Outbox, PROTOCOL, PullReply, PullRequest, PushReply, PushRequest, Queued,
    ServerMark, SyncMarks, after_failure, check,
};
use rand::{Rng, rngs::StdRng};
use server::clock::now;
use std::collections::BTreeMap;

/// Out of a thousand steps in bad times, at so many the device dies.
const DIES: u32 = 15;
/// Out of a thousand answers in bad times, so many come while somebody is just saving something.
const WRITES_MEANWHILE: u32 = 60;
/// Changes in one page: few, so that pages are cut in every run.
const PAGE: u32 = 40;

/// What survives.
#[derive(Default)]
pub struct Disk {
    outbox: Vec<Queued>,
    sent: Vec<Queued>,
    records: BTreeMap<String, Change>,
    marks: SyncMarks,
    /// The bytes of photos.
    pub blobs: BTreeMap<Sha256Hex, Vec<u8>>,
}

/// What dies with the page.
#[derive(Default)]
struct Memory {
    outbox: Outbox,
    records: Records,
    marks: SyncMarks,
    batch: BatchSize,
}

/// Why a talk ended early.
#[derive(Debug)]
pub enum Stop {
    /// No answer, or none that can be used.
    Unanswered,
    /// The server's life is another one: once more, at once.
    Anew,
    /// The device was killed.
    Died,
}

impl From<AppError> for Stop {
    fn from(_: AppError) -> Self {
        Self::Unanswered
    }
}

/// A command that the device said was kept: the test's own note.
pub struct Saved {
    pub bytes: String,
    pub entry: EntryId,
    pub is_new_entry: bool,
}

/// One device.
pub struct Device {
    pub person: PersonId,
    /// The stairwell that its person writes about; readers have none.
    pub home: Option<String>,
    pub network: Network,
    /// What was saved here.
    pub notebook: Vec<Saved>,
    /// For this step; nobody else draws from it.
    pub chance: StdRng,
    /// Its number in its story, and the story's seed.
    origin: (u64, usize),
    pub phone: Phone,
    id: DeviceId,
    /// How wrong its clock is, in milliseconds.
    skew: i64,
    pub disk: Disk,
    memory: Memory,
}

impl Device {
    /// Device `number` of the story from `seed`.
    pub fn new((seed, number): (u64, usize), phone: Phone, person: PersonId, home: Option<String>) -> Self {
        let mut chance = chance(seed, number, 0);
        let id = DeviceId::from_parts(1, chance.random());
        let skew = if chance.random_ratio(1, 4) { chance.random_range(-7_200_000..7_200_000) } else { 0 };
        let (disk, memory) = (Disk::default(), Memory::default());
        let (origin, network, notebook) = ((seed, number), Network::default(), Vec::new());
        Self { person, home, network, notebook, chance, origin, phone, id, skew, disk, memory }
    }

    /// From here on it draws what is meant for this step.
    pub fn begin(&mut self, step: u64) {
        let (seed, number) = self.origin;
        self.chance = chance(seed, number, step);
    }

    fn clock(&self) -> Timestamp {
        now().plus_millis(self.skew)
    }

    /// What it knows of the log.
    pub fn records(&self) -> &Records {
        &self.memory.records
    }

    /// Whether it has read all of the feed at least once.
    pub fn has_read_all(&self) -> bool {
        self.memory.marks.first_sync_done
    }

    /// What it still holds of its own.
    pub fn outbox(&self) -> &Outbox {
        &self.memory.outbox
    }

    /// A fresh id for an entry.
    pub fn new_entry(&self, chance: &mut StdRng) -> EntryId {
        EntryId::from_parts(self.clock().millis(), chance.random())
    }

    /// Saves a command as `Client::submit` does, and says with which bytes; `None` where it may not be. The device may
    /// die right after 已存本机, before anything else in it knows of the command.
    pub fn save(&mut self, act: Act) -> (Option<String>, Result<(), Stop>) {
        let written = self.clock();
        let id = CommandId::from_parts(written.millis(), self.chance.random());
        let clock_offset = self.memory.marks.clock_offset;
        let command = Command { id, author: self.person, device: self.id, written, clock_offset, act };
        if check(&self.memory.records, &self.memory.outbox, &command).is_err() {
            return (None, Ok(()));
        }
        let item = Queued::new(command).unwrap();
        let bytes = item.bytes.clone();
        self.disk.outbox.push(item.clone());
        let outcome = self.may_die();
        if outcome.is_ok() {
            self.memory.outbox.push(item);
        }
        (Some(bytes), outcome)
    }

    /// Killed, and opened again.
    pub fn restart(&mut self) {
        let mut records = Records::default();
        for change in self.disk.records.values() {
            records.absorb(change.clone());
        }
        let outbox = Outbox::restored(self.disk.outbox.clone());
        self.memory = Memory { outbox, records, marks: self.disk.marks.clone(), batch: BatchSize::default() };
    }

    /// One round with the server: send, read, once more for what the server held, and then the photos. A talk that breaks off
    /// is taken up by the next one.
    pub async fn talk(&mut self, base: &str) {
        let mut outcome = self.round(base).await;
        if matches!(outcome, Err(Stop::Anew)) {
            // As the loop does: at once, and once only here.
            outcome = self.round(base).await;
        }
        if outcome.is_ok() {
            outcome = self.upload(base).await;
        }
        if matches!(outcome, Err(Stop::Died)) {
            self.restart();
        }
    }

    async fn round(&mut self, base: &str) -> Result<(), Stop> {
        self.send(base).await?;
        self.read(base).await?;
        let woken = self.memory.outbox.wake(&self.memory.records);
        self.keep_states(&woken);
        if !woken.is_empty() {
            self.send(base).await?;
            self.read(base).await?;
        }
        Ok(())
    }

    pub fn may_die(&mut self) -> Result<(), Stop> {
        if self.network.bad && self.chance.random_ratio(DIES, 1000) { Err(Stop::Died) } else { Ok(()) }
    }

    /// Nobody waits for an answer: while one is on its way, people go on.
    fn meanwhile(&mut self) -> Result<(), Stop> {
        let writes = self.network.bad && self.chance.random_ratio(WRITES_MEANWHILE, 1000);
        if writes { self.act_once() } else { Ok(()) }
    }

    async fn send(&mut self, base: &str) -> Result<(), Stop> {
        let mut first = true;
        while std::mem::take(&mut first) || self.memory.outbox.has_waiting() {
            let batch = self.memory.outbox.next_batch(self.memory.batch.get());
            if batch.is_empty() {
                break;
            }
            assert!(batch.len() <= BATCH_COMMANDS);
            let asked = self.clock();
            let request = PushRequest { protocol: PROTOCOL, device: self.id, sent_at: asked, commands: batch.clone() };
            let answer = self.network.ask((&self.phone, base), "/api/sync/push", &request, &mut self.chance).await;
            self.meanwhile()?;
            self.may_die()?;
            let reply: PushReply = match answer {
                Ok(reply) => reply,
                Err(error) => return Err(self.after_failed_push(&batch, error)),
            };
            assert_eq!(reply.replies.len(), batch.len(), "one reply per command");
            self.memory.batch = self.memory.batch.grown();
            self.meet(&reply.server, asked)?;
            let settled = self.memory.outbox.settle(&batch, &reply.replies);
            self.may_die()?;
            self.keep_states(&settled);
        }
        Ok(())
    }

    fn after_failed_push(&mut self, batch: &[String], error: AppError) -> Stop {
        match after_failure(&error, batch.len()).step {
            NextStep::Halve => self.memory.batch = self.memory.batch.halved(batch.len()),
            NextStep::SetAside => self.memory.outbox.set_aside(batch),
            NextStep::Retry => {}
            step => panic!("{step:?} after {error}"),
        }
        error.into()
    }

    async fn read(&mut self, base: &str) -> Result<(), Stop> {
        loop {
            let cursor = self.memory.marks.cursor.clone();
            let from_the_start = cursor.is_none();
            let asked = self.clock();
            let request = PullRequest { protocol: PROTOCOL, cursor, limit: PAGE };
            let reply: PullReply =
                self.network.ask((&self.phone, base), "/api/sync/pull", &request, &mut self.chance).await?;
            self.meanwhile()?;
            self.may_die()?;
            if self.meet(&reply.server, asked)? {
                return Err(Stop::Anew);
            }
            let more = reply.more;
            self.take_in(reply, from_the_start)?;
            if !more {
                return Ok(());
            }
        }
    }

    fn take_in(&mut self, reply: PullReply, from_the_start: bool) -> Result<(), Stop> {
        let PullReply { changes, next, more, start_over, .. } = reply;
        let start_over = start_over || from_the_start;
        let position = next.position;
        let marks = self.memory.marks.read_on(next, more, start_over);
        let confirmed = self.memory.outbox.clone().drop_confirmed(position);
        // One transaction of the device.
        if start_over {
            self.disk.records.clear();
        }
        self.disk.records.extend(changes.iter().map(|change| (change.key(), change.clone())));
        self.disk.outbox.retain(|item| !confirmed.iter().any(|done| done.bytes == item.bytes));
        self.disk.sent.extend(confirmed);
        self.disk.marks = marks.clone();
        self.may_die()?;
        if start_over {
            self.memory.records = Records::default();
        }
        for change in changes {
            self.memory.records.absorb(change);
        }
        self.memory.outbox.drop_confirmed(position);
        self.memory.marks = marks;
        Ok(())
    }

    /// Says whether the server has begun another life: then everything is offered again.
    fn meet(&mut self, server: &ServerMark, asked: Timestamp) -> Result<bool, Stop> {
        assert_eq!(server.person, self.person, "an answer for somebody else");
        let mut marks = self.memory.marks.clone();
        let another_life = marks.meet(server, asked, self.clock());
        if another_life {
            let offered = self.memory.outbox.offer_again(self.disk.sent.clone());
            self.disk.outbox = offered;
            self.disk.sent.clear();
            self.may_die()?;
            self.disk.marks = marks.clone();
        }
        self.memory.marks = marks;
        Ok(another_life)
    }

    fn keep_states(&mut self, changed: &[Queued]) {
        for item in changed {
            if let Some(kept) = self.disk.outbox.iter_mut().find(|kept| kept.bytes == item.bytes) {
                kept.state = item.state.clone();
            }
        }
    }
}
