//! A stairwell as made-up entries need it: its watcher, its doors, its elders, its reviewers; looked up once.

use super::cast::{Actor, Cast};
use super::chance::Chance;
use super::names::sounds_like_a_woman;
use super::phrases::{Scene, Stage};
use super::places::SHOP;
use crate::store::Seed;
use app::domain::{Category, MicroGrid, ReadScope, Resident, ResidentId, Rights, Role, Spot, Timestamp};

/// A stairwell.
#[derive(Debug)]
pub(super) struct Stairwell {
    /// Code of the micro-grid.
    pub code: String,
    /// Who writes.
    pub watcher: Actor,
    /// Doors with somebody behind them.
    doors: Vec<String>,
    elders: Vec<Elder>,
    floors: usize,
    /// Who may review, by category.
    reviewers: Vec<(Category, Vec<Actor>)>,
}

/// Somebody of 60 or older.
#[derive(Debug)]
struct Elder {
    id: ResidentId,
    /// `张大娘`
    called: String,
    door: String,
}

/// The stairwells of all communities that have a watcher.
pub(super) fn stairwells(seeds: &[Seed], now: Timestamp) -> Vec<Stairwell> {
    let mut stairwells = Vec::new();
    for seed in seeds {
        let readers = readers(seed, now);
        for micro_grid in &seed.micro_grids {
            stairwells.extend(Stairwell::of(seed, micro_grid, &readers, now));
        }
    }
    stairwells
}

impl Stairwell {
    fn of(seed: &Seed, micro_grid: &MicroGrid, readers: &[(Actor, ReadScope)], now: Timestamp) -> Option<Self> {
        let watcher = Actor::of(Cast(seed).at(Role::Watcher, micro_grid.code.as_str(), None)?);
        let lived_in = |label: &str| !label.starts_with(SHOP);
        let doors = micro_grid.doors().filter(|door| !door.vacant && lived_in(door.label.as_str()));
        let elders = seed.residents.iter().filter(|resident| resident.micro_grid == micro_grid.code);
        let reviewers = Category::ALL.iter().map(|category| (*category, reviewers(readers, micro_grid, *category)));
        Some(Self {
            code: micro_grid.code.as_str().to_owned(),
            watcher,
            doors: doors.map(|door| door.label.as_str().to_owned()).collect(),
            elders: elders.filter_map(|resident| Elder::of(resident, now)).collect(),
            floors: micro_grid.floors.len(),
            reviewers: reviewers.collect(),
        })
    }

    /// A place of the wanted kind: what the form names it, what fills the gaps of a sentence, and whom it concerns.
    pub(super) fn place(&self, stage: Stage, chance: &mut Chance) -> (&str, Scene<'_>, Option<ResidentId>) {
        let floors = self.floors;
        let nobody = Scene { person: "老人", door: "", floors };
        match stage {
            Stage::Stairwell => (Spot::STAIRWELL, nobody, None),
            Stage::Yard => (Spot::YARD, nobody, None),
            Stage::Elder if !self.elders.is_empty() => {
                let Elder { id, called, door } = chance.pick(&self.elders);
                (door, Scene { person: called, door, floors }, Some(*id))
            }
            Stage::Door | Stage::Elder if self.doors.is_empty() => (Spot::STAIRWELL, nobody, None),
            Stage::Door | Stage::Elder => {
                let door = chance.pick(&self.doors);
                (door, Scene { door, ..nobody }, None)
            }
        }
    }

    /// Somebody who may review entries of this category here.
    pub(super) fn reviewer(&self, category: Category, chance: &mut Chance) -> Option<Actor> {
        let (_, actors) = self.reviewers.iter().find(|(known, _)| *known == category)?;
        (!actors.is_empty()).then(|| *chance.pick(actors))
    }
}

impl Elder {
    fn of(resident: &Resident, now: Timestamp) -> Option<Self> {
        let age = resident.age(now.day()).filter(|age| *age >= 60)?;
        let surname = resident.name.chars().next()?;
        let title = match (sounds_like_a_woman(&resident.name), age) {
            (true, 80..) => "奶奶",
            (true, _) => "大娘",
            (false, 80..) => "爷爷",
            (false, _) => "大爷",
        };
        let door = resident.door.as_str().to_owned();
        Some(Self { id: resident.id, called: format!("{surname}{title}"), door })
    }
}

/// Everybody who reads and reviews, with what they may read. What that means is the domain's to say.
fn readers(seed: &Seed, now: Timestamp) -> Vec<(Actor, ReadScope)> {
    let cards = seed.accounts.iter().map(|account| &account.card);
    let rights = cards.map(|card| (Actor::of(card), Rights::of(card.id, &card.memberships, now)));
    rights.filter(|(_, rights)| rights.is_reader()).map(|(actor, rights)| (actor, rights.read_scope())).collect()
}

/// Those whose scope holds this place and category.
fn reviewers(readers: &[(Actor, ReadScope)], micro_grid: &MicroGrid, category: Category) -> Vec<Actor> {
    let reads = |scope: &ReadScope| {
        let mut places = scope.places.iter();
        places.any(|(place, categories)| place.contains(micro_grid.code.as_str()) && categories.contains(&category))
    };
    readers.iter().filter(|(_, scope)| reads(scope)).map(|(actor, _)| *actor).collect()
}
