//! Eight stairwells of two yards, sixteen watchers, four of them with a second device, and three who read.

use crate::world::{self, COMMUNITY, GRID, account};
use app::domain::{MicroGridCode, Role};
use server::store::Seed;

/// Stairwells.
pub const STAIRWELLS: usize = 8;
/// Watchers; each stairwell has two, who stand in for each other.
pub const WATCHERS: usize = 16;
/// Watchers with a second device.
pub const TWO_DEVICES: usize = 4;
/// Logins of those who read, with the place they read for.
pub const READERS: [(&str, Role, &str); 3] =
    [("chen", Role::SocialWorker, GRID), ("sun", Role::GridWorker, GRID), ("zhao", Role::PartyCommittee, COMMUNITY)];

/// The code of a stairwell.
pub fn stairwell(n: usize) -> String {
    format!("{GRID}{:03}", 17 + n)
}

/// The login of a watcher.
pub fn watcher(n: usize) -> String {
    format!("w{n}")
}

/// Everybody and everything.
pub fn seed() -> Seed {
    let mut seed = world::seed();
    let pattern = seed.micro_grids[0].clone();
    seed.micro_grids = (0..STAIRWELLS)
        .map(|n| {
            let mut micro_grid = pattern.clone();
            micro_grid.code = MicroGridCode::parse(&stairwell(n)).unwrap();
            micro_grid.unit_name = format!("{}单元", n + 1);
            micro_grid
        })
        .collect();
    let watchers =
        (0..WATCHERS).map(|n| account(&watcher(n), &format!("守望员{n}"), Role::Watcher, &stairwell(n % STAIRWELLS)));
    let readers = READERS.into_iter().map(|(login, role, place)| account(login, login, role, place));
    seed.accounts = watchers.chain(readers).collect();
    seed
}
