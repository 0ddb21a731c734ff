//! The demo community (`watchlog demo`, `watchlog serve --demo`): made up, and the same every time.
//! Values, and the commands that make them records: `crate::filling` gives them to the store. No clock and no source of
//! random numbers of its own: `now` and `seed` are arguments.
//!
//! | module | holds |
//! |---|---|
//! | `seed` | a community as values, and how commands of the operator make it |
//! | `communities` | 和平新村社区 and, as a second tenant, a building in 抚顺 |
//! | `places`, `households`, `residents`, `care`, `accounts`, `names` | what those are made of |
//! | `entries`, `calendar` | the 44 entries of `data/entries.tsv` with their reviews, and how their dates move |
//! | `synthetic`, `stairwell`, `year`, `phrases` | as many entries more as wanted, for load |
//! | `cast` | who writes and who reviews where |
//! | `random`, `table` | numbers that look random; data files |
//! | `data/` | yards, households, entries, reviews and phrases: words are data, not code |
//!
//! **Logins.** A prefix for the community (`hp` 和平新村, `xf` 新抚), a letter for the role, and where:
//!
//! | login | who |
//! |---|---|
//! | `hp-w-y03-3` | 邻里守望员 of yard Y03, 3单元 |
//! | `hp-g-4` | 专职网格员 of the 4th grid |
//! | `hp-b-4` | 网格党支部书记 of the 4th grid |
//! | `hp-c` | 社区党委书记 |
//! | `hp-s-01` | 专业社工, numbered through the agencies: 律动公益 01–10, 益新公益 11–17, 典泽文化 18–23, 示例机构 24–28 |
//!
//! `hp-w-y05-2` also stands in (代班) for 3单元 of the same yard; `hp-w-y07-4` did so for 5单元 until some time ago.
//!
//! **What moves with `now`.** Ids of communities, places and people, names, doors and logins never change. Years of birth
//! follow `now`, so that ages and care groups stay true; so do the times of memberships. All dates of the 44 entries move
//! by one number of whole days, such that the last one was yesterday: the community is alive on any day. Dates and weekdays
//! inside of the texts move along; the season does not, so there may be snow in a demo of June.

mod accounts;
mod calendar;
mod care;
mod cast;
mod communities;
mod entries;
mod households;
mod names;
mod phrases;
mod places;
mod random;
mod residents;
mod seed;
mod stairwell;
mod synthetic;
mod table;
#[cfg(test)]
mod tests;
mod year;

use domain::kernel::{CommunityId, PersonId, Timestamp};
use domain::store::PushBatch;

pub use seed::{Colleague, Seed};
pub use synthetic::Synthetic;

/// The demo communities as they are at `now`: 和平新村社区 first, then the small second tenant.
#[must_use]
pub fn communities(now: Timestamp) -> Vec<Seed> {
    communities::all(now)
}

/// The ids of [`communities()`], which nobody has to be made up for.
#[must_use]
pub fn community_ids() -> [CommunityId; 2] {
    communities::ids()
}

/// Whether somebody who signs in with this name is one of the demo: their ids are made of their names.
#[must_use]
pub fn is_made_up(person: PersonId, login: &str) -> bool {
    person == accounts::id_of(login)
}

/// The 44 entries of `data/entries.tsv` with their changes and reviews, as pushes in the order in which the server had
/// them. The last entry was written yesterday; nothing is later than yesterday.
///
/// `seeds` are those of [`communities()`]. Each push holds the commands of one author.
#[must_use]
pub fn entries(seeds: &[Seed], now: Timestamp) -> Vec<PushBatch> {
    entries::all(seeds, now)
}

/// A source of made-up entries for load: short grid notes by the watchers of `seeds`, spread over the 365 days
/// before the day of `now`. Equal arguments give equal pushes, byte for byte. See [`Synthetic::take`].
#[must_use]
pub fn synthetic(seeds: &[Seed], now: Timestamp, seed: u64) -> Synthetic {
    Synthetic::new(seeds, now, seed)
}
