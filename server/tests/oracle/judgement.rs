//! What must be true when all is quiet: nothing lost, nothing doubled, every record is what the rules make of the commands
//! in force, and everybody holds what they may see of it, all of that and nothing else. The truth is what the database
//! holds, and what the notebooks of the devices say; what it has to be, and what somebody may see, is what the store in
//! memory says ([`Replay`]).

use crate::{
    device::Device,
    holds::{Accepted, Holds},
    neighbours::readers,
    notebook::{Known, Note},
    replay::Replay,
    story::Story,
};
use domain::{
    kernel::{Actor, CommandId, EntryId, Envelope, Known as _, Look, Record, RecordKey, Sha256, json},
    log::{Did, Entry},
    sync::{Queued, QueuedState, Trouble},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    time::Duration,
};

/// Photos that each reader looks at.
const LOOKED_AT: usize = 5;
/// Most time that somebody who reads needs on a new device.
const ANEW: Duration = Duration::from_secs(60);
/// Why the rules may refuse what people do in these stories.
const REASONS: &[&str] = &[
    "already_answered",
    "already_reviewed",
    "door_taken",
    "erased",
    "full",
    "no_right",
    "no_such_question",
    "no_such_version",
    "resident_moved_away",
    "set_aside",
    "too_late",
    "too_many",
    "unknown",
    "withdrawn",
];

impl Story {
    /// Looks whether it ended well, and says how it went.
    pub async fn judged(mut self) -> String {
        let newcomers = self.newcomers().await;
        photos_are_seen(&newcomers).await;
        let said = self.said();
        let holds = self.site.holds(&said).await;
        let replay = Replay::of(&holds).await;
        replay.confirms(&holds.records);
        let truth: BTreeMap<&RecordKey, &Envelope> = holds.records.iter().map(|one| (&one.head.key, one)).collect();
        let refused = self.everybody_is_done(&truth);
        let (in_force, with_people) = self.everything_is_kept_once(&holds);
        let entries = entries(&holds.records);
        every_step_is_there_once(&entries, &holds.accepted);
        let photos = self.every_photo_is_there(&entries);
        let shares = self.everybody_sees_their_share(&replay, &newcomers).await;
        self.erased_words_are_gone(&holds, &newcomers).await;
        format!(
            "{in_force} commands in force, {with_people} with people ({refused}), {} decided; {} kills, {} erased; {} entries \
             with {photos} photos, {} records; {shares}",
            self.decided,
            self.kills,
            self.erased.len(),
            entries.len(),
            truth.len()
        )
    }

    /// Those who read, on devices that ask for everything now: with the whole loop, as the browser runs it.
    async fn newcomers(&self) -> Vec<Rc<Device>> {
        let mut newcomers = Vec::new();
        for (number, reader) in readers().iter().enumerate() {
            let fresh = Device::new((u64::MAX, number), &self.site.base(), reader);
            fresh.sign_in().await.unwrap();
            fresh.run_for(ANEW).await;
            assert!(fresh.has_read_all(), "{} cannot start anew", reader.login);
            newcomers.push(fresh);
        }
        newcomers
    }

    /// The bytes of every command that was given, by their hash.
    fn said(&self) -> BTreeMap<Sha256, String> {
        let notes = self.devices.iter().flat_map(|device| device.notebook.notes());
        notes.map(|note| (Sha256::of(note.bytes.as_bytes()), note.bytes)).collect()
    }

    /// Nothing waits that can go on by itself. Says for which reasons people are needed.
    fn everybody_is_done(&self, truth: &BTreeMap<&RecordKey, &Envelope>) -> String {
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let never_came = self.refused_or_given_up();
        for (number, device) in self.devices.iter().enumerate() {
            for item in outbox(device) {
                match &item.state {
                    QueuedState::NeedsPerson { trouble: Trouble::Rejected { reason } } => {
                        assert!(REASONS.contains(&&*reason.code), "device {number}: {reason:?} for {}", item.bytes);
                        *reasons.entry(reason.code.to_string()).or_default() += 1;
                    }
                    // What its author has not yet made right, or given up, never came.
                    QueuedState::Parked { waits_for } => {
                        assert!(!truth.contains_key(waits_for), "device {number} waits for what is there: {item:?}");
                        assert!(
                            never_came.contains(waits_for),
                            "device {number} waits for nothing: {item:?}, and this was done about it: {}",
                            self.done_about(waits_for)
                        );
                        *reasons.entry("parked".to_owned()).or_default() += 1;
                    }
                    _ => panic!("device {number} is not done: {item:?}"),
                }
            }
            assert!(device.has_read_all(), "device {number} has not read to the end");
            assert_eq!(device.photos_left(), [], "device {number} has photos left");
            let refused = device.replica().with(|state| state.refused_blobs.clone());
            assert_eq!(refused, [], "the server does not take photos of device {number}");
        }
        reasons.iter().map(|(reason, count)| format!("{reason} {count}")).collect::<Vec<_>>().join(", ")
    }

