//! One random story through all engines: the same replies, the same feeds, the same lists, the same records.

use crate::engine::Engine;
use crate::neighbourhood::*;
use domain::kernel::{
    Attachment, AttachmentKind, Bytes, Command, CommandId, EntryId, FieldChange, RecordKey, Role, Sha256, Timestamp,
};
use domain::log::{self, Category, EntryFilter, Part, ReviewState, Urgency};
use domain::organisation;
use domain::store::{FeedPage, PageLimit};
use domain::sync::{Cursor, PAGE_BYTES};
use std::collections::BTreeMap;

/// Random numbers from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        // SplitMix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).unwrap()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

const WORDS: [&str; 8] =
    ["灯不亮", "水管漏水", "一切平安", "没人在家", "老人不舒服", "楼道有杂物", "下水堵了", "邻里吵架"];

/// What happens next: commands of somebody, or something that the server does.
enum Deed {
    Push { who: &'static str, at: Timestamp, commands: Vec<Command> },
    Operate { at: Timestamp, about: Vec<RecordKey>, act: Act },
    Blob { who: &'static str, blob: Attachment },
    Decide { command: CommandId, accept: bool },
}

/// What the teller remembers of what was done.
struct Teller {
    random: Random,
    at: Timestamp,
    /// The commands that wrote entries, with their text.
    notes: Vec<(Command, &'static str)>,
    sent: Vec<(&'static str, Command)>,
    /// Written and not sent yet.
    kept: Vec<(&'static str, Command)>,
    photos: Vec<(&'static str, Attachment)>,
}

impl Teller {
    fn new(seed: u64) -> Self {
        Self { random: Random(seed), at: now(), notes: vec![], sent: vec![], kept: vec![], photos: vec![] }
    }

    fn next(&mut self) -> Deed {
        let span = if self.random.one_in(12) { 20 * 24 * 60 } else { 90 };
        self.at = self.at.plus(domain::kernel::Span::minutes(i64::try_from(self.random.below(span)).unwrap()));
        match self.random.below(20) {
            0 => return self.moved(),
            1 => return self.posted(),
            2 if !self.photos.is_empty() => {
                let (who, blob) = self.photos[self.random.below(self.photos.len())].clone();
                return Deed::Blob { who, blob };
            }
            3 if !self.sent.is_empty() => {
                let command = self.sent[self.random.below(self.sent.len())].1.head.id;
                return Deed::Decide { command, accept: self.random.one_in(2) };
            }
            4 if self.random.one_in(4) && !self.notes.is_empty() => {
                let key = self.notes[self.random.below(self.notes.len())].0.head.first().clone();
                let why = self.random.pick(&["本人要求", "按规定"]).to_owned();
                return Deed::Operate { at: self.at, about: vec![key], act: Act::Log(log::Act::EraseEntry { why }) };
            }
            _ => {}
        }
        let who = self.random.pick(&EVERYBODY);
        let mut commands = Vec::new();
        for _ in 0..=self.random.below(4) {
            let command = self.command(who);
            // Some stay on the phone for a while, and come in another order.
            if self.random.one_in(5) { self.kept.push((who, command)) } else { commands.push(command) }
        }
        if self.random.one_in(3) {
            let (now, later): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.kept).into_iter().partition(|(by, _)| *by == who);
            self.kept = later;
            commands.extend(now.into_iter().map(|(_, command)| command));
        }
        if self.random.one_in(6)
            && let Some((_, again)) = self.sent.iter().rev().find(|(by, _)| *by == who)
        {
            let mut again = again.clone();
            if self.random.one_in(3) {
                again.act = again.act.replace('水', "火");
            }
            commands.push(again);
        }
        self.sent.extend(commands.iter().map(|command| (who, command.clone())));
        Deed::Push { who, at: self.at, commands }
    }

    fn command(&mut self, who: &'static str) -> Command {
        if self.notes.is_empty() || self.random.one_in(3) { self.write(who) } else { self.work_on(who) }
    }

    fn write(&mut self, who: &'static str) -> Command {
        let own = [(WANG, FIRST), (ZHAO, SECOND), (QIAN, FAR), (HE, OTHER)].into_iter().find(|(one, _)| *one == who);
        let anywhere = self.random.pick(&[FIRST, FIRST, SECOND, FAR, OTHER]);
        let place = own.filter(|_| !self.random.one_in(4)).map_or(anywhere, |(_, place)| place);
        let text = self.random.pick(&WORDS);
        let mut form = form(self.random.pick(Category::ALL).code(), text);
        form.urgency = self.random.pick(Urgency::ALL).code().to_owned();
        if self.random.one_in(4) {
            let number = u8::try_from(self.random.below(6)).unwrap();
            let photo = Attachment { kind: AttachmentKind::Photo, bytes: Bytes::new(9), sha256: Sha256::of(&[number]) };
            form.attachments.push(photo.word());
            self.photos.push((who, photo));
        }
        let back = i64::try_from(self.random.below(100)).unwrap();
        let written = if self.random.one_in(3) { days(-back) } else { self.at };
        let command = write_form(who, place, written, form);
        self.notes.push((command.clone(), text));
        command
    }

    fn work_on(&mut self, who: &'static str) -> Command {
        let (note, text) = self.notes[self.random.below(self.notes.len())].clone();
        let version = note.head.id;
        let words = self.random.pick(&WORDS);
        let one = vec![note.head.first().clone()];
        let act = match self.random.below(7) {
            0 => log::Act::MarkRead { version },
            1 => log::Act::Comment { version, text: words.to_owned() },
            2 => log::Act::SendBack { version, part: Part::Problem, question: words.to_owned() },
            3 => log::Act::WithdrawEntry {},
            4 => log::Act::Answer {
                question: self.sent.last().map_or(version, |(_, one)| one.head.id),
                text: words.to_owned(),
            },
            _ => {
                let change = FieldChange {
                    field: "problem".to_owned(),
                    from: Some(text.to_owned()),
                    to: Some(words.to_owned()),
                };
                let act = log::Act::AmendEntry { seen: version, changes: vec![change] };
                return command(who, self.at, note.head.about.clone(), &act);
            }
        };
        command(who, self.at, one, &act)
    }

    fn moved(&mut self) -> Deed {
        let about = vec![
            place_key(HERE, self.random.pick(&[FIRST, SECOND, FAR])),
            place_key(HERE, self.random.pick(&[YARD, FAR_YARD])),
        ];
        Deed::Operate { at: self.at, about, act: Act::Organisation(organisation::Act::MovePlace {}) }
    }

    fn posted(&mut self) -> Deed {
        let (who, place, role) = self.random.pick(&[
            (WANG, FIRST, Role::Watcher),
            (ZHAO, SECOND, Role::Watcher),
            (QIAN, FAR, Role::Watcher),
            (ZHAO, FIRST_GRID, Role::GridWorker),
            (WANG, FAR, Role::Watcher),
        ]);
        let about = vec![card_key(who, HERE), place_key(HERE, place)];
        let act = if self.random.one_in(2) { give_post(role, None) } else { end_post(role, self.at) };
        Deed::Operate { at: self.at, about, act }
    }
}

/// Does it, and says in words what came of it.
async fn done(here: &Neighbourhood, deed: &Deed, index: usize) -> String {
    match deed {
        Deed::Push { who, at, commands } => format!("{:?}", here.push_at(who, *at, commands).await),
        Deed::Operate { at, about, act } => {
            let head = domain::kernel::Head {
                id: CommandId::from_parts(at.millis(), [u8::try_from(index % 256).unwrap(); 10]),
                actor: domain::kernel::Actor::OPERATOR,
                device: domain::kernel::DeviceId::SERVER,
                written: *at,
                offset: None,
                about: about.clone(),
            };
            format!("{:?}", here.store.act(vec![Command::new(head, act).unwrap()], *at).await.unwrap())
        }
        Deed::Blob { who, blob } => format!("{:?}", here.store.blob_arrived(person(who), blob, now()).await.is_ok()),
        Deed::Decide { command, accept } => {
            format!("{:?}", here.store.decide(*command, *accept, "看过了", now()).await.unwrap())
        }
    }
}

/// What everybody reads, and where they go on.
async fn read(
    here: &Neighbourhood,
    teller: &Teller,
    cursors: &mut BTreeMap<(&str, bool), Vec<Cursor>>,
    filter: &EntryFilter,
    records: u32,
) -> String {
    let mut told = String::new();
    for who in EVERYBODY {
        for horizon in [Timestamp::EARLIEST, days(-30)] {
            let from = cursors.entry((who, horizon == Timestamp::EARLIEST)).or_default();
            let limit = PageLimit { records, bytes: PAGE_BYTES, horizon };
            let page: FeedPage = here.store.pull(person(who), from.clone(), limit, teller.at).await.unwrap();
            from.clone_from(&page.cursors);
            told.push_str(&format!("{who} {page:?}\n"));
        }
        let page = here.store.find_entries(person(who), filter, None, 7, teller.at).await.unwrap();
        told.push_str(&format!("{who} lists {:?} {:?}\n", page.entries, page.next));
    }
    told.push_str(&format!("{:?} {:?}", here.store.heads().await.unwrap(), here.store.held().await.unwrap()));
    told
}

async fn told_alike(seed: u64, length: usize, outcomes: &mut String) {
    let mut teller = Teller::new(seed);
    let mut worlds = Vec::new();
    for engine in Engine::ALL {
        worlds.push((engine, Neighbourhood::new(engine).await, BTreeMap::new()));
    }
    for index in 0..length {
        let deed = teller.next();
        let filter = some_filter(&mut teller.random);
        let records = 1 + u32::try_from(teller.random.below(30)).unwrap();
        let mut first: Option<(String, String)> = None;
        for (engine, here, cursors) in &mut worlds {
            let now = (done(here, &deed, index).await, read(here, &teller, cursors, &filter, records).await);
            match &first {
                None => {
                    outcomes.push_str(&now.0);
                    first = Some(now);
                }
                Some(first) => {
                    assert_eq!(first.0, now.0, "seed {seed}, deed {index}, {engine:?} answers");
                    for (one, other) in first.1.lines().zip(now.1.lines()) {
                        assert_eq!(one, other, "seed {seed}, deed {index}, {engine:?} tells, {filter:?}");
                    }
                }
            }
        }
    }
    let entries: Vec<EntryId> = teller.notes.iter().map(|(note, ..)| entry_of(note)).collect();
    for entry in entries {
        for community in [HERE, ELSEWHERE] {
            let key = log::Entry::key_of(id(community), entry);
            let mut stored = Vec::new();
            for (_, here, _) in &worlds {
                stored.push(here.store.stored(&key).await.unwrap());
            }
            assert!(stored.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: {stored:?}");
        }
    }
}

fn some_filter(random: &mut Random) -> EntryFilter {
    let day = |random: &mut Random| days(i64::try_from(random.below(5)).unwrap() - 2).day();
    EntryFilter {
        place: random.one_in(3).then(|| id(random.pick(&[HERE, FIRST_GRID, YARD, FAR_YARD, FIRST, OTHER]))),
        category: random.one_in(5).then(|| random.pick(Category::ALL)),
        urgency: random.one_in(5).then(|| random.pick(Urgency::ALL)),
        state: random.one_in(4).then(|| random.pick(&ReviewState::ALL)),
        from: random.one_in(6).then(|| day(random)),
        until: random.one_in(6).then(|| day(random)),
        author: random.one_in(6).then(|| person(random.pick(&EVERYBODY))),
        words: if random.one_in(3) {
            random.pick(&["水", "漏水", "平安 一切", "hpxc-2025", "没有"]).to_owned()
        } else {
            String::new()
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_is_told_alike_by_all_engines() {
    let mut outcomes = String::new();
    for seed in 1..=6 {
        told_alike(seed, 120, &mut outcomes).await;
    }
    for outcome in ["Accepted {", "Duplicate {", "Conflict", "Rejected {", "Parked {", "Held", "Some(", "\"erased\""] {
        assert!(outcomes.contains(outcome), "no {outcome} in any story");
    }
}
