//! A stairwell as made-up entries need it: its watcher, its doors, its elders, its reviewers; looked up once.

use super::cast::{Cast, Deed, Player};
use super::names::sounds_like_a_woman;
use super::phrases::{Scene, Stage};
use super::places::SHOP;
use super::random::Random;
use super::seed::Seed;
use domain::kernel::{Audience, CommunityId, EntryId, PlaceId, ReadScope, ResidentId, Rights, Role, Timestamp};
use domain::log::{Act, Category, Spot};
use domain::organisation::{Person, Place};
use domain::residents::Resident;

/// A stairwell.
#[derive(Debug)]
pub(super) struct Stairwell {
    /// In which community.
    community: CommunityId,
    /// Which.
    place: PlaceId,
    /// Who writes.
    pub watcher: Player,
    /// Doors with somebody behind them.
    doors: Vec<String>,
    elders: Vec<Elder>,
    floors: usize,
    /// Who may review, by category.
    reviewers: Vec<(Category, Vec<Player>)>,
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
        for place in &seed.stairwells {
            stairwells.extend(Stairwell::of(seed, place, &readers, now));
        }
    }
    stairwells
}

impl Stairwell {
    fn of(seed: &Seed, place: &Place, readers: &[(Player, ReadScope)], now: Timestamp) -> Option<Self> {
        let watcher = Player::of(Cast(seed).at(Role::Watcher, place.id, None)?);
        let lived_in = |label: &str| !label.starts_with(SHOP);
        let doors = place.doors().filter(|door| !door.vacant && lived_in(door.label.as_str()));
        let elders = seed.residents.iter().filter(|resident| resident.place == place.id);
        let reviewers = Category::ALL.iter().map(|category| (*category, reviewers(readers, place.id, *category)));
        Some(Self {
            community: seed.community.id,
            place: place.id,
            watcher,
            doors: doors.map(|door| door.label.as_str().to_owned()).collect(),
            elders: elders.filter_map(|resident| Elder::of(resident, now)).collect(),
            floors: place.floors.len(),
            reviewers: reviewers.collect(),
        })
    }

    /// A place of the wanted kind: what the form names it, what fills the gaps of a sentence, and whom it concerns.
    pub(super) fn place(&self, stage: Stage, random: &mut Random) -> (&str, Scene<'_>, Option<ResidentId>) {
        let floors = self.floors;
        let nobody = Scene { person: "老人", door: "", floors };
        match stage {
            Stage::Stairwell => (Spot::STAIRWELL, nobody, None),
            Stage::Yard => (Spot::YARD, nobody, None),
            Stage::Elder if !self.elders.is_empty() => {
                let Elder { id, called, door } = random.pick(&self.elders);
                (door, Scene { person: called, door, floors }, Some(*id))
            }
            Stage::Door | Stage::Elder if self.doors.is_empty() => (Spot::STAIRWELL, nobody, None),
            Stage::Door | Stage::Elder => {
                let door = random.pick(&self.doors);
                (door, Scene { door, ..nobody }, None)
            }
        }
    }

    /// What somebody does with an entry of this stairwell.
    pub(super) const fn deed(&self, entry: EntryId, act: Act) -> Deed {
        Deed { community: self.community, entry, place: self.place, act }
    }

    /// Somebody who may review entries of this category here.
    pub(super) fn reviewer(&self, category: Category, random: &mut Random) -> Option<Player> {
        let (_, players) = self.reviewers.iter().find(|(known, _)| *known == category)?;
        (!players.is_empty()).then(|| *random.pick(players))
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
        let door = resident.door.as_ref()?.as_str().to_owned();
        Some(Self { id: resident.id, called: format!("{surname}{title}"), door })
    }
}

/// Everybody who reads and reviews, with what they may read. What that means is the domain's to say.
fn readers(seed: &Seed, now: Timestamp) -> Vec<(Player, ReadScope)> {
    let directory = seed.directory();
    let reader = |card: &Person| {
        let rights = Rights::now(card.id, card.community, &card.memberships, directory.tree(), now);
        rights.is_reader().then(|| rights.read_scope()).flatten().map(|scope| (Player::of(card), scope))
    };
    seed.colleagues.iter().filter_map(|colleague| reader(&colleague.card)).collect()
}

/// Those whose scope holds this place and category.
fn reviewers(readers: &[(Player, ReadScope)], place: PlaceId, category: Category) -> Vec<Player> {
    let audience = Audience::down(place, category.topic());
    let reads = |scope: &ReadScope| scope.admits(None, &audience);
    readers.iter().filter(|(_, scope)| reads(scope)).map(|(player, _)| *player).collect()
}