    /// What was done about a record, on which device, and what became of it there.
    fn done_about(&self, record: &RecordKey) -> String {
        let mut about = String::new();
        for (number, device) in self.devices.iter().enumerate() {
            for note in device.notebook.notes().iter().filter(|note| note.record == *record) {
                about.push_str(&format!(
                    "\ndevice {number}, {:?}: {}\n{}",
                    note.known,
                    note.bytes,
                    device.diary.about(note.id)
                ));
            }
        }
        about
    }

    /// Records whose commands have not come into force, and may never.
    fn refused_or_given_up(&self) -> BTreeSet<RecordKey> {
        let refused = self.devices.iter().flat_map(|device| outbox(device)).filter(Queued::needs_person);
        let refused = refused.filter_map(|item| item.record().cloned());
        let notes = self.devices.iter().flat_map(|device| device.notebook.notes());
        let given_up = notes.filter(|note| note.known == Known::GivenUp).map(|note| note.record);
        refused.chain(given_up).collect()
    }

    /// Every command that a device said was kept is in force at the server or still with its author, and not both. Of what
    /// the server had parked about an entry that was then erased, it has the hash, and says so; its author may have the words.
    fn everything_is_kept_once(&self, holds: &Holds) -> (usize, usize) {
        let given: Vec<&Accepted> = holds.accepted.iter().filter(|one| is_persons(one)).collect();
        let mut in_force: BTreeSet<Sha256> = given.iter().map(|one| Sha256::of(one.bytes.as_bytes())).collect();
        assert_eq!(in_force.len(), given.len(), "the same command twice");
        let twice: Vec<_> = in_force.intersection(&holds.lost).collect();
        assert!(twice.is_empty(), "the same command twice: {twice:?}");
        in_force.extend(&holds.lost);
        let (mut known, mut with_people) = (BTreeSet::new(), 0);
        for device in &self.devices {
            let outbox: BTreeSet<String> = outbox(device).into_iter().map(|item| item.bytes).collect();
            let notes = device.notebook.notes();
            for Note { id, bytes, known, .. } in &notes {
                let sha256 = Sha256::of(bytes.as_bytes());
                let places = usize::from(in_force.contains(&sha256)) + usize::from(outbox.contains(bytes));
                let is_right = match known {
                    Known::Saved => places == 1 || (places == 0 && holds.turned_down.contains(&sha256)),
                    Known::Refused => places == 0,
                    Known::Unsaid | Known::GivenUp => places <= 1,
                };
                let diary = || device.diary.about(id);
                assert!(is_right, "{known:?}, and in {places} places: {bytes}\n{}", diary());
            }
            let noted: BTreeSet<&str> = notes.iter().map(|note| note.bytes.as_str()).collect();
            for bytes in &outbox {
                assert!(noted.contains(bytes.as_str()), "a command that nobody gave: {bytes}");
            }
            with_people += outbox.len();
            known.extend(notes.into_iter().map(|note| Sha256::of(note.bytes.as_bytes())));
        }
        for sha256 in &in_force {
            assert!(known.contains(sha256), "a command that nobody gave: {sha256}");
        }
        (in_force.len(), with_people)
    }

    /// The bytes of every photo that an entry names are here, as they were taken. Says how many that are.
    fn every_photo_is_there(&self, entries: &BTreeMap<EntryId, Entry>) -> usize {
        for entry in entries.values() {
            if let Some(one) = entry.awaited().next() {
                let its_authors = self.devices.iter().filter(|device| device.person == entry.author);
                let diaries: Vec<String> = its_authors.map(|device| device.diary.about(one.sha256)).collect();
                panic!("{one:?} is not uploaded: {entry:?}\n{}", diaries.join("\n"));
            }
        }
        let arrived: BTreeSet<Sha256> = entries.values().flat_map(|entry| entry.arrived.clone()).collect();
        for sha256 in &arrived {
            let bytes = self.site.blob(sha256).unwrap_or_else(|| panic!("{sha256:?} is lost"));
            assert_eq!(Sha256::of(&bytes), *sha256, "other bytes than were sent");
        }
        assert!(!arrived.is_empty());
        arrived.len()
    }

