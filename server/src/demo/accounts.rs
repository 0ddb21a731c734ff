//! Everybody who can sign in: the four-level network and the social workers beside it (DOMAIN.md 1a and 2.13).

use super::chance::Chance;
use super::names::{name, sounds_like_a_woman, surname};
use super::residents::MADE;
use crate::store::Account;
use app::domain::{
    Agency, CareGroup, CommunityCode, GridCode, Membership, MicroGrid, PersonCard, PersonId, PlaceCode, Resident, Role,
    Timestamp,
};

/// What the accounts of a community are made from.
pub(super) struct Staff<'a> {
    /// First letters of every login.
    pub prefix: &'static str,
    /// The community.
    pub community: &'a CommunityCode,
    /// Its grids.
    pub grids: &'a [(GridCode, String)],
    /// Its stairwells.
    pub micro_grids: &'a [MicroGrid],
    /// Watchers are chosen among those who live in their stairwell.
    pub residents: &'a [Resident],
    /// Agencies with the number of their social workers.
    pub agencies: &'a [(&'static str, usize)],
    /// Logins of watchers who stand in (代班) for the stairwell after their own, since when and until when.
    pub stand_ins: &'a [(&'static str, Timestamp, Option<Timestamp>)],
    /// Since when everybody is what they are.
    pub since: Timestamp,
    /// For ages.
    pub year: u16,
    /// The password of every account; `None` leaves the one-click sign-in as the only door.
    pub password_hash: Option<&'a str>,
}

impl Staff<'_> {
    /// All accounts, from the stairwell upwards.
    pub(super) fn accounts(&self) -> Vec<Account> {
        let mut accounts = self.watchers();
        for (index, (grid, _)) in self.grids.iter().enumerate() {
            let login = format!("{}-g-{}", self.prefix, index + 1);
            accounts.push(self.account(login, Role::GridWorker, vec![grid.clone().into()], None));
        }
        for (index, (grid, _)) in self.grids.iter().enumerate() {
            let login = format!("{}-b-{}", self.prefix, index + 1);
            accounts.push(self.account(login, Role::PartyBranch, vec![grid.clone().into()], None));
        }
        let community = vec![self.community.clone().into()];
        accounts.push(self.account(format!("{}-c", self.prefix), Role::PartyCommittee, community, None));
        accounts.extend(self.social_workers());
        accounts
    }

    /// One for each stairwell, 55 to 74 and living there, seven women among ten (DOMAIN.md 7).
    fn watchers(&self) -> Vec<Account> {
        let mut chance = Chance::named(self.prefix, 3);
        let mut women: Vec<bool> = (0..self.micro_grids.len()).map(|index| index % 10 < 7).collect();
        chance.shuffle(&mut women);
        let stairwells = self.micro_grids.iter().zip(women).enumerate();
        let watchers = stairwells.map(|(index, (micro_grid, woman))| {
            let unit = micro_grid.unit_name.trim_end_matches("单元");
            let login = format!("{}-w-{}-{unit}", self.prefix, micro_grid.yard.as_str().to_lowercase());
            let mut account = self.account(login, Role::Watcher, vec![micro_grid.code.clone().into()], None);
            if let Some(neighbour) = self.fit_to_watch(micro_grid, woman, &mut chance) {
                account.card.name.clone_from(&neighbour.name);
            }
            let stand_in = self.stand_ins.iter().find(|(login, ..)| *login == account.login);
            if let (Some((_, from, until)), Some(next)) = (stand_in, self.micro_grids.get(index + 1)) {
                let place = next.code.clone().into();
                account.card.memberships.push(Membership { role: Role::Watcher, place, from: *from, until: *until });
            }
            account
        });
        watchers.collect()
    }

    /// A neighbour of the stairwell who could be its watcher.
    fn fit_to_watch(&self, micro_grid: &MicroGrid, woman: bool, chance: &mut Chance) -> Option<&Resident> {
        let fits = |resident: &&Resident| {
            let age = resident.birth_year.map_or(0, |born| self.year.saturating_sub(born));
            resident.micro_grid == micro_grid.code
                && (55..75).contains(&age)
                && resident.care.iter().all(|group| *group == CareGroup::EmptyNest)
        };
        let fit: Vec<&Resident> = self.residents.iter().filter(fits).collect();
        let wanted = fit.iter().copied().filter(|resident| sounds_like_a_woman(&resident.name) == woman);
        let wanted: Vec<&Resident> = wanted.collect();
        let choice = if wanted.is_empty() { fit } else { wanted };
        (!choice.is_empty()).then(|| *chance.pick(&choice))
    }

    /// Two or three grids each, dealt in turn within every agency, so that each agency covers all grids in which it
    /// has people enough.
    fn social_workers(&self) -> Vec<Account> {
        let mut accounts = Vec::new();
        for (agency, count) in self.agencies {
            let mut grids = self.grids.iter().cycle();
            for worker in 0..*count {
                let number = (3 - worker % 2).min(self.grids.len());
                let places = grids.by_ref().take(number).map(|(grid, _)| grid.clone().into()).collect();
                let login = format!("{}-s-{:02}", self.prefix, accounts.len() + 1);
                let agency = Some(Agency((*agency).to_owned()));
                accounts.push(self.account(login, Role::SocialWorker, places, agency));
            }
        }
        accounts
    }

    fn account(&self, login: String, role: Role, places: Vec<PlaceCode>, agency: Option<Agency>) -> Account {
        let mut chance = Chance::named(&login, 4);
        let id = PersonId::from_parts(MADE, chance.bytes());
        let name = name(surname(&mut chance), chance.percent(65), 40, &mut chance);
        let from = self.since;
        let memberships = places.into_iter().map(|place| Membership { role, place, from, until: None });
        let card = PersonCard { id, name, agency, memberships: memberships.collect() };
        Account { card, login, password_hash: self.password_hash.map(str::to_owned) }
    }
}
