//! Who lives together, so that the sums come out exactly: the counts are dealt to the doors, not drawn door by door.

use super::{names, random::Random};

/// How many people of which age there are.
#[derive(Clone, Debug)]
pub(super) struct Population {
    /// Everybody.
    pub people: usize,
    /// Younger than 14.
    pub children: usize,
    /// 60 to 79.
    pub elders: usize,
    /// 80 to 89.
    pub eighties: usize,
    /// 90 and older.
    pub nineties: usize,
    /// Of those of 60 and older, the ones who live alone.
    pub alone: usize,
}

impl Population {
    /// 60 and older: 老年人 by law (老年人权益保障法).
    pub(super) fn sixty_and_older(&self) -> usize {
        self.elders + self.eighties + self.nineties
    }

    /// Takes one person of this age out of the counts: somebody whom a table has placed already.
    pub(super) fn without(&mut self, age: u16) {
        let bucket = match age {
            0..14 => &mut self.children,
            60..80 => &mut self.elders,
            80..90 => &mut self.eighties,
            90.. => &mut self.nineties,
            14..60 => {
                self.people = self.people.saturating_sub(1);
                return;
            }
        };
        *bucket = bucket.saturating_sub(1);
        self.people = self.people.saturating_sub(1);
    }
}

/// Those behind one door, counted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Household {
    elders: usize,
    adults: usize,
    children: usize,
}

/// Grandparents who bring up a grandchild, among so many households.
const ONE_OF_GRANDPARENTS: usize = 370;

/// Deals a population to `doors` doors: elders alone and in couples first, the rest into families.
pub(super) fn compose(population: &Population, doors: usize, random: &mut Random) -> Vec<Household> {
    let together = population.sixty_and_older().saturating_sub(population.alone);
    let couples = together / 4;
    let in_families = together - 2 * couples;
    let two_with_family = in_families / 5;
    let one_with_family = in_families - 2 * two_with_family;
    let grandparents = (doors / ONE_OF_GRANDPARENTS).min(two_with_family);

    let mut households = vec![Household { elders: 1, ..Household::default() }; population.alone];
    households.resize(households.len() + couples, Household { elders: 2, ..Household::default() });
    households.resize(households.len() + grandparents, Household { elders: 2, adults: 0, children: 1 });
    let first_family = households.len();
    let family = |elders| Household { elders, adults: 1, children: 0 };
    households.resize(households.len() + two_with_family - grandparents, family(2));
    households.resize(households.len() + one_with_family, family(1));
    households.resize(doors.max(households.len()), family(0));

    let families = &mut households[first_family..];
    let adults = (population.people - population.children).saturating_sub(population.sixty_and_older());
    for seat in seats(families.len(), 3, adults.saturating_sub(families.len()), random) {
        families[seat].adults += 1;
    }
    for seat in seats(families.len(), 2, population.children - grandparents, random) {
        families[seat].children += 1;
    }
    random.shuffle(&mut households);
    households
}

/// Deals `count` people to families that have room for `room` each: the index of a family for each person.
fn seats(families: usize, room: usize, count: usize, random: &mut Random) -> Vec<usize> {
    let mut seats: Vec<usize> = (0..families).flat_map(|family| std::iter::repeat_n(family, room)).collect();
    random.shuffle(&mut seats);
    seats.truncate(count);
    seats
}

/// The ages of everybody of 60 and older, each to be given away once.
pub(super) struct ElderAges(Vec<u16>);

impl ElderAges {
    /// Within each decade the younger are more.
    pub(super) fn of(population: &Population, random: &mut Random) -> Self {
        let mut decade = |from, width, count| {
            let age = |random: &mut Random| from + random.below(width).min(random.below(width));
            std::iter::repeat_with(|| age(random)).take(count).collect::<Vec<_>>()
        };
        let ages = [
            decade(60, 20, population.elders),
            decade(80, 10, population.eighties),
            decade(90, 9, population.nineties),
        ];
        let mut ages: Vec<u16> = ages.concat().into_iter().filter_map(|age| u16::try_from(age).ok()).collect();
        ages.sort_unstable();
        Self(ages)
    }

    /// Two ages side by side: a couple.
    fn couple(&mut self, random: &mut Random) -> Option<[u16; 2]> {
        let younger = random.below(self.0.len().saturating_sub(1));
        (self.0.len() >= 2).then(|| [self.0.remove(younger + 1), self.0.remove(younger)])
    }

    /// One age; those who live alone are the older of two draws.
    fn single(&mut self, alone: bool, random: &mut Random) -> Option<u16> {
        let (one, other) = (random.below(self.0.len()), random.below(self.0.len()));
        let index = if alone { one.max(other) } else { one };
        (!self.0.is_empty()).then(|| self.0.remove(index))
    }
}

/// One person of a household.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub age: u16,
    pub woman: bool,
    pub surname: char,
}

/// The people of a household, eldest generation first. Ages of the younger follow from those of their parents.
pub(super) fn members(household: Household, ages: &mut ElderAges, random: &mut Random) -> Vec<Member> {
    let family_name = names::surname(random);
    let mut members = Vec::new();
    let mut add = |age, woman, surname| members.push(Member { age, woman, surname });
    let mut eldest = None;
    if household.elders == 2
        && let Some([husband, wife]) = ages.couple(random)
    {
        add(husband, false, family_name);
        add(wife, true, names::surname(random));
        eldest = Some(wife);
    } else if household.elders == 1
        && let Some(age) = ages.single(household.adults + household.children == 0, random)
    {
        add(age, random.percent(64), family_name);
        eldest = Some(age);
    }
    let base = parent_age(household, eldest, random);
    for place in 0..household.adults {
        let near = |years: i64, random: &mut Random| within(i64::from(base) + random.between(-years, years), 20, 59);
        let grown = i64::from(base) - random.between(23, 28);
        match place {
            0 => add(base, random.percent(45), family_name),
            1 if base >= 25 => add(near(3, random), random.percent(55), names::surname(random)),
            _ if grown >= 14 => add(within(grown, 14, 40), random.percent(49), family_name),
            _ => add(within(random.between(18, 35), 18, 35), random.percent(49), names::surname(random)),
        }
    }
    for _ in 0..household.children {
        let age = i64::from(base) - random.between(24, 34);
        let age = if age > 13 { random.between(6, 13) } else { age };
        add(within(age, 0, 13), random.percent(48), family_name);
    }
    members
}

/// The age of the generation between elders and children.
fn parent_age(household: Household, eldest: Option<u16>, random: &mut Random) -> u16 {
    match (eldest, household.children, household.adults) {
        (Some(eldest), ..) => within(i64::from(eldest) - random.between(23, 33), 28, 59),
        (None, 1.., _) => within(random.between(27, 46), 27, 46),
        (None, 0, 1) => within(random.between(21, 58), 21, 58),
        (None, 0, _) => within(random.between(26, 59), 26, 59),
    }
}

fn within(age: i64, low: u16, high: u16) -> u16 {
    u16::try_from(age).unwrap_or_default().clamp(low, high)
}
