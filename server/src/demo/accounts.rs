//! Everybody who can sign in: the four-level network and the social workers beside it.

use super::names::{name, sounds_like_a_woman, surname};
use super::places::{Ground, Home};
use super::random::Random;
use super::residents::MADE;
use super::seed::Colleague;
use domain::kernel::{Membership, PersonId, PlaceId, Role, Timestamp};
use domain::organisation::{Agency, Person, Place};
use domain::residents::{CareGroup, Resident};

/// What the people of a community are made from.
pub(super) struct Staff<'a> {
    /// First letters of every login.
    pub prefix: &'static str,
    /// The community; everybody is what they are since it was made.
    pub ground: Ground<'a>,
    /// Its grids.
    pub grids: &'a [Place],
    /// Its stairwells.
    pub homes: &'a [Home],
    /// Watchers are chosen among those who live in their stairwell.
    pub residents: &'a [Resident],
    /// Agencies with the number of their social workers.
    pub agencies: &'a [(&'static str, usize)],
    /// Logins of watchers who stand in (代班) for the stairwell after their own, since when and until when.
    pub stand_ins: &'a [(&'static str, Timestamp, Option<Timestamp>)],
    /// For ages.
    pub year: u16,
}

/// Whoever signs in with this name.
pub(super) fn id_of(login: &str) -> PersonId {
    PersonId::from_parts(MADE, Random::named(login, 4).bytes())
}

impl Staff<'_> {
    /// Everybody, from the stairwell upwards.
    pub(super) fn colleagues(&self) -> Vec<Colleague> {
        let mut colleagues = self.watchers();
        for (index, grid) in self.grids.iter().enumerate() {
            let login = format!("{}-g-{}", self.prefix, index + 1);
            colleagues.push(self.colleague(login, Role::GridWorker, vec![grid.id], None));
        }
        for (index, grid) in self.grids.iter().enumerate() {
            let login = format!("{}-b-{}", self.prefix, index + 1);
            colleagues.push(self.colleague(login, Role::PartyBranch, vec![grid.id], None));
        }
        let community = vec![self.ground.community.into()];
        colleagues.push(self.colleague(format!("{}-c", self.prefix), Role::PartyCommittee, community, None));
        colleagues.extend(self.social_workers());
        colleagues
    }

    /// One for each stairwell, 55 to 74 and living there, seven women among ten.
    fn watchers(&self) -> Vec<Colleague> {
        let mut random = Random::named(self.prefix, 3);
        let mut women: Vec<bool> = (0..self.homes.len()).map(|index| index % 10 < 7).collect();
        random.shuffle(&mut women);
        let stairwells = self.homes.iter().zip(women).enumerate();
        let watchers = stairwells.map(|(index, (home, woman))| {
            let login = format!("{}-w-{}-{}", self.prefix, home.yard.to_lowercase(), home.unit);
            let mut colleague = self.colleague(login, Role::Watcher, vec![home.place.id], None);
            if let Some(neighbour) = self.fit_to_watch(home, woman, &mut random) {
                colleague.card.name.clone_from(&neighbour.name);
            }
            let stand_in = self.stand_ins.iter().find(|(login, ..)| *login == colleague.login);
            if let (Some((_, from, until)), Some(next)) = (stand_in, self.homes.get(index + 1)) {
                let place = next.place.id;
                let held = Membership { role: Role::Watcher, place, from: *from, until: *until };
                colleague.card.memberships.push(held);
            }
            colleague
        });
        watchers.collect()
    }

    /// A neighbour of the stairwell who could be its watcher.
    fn fit_to_watch(&self, home: &Home, woman: bool, random: &mut Random) -> Option<&Resident> {
        let fits = |resident: &&Resident| {
            let age = resident.birth_year.map_or(0, |born| self.year.saturating_sub(born));
            resident.place == home.place.id
                && (55..75).contains(&age)
                && resident.care.iter().all(|group| *group == CareGroup::EmptyNest)
        };
        let fit: Vec<&Resident> = self.residents.iter().filter(fits).collect();
        let wanted = fit.iter().copied().filter(|resident| sounds_like_a_woman(&resident.name) == woman);
        let wanted: Vec<&Resident> = wanted.collect();
        let choice = if wanted.is_empty() { fit } else { wanted };
        (!choice.is_empty()).then(|| *random.pick(&choice))
    }

    /// Two or three grids each, dealt in turn within every agency, so that each agency covers all grids in which it
    /// has people enough.
    fn social_workers(&self) -> Vec<Colleague> {
        let mut colleagues = Vec::new();
        for (agency, count) in self.agencies {
            let mut grids = self.grids.iter().cycle();
            for worker in 0..*count {
                let number = (3 - worker % 2).min(self.grids.len());
                let places = grids.by_ref().take(number).map(|grid| grid.id).collect();
                let login = format!("{}-s-{:02}", self.prefix, colleagues.len() + 1);
                let agency = Some(Agency((*agency).to_owned()));
                colleagues.push(self.colleague(login, Role::SocialWorker, places, agency));
            }
        }
        colleagues
    }

    fn colleague(&self, login: String, role: Role, places: Vec<PlaceId>, agency: Option<Agency>) -> Colleague {
        let id = id_of(&login);
        let mut random = Random::named(&login, 4);
        // Those that the id is made of.
        let _ = random.bytes();
        let name = name(surname(&mut random), random.percent(65), 40, &mut random);
        let Ground { community, made, .. } = self.ground;
        let from = made.written;
        let memberships = places.into_iter().map(|place| Membership { role, place, from, until: None });
        let memberships = memberships.collect();
        Colleague { card: Person { id, community, name, agency, memberships, made, changed: made }, login }
    }
}
