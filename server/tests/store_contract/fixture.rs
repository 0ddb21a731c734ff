//! A small neighbourhood: two grids, three stairwells, people of every role, two residents.

use app::domain::*;
use app::store::{FeedPage, PushBatch, Store};
use app::sync::{CommandReply, Cursor, Outcome};
use server::store::{Account, Seed, SqliteStore, hash_password};
use std::sync::Arc;

pub const COMMUNITY: &str = "210102025900";
/// 王某兰's stairwell, in yard Y01 of the first grid.
pub const FIRST: &str = "210102025900001001";
/// 赵某芬's, next door.
pub const SECOND: &str = "210102025900001002";
/// 钱某英's, in yard Y02 of the second grid.
pub const FAR: &str = "210102025900002001";

pub const WANG: &str = "王某兰";
pub const ZHAO: &str = "赵某芬";
pub const QIAN: &str = "钱某英";
/// Social worker of the first grid; signs in with a password.
pub const LI: &str = "李某华";
pub const PASSWORD: &str = "守望相助2025";
/// Grid worker, branch and committee.
pub const SUN: &str = "孙某强";
pub const ZHOU: &str = "周某书";
pub const CHEN: &str = "陈某民";
pub const EVERYBODY: [&str; 7] = [WANG, ZHAO, QIAN, LI, SUN, ZHOU, CHEN];

/// Monday, 17 November 2025, ten o'clock.
pub fn now() -> Timestamp {
    Day::from_numbers(2025, 11, 17).unwrap().at(10, 0)
}

pub struct Neighbourhood {
    pub store: Arc<dyn Store>,
    /// For what only this engine's own interface does: filling, listing, closing.
    pub engine: SqliteStore,
    pub file: std::path::PathBuf,
    pub accounts: Vec<Account>,
    _folder: tempfile::TempDir,
}

/// A store with nothing in it.
pub async fn empty() -> (SqliteStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("data/log.db").to_str().unwrap()).await.unwrap();
    (store, folder)
}

impl Neighbourhood {
    pub async fn new() -> Self {
        let (engine, folder) = empty().await;
        let seed = seed();
        let accounts = seed.accounts.clone();
        engine.seed(seed).await.unwrap();
        let file = folder.path().join("data/log.db");
        Self { store: Arc::new(engine.clone()), engine, file, accounts, _folder: folder }
    }

    pub fn card(&self, who: &str) -> PersonCard {
        self.accounts.iter().find(|account| account.card.name == who).unwrap().card.clone()
    }

    pub fn rights(&self, who: &str) -> Rights {
        let card = self.card(who);
        Rights::of(card.id, &card.memberships, now())
    }

    pub fn batch(&self, who: &str, commands: &[Command]) -> PushBatch {
        let commands = commands.iter().map(|command| command.to_bytes().unwrap()).collect();
        PushBatch { sender: self.card(who).id, device: device(), sent_at: now(), received: now(), commands }
    }

    pub async fn push(&self, who: &str, commands: &[Command]) -> Vec<CommandReply> {
        self.store.push(self.batch(who, commands)).await.unwrap()
    }

    /// Pushes what has to be accepted.
    pub async fn accept(&self, who: &str, commands: &[Command]) {
        for reply in self.push(who, commands).await {
            assert!(matches!(reply.outcome, Outcome::Accepted { .. }), "{reply:?}");
        }
    }

    pub async fn pull(&self, who: &str, cursor: Option<Cursor>, limit: u32) -> FeedPage {
        let community = CommunityCode::parse(COMMUNITY).unwrap();
        self.store.pull(&self.rights(who), &community, cursor, limit, Timestamp::EARLIEST).await.unwrap()
    }

    /// Everything that a new phone hears.
    pub async fn everything(&self, who: &str) -> Vec<Change> {
        self.pull(who, None, 1_000).await.changes
    }

    pub async fn entry(&self, who: &str, id: EntryId) -> Option<Entry> {
        self.store.entry(&self.rights(who), id).await.unwrap()
    }

    /// 王某兰 writes in her stairwell at ten.
    pub fn note(&self, text: &str) -> Command {
        self.note_at(WANG, FIRST, "01", now(), text)
    }

    pub fn note_at(&self, who: &str, micro_grid: &str, category: &str, written: Timestamp, text: &str) -> Command {
        let entry = EntryId::from_parts(written.millis(), rand::random());
        let act = Act::WriteEntry { entry, micro_grid: micro_grid.to_owned(), form: form(category, text) };
        self.command(who, written, act)
    }

