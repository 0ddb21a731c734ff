//! The two communities.

use super::{
    accounts::Staff,
    households::Population,
    places::{Ground, Layout, lay_out},
    random::Random,
    residents::{MADE, settle},
    seed::{Seed, made_at},
};
use domain::{
    kernel::{CommunityId, Day, Timestamp},
    organisation::{Community, LocalNumber},
};

/// Who answers on the card 电话. The numbers are those of nobody.
const ANSWERERS: [&str; 6] = ["燃气抢修", "供水抢修", "供热报修", "物业", "派出所", "卫生服务中心"];

/// A community before it is made.
struct Plan {
    code: &'static str,
    name: &'static str,
    abbreviation: &'static str,
    prefix: &'static str,
    yards: &'static str,
    households: &'static str,
    population: Population,
    agencies: &'static [(&'static str, usize)],
    stand_ins: &'static [StandIn],
    /// The last digits of the first number on the card 电话.
    first_number: u32,
    /// Which of the 10,000 telephone numbers for residents is the first.
    first_phone: usize,
}

/// A watcher who also looks after the stairwell next door: login, days ago that it began, days ago that it ended.
type StandIn = (&'static str, i64, Option<i64>);

const HEPING_XINCUN: Plan = Plan {
    code: "210102025900",
    name: "和平新村社区",
    abbreviation: "HPXC",
    prefix: "hp",
    yards: include_str!("data/yards.tsv"),
    households: include_str!("data/households.tsv"),
    population: Population { people: 8_914, children: 800, elders: 1_839, eighties: 265, nineties: 35, alone: 210 },
    agencies: &[("律动公益", 10), ("益新公益", 7), ("典泽文化", 6), ("示例机构", 5)],
    stand_ins: &[("hp-w-y05-2", 20, None), ("hp-w-y07-4", 200, Some(150))],
    first_number: 1,
    first_phone: 0,
};

/// 新抚区 with the 9xx of codes that are obviously not official.
const XINFU: Plan = Plan {
    code: "210402900900",
    name: "新抚区示例社区",
    abbreviation: "XFSL",
    prefix: "xf",
    yards: include_str!("data/yards_xinfu.tsv"),
    households: "",
    population: Population { people: 112, children: 9, elders: 24, eighties: 4, nineties: 1, alone: 3 },
    agencies: &[("示例机构", 1)],
    stand_ins: &[],
    first_number: 101,
    first_phone: 9_000,
};

/// Both communities as they are at `now`.
pub(super) fn all(now: Timestamp) -> Vec<Seed> {
    [HEPING_XINCUN, XINFU].into_iter().filter_map(|plan| plan.seed(now)).collect()
}

/// What they are called for ever.
pub(super) fn ids() -> [CommunityId; 2] {
    [HEPING_XINCUN.id(), XINFU.id()]
}

impl Plan {
    fn id(&self) -> CommunityId {
        CommunityId::from_parts(MADE, Random::named(&format!("community/{}", self.code), 0).bytes())
    }

    /// `None` only on a day that the calendar does not have.
    fn seed(self, now: Timestamp) -> Option<Seed> {
        let today = now.day();
        let (year, _, _) = today.numbers();
        let this_year = u16::try_from(year).ok()?;
        let id = self.id();
        // Before the oldest entry that `super::synthetic` writes.
        let since = Day::from_numbers(year - 2, 1, 1)?.start();
        let made = made_at(since);
        let ground = Ground { community: id, code: self.code, made };
        let Layout { grids, yards, mut homes } = lay_out(ground, self.yards);
        let residents = settle(ground, &mut homes, self.households, self.population, this_year, self.first_phone);
        let days_ago = |days: i64| today.plus_days(-days).start();
        let stand_ins: Vec<_> =
            self.stand_ins.iter().map(|(login, from, until)| (*login, days_ago(*from), until.map(days_ago))).collect();
        let staff = Staff {
            prefix: self.prefix,
            ground,
            grids: &grids,
            homes: &homes,
            residents: &residents,
            agencies: self.agencies,
            stand_ins: &stand_ins,
            year: this_year,
        };
        let colleagues = staff.colleagues();
        let numbers = (self.first_number..).zip(ANSWERERS);
        let numbers =
            numbers.map(|(number, name)| LocalNumber { name: name.to_owned(), number: format!("024{number:08}") });
        let community = Community {
            id,
            name: self.name.to_owned(),
            abbreviation: self.abbreviation.to_owned(),
            code: Some(self.code.to_owned()),
            numbers: numbers.collect(),
            late_work: None,
            silence_of_watchers: None,
            silence_of_others: None,
            made,
            changed: made,
        };
        let stairwells = homes.into_iter().map(|home| home.place).collect();
        Some(Seed { community, grids, yards, stairwells, colleagues, residents })
    }
}
