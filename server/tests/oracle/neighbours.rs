//! Eight stairwells in two grids, sixteen watchers, four of them with a second device, and three who read.

use crate::world::{self, COMMUNITY, GRID, account, person};
use app::domain::{GridCode, Membership, MicroGridCode, PlaceCode, Rights, Role};
use server::{clock::now, store::Seed};

/// Another grid of the same community.
const NEXT_GRID: &str = "210102025900004";
/// Stairwells, half of them in each grid.
const STAIRWELLS: usize = 8;
/// Watchers; each stairwell has two, who stand in for each other.
pub const WATCHERS: usize = 16;
/// Watchers with a second device.
pub const TWO_DEVICES: usize = 4;
/// The watcher who is a social worker as well, and in another grid than their stairwell.
const WITH_TWO_POSTS: usize = WATCHERS - 1;
/// Logins of those who read, with what and for which place: some categories of a grid, all of a grid, everything.
pub const READERS: [(&str, Role, &str); 3] = [
    ("chen", Role::SocialWorker, GRID),
    ("sun", Role::GridWorker, NEXT_GRID),
    ("zhao", Role::PartyCommittee, COMMUNITY),
];

/// The login of a watcher.
pub fn watcher(n: usize) -> String {
    format!("w{n}")
}

/// The code of the stairwell of a watcher.
pub fn stairwell_of(watcher: usize) -> String {
    stairwell(watcher % STAIRWELLS)
}

fn stairwell(n: usize) -> String {
    let grid = if n < STAIRWELLS / 2 { GRID } else { NEXT_GRID };
    format!("{grid}{:03}", 17 + n)
}

/// Everybody and everything.
pub fn seed() -> Seed {
    let mut seed = world::seed();
    seed.community.grids.push((GridCode::parse(NEXT_GRID).unwrap(), "第四网格".to_owned()));
    let pattern = seed.micro_grids[0].clone();
    seed.micro_grids = (0..STAIRWELLS)
        .map(|n| {
            let mut micro_grid = pattern.clone();
            micro_grid.code = MicroGridCode::parse(&stairwell(n)).unwrap();
            micro_grid.unit_name = format!("{}单元", n + 1);
            micro_grid
        })
        .collect();
    let watchers = (0..WATCHERS).map(|n| account(&watcher(n), &format!("守望员{n}"), Role::Watcher, &stairwell_of(n)));
    let readers = READERS.into_iter().map(|(login, role, place)| account(login, login, role, place));
    seed.accounts = watchers.chain(readers).collect();
    let second_post = Membership {
        role: Role::SocialWorker,
        place: PlaceCode::parse(GRID).unwrap(),
        ..seed.accounts[WITH_TWO_POSTS].card.memberships[0].clone()
    };
    seed.accounts[WITH_TWO_POSTS].card.memberships.push(second_post);
    seed
}

/// What somebody may see and do now.
pub fn rights(login: &str) -> Rights {
    let account = seed().accounts.into_iter().find(|account| account.login == login).unwrap();
    Rights::of(person(login), &account.card.memberships, now())
}