    pub fn act(&self, who: &str, act: Act) -> Command {
        self.command(who, now(), act)
    }

    fn command(&self, who: &str, written: Timestamp, act: Act) -> Command {
        let id = CommandId::from_parts(written.millis(), rand::random());
        Command { id, author: self.card(who).id, device: device(), written, clock_offset: Some(0), act }
    }
}

pub fn form(category: &str, text: &str) -> EntryForm {
    EntryForm {
        category: category.to_owned(),
        spot: "stairwell".to_owned(),
        problem: text.to_owned(),
        urgency: "4".to_owned(),
        ..EntryForm::default()
    }
}

pub fn device() -> DeviceId {
    DeviceId::from_parts(0, [7; 10])
}

pub fn position(reply: &CommandReply) -> i64 {
    match reply.outcome {
        Outcome::Accepted { position, .. } => position,
        _ => panic!("not accepted: {reply:?}"),
    }
}

pub fn number(reply: &CommandReply) -> String {
    match &reply.outcome {
        Outcome::Accepted { number: Some(number), .. } => number.to_string(),
        _ => panic!("no number: {reply:?}"),
    }
}

pub fn entries(changes: &[Change]) -> Vec<&Entry> {
    changes.iter().filter_map(|change| if let Change::Entry(entry) = change { Some(entry) } else { None }).collect()
}

pub fn seed() -> Seed {
    let code = CommunityCode::parse(COMMUNITY).unwrap();
    let grid = |number: u32| GridCode::parse(&format!("{COMMUNITY}{number:03}")).unwrap();
    let place = |code: &str| PlaceCode::parse(code).unwrap();
    let post = |name: &str, login: &str, role, place| account(name, login, role, place);
    Seed {
        community: Community {
            code: code.clone(),
            name: "和平新村社区".into(),
            abbreviation: "HPXC".into(),
            grids: vec![(grid(1), "第一网格".into()), (grid(2), "第二网格".into())],
            numbers: vec![],
        },
        micro_grids: vec![
            micro_grid(FIRST, "Y01", "1单元"),
            micro_grid(SECOND, "Y01", "2单元"),
            micro_grid(FAR, "Y02", "1单元"),
        ],
        accounts: vec![
            post(CHEN, "chen", Role::PartyCommittee, code.into()),
            Account {
                password_hash: Some(hash_password(PASSWORD).unwrap()),
                ..post(LI, "li", Role::SocialWorker, grid(1).into())
            },
            post(SUN, "sun", Role::GridWorker, grid(1).into()),
            post(ZHOU, "zhou", Role::PartyBranch, grid(1).into()),
            post(WANG, "wang", Role::Watcher, place(FIRST)),
            post(ZHAO, "zhao", Role::Watcher, place(SECOND)),
            post(QIAN, "qian", Role::Watcher, place(FAR)),
        ],
        residents: vec![resident("吴某奶奶", FIRST, vec![CareGroup::LivingAlone]), resident("郑某", FIRST, vec![])],
    }
}

pub fn account(name: &str, login: &str, role: Role, place: PlaceCode) -> Account {
    let membership = Membership { role, place, from: Timestamp::EARLIEST, until: None };
    let id = PersonId::from_parts(now().millis(), rand::random());
    let card = PersonCard { id, name: name.into(), agency: None, memberships: vec![membership] };
    Account { card, login: login.into(), password_hash: None }
}

fn micro_grid(code: &str, yard: &str, unit: &str) -> MicroGrid {
    let door = |label: &str| Door { label: DoorLabel::parse(label).unwrap(), vacant: false };
    MicroGrid {
        code: MicroGridCode::parse(code).unwrap(),
        yard: YardCode::parse(yard).unwrap(),
        yard_name: format!("{yard}院"),
        unit_name: unit.into(),
        floors: vec![vec![door("2-1"), door("2-2")], vec![door("1-1"), door("1-2")]],
        water_valve: None,
        power_switch: None,
    }
}

fn resident(name: &str, micro_grid: &str, care: Vec<CareGroup>) -> Resident {
    Resident {
        id: ResidentId::from_parts(now().millis(), rand::random()),
        micro_grid: MicroGridCode::parse(micro_grid).unwrap(),
        door: DoorLabel::parse("1-1").unwrap(),
        name: name.into(),
        birth_year: Some(1940),
        care,
        phone: Some(Phone { number: "13800005678".into(), whose: "本人".into() }),
    }
}
