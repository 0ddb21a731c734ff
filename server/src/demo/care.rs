//! Who is looked after: what follows from age and household, and what is drawn at random.

use super::households::Member;
use super::random::Random;
use super::residents::Inhabitant;
use domain::residents::CareGroup;

/// What follows from who lives together: 高龄 from 80, 独居 and 空巢 for elders without younger people in the house,
/// 留守儿童 for children with their grandparents alone.
pub(super) fn by_household(members: &[Member]) -> Vec<Vec<CareGroup>> {
    let elders_only = members.iter().all(|member| member.age >= 60);
    let adults = members.iter().filter(|member| (14..60).contains(&member.age)).count();
    let groups = members.iter().map(|member| {
        let mut groups = Vec::new();
        if elders_only {
            groups.push(if members.len() == 1 { CareGroup::LivingAlone } else { CareGroup::EmptyNest });
        }
        if member.age >= 80 {
            groups.push(CareGroup::Aged);
        }
        if member.age < 14 && adults == 0 {
            groups.push(CareGroup::ChildLeftBehind);
        }
        groups
    });
    groups.collect()
}

/// A group whose members are drawn.
struct Draw {
    group: CareGroup,
    /// How many among 8,914 people.
    count: usize,
    fits: fn(&Inhabitant) -> bool,
    /// The older come first; otherwise everybody has the same chance.
    older_first: bool,
}

/// How many among how many people.
const AMONG: usize = 8_914;

const DRAWS: &[Draw] = &[
    Draw { group: CareGroup::Disabled, count: 60, fits: |one| one.age >= 66, older_first: true },
    Draw { group: CareGroup::Dementia, count: 24, fits: |one| one.age >= 70, older_first: true },
    Draw { group: CareGroup::GravelyIll, count: 30, fits: |one| one.age >= 40, older_first: false },
    Draw { group: CareGroup::Handicapped, count: 90, fits: |one| one.age >= 18, older_first: false },
    Draw { group: CareGroup::MinimumAllowance, count: 45, fits: |one| one.age >= 35, older_first: false },
    Draw { group: CareGroup::Destitute, count: 8, fits: lives_alone, older_first: false },
    Draw { group: CareGroup::ChildInNeed, count: 10, fits: |one| one.age < 14, older_first: false },
];
/// Couples who lost their only child (计生特殊家庭).
const BEREAVED_COUPLES: usize = 6;

fn lives_alone(inhabitant: &Inhabitant) -> bool {
    inhabitant.care.contains(&CareGroup::LivingAlone)
}

/// Adds the groups that do not follow from age and household, in proportion to `people`. The counts are exact and
/// include those whom the table has placed in a group.
pub(super) fn by_chance(inhabitants: &mut [Inhabitant], people: usize, random: &mut Random) {
    for draw in DRAWS {
        let there = inhabitants.iter().filter(|one| one.care.contains(&draw.group)).count();
        let wanted = (draw.count * people / AMONG).saturating_sub(there);
        let mut candidates: Vec<(u16, usize)> = Vec::new();
        for (index, one) in inhabitants.iter().enumerate() {
            let luck = u16::try_from(random.below(40)).unwrap_or_default();
            let rank = if draw.older_first { one.age + luck } else { luck };
            if !one.placed && (draw.fits)(one) {
                candidates.push((rank, index));
            }
        }
        random.shuffle(&mut candidates);
        candidates.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        for (_, index) in candidates.into_iter().take(wanted) {
            inhabitants[index].care.push(draw.group);
        }
    }
    bereave(inhabitants, BEREAVED_COUPLES * people / AMONG, random);
}

fn bereave(inhabitants: &mut [Inhabitant], couples: usize, random: &mut Random) {
    let empty_nest = |one: &Inhabitant| !one.placed && one.care.contains(&CareGroup::EmptyNest);
    let mut candidates: Vec<Inhabitant> = inhabitants.iter().filter(|one| empty_nest(one)).cloned().collect();
    candidates.dedup_by(|a, b| a.lives_with(b));
    random.shuffle(&mut candidates);
    candidates.truncate(couples);
    for one in inhabitants.iter_mut() {
        if candidates.iter().any(|chosen| chosen.lives_with(one)) {
            one.care.push(CareGroup::BereavedFamily);
        }
    }
}
