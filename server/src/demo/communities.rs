//! The two communities.

use super::{accounts::Staff, households::Population, places::lay_out, residents::settle};
use crate::store::Seed;
use app::domain::{Community, CommunityCode, Day, LocalNumber, Timestamp};

/// Who answers on the card 电话 (DOMAIN.md 2.15). The numbers are those of nobody.
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

/// 新抚区 with the 9xx of codes that are obviously not official (DOMAIN.md 2.2).
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
pub(super) fn all(now: Timestamp, password_hash: Option<&str>) -> Vec<Seed> {
    [HEPING_XINCUN, XINFU].into_iter().filter_map(|plan| plan.seed(now, password_hash)).collect()
}

impl Plan {
    /// `None` only if the plan's own code were wrong, which the tests rule out.
    fn seed(self, now: Timestamp, password_hash: Option<&str>) -> Option<Seed> {
        let today = now.day();
        let (year, _, _) = today.numbers();
        let this_year = u16::try_from(year).ok()?;
        let code = CommunityCode::parse(self.code).ok()?;
        let (grids, mut micro_grids) = lay_out(&code, self.yards);
        let residents = settle(&mut micro_grids, self.households, self.population, this_year, self.first_phone);
        let days_ago = |days: i64| today.plus_days(-days).start();
        let stand_ins: Vec<_> =
            self.stand_ins.iter().map(|(login, from, until)| (*login, days_ago(*from), until.map(days_ago))).collect();
        let staff = Staff {
            prefix: self.prefix,
            community: &code,
            grids: &grids,
            micro_grids: &micro_grids,
            residents: &residents,
            agencies: self.agencies,
            stand_ins: &stand_ins,
            // Before the oldest entry that `super::synthetic` writes.
            since: Day::from_numbers(year - 2, 1, 1)?.start(),
            year: this_year,
            password_hash,
        };
        let accounts = staff.accounts();
        let numbers = (self.first_number..).zip(ANSWERERS);
        let numbers =
            numbers.map(|(number, name)| LocalNumber { name: name.to_owned(), number: format!("024{number:08}") });
        let community = Community {
            code,
            name: self.name.to_owned(),
            abbreviation: self.abbreviation.to_owned(),
            grids,
            numbers: numbers.collect(),
        };
        Some(Seed { community, micro_grids, accounts, residents })
    }
}
