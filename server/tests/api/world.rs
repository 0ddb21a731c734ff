//! A small community whose people are known by name.

use app::domain::{
    Act, Category, Command, CommandId, Community, CommunityCode, DeviceId, Door, DoorLabel, EntryForm, EntryId,
    GridCode, LocalNumber, Membership, MicroGrid, MicroGridCode, PersonCard, PersonId, PlaceCode, Resident, ResidentId,
    Role, Spot, Timestamp, YardCode,
};
use server::{
    clock::now,
    store::{Account, Seed, hash_password},
};
use std::sync::LazyLock;

/// The stairwell of 王某兰.
pub const STAIRWELL: &str = "210102025900003017";
/// The stairwell of 李某芬.
pub const NEXT_STAIRWELL: &str = "210102025900003018";
pub const COMMUNITY: &str = "210102025900";
pub const GRID: &str = "210102025900003";
/// Everybody's.
pub const PASSWORD: &str = "seven-doors-three-floors";

/// 邻里守望员 of [`STAIRWELL`].
pub const WANG: &str = "wang";
/// 邻里守望员 of [`NEXT_STAIRWELL`].
pub const LI: &str = "li";
/// 专业社工 of the grid.
pub const CHEN: &str = "chen";

static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD).unwrap());

pub fn seed() -> Seed {
    let community = CommunityCode::parse(COMMUNITY).unwrap();
    let grid = GridCode::parse(GRID).unwrap();
    Seed {
        community: Community {
            code: community,
            name: "和平新村社区".to_owned(),
            abbreviation: "HPXC".to_owned(),
            grids: vec![(grid, "第三网格".to_owned())],
            numbers: vec![LocalNumber { name: "物业".to_owned(), number: "02400000001".to_owned() }],
        },
        micro_grids: vec![micro_grid(STAIRWELL, "3单元"), micro_grid(NEXT_STAIRWELL, "4单元")],
        accounts: vec![
            account(WANG, "王某兰", Role::Watcher, STAIRWELL),
            account(LI, "李某芬", Role::Watcher, NEXT_STAIRWELL),
            account(CHEN, "陈某", Role::SocialWorker, GRID),
        ],
        residents: vec![Resident {
            id: ResidentId::from_parts(1, [9; 10]),
            micro_grid: MicroGridCode::parse(STAIRWELL).unwrap(),
            door: DoorLabel::parse("5-2").unwrap(),
            name: "张某芝".to_owned(),
            birth_year: Some(1940),
            care: Vec::new(),
            phone: None,
        }],
    }
}

pub fn person(login: &str) -> PersonId {
    let mut random = [0; 10];
    random[..login.len()].copy_from_slice(login.as_bytes());
    PersonId::from_parts(1_700_000_000_000, random)
}

pub fn account(login: &str, name: &str, role: Role, place: &str) -> Account {
    Account {
        card: PersonCard {
            id: person(login),
            name: name.to_owned(),
            agency: None,
            memberships: vec![Membership {
                role,
                place: PlaceCode::parse(place).unwrap(),
                from: Timestamp::EARLIEST,
                until: None,
            }],
        },
        login: login.to_owned(),
        password_hash: Some(HASH.clone()),
    }
}

fn micro_grid(code: &str, unit: &str) -> MicroGrid {
    let door = |floor, door| Door { label: DoorLabel::parse(&format!("{floor}-{door}")).unwrap(), vacant: false };
    MicroGrid {
        code: MicroGridCode::parse(code).unwrap(),
        yard: YardCode::parse("Y03").unwrap(),
        yard_name: "八经街46号院".to_owned(),
        unit_name: unit.to_owned(),
        floors: (1..=7).rev().map(|floor| (1..=3).map(|number| door(floor, number)).collect()).collect(),
        water_valve: None,
        power_switch: None,
    }
}

pub fn device() -> DeviceId {
    DeviceId::from_parts(1, [1; 10])
}

/// A command of this person, now.
pub fn command(login: &str, act: Act) -> Command {
    let written = now();
    Command {
        id: CommandId::from_parts(written.millis(), rand::random()),
        author: person(login),
        device: device(),
        written,
        clock_offset: None,
        act,
    }
}

pub fn new_entry() -> EntryId {
    EntryId::from_parts(now().millis(), rand::random())
}

pub fn form(problem: &str) -> EntryForm {
    EntryForm {
        category: Category::CareVisit.code().to_owned(),
        spot: Spot::STAIRWELL.to_owned(),
        problem: problem.to_owned(),
        urgency: Category::CareVisit.usual_urgency().code().to_owned(),
        ..EntryForm::default()
    }
}

/// A new entry in a stairwell.
pub fn entry(login: &str, micro_grid: &str, problem: &str) -> Command {
    let act = Act::WriteEntry { entry: new_entry(), micro_grid: micro_grid.to_owned(), form: form(problem) };
    command(login, act)
}

/// The bytes that a phone stores and sends.
pub fn bytes(command: &Command) -> String {
    command.to_bytes().unwrap()
}