    /// Every device, the newcomers' too, holds exactly what its person may see. Says how much that is for readers.
    async fn everybody_sees_their_share(&self, replay: &Replay, newcomers: &[Rc<Device>]) -> String {
        let mut shares = Vec::new();
        for device in self.devices.iter().chain(newcomers) {
            let theirs = replay.seen_by(device.person).await;
            sees_exactly(device, &theirs);
        }
        for device in newcomers {
            let theirs = replay.seen_by(device.person).await;
            let share = theirs.keys().filter(|key| key.kind == Entry::KIND).count();
            // Otherwise "exactly" would say nothing.
            assert!(share > 0, "{} sees nothing", device.login);
            shares.push(format!("{} sees {share}", device.login));
        }
        shares.join(", ")
    }
}

fn outbox(device: &Device) -> Vec<Queued> {
    device.replica().with(|state| state.outbox.items().to_vec())
}

fn is_persons(one: &Accepted) -> bool {
    matches!(one.command.head.actor, Actor::Person(_))
}

fn entries(records: &[Envelope]) -> BTreeMap<EntryId, Entry> {
    let entries = records.iter().filter(|one| one.head.key.kind == Entry::KIND);
    let entries = entries.map(|one| json::read::<Entry>(one.text.as_bytes()).unwrap());
    entries.map(|entry| (entry.id, entry)).collect()
}

/// No number twice; no step twice, none that nobody made, none missing; 已阅 once per version and role.
fn every_step_is_there_once(entries: &BTreeMap<EntryId, Entry>, accepted: &[Accepted]) {
    let numbers: BTreeSet<_> = entries.values().map(|entry| (entry.community, entry.number.clone().unwrap())).collect();
    assert_eq!(numbers.len(), entries.len(), "a number was given twice");
    let given: BTreeMap<CommandId, &Accepted> = accepted.iter().map(|one| (one.command.head.id, one)).collect();
    let mut steps = BTreeSet::new();
    for entry in entries.values() {
        let mut read = BTreeSet::new();
        for step in &entry.steps {
            assert!(steps.insert(step.id), "a step twice: {step:?}");
            assert!(given.contains_key(&step.id), "a step that nobody made: {step:?}");
            if let Did::Read(one) = &step.did {
                assert!(read.insert((one.version, one.role)), "read twice: {step:?}");
            }
        }
    }
    for one in accepted.iter().filter(|one| is_persons(one) && one.command.head.first().kind == Entry::KIND) {
        let act = one.command.act_name();
        assert!(steps.contains(&one.command.head.id) || act == "mark_read", "without effect: {}", one.bytes);
    }
}

/// Those who read see the photos of the newest entries.
async fn photos_are_seen(newcomers: &[Rc<Device>]) {
    for device in newcomers {
        let newest: Vec<Sha256> = device.replica().with(|state| {
            let mut entries: Vec<&Entry> = state.records.all().collect();
            entries.sort_by_key(|entry| entry.place_in_list());
            entries.iter().rev().flat_map(|entry| &entry.arrived).take(LOOKED_AT).copied().collect()
        });
        assert_eq!(newest.len(), LOOKED_AT, "{} has too few photos to look at", device.login);
        for sha256 in newest {
            assert!(device.sees_photo(&sha256).await, "{} does not see {sha256:?}", device.login);
        }
    }
}

/// On its disk and on its screen.
fn sees_exactly(device: &Device, theirs: &BTreeMap<RecordKey, Envelope>) {
    let told = device.replica().with(|state| state.marks.last_contact.zip(Some(state.marks.cursors.clone())));
    let who = format!("{} on {}, last told at {told:?},", device.login, device.replica().device());
    let kept = device.disk.shelf(device.person).records;
    let cards: Vec<_> = theirs.values().filter(|one| one.head.key.id == device.person.uuid()).collect();
    for (key, envelope) in theirs {
        assert_eq!(kept.get(key), Some(envelope), "{who} missed something of {key}; what they are: {cards:?}");
    }
    let beyond: Vec<_> = kept.keys().filter(|key| !theirs.contains_key(key)).collect();
    assert!(beyond.is_empty(), "{who} sees {} records too many: {beyond:?}", beyond.len());
    device.replica().with(|state| {
        for (key, envelope) in theirs {
            assert_eq!(state.records.position(key), Some(envelope.head.position), "{who} does not show {key}");
            assert!(matches!(state.records.look(key), Look::Here(_)), "{who} cannot read {key}");
        }
        let card = |key: &RecordKey| key.id == device.person.uuid();
        let beyond: Vec<_> = state.records.keys().filter(|key| !theirs.contains_key(key) && !card(key)).collect();
        assert!(beyond.is_empty(), "{who} shows too much: {beyond:?}");
    });
}
