//! How the neighbourhood is made: by commands of whoever runs the server, as every other one.

use crate::neighbourhood::*;
use domain::kernel::{PlaceKind, RecordKey, ResidentId, Role};
use domain::organisation::{self, Community, Door, DoorLabel};
use domain::residents::{self, CareGroup, Phone, Resident};

const POSTS: [(&str, u128, Role, u128); 9] = [
    (CHEN, HERE, Role::PartyCommittee, HERE),
    (LI, HERE, Role::SocialWorker, FIRST_GRID),
    (SUN, HERE, Role::GridWorker, FIRST_GRID),
    (ZHOU, HERE, Role::PartyBranch, FIRST_GRID),
    (WANG, HERE, Role::Watcher, FIRST),
    (ZHAO, HERE, Role::Watcher, SECOND),
    (QIAN, HERE, Role::Watcher, FAR),
    (LI, ELSEWHERE, Role::SocialWorker, OTHER_GRID),
    (HE, ELSEWHERE, Role::Watcher, OTHER),
];

pub type Founding = Vec<(Vec<RecordKey>, Act)>;

pub fn founding() -> Founding {
    let mut acts = Founding::new();
    for (community, name, abbreviation) in [(HERE, "和平新村社区", "HPXC"), (ELSEWHERE, "幸福社区", "XFSQ")] {
        let act = organisation::Act::MakeCommunity {
            name: name.to_owned(),
            abbreviation: abbreviation.to_owned(),
            code: None,
            numbers: Vec::new(),
        };
        acts.push((vec![Community::key_of(id(community))], Act::Organisation(act)));
    }
    for (community, place, kind, parent, name) in [
        (HERE, FIRST_GRID, PlaceKind::Grid, HERE, "第一网格"),
        (HERE, SECOND_GRID, PlaceKind::Grid, HERE, "第二网格"),
        (HERE, YARD, PlaceKind::Yard, FIRST_GRID, "八经街46号院"),
        (HERE, FAR_YARD, PlaceKind::Yard, SECOND_GRID, "和平院"),
        (HERE, FIRST, PlaceKind::Stairwell, YARD, "1单元"),
        (HERE, SECOND, PlaceKind::Stairwell, YARD, "2单元"),
        (HERE, FAR, PlaceKind::Stairwell, FAR_YARD, "1单元"),
        (ELSEWHERE, OTHER_GRID, PlaceKind::Grid, ELSEWHERE, "第一网格"),
        (ELSEWHERE, OTHER, PlaceKind::Stairwell, OTHER_GRID, "1单元"),
    ] {
        acts.push((vec![place_key(community, place), standing_in(community, parent)], make_place(kind, name)));
    }
    for (who, community, role, place) in POSTS {
        acts.push((vec![card_key(who, community)], add_person(who)));
        acts.push((vec![card_key(who, community), standing_in(community, place)], give_post(role, None)));
    }
    for (number, name, care) in [(0x31, "吴某奶奶", vec![CareGroup::LivingAlone]), (0x32, "郑某", Vec::new())] {
        let phones = vec![Phone { number: "13800005678".to_owned(), whose: "本人".to_owned() }];
        let door = Some(DoorLabel::parse("1-1").unwrap());
        let form = residents::Form { door, name: name.to_owned(), birth_year: Some(1940), care, phones, note: None };
        let resident = Resident::key_of(id(HERE), id::<ResidentId>(number));
        acts.push((vec![resident, place_key(HERE, FIRST)], Act::Residents(residents::Act::AddResident { form })));
    }
    acts
}

pub fn make_place(kind: PlaceKind, name: &str) -> Act {
    let door =
        |label: &str| Door { label: DoorLabel::parse(label).unwrap(), vacant: false, closed: false, was: Vec::new() };
    let floors = match kind {
        PlaceKind::Stairwell => vec![vec![door("2-1"), door("2-2")], vec![door("1-1"), door("1-2")]],
        _ => Vec::new(),
    };
    let name = name.to_owned();
    Act::Organisation(organisation::Act::MakePlace {
        kind,
        name,
        code: None,
        floors,
        water_valve: None,
        power_switch: None,
    })
}
